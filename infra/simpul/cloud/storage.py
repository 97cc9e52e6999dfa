"""The city's buckets: for backups, for the record of who did what, and for the files of each store that wants one.

In: the frame and the keys. Out: the buckets by what they are for, and where each site writes its backups. None is
replicated: there is one region in the country, and a copy abroad would be against PP 71/2019.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import pulumi
import pulumi_alicloud as alicloud

from simpul.city import City, DataClass, Purpose, Site
from simpul.cloud import grant
from simpul.cloud.found import Listed, ask, token
from simpul.cloud.frame import Frame
from simpul.cloud.identity import Identity
from simpul.cloud.key import STRICTEST, Keys
from simpul.cloud.site_key import SiteKey, SiteKeyArgs, folder
from simpul.handover import BackupStore, BucketHandle, Staying

LONGEST = 63
"""Letters of a bucket's name."""

Place = tuple[Purpose, str]
"""What a bucket is for, and the store whose files are in it: "" where it is for no single one."""

BACKUP: Place = (Purpose.BACKUP, "")
AUDIT: Place = (Purpose.AUDIT, "")
"""The buckets that every city has."""

TLS = ("TLSv1.2", "TLSv1.3")
UNFINISHED_DAYS = 7
"""After how many days what was begun to be written and never ended is cleared away."""


@dataclass(frozen=True)
class Use:
    """What a bucket is for: the class of its data, how long old objects stay, and the store whose files are in it."""

    purpose: Purpose
    data: DataClass
    days: int
    store: str = ""

    @property
    def place(self) -> Place:
        """Give what tells it from the city's other buckets."""
        return self.purpose, self.store

    @property
    def part(self) -> str:
        """Give the part of the city that the bucket is, for its name: no store's is that of another purpose."""
        return f"{self.purpose}-{self.store}" if self.store else self.purpose.value

    @property
    def is_kept(self) -> bool:
        """Tell whether nothing may be taken from it until its days are over."""
        return self.purpose is not Purpose.DATA


@dataclass(frozen=True)
class StorageArgs:
    """What the buckets stand in, and the keys that encrypt them."""

    frame: Frame
    keys: Keys


class Storage(pulumi.ComponentResource):
    """Buckets that nobody outside reads, encrypted, with old versions; backups and the audit record can't be undone."""

    buckets: dict[Place, alicloud.oss.Bucket]
    handles: tuple[BucketHandle, ...]
    backups: tuple[BackupStore, ...]
    stays: tuple[Staying, ...]

    def __init__(self, name: str, args: StorageArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Make the buckets `name` as `args` say."""
        super().__init__("simpul:cloud:Storage", name, {}, opts)
        self._frame, self._keys = args.frame, args.keys
        planned = tuple(self._keep(use) for use in uses(args.frame.city))
        self.buckets = {use.place: self._bucket(use) for use in planned}
        for use in planned:
            self._guard(use)
            if self._is_locked(use):
                self._lock(use)
            if use.place != AUDIT:
                self._log(use)
        self.handles = tuple(self._handle(use) for use in planned)
        [backup] = [use for use in planned if use.place == BACKUP]
        self.backups = tuple(self._admit(site, backup) for site in args.frame.city.sites)
        self.stays = tuple(
            Staying(token(alicloud.oss.Bucket), self.buckets[use.place].id, f"{use.days} days after its last object")
            for use in planned
            if self._is_locked(use)
        )
        self.register_outputs({"buckets": {use.part: self.buckets[use.place].bucket for use in planned}})

    def _keep(self, use: Use) -> Use:
        """Return `use` for no fewer days than its bucket is locked for already: that only grows."""
        name = self._frame.identity.name(use.part)
        lock = self._frame.found.lock(alicloud.oss.BucketWorm, name) if use.is_kept else None
        locked = int((lock or {}).get("retentionPeriodInDays") or 0)
        if use.days < locked:
            said = f"The bucket {name} is locked for {locked} days, and stays so: the {use.days} declared are fewer"
            pulumi.log.warn(said, resource=self)
        return replace(use, days=max(use.days, locked))

    def _is_locked(self, use: Use) -> bool:
        """Tell whether a bucket is locked. A rehearsal's isn't: a lock that isn't made final lapses within a day."""
        return use.is_kept and self._frame.locks(alicloud.oss.BucketWorm, self._frame.identity.name(use.part))

    def _child(self, use: Use, depends_on: Iterable[pulumi.Resource] = ()) -> pulumi.ResourceOptions:
        """Give the options of what is set on a bucket: a locked one that stays keeps its settings."""
        return self._frame.child(self, depends_on=depends_on, stays=self._is_locked(use))

    def _bucket(self, use: Use) -> alicloud.oss.Bucket:
        frame = self._frame
        name = _name(frame.identity, use, frame.account)
        return alicloud.oss.Bucket(
            frame.identity.name(use.part),
            bucket=name,
            storage_class="Standard",
            redundancy_type="ZRS",  # an object is in several zones
            resource_group_id=frame.group,
            # The vendor locks no bucket that keeps versions; what is locked can't be overwritten anyhow.
            versioning=None if use.is_kept else {"status": "Enabled"},
            server_side_encryption_rule={"sse_algorithm": "KMS", "kms_master_key_id": self._keys.key_id(use.data)},
            lifecycle_rules=_lifecycle(use, frame.city),
            force_destroy=not (frame.protects(frame.identity.name(use.part)) or self._is_locked(use)),
            tags=frame.identity.tags(workload=use.store or "platform", data=use.data, purpose=use.purpose),
            opts=frame.stay(
                frame.child(self, alicloud.oss.Bucket, name, stays=self._is_locked(use)),
                # What stands beside the bucket as a resource of its own is seen on it too.
                "policy",
                "logging",
            ),
        )

    def _guard(self, use: Use) -> None:
        """Let nobody in but who has a right to, and by TLS alone."""
        bucket, name = self.buckets[use.place], self._frame.identity.name(use.part)
        block = alicloud.oss.BucketPublicAccessBlock(
            name, bucket=bucket.bucket, block_public_access=True, opts=self._child(use)
        )
        after = self._child(use, [block])
        alicloud.oss.BucketAcl(name, bucket=bucket.bucket, acl="private", opts=after)
        alicloud.oss.BucketHttpsConfig(name, bucket=bucket.bucket, enable=True, tls_versions=list(TLS), opts=after)
        physical = _name(self._frame.identity, use, self._frame.account)
        alicloud.oss.BucketPolicy(
            name, bucket=bucket.bucket, policy=_tls_alone(physical, self._frame.account), opts=after
        )

    def _lock(self, use: Use) -> None:
        """Let nobody change or delete what was written until its days are over: WORM."""
        alicloud.oss.BucketWorm(
            self._frame.identity.name(use.part),
            bucket=self.buckets[use.place].bucket,
            retention_period_in_days=use.days,
            status="Locked",
            opts=self._child(use),
        )

    def _log(self, use: Use) -> None:
        """Write down who read and wrote, where it can't be changed."""
        alicloud.oss.BucketLogging(
            self._frame.identity.name(use.part),
            bucket=self.buckets[use.place].bucket,
            target_bucket=self.buckets[AUDIT].bucket,
            target_prefix=f"access/{use.part}/",
            opts=self._child(use),
        )

    def _handle(self, use: Use) -> BucketHandle:
        """Give a bucket as clients find it."""
        name = _name(self._frame.identity, use, self._frame.account)
        return BucketHandle(use.purpose, use.store, name, self._endpoint(use))

    def _endpoint(self, use: Use) -> pulumi.Output[str]:
        return self.buckets[use.place].extranet_endpoint.apply(lambda host: f"https://{host}")

    def _admit(self, site: Site, use: Use) -> BackupStore:
        """Let `site` write its backups, and give it what it needs for that."""
        frame, is_locked = self._frame, self._is_locked(use)
        bucket, key_arn = self.buckets[use.place].bucket, self._keys.key_arn(use.data)
        key = SiteKey(
            frame.identity.name(f"site-key-{site.slug}"),
            SiteKeyArgs(frame, site, bucket, key_arn, is_locked),
            pulumi.ResourceOptions(parent=self),
        )
        return BackupStore(
            site=site.code,
            endpoint=self._endpoint(use),
            region=frame.city.cloud.region,
            bucket=_name(frame.identity, use, frame.account),
            folder=folder(site),
            access_key_id=key.id_,
            access_key_secret=key.secret,
            locked_days=use.days if is_locked else 0,
        )


def uses(city: City) -> tuple[Use, ...]:
    """Give the buckets that `city` has. Backups are of the strictest class that any of its data may have.

    A backup needs what the ones before it have written since the last whole one. So that all of it is locked for
    `backup_days` after it, all is locked for as much longer as lies between two whole ones.
    """
    kept = city.retention
    data = tuple(
        Use(Purpose.DATA, store.data, kept.backup_days, store.name) for store in city.cloud.stores if store.bucket
    )
    return (
        Use(Purpose.BACKUP, STRICTEST, kept.backup_days + kept.whole_days),
        Use(Purpose.AUDIT, "internal", kept.audit_days),
        *data,
    )


def _lifecycle(use: Use, city: City) -> list[alicloud.oss.BucketLifecycleRuleArgs]:
    """Say what goes by itself: old versions, what a locked bucket need keep no longer, what was left unfinished."""
    rules = alicloud.oss
    old = rules.BucketLifecycleRuleNoncurrentVersionExpirationArgs(days=use.days)
    unfinished = rules.BucketLifecycleRuleAbortMultipartUploadArgs(days=UNFINISHED_DAYS)
    return [
        rules.BucketLifecycleRuleArgs(
            id="retention",
            enabled=True,
            prefix="",
            noncurrent_version_expirations=None if use.is_kept else [old],
            abort_multipart_uploads=[unfinished],
            expirations=_expirations(use, city),
        )
    ]


def _expirations(use: Use, city: City) -> list[alicloud.oss.BucketLifecycleRuleExpirationArgs] | None:
    """Say what goes by its age. Of backups nothing does while the city stands: a silent site's last one is old too."""
    expiration = alicloud.oss.BucketLifecycleRuleExpirationArgs
    if not use.is_kept:
        return [expiration(expired_object_delete_marker=True)]
    if use.purpose is Purpose.BACKUP and city.cloud.protect:
        return None
    return [expiration(days=use.days + 1)]


def _tls_alone(bucket: str, account: str) -> str:
    denial = {
        "Effect": "Deny",
        "Action": ["oss:*"],
        "Principal": ["*"],
        "Resource": [f"acs:oss:*:{account}:{bucket}", f"acs:oss:*:{account}:{bucket}/*"],
        "Condition": {"Bool": {"acs:SecureTransport": ["false"]}},
    }
    return grant.document([denial])


def _name(identity: Identity, use: Use, account: str) -> str:
    return identity.world_name(use.part, account, LONGEST)


async def listed(identity: Identity) -> Listed:
    """List what the cloud holds of the buckets. What is set on one is set again without harm."""
    for bucket in (await ask(alicloud.oss.get_buckets_output(name_regex=f"^{identity.sole}-"))).buckets:
        tags = bucket.tags or {}
        if all(tags.get(key) == value for key, value in identity.mark.items()):
            yield alicloud.oss.Bucket, bucket.name, bucket.name
