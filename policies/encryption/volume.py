"""Volumes in the cloud: on disks that are encrypted by a key of the city's."""

from __future__ import annotations

from collections.abc import Iterator

from simpul.policy import UNKNOWN, Breach, Manifest, Rule, law

DISKS = "diskplugin.csi.alibabacloud.com"
VENDORS = "alicloud-disk-"
"""How ACK's own classes begin, none of which encrypts."""


def check(found: Manifest) -> Iterator[Breach]:
    """Find a class of disks that aren't encrypted, and a volume of a class of the vendor's."""
    if found.kind == "StorageClass":
        yield from _check_class(found)
        return
    claims = [found.get("spec")] if found.kind == "PersistentVolumeClaim" else _claims(found)
    for each in claims:
        name = (each or {}).get("storageClassName")
        if isinstance(name, str) and name.startswith(VENDORS):
            yield Breach("keeps what it has on a disk that isn't encrypted", name, "Take the city's own class.")


def _check_class(found: Manifest) -> Iterator[Breach]:
    if found.get("provisioner") != DISKS:
        return
    parameters = found.get("parameters") or {}
    if parameters.get("encrypted") not in ("true", UNKNOWN):
        yield Breach("makes disks that aren't encrypted", "no parameters.encrypted", 'Set it to "true".')
    elif not parameters.get("kmsKeyId"):
        yield Breach("makes disks with a key of the vendor's", "no parameters.kmsKeyId", "Name a key of the city's.")


def _claims(found: Manifest) -> list[dict[str, object]]:
    return [each.get("spec") or {} for each in found.get("spec", "volumeClaimTemplates") or ()]


RULE = Rule(
    id="encryption-volume",
    title="Volumes in the cloud are encrypted by a key of the city's",
    source=law("UU PDP 27/2022 arts 35, 46", "a disk that leaves the vendor's hall shows nothing"),
    looks_at="StorageClasses of the vendor's disks, and the classes that volumes ask for",
    english="Keep volumes on disks that the city's own key encrypts.",
    indonesian="Simpan volume pada disk yang dienkripsi dengan kunci milik kota.",
    on=Manifest,
    types=("StorageClass", "PersistentVolumeClaim", "StatefulSet"),
    check=check,
)
