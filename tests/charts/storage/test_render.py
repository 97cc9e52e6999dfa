"""The class of disks: the vendor's own, encrypted by the key that it is given."""

from __future__ import annotations

import subprocess

import yaml

from simpul.project import CHARTS

CHART = CHARTS / "storage"


def test_disks_are_encrypted_by_the_key_that_is_given() -> None:
    values = CHART / "ci" / "cloud.yaml"
    command = ["helm", "template", "storage", str(CHART), "--namespace", "storage", "--values", str(values)]
    [found] = yaml.safe_load_all(subprocess.run(command, text=True, capture_output=True, check=True).stdout)
    assert (found["kind"], found["metadata"]["name"]) == ("StorageClass", "simpul-encrypted")
    assert found["provisioner"] == "diskplugin.csi.alibabacloud.com"
    key = {"encrypted": "true", "kmsKeyId": "key-made-up-for-rendering"}
    assert {name: found["parameters"][name] for name in key} == key
    assert found["volumeBindingMode"] == "WaitForFirstConsumer", "a disk can't leave its zone"


def test_without_a_key_there_is_no_class() -> None:
    command = ["helm", "template", "storage", str(CHART), "--set", "className=own"]
    done = subprocess.run(command, text=True, capture_output=True, check=False)
    assert done.returncode != 0
    assert "keyId" in done.stderr
