"""The city's databases: PostgreSQL in two zones, a database and an account for each store that wants one.

In: the frame, the network and the keys. Out: a handle for each. Stores of personal data have an instance of their
own; all others share one.
"""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_alicloud as alicloud

from simpul.city import City, DataClass, Store
from simpul.cloud.found import Listed, ask
from simpul.cloud.frame import Frame
from simpul.cloud.identity import Identity
from simpul.cloud.key import Keys, encryption_role
from simpul.cloud.network import Network
from simpul.handover import DatabaseHandle
from simpul.provider.resource import Password

VERSION = "16.0"
SHARED = "database"
"""The part of the city that the instance is which stores without personal data share."""

MAINTENANCE = "18:00Z-19:00Z"
BACKUP = "17:00Z-18:00Z"
"""When it is night in all of Indonesia: 1:00 in the west is 3:00 in the east; backups are an hour earlier."""

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
AUDIT_DAYS = (30, 180, 365, 1095, 1825)
"""For how many days the vendor keeps the record of statements: one of these."""


@dataclass(frozen=True)
class DatabasesArgs:
    """What the databases stand in, the network that reaches them, the keys that encrypt their disks."""

    frame: Frame
    network: Network
    keys: Keys


@dataclass(frozen=True)
class Instance:
    """An instance that is wanted: its part of the city, the class of its data, whose it is."""

    part: str
    data: DataClass
    workload: str
    stores: tuple[Store, ...]


class Databases(pulumi.ComponentResource):
    """Instances of RDS PostgreSQL with what is in them. Nobody outside of the cluster's ranges gets to them."""

    handles: tuple[DatabaseHandle, ...]

    def __init__(self, name: str, args: DatabasesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Make the databases `name` as `args` say."""
        super().__init__("simpul:cloud:Databases", name, {}, opts)
        self._args, self._frame = args, args.frame
        made = [(each, self._instance(each)) for each in instances(args.frame.city)]
        self.instances = {each.part: instance for each, instance in made}
        self.handles = tuple(self._store(store, instance) for each, instance in made for store in each.stores)
        self.register_outputs({"instanceIds": {part: each.id for part, each in self.instances.items()}})

    def _instance(self, wanted: Instance) -> alicloud.rds.Instance:
        frame, plan, network = self._frame, self._frame.plan, self._args.network
        name, zones = frame.identity.name(wanted.part), list(plan.switches)
        logs_days = frame.city.retention.logs_days
        instance = alicloud.rds.Instance(
            name,
            instance_name=name,
            engine="PostgreSQL",
            engine_version=VERSION,
            category="HighAvailability",
            instance_type=frame.size.database,
            instance_storage=self._disk(name),
            db_instance_storage_type="cloud_essd",
            # While a disk grows by itself the vendor's plugin keeps quiet about every other size: a declared one is
            # made instead, and alarms tell in time (monitor.py).
            storage_auto_scale="Disable",
            instance_charge_type="Postpaid",
            zone_id=zones[0],
            zone_id_slave_a=zones[1],
            vpc_id=network.vpc.id,
            vswitch_id=pulumi.Output.concat(network.switches[0].id, ",", network.switches[1].id),
            resource_group_id=frame.group,
            security_ips=[str(plan.vpc), str(plan.cloud.pods)],
            ssl_action="Open",
            ca_type="aliyun",
            encryption_key=self._args.keys.key_id(wanted.data),
            role_arn=encryption_role(frame.account).lower(),  # as RDS itself tells it
            sql_collector_status="Enabled",
            sql_collector_config_value=next((each for each in AUDIT_DAYS if each >= logs_days), AUDIT_DAYS[-1]),
            maintain_time=MAINTENANCE,
            auto_upgrade_minor_version="Auto",
            monitoring_period=60,
            deletion_protection=frame.protects(name),
            tags=frame.identity.tags(workload=wanted.workload, data=wanted.data),
            opts=frame.stay(frame.child(self, alicloud.rds.Instance, name), "zoneId", "zoneIdSlaveA", "vswitchId"),
        )
        alicloud.rds.BackupPolicy(
            name,
            instance_id=instance.id,
            preferred_backup_periods=list(DAYS),
            preferred_backup_time=BACKUP,
            backup_retention_period=frame.city.retention.backup_days,
            enable_backup_log=True,
            log_backup_retention_period=frame.city.retention.backup_days,
            opts=frame.child(self),
        )
        return instance

    def _disk(self, name: str) -> pulumi.Output[int]:
        """Return how large the disk of the instance `name` is to be: one that somebody made larger never shrinks."""
        declared, identity = self._frame.size.database_gib, self._frame.identity
        standing = alicloud.rds.get_instances_output(
            name_regex=f"^{name}$", tags=identity.mark, opts=pulumi.InvokeOutputOptions(parent=self)
        )
        return standing.apply(lambda found: max(declared, *(each.instance_storage for each in found.instances), 0))

    def _store(self, store: Store, instance: alicloud.rds.Instance) -> DatabaseHandle:
        """Make the database of `store` and the account that owns it.

        PostgreSQL lets nobody go who owns a database: the account comes first, and goes last.
        """
        frame, login = self._frame, _login(store.name)
        name = frame.identity.name(f"database-{store.name}")
        password = Password(name, opts=frame.child(self))
        account = alicloud.rds.RdsAccount(
            name,
            db_instance_id=instance.id,
            account_name=login,
            account_type="Normal",
            account_password=password.result,
            account_description=f"workload-{store.name}",  # no spaces there, nor below
            opts=frame.child(self, alicloud.rds.RdsAccount, store.name),
        )
        database = alicloud.rds.Database(
            name,
            instance_id=instance.id,
            data_base_name=login,
            character_set="UTF8",
            description=f"data-of-{store.name}",
            opts=frame.child(self, alicloud.rds.Database, store.name, [account]),
        )
        alicloud.rds.AccountPrivilege(
            name,
            instance_id=instance.id,
            account_name=account.account_name,
            privilege="DBOwner",
            db_names=[database.data_base_name],
            opts=frame.child(self),
        )
        return DatabaseHandle(
            store=store.name,
            host=instance.connection_string,
            port=instance.port,
            database=login,
            username=login,
            password=pulumi.Output.secret(password.result),
        )


def instances(city: City) -> tuple[Instance, ...]:
    """Give the instances that `city` needs."""
    wanted = tuple(store for store in city.cloud.stores if store.database)
    shared = tuple(store for store in wanted if store.data != "personal")
    own = tuple(
        Instance(f"{SHARED}-{store.name}", store.data, store.name, (store,)) for store in wanted if store not in shared
    )
    return (Instance(SHARED, "internal", "platform", shared), *own) if shared else own


def _login(store: str) -> str:
    """Bring a store's name into the letters that PostgreSQL's names have without quotes."""
    return store.replace("-", "_")


async def listed(identity: Identity) -> Listed:
    """List what the cloud holds of the databases.

    The vendor doesn't list what is in an instance but for its accounts, and of an account what it owns.
    """
    instances = alicloud.rds.get_instances_output(name_regex=f"^{identity.prefix}-", tags=identity.mark)
    for instance in (await ask(instances)).instances:
        yield alicloud.rds.Instance, instance.name, instance.id
        for account in (await ask(alicloud.rds.get_accounts_output(db_instance_id=instance.id))).accounts:
            store = account.account_name.replace("_", "-")
            yield alicloud.rds.RdsAccount, store, f"{instance.id}:{account.account_name}"
            for owned in account.database_privileges or ():
                yield alicloud.rds.Database, store, f"{instance.id}:{owned.db_name}"
