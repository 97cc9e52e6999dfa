"""ApsaraDB RDS: what an instance holds and how it is reached: databases, accounts, privileges, addresses, backups."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Final

from simpul.lab.cloud import address
from simpul.lab.cloud.database.backing import Account as Login
from simpul.lab.cloud.kind import Kind, Order
from simpul.lab.cloud.product.rds import DOMAINS, INSTANCE, POSTGRESQL, served, server
from simpul.lab.cloud.reference import Reference
from simpul.lab.cloud.refusal import Refusal
from simpul.lab.cloud.rule import Known, Sole

if TYPE_CHECKING:
    from simpul.lab.cloud.estate import Estate
    from simpul.lab.cloud.store import Record

DATABASE: Final = "alicloud:rds/database:Database"
ACCOUNTS: Final = ("alicloud:rds/account:Account", "alicloud:rds/rdsAccount:RdsAccount")
PRIVILEGE: Final = "alicloud:rds/accountPrivilege:AccountPrivilege"
ENCODINGS: Final = ("UTF8", "LATIN1", "SQL_ASCII", "WIN1252")
OWNER: Final = "DBOwner"
PASSWORD: Final = re.compile(r"[A-Za-z0-9!@#$%^&*()_+\-=]{8,32}")
CLASSES: Final = (r"[A-Z]", r"[a-z]", r"[0-9]", r"[!@#$%^&*()_+\-=]")
LEAST_CLASSES: Final = 3
RETENTION: Final = range(7, 731)
LEAST: Final = 7
KEEPS: Final = "MySQL"
"""The engine whose backups the vendor keeps when an instance is gone."""
MISSING: Final = "InvalidDBInstanceName.NotFound"


def holder(name: str) -> tuple[Reference, ...]:
    """Give the reference to the instance; an instance may go with all that it holds."""
    return (Reference(name, INSTANCE, MISSING, ""),)


class Database(Kind):
    """A database of an instance."""

    token = DATABASE
    parts = ("instanceId", "dataBaseName")
    references = holder("instanceId")
    rules = (Sole(("instanceId", "dataBaseName"), "InvalidDBName.Duplicate"),)
    stable: ClassVar[Mapping[str, Any]] = {"status": "Running"}

    def examine(self, order: Order) -> None:
        """Refuse an encoding that PostgreSQL hasn't."""
        if _engine(order, order.inputs["instanceId"]) == POSTGRESQL and _encoding(order.inputs) not in ENCODINGS:
            words = f"The character set {order.inputs['characterSet']} is not supported."
            raise Refusal("InvalidCharacterSetName.ValueNotSupported", words)

    def compute(self, order: Order, identity: str) -> dict[str, Any]:
        """Give both spellings of its name."""
        del identity
        return {"dataBaseName": _database(order.inputs), "name": _database(order.inputs)}

    def realize(self, estate: Estate, record: Record) -> dict[str, Any]:
        """Make it."""
        for databases, wanted in _behind(estate, record.outputs["instanceId"]):
            databases.make(wanted, _database(record.outputs), _encoding(record.outputs))
        return {}

    def dismantle(self, estate: Estate, record: Record) -> None:
        """Remove it."""
        for databases, wanted in _behind(estate, record.outputs["instanceId"]):
            databases.drop(wanted, _database(record.outputs))


class Account(Kind):
    """An account of an instance."""

    token = ACCOUNTS[0]
    parts = ("dbInstanceId", "accountName")
    references = (*holder("dbInstanceId"), *holder("instanceId"))
    unread: ClassVar[frozenset[str]] = frozenset({"accountPassword", "password", "resetPermissionFlag", "checkPolicy"})
    stable: ClassVar[Mapping[str, Any]] = {"status": "Available"}

    def examine(self, order: Order) -> None:
        """Refuse a name that is taken, and a password that is too simple."""
        instance, name = _instance(order.inputs), _account(order.inputs)
        known = [each for token in ACCOUNTS for each in order.estate.store.all(token)]
        mine = order.record.id if order.record else None
        taken = {(_instance(each.outputs), _account(each.outputs)) for each in known if each.id != mine}
        if (instance, name) in taken:
            raise Refusal("InvalidAccountName.Duplicate", f"The account {name} exists already.")
        password = _password(order.inputs)
        kinds = sum(re.search(each, password) is not None for each in CLASSES)
        if not order.inputs.get("kmsEncryptedPassword") and (not PASSWORD.fullmatch(password) or kinds < LEAST_CLASSES):
            words = "8 to 32 letters, digits and !@#$%^&*()_+-=, of three of upper case, lower case, digits and signs"
            raise Refusal("InvalidAccountPassword.Format", f"The password of {name} has to be of {words}.")

    def compute(self, order: Order, identity: str) -> dict[str, Any]:
        """Give both spellings of its properties."""
        del identity
        values = order.inputs
        kind = values.get("accountType") or values.get("type") or "Normal"
        words = values.get("accountDescription") or values.get("description") or ""
        secret = _password(values)
        return {
            "dbInstanceId": _instance(values), "instanceId": _instance(values), "accountName": _account(values),
            "name": _account(values), "accountType": kind, "type": kind, "accountDescription": words,
            "description": words, "accountPassword": secret, "password": secret,
        }  # fmt: skip

    def describe(self, estate: Estate, record: Record) -> dict[str, Any]:
        """Give what it owns, as lists have it."""
        owned = [{"dbName": name, "accountPrivilege": "ALL"} for name in _owned(estate, record)]
        return {"databasePrivileges": owned}

    def guard(self, estate: Estate, record: Record) -> None:
        """Refuse to go while it owns a database, as PostgreSQL does."""
        super().guard(estate, record)
        for name in _owned(estate, record):
            words = f"The account {_account(record.outputs)} owns the database {name}; delete that first."
            raise Refusal("OperationDenied.AccountOwnsDatabase", words)

    def realize(self, estate: Estate, record: Record) -> dict[str, Any]:
        """Make it, or give it the password that is wanted now."""
        for databases, wanted in _behind(estate, _instance(record.outputs)):
            strong = record.outputs["accountType"] == "Super"
            databases.admit(wanted, Login(_account(record.outputs), _password(record.inputs), strong=strong))
        return {}

    def alter(self, estate: Estate, record: Record) -> dict[str, Any]:
        """Change its password."""
        return self.realize(estate, record)

    def dismantle(self, estate: Estate, record: Record) -> None:
        """Remove it."""
        for databases, wanted in _behind(estate, _instance(record.outputs)):
            databases.expel(wanted, _account(record.outputs))


class RdsAccount(Account):
    """The same under the SDK's newer name."""

    token = ACCOUNTS[1]


class AccountPrivilege(Kind):
    """What an account may do with databases. PostgreSQL's knows one: own them, until they go."""

    token = PRIVILEGE
    parts = ("instanceId", "accountName", "privilege")
    references = holder("instanceId")

    def examine(self, order: Order) -> None:
        """Refuse an account or a database that isn't there, and a privilege that the engine hasn't."""
        values, store = order.inputs, order.estate.store
        instance, account = values["instanceId"], values["accountName"]
        if all(store.get(token, f"{instance}:{account}") is None for token in ACCOUNTS):
            raise Refusal("InvalidAccountName.NotFound", f"The account {account} does not exist.")
        for name in values["dbNames"]:
            if store.get(DATABASE, f"{instance}:{name}") is None:
                raise Refusal("InvalidDBName.NotFound", f"The database {name} does not exist.")
        if _engine(order, instance) == POSTGRESQL and values.get("privilege") != OWNER:
            words = f"PostgreSQL knows the privilege {OWNER}, not {values.get('privilege')}."
            raise Refusal("InvalidAccountPrivilege.Malformed", words)
        if order.record and not set(order.record.outputs["dbNames"]) <= set(values["dbNames"]):
            words = "PostgreSQL takes no database back from its owner."
            raise Refusal("InvalidAccountPrivilege.Revoke", words)

    def realize(self, estate: Estate, record: Record) -> dict[str, Any]:
        """Hand the databases to the account."""
        for name in record.outputs["dbNames"]:
            database = estate.store.get(DATABASE, f"{record.outputs['instanceId']}:{name}")
            if database is not None:
                database.behind["owner"] = record.outputs["accountName"]
                estate.store.put(database)
        for databases, wanted in _behind(estate, record.outputs["instanceId"]):
            for name in record.outputs["dbNames"]:
                databases.hand(wanted, name, record.outputs["accountName"])
        return {}

    def alter(self, estate: Estate, record: Record) -> dict[str, Any]:
        """Hand over those that have come."""
        return self.realize(estate, record)


class BackupPolicy(Kind):
    """When an instance is saved, and for how long. Nothing is saved here."""

    token = "alicloud:rds/backupPolicy:BackupPolicy"  # noqa: S105 not a password
    parts = ("instanceId",)
    references = holder("instanceId")
    rules = (
        Known("backupRetentionPeriod", RETENTION, "InvalidBackupRetentionPeriod.Malformed"),
        Known("logBackupRetentionPeriod", RETENTION, "InvalidLogBackupRetentionPeriod.Malformed"),
    )
    stable: ClassVar[Mapping[str, Any]] = {
        "preferredBackupPeriods": ["Tuesday", "Thursday", "Saturday"],
        "enableBackupLog": True,
        "logBackupRetentionPeriod": 7,
        "backupMethod": "Snapshot",
        "releasedKeepPolicy": "",
        "backupInterval": "-1",
        "category": "Standard",
        "compressType": "1",
    }

    def examine(self, order: Order) -> None:
        """Refuse a log that outlives the data it belongs to, and to keep what is kept of MySQL alone."""
        values = order.inputs
        log, data = values.get("logBackupRetentionPeriod", LEAST), values.get("backupRetentionPeriod", LEAST)
        if log > data:
            words = f"The log would be kept for {log} days, data for {data}."
            raise Refusal("InvalidLogBackupRetentionPeriod.Malformed", words)
        engine = _engine(order, values["instanceId"])
        if engine != KEEPS and values.get("releasedKeepPolicy") not in (None, "", "None"):
            raise Refusal("InvalidReleasedKeepPolicy", f"No backups of {engine} are kept when an instance is gone.")


class Connection(Kind):
    """An instance's public address. In the lab it is one more name for the address that its server has."""

    token = "alicloud:rds/connection:Connection"  # noqa: S105 not a password
    references = holder("instanceId")

    def mint(self, order: Order) -> str:
        """Make an id as the vendor's plugin does: instance and prefix."""
        return f"{order.inputs['instanceId']}:{_prefix(order.inputs)}"

    def compute(self, order: Order, identity: str) -> dict[str, Any]:
        """Give the name it would have at the vendor's, or the address of the server that is there."""
        del identity
        instance = order.estate.store.get(INSTANCE, order.inputs["instanceId"])
        engine = instance.outputs["engine"] if instance else POSTGRESQL
        name = f"{_prefix(order.inputs)}.{DOMAINS[engine]}.aliyuncs.com"
        if instance is not None and served(order.estate, instance):
            served_at = instance.behind["address"]
            return {"connectionPrefix": _prefix(order.inputs), "connectionString": served_at, "ipAddress": served_at}
        return {
            "connectionPrefix": _prefix(order.inputs),
            "connectionString": name,
            "ipAddress": address.take(order.estate.store),
        }

    def examine(self, order: Order) -> None:
        """Refuse a port that isn't the server's own: PostgreSQL has one."""
        instance = order.estate.store.get(INSTANCE, order.inputs["instanceId"])
        if instance is not None and served(order.estate, instance) and order.inputs["port"] != instance.outputs["port"]:
            words = f"The lab's cloud serves {instance.id} at port {instance.outputs['port']} alone."
            raise Refusal("UnsupportedParameter.Port", words)


def _owned(estate: Estate, account: Record) -> list[str]:
    """Give the databases that an account owns: those handed to it and not gone, whatever became of the privilege."""
    instance = _instance(account.outputs)
    databases = [each for each in estate.store.all(DATABASE) if each.outputs["instanceId"] == instance]
    return [_database(each.outputs) for each in databases if each.behind.get("owner") == _account(account.outputs)]


def _behind(estate: Estate, identity: str) -> Iterator[tuple[Any, Any]]:
    """Give what runs the instance's server, and the server; nothing where there is none, or the instance is gone."""
    instance = estate.store.get(INSTANCE, identity)
    databases = served(estate, instance) if instance is not None else None
    if databases is not None and instance is not None:
        yield databases, server(estate, instance)


def _engine(order: Order, identity: str) -> str:
    instance = order.estate.store.get(INSTANCE, identity)
    return str(instance.outputs["engine"]) if instance else POSTGRESQL


def _database(values: Mapping[str, Any]) -> str:
    return str(values.get("dataBaseName") or values.get("name") or "")


def _account(values: Mapping[str, Any]) -> str:
    return str(values.get("accountName") or values.get("name") or "")


def _instance(values: Mapping[str, Any]) -> str:
    return str(values.get("dbInstanceId") or values.get("instanceId") or "")


def _password(values: Mapping[str, Any]) -> str:
    return str(values.get("accountPassword") or values.get("password") or "")


def _prefix(values: Mapping[str, Any]) -> str:
    return str(values.get("connectionPrefix") or f"{values['instanceId']}-o")


def _encoding(values: Mapping[str, Any]) -> str:
    """Give the encoding: a character set may have its collation and type behind it, `UTF8,C,en_US.utf8`."""
    return str(values.get("characterSet", "UTF8")).partition(",")[0].upper()
