"""Object Storage Service: buckets and what is set on them. A real S3 server stands behind them.

What the server has no notion of is kept and answered as the vendor does, and does nothing here: encryption at rest,
lifecycle, logging, replication.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Final

from simpul.lab.cloud import clock, reference, region
from simpul.lab.cloud.bucket import grant, policy
from simpul.lab.cloud.bucket.backing import Bucket as Kept
from simpul.lab.cloud.kind import Kind, Order
from simpul.lab.cloud.reference import Reference
from simpul.lab.cloud.refusal import Refusal
from simpul.lab.cloud.rule import Form, Known, Needed, Sole

if TYPE_CHECKING:
    from simpul.lab.cloud.estate import Estate
    from simpul.lab.cloud.store import Record

BUCKET: Final = grant.BUCKET
VERSIONING: Final = "alicloud:oss/bucketVersioning:BucketVersioning"
WORM: Final = "alicloud:oss/bucketWorm:BucketWorm"
LOCKED: Final = "Locked"
LAPSES: Final = 24 * 60 * 60
"""Seconds for which a retention holds that isn't locked."""
SINCE: Final = "since"
"""Where a retention keeps, behind it, when it was begun."""
RETENTION_DAYS: Final = "retention"
"""Where a bucket keeps, behind it, a retention that its program has let go of."""
ACLS: Final = ("private", "public-read", "public-read-write")
RETENTION: Final = range(1, 25551)
PARTS: Final = ("Effect", "Action", "Principal", "Resource")
"""What a statement of a bucket's policy has."""
HOLDER: Final = (Reference("bucket", BUCKET, "NoSuchBucket", ""),)
KEY: Final = Reference("kmsMasterKeyId", reference.KEY, "InvalidKmsKey", "", also=(reference.ALIAS,))


class Bucket(Kind):
    """A bucket."""

    token = BUCKET
    references = (KEY,)
    rules = (
        Form("bucket", r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]", "InvalidBucketName"),
        Sole(("bucket",), "BucketAlreadyExists"),  # in the whole world
    )
    unread: ClassVar[frozenset[str]] = frozenset({"forceDestroy"})
    stable: ClassVar[Mapping[str, Any]] = {"owner": region.ACCOUNT}

    def examine(self, order: Order) -> None:
        """Refuse a policy that isn't one, and to keep versions where objects are locked."""
        if order.record and order.inputs.get("versioning") and _retained(order, order.record.id):
            raise _apart(order.record.id)
        if order.inputs.get("policy"):
            policy.examine(order.inputs["policy"], PARTS)

    def mint(self, order: Order) -> str:
        """Take its name, or one that the vendor's plugin makes up."""
        return str(order.inputs.get("bucket") or f"tf-oss-bucket-{secrets.token_hex(6)}")

    def compute(self, order: Order, identity: str) -> dict[str, Any]:
        """Give its name and its endpoints: hosts, which serve HTTPS."""
        place, buckets = order.estate.region, order.estate.buckets
        outer, inner = f"oss-{place}.aliyuncs.com", f"oss-{place}-internal.aliyuncs.com"
        return {
            "bucket": identity,
            "location": f"oss-{place}",
            "extranetEndpoint": buckets.endpoint if buckets else outer,
            "intranetEndpoint": buckets.endpoint if buckets else inner,
            "resourceGroupId": order.inputs.get("resourceGroupId") or region.DEFAULT_GROUP,
            "acl": order.inputs.get("acl", "private"),
        }

    def describe(self, estate: Estate, record: Record) -> dict[str, Any]:
        """Give its name as lists have it."""
        del estate
        return {"name": record.id}

    def guard(self, estate: Estate, record: Record) -> None:
        """Refuse to go with objects in it, unless it was told to and none of them is locked for good."""
        super().guard(estate, record)
        is_locked = bool(_locked(estate, record.id))
        # Where no server stands behind it, what is written to a locked one isn't there: it counts as full.
        if not is_locked if estate.buckets is None else estate.buckets.is_empty(record.id):
            return
        if not record.outputs.get("forceDestroy"):
            raise Refusal("BucketNotEmpty", f"The bucket {record.id} you tried to delete is not empty.")
        if is_locked:
            raise Refusal("FileImmutable", f"Objects of {record.id} are immutable until their retention is over.")

    def realize(self, estate: Estate, record: Record) -> dict[str, Any]:
        """Make it, or bring it in line."""
        bring(estate, record.id)
        grant.settle(estate)
        return {}

    def alter(self, estate: Estate, record: Record) -> dict[str, Any]:
        """Bring it in line."""
        return self.realize(estate, record)

    def dismantle(self, estate: Estate, record: Record) -> None:
        """Remove it with what is set on it and what is in it."""
        for other in estate.store.all():
            if other.token.startswith("alicloud:oss/bucket") and other.token != BUCKET and _of(other) == record.id:
                estate.store.remove(other)
        if estate.buckets is not None:
            estate.buckets.remove(record.id)
            grant.settle(estate, record)


class _Setting(Kind):
    """Something that is set on a bucket, once."""

    parts: ClassVar[tuple[str, ...]] = ("bucket",)
    references: ClassVar[tuple[Reference, ...]] = HOLDER


class BucketVersioning(_Setting):
    """Whether a bucket keeps old versions."""

    token = VERSIONING
    stable: ClassVar[Mapping[str, Any]] = {"status": ""}

    def examine(self, order: Order) -> None:
        """Refuse it where objects are locked."""
        if _retained(order, order.inputs["bucket"]):
            raise _apart(order.inputs["bucket"])

    def realize(self, estate: Estate, record: Record) -> dict[str, Any]:
        """Set it."""
        bring(estate, record.outputs["bucket"])
        return {}

    def alter(self, estate: Estate, record: Record) -> dict[str, Any]:
        """Set it anew."""
        return self.realize(estate, record)

    def dismantle(self, estate: Estate, record: Record) -> None:
        """Suspend it: a bucket that kept versions goes on having those."""
        if estate.buckets is not None and estate.store.get(BUCKET, record.outputs["bucket"]):
            kept = _kept(estate, record.outputs["bucket"])
            estate.buckets.make(Kept(kept.name, "Suspended", kept.retention_days))


class BucketWorm(_Setting):
    """For how long objects stay. One that isn't locked gives way to the next; a locked one never goes from a bucket."""

    token = WORM
    parts = ("bucket", "wormId")
    own = "wormId"
    rules = (
        Needed(("retentionPeriodInDays",), "MalformedXML"),
        Known("retentionPeriodInDays", RETENTION, "InvalidRetentionPeriod"),
    )

    def examine(self, order: Order) -> None:
        """Refuse another once there is a locked one, to shorten that, and one beside old versions."""
        if order.record is None and _versions(order.estate, order.inputs["bucket"]):
            raise _apart(order.inputs["bucket"])
        if order.record is None and _locked(order.estate, order.inputs["bucket"]):
            raise Refusal("WORMConfigurationLocked", "The WORM configuration is locked.")
        before, days = (order.record.outputs if order.record else {}), order.inputs["retentionPeriodInDays"]
        if before.get("status") == LOCKED and days < before["retentionPeriodInDays"]:
            raise Refusal("WORMConfigurationLocked", "The retention period of a locked policy can only be extended.")

    def adopt(self, estate: Estate, record: Record) -> None:
        """Take the place of one that was there and isn't locked."""
        for each in estate.store.all(WORM):
            if _of(each) == _of(record) and each.id != record.id:
                estate.store.remove(each)

    def lapses(self, record: Record) -> bool:
        """Say whether nobody has locked it for a day."""
        return _is_over(record)

    def reserve(self, order: Order, identity: str) -> dict[str, Any]:
        """Give when it was begun."""
        del order, identity
        return {SINCE: clock.now()}

    def draw(self, order: Order) -> str:
        """Draw an id of 32 digits."""
        del order
        return secrets.token_hex(16).upper()

    def compute(self, order: Order, identity: str) -> dict[str, Any]:
        """Give its state."""
        del identity
        return {"status": order.inputs.get("status", "InProgress")}

    def realize(self, estate: Estate, record: Record) -> dict[str, Any]:
        """Lock the bucket's objects; once that is for good, it stays so whatever a program says."""
        record.behind[LOCKED] = record.behind.get(LOCKED) or record.outputs["status"] == LOCKED
        record.outputs |= {"status": LOCKED} if record.behind[LOCKED] else {}
        estate.store.put(record)
        bring(estate, record.outputs["bucket"])
        return {}

    def alter(self, estate: Estate, record: Record) -> dict[str, Any]:
        """Lock them for as long as it says now."""
        return self.realize(estate, record)

    def dismantle(self, estate: Estate, record: Record) -> None:
        """Lock nothing any more; one that is locked itself goes from the program alone."""
        bucket = estate.store.get(BUCKET, _of(record))
        if bucket is None:
            return
        if record.outputs["status"] == LOCKED:
            bucket.behind[RETENTION_DAYS] = record.outputs["retentionPeriodInDays"]
            estate.store.put(bucket)
        bring(estate, bucket.id, record)


class _Granting(_Setting):
    """A setting that says who may do what."""

    def realize(self, estate: Estate, record: Record) -> dict[str, Any]:
        """Let it hold."""
        del record
        grant.settle(estate)
        return {}

    def alter(self, estate: Estate, record: Record) -> dict[str, Any]:
        """Let it hold as it is now."""
        return self.realize(estate, record)

    def dismantle(self, estate: Estate, record: Record) -> None:
        """Let it hold no more."""
        grant.settle(estate, record)


class BucketPolicy(_Granting):
    """What others than the owner may do."""

    token = grant.BUCKET_POLICY

    def examine(self, order: Order) -> None:
        """Refuse what is no policy, and a public one where that is blocked."""
        text = order.inputs["policy"]
        policy.examine(text, PARTS)
        public = any(
            each.get("Effect") == "Allow" and "*" in policy.names(each, "Principal") and not each.get("Condition")
            for each in policy.statements(text)
        )
        if public and _is_blocked(order):
            raise Refusal("AccessDenied", "Put public bucket policy is not allowed.")


class BucketAcl(_Granting):
    """Whether a bucket is public."""

    token = grant.BUCKET_ACL
    rules = (Known("acl", ACLS, "InvalidArgument"),)

    def examine(self, order: Order) -> None:
        """Refuse a public one where that is blocked."""
        if order.inputs["acl"] != ACLS[0] and _is_blocked(order):
            raise Refusal("AccessDenied", "Put public bucket acl is not allowed.")


class BucketPublicAccessBlock(_Granting):
    """Whether a bucket may be public at all."""

    token = grant.BLOCK


class BucketServerSideEncryption(_Setting):
    """How a bucket's objects are encrypted at rest."""

    token = "alicloud:oss/bucketServerSideEncryption:BucketServerSideEncryption"  # noqa: S105 not a password
    references = (*HOLDER, KEY)

    def examine(self, order: Order) -> None:
        """Refuse a key that the method doesn't use."""
        key = order.inputs.get("kmsMasterKeyId")
        if key and order.inputs["sseAlgorithm"] != "KMS":
            raise Refusal("InvalidArgument", "A KMS master key goes with the algorithm KMS alone.")


class BucketHttpsConfig(_Setting):
    """Which versions of TLS a bucket takes. In the lab none is served without."""

    token = "alicloud:oss/bucketHttpsConfig:BucketHttpsConfig"  # noqa: S105 not a password
    rules = (Needed(("tlsVersions",), "MalformedXML", ("enable", (True,))),)


class BucketLogging(_Setting):
    """Where a bucket's requests are written down."""

    token = "alicloud:oss/bucketLogging:BucketLogging"  # noqa: S105 not a password
    references = (*HOLDER, Reference("targetBucket", BUCKET, "InvalidTargetBucketForLogging", ""))


def bring(estate: Estate, name: str, gone: Record | None = None) -> None:
    """Bring a bucket in line with all that is set on it; `gone` counts no more."""
    if estate.buckets is not None:
        estate.buckets.make(_kept(estate, name, gone))


def _kept(estate: Estate, name: str, gone: Record | None = None) -> Kept:
    status = _versions(estate, name)
    days = _locked(estate, name) + [
        each.outputs["retentionPeriodInDays"]
        for each in _retentions(estate, name)
        if gone is None or each.id != gone.id
    ]
    return Kept(name, status, days[-1] if days else 0)


def _versions(estate: Estate, name: str) -> str:
    """Give whether a bucket keeps versions: "" for one that never did."""
    bucket = estate.store.get(BUCKET, name)
    status = str(((bucket.outputs.get("versioning") if bucket else None) or {}).get("status", ""))
    for each in estate.store.all(VERSIONING):
        if each.outputs["bucket"] == name:
            status = str(each.outputs["status"])
    return status


def _retained(order: Order, name: str) -> bool:
    """Say whether a bucket has a retention, or had one that was locked."""
    return bool(_retentions(order.estate, name) or _locked(order.estate, name))


def _retentions(estate: Estate, name: str) -> list[Record]:
    """Give a bucket's retentions that still hold."""
    return [each for each in estate.store.all(WORM) if _of(each) == name and not _is_over(each)]


def _is_over(record: Record) -> bool:
    """Say whether a retention has lapsed: nobody has locked it for a day."""
    return bool(record.outputs["status"] != LOCKED and clock.now() - record.behind[SINCE] >= LAPSES)


def _apart(name: str) -> Refusal:
    """Give the answer to whoever wants both of what excludes each other (0012-00000006, 0027-00000003)."""
    return Refusal("InvalidRequest", f"Versioning and a retention policy can't be configured together on {name}.")


def _locked(estate: Estate, name: str) -> list[int]:
    """Give for how long a bucket's objects are locked for good, if they are."""
    bucket = estate.store.get(BUCKET, name)
    kept = bucket.behind.get(RETENTION_DAYS) if bucket else None
    held = [each for each in _retentions(estate, name) if each.outputs["status"] == LOCKED]
    return [kept] if kept else [each.outputs["retentionPeriodInDays"] for each in held]


def _of(record: Record) -> str:
    return str(record.outputs.get("bucket"))


def _is_blocked(order: Order) -> bool:
    blocks = order.estate.store.all(grant.BLOCK)
    return any(_of(each) == order.inputs["bucket"] and each.outputs["blockPublicAccess"] for each in blocks)
