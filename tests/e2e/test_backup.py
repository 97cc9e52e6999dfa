"""A site's disk is lost, and the site is what it was: from its backup in the city's bucket."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import IPv4Address
from typing import Any

import boto3
import kubernetes
import pytest
import yaml
from botocore.config import Config
from botocore.exceptions import ClientError

from e2e.rehearsal import Lab, host_shell
from e2e.test_message import BATCH, SITE, publish, stored, wait_for
from simpul.lab import machine
from simpul.lab.engine import CONFIG
from simpul.lab.environment import CLOUD_AUTHORITY, KEY

pytestmark = pytest.mark.e2e

HOST, ADDRESS, NUMBER = "bpn-timur-1", "10.213.1.11", 1


def test_a_server_with_another_disk_is_restored_with_all_that_was_stored_and_unsent(lab: Lab) -> None:
    before = len(stored(lab))
    publish(lab, 0, BATCH)
    wait_for(lab, before + BATCH)
    secrets = lab.endpoints()
    with hub_away(lab):
        publish(lab, BATCH, 2 * BATCH)  # stored at the site, and unsent
        assert lab.run("simpul", "site", "backup", SITE).stdout == f"{HOST}: taken and sent\n"
        refused = lab.run("simpul", "site", "restore", SITE, "--yes", check=False)
        assert (refused.returncode, "isn't blank" in refused.stderr) == (3, True), refused.stderr
        replace_disk()
        restored = lab.run("simpul", "site", "restore", SITE, "--yes").stdout
        assert f"{HOST} runs again" in restored
    assert lab.settles()
    publish(lab, 2 * BATCH, 3 * BATCH)  # with the accounts, the certificate and the address of before
    assert lab.endpoints() == secrets
    assert wait_for(lab, before + 3 * BATCH)[before:] == [f"report {number}" for number in range(3 * BATCH)]
    lab.up()
    assert set(json.loads(lab.pulumi("preview", "--json"))["changeSummary"]) == {"same"}
    assert lab.settles()


def test_the_age_of_the_last_backup_is_told(lab: Lab) -> None:
    lab.run("simpul", "site", "backup", SITE)
    told = {each["host"]: each for each in lab.status()["backups"]}
    assert (told[HOST]["age_hours"], told[HOST]["overdue"], told[HOST]["error"]) == (0, False, None)
    [*_, last] = json.loads(lab.run("simpul", "site", "backups", SITE, "--json").stdout)
    assert last == {"host": HOST, "begun": told[HOST]["last"]}


def test_the_key_on_a_host_opens_the_site_s_folder_and_takes_nothing_back(lab: Lab) -> None:
    lab.run("simpul", "site", "backup", SITE)
    own, other = json.loads(lab.pulumi("stack", "output", "backups", "--json", "--show-secrets"))
    with client(own) as s3:
        found = s3.list_objects_v2(Bucket=own["bucket"], Prefix=own["folder"])["Contents"]
        for call, arguments in (
            (s3.delete_object, {"Key": found[0]["Key"]}),
            (s3.list_objects_v2, {"Prefix": other["folder"]}),
            (s3.list_objects_v2, {}),
            (s3.create_multipart_upload, {"Key": f"{other['folder']}mine"}),  # a denied body would be cut off
        ):
            with pytest.raises(ClientError, match="AccessDenied"):
                call(Bucket=own["bucket"], **arguments)
    shown = lab.run(*host_shell(lab, ADDRESS), "sudo find /etc/simpul/backup -type f ! -perm 600").stdout
    assert shown == ""


@contextmanager
def client(store: dict[str, Any]) -> Iterator[Any]:
    """Give an S3 client with the key of a site."""
    made = boto3.session.Session().client(
        "s3",
        endpoint_url=store["endpoint"],
        region_name=store["region"],
        verify=str(CLOUD_AUTHORITY),
        config=Config(retries={"max_attempts": 1}, s3={"addressing_style": "path"}),
        aws_access_key_id=store["access_key_id"],
        aws_secret_access_key=store["access_key_secret"],
    )
    try:
        yield made
    finally:
        made.close()


@contextmanager
def hub_away(lab: Lab) -> Iterator[None]:
    """Have no hub for as long as the block runs: what a site takes in stays there, and its bucket can be reached."""
    [cloud] = [each for each in lab.status()["clusters"] if each["site"] is None]
    with kubernetes.config.new_client_from_config(cloud["kubeconfig"]) as api:
        apps = kubernetes.client.AppsV1Api(api)

        def scale(replicas: int) -> None:
            apps.patch_namespaced_stateful_set_scale("messaging", "messaging", {"spec": {"replicas": replicas}})

        scale(0)
        try:
            yield
        finally:
            scale(1)


def replace_disk() -> None:
    """Boot the host from a new disk, and declare the SSH key that it has now, as its operator does."""
    old = machine.find(HOST)
    assert old
    machine.stop(HOST)
    authorized = KEY.with_suffix(".pub").read_text().strip()
    trusted = CLOUD_AUTHORITY.read_text()
    new = machine.start(machine.Spec(HOST, NUMBER, IPv4Address(ADDRESS), authorized, old.user, trusted))
    machine.wait_ssh(new)
    assert new.host_key != old.host_key
    CONFIG.write_text(CONFIG.read_text().replace(old.host_key, new.host_key))
    declared = yaml.safe_load(CONFIG.read_text())["config"]["simpul:city"]
    assert new.host_key in [host["host_key"] for site in declared["sites"] for host in site["hosts"]]
