"""Personal data: encrypted with a key that encrypts nothing else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from simpul.policy import UNKNOWN, Breach, Estate, Resource, Rule, law
from simpul.policy.vendor import BUCKET, KEY, STORES, data_class

BESIDE = "alicloud:oss/bucketServerSideEncryption:BucketServerSideEncryption"


def check(estate: Estate) -> Iterator[Breach]:
    """Find keys that encrypt personal data and other data too."""
    users: dict[str, list[Resource]] = defaultdict(list)
    for store in estate.of(*STORES):
        for key in _keys(estate, store):
            users[key].append(store)
    for key, stores in users.items():
        personal = [store for store in stores if data_class(store) == "personal"]
        others = [store for store in stores if data_class(store) not in ("personal", UNKNOWN)]
        for store in personal if others else ():
            advice = "Give personal data a key of its own."
            yield Breach(f"shares its key with {others[0].name}", f"key {key}", advice, store)


def _keys(estate: Estate, store: Resource) -> Iterator[str]:
    """Give the names, or else the ids, of the keys that `store` is encrypted with."""
    places: list[tuple[Resource, str, tuple[str, ...]]] = [
        (store, "serverSideEncryptionRule", ("serverSideEncryptionRule", "kmsMasterKeyId"))
    ]
    places += [(store, "encryptionKey", ("encryptionKey",))]
    if store.type == BUCKET:
        beside = estate.beside(store, BESIDE, "bucket", "bucket", "id")
        places += [(other, "kmsMasterKeyId", ("kmsMasterKeyId",)) for other in beside]
    known = {key.name for key in estate.of(KEY)}
    for resource, prop, path in places:
        named = [name for name in resource.refs.get(prop, ()) if name in known]
        value = resource.get(*path)
        if named:
            yield from named
        elif value not in (None, UNKNOWN):
            yield str(value)


RULE = Rule(
    id="personal-key",
    title="Personal data has a key of its own",
    source=law("UU PDP 27/2022 arts 35, 39", "who may read other data must not thereby read personal data"),
    looks_at="the KMS keys of buckets, databases and caches, by the class of their data",
    english="Encrypt personal data with a key that encrypts nothing else.",
    indonesian="Enkripsi data pribadi dengan kunci yang tidak dipakai untuk data lain.",
    unwaivable="the people whose data it is aren't asked, and what was told of them can't be taken back",
    on=Estate,
    check=check,
)
