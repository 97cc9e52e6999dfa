"""PostgreSQL behind RDS: Debian's, each instance a server of its own at its own address.

In: servers, databases and accounts as `backing` has them. Out: what `psql` finds at the address. Whatever engine
version an instance asks for, it is the one of PACKAGES, and one server stands for a highly available pair.
"""

from __future__ import annotations

import shutil
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any, Final

import psycopg
from psycopg import sql

from simpul import command
from simpul.errors import OutsideError
from simpul.lab import daemon, network, server
from simpul.lab.cloud import home
from simpul.lab.cloud.authority import Authority, Pair
from simpul.lab.cloud.database import access
from simpul.lab.cloud.database.backing import Account, Server

PROGRAMS: Final = "/usr/lib/postgresql/15/bin"
OWNER: Final = "postgres"
TIMEOUT: Final = 10

SETTINGS: Final = """\
data_directory = '{home}/cluster'
hba_file = '{home}/pg_hba.conf'
ident_file = '{home}/pg_ident.conf'
listen_addresses = '{address}'
port = {port}
unix_socket_directories = '{home}'
unix_socket_permissions = 0700
dynamic_shared_memory_type = mmap
shared_buffers = 32MB
password_encryption = scram-sha-256
# A statement may hold a password, so none is written down, not even one that fails.
log_statement = none
log_min_error_statement = panic
"""
ENCRYPTED: Final = """\
ssl = on
ssl_cert_file = '{home}/server.crt'
ssl_key_file = '{home}/server.key'
ssl_min_protocol_version = 'TLSv1.2'
"""
IDENT: Final = f"cloud root {OWNER}\n"
"""The operator's root, as which the cloud runs, is the server's owner; nobody else comes by the socket."""


class Postgres:
    """Runs database servers on the cloud's network; see Databases for what its methods promise."""

    def __init__(self, authority: Authority) -> None:
        """Let `authority` sign the servers' certificates."""
        self._authority = authority
        self._lock = Lock()

    def sign(self, address: str) -> Pair:
        """Give a certificate of the cloud's own."""
        return self._authority.sign(address)

    def start(self, wanted: Server) -> None:
        """Start a server, or bring the one that runs in line."""
        with self._lock:
            network.hold(wanted.address)
            folder = home.make(wanted.id)
            if not (folder / "cluster").exists():
                _initialize(folder, wanted)
            if _write_settings(folder, wanted):
                daemon.stop(home.name(wanted.id))
            daemon.start(
                home.name(wanted.id),
                server.command(folder, f"{PROGRAMS}/postgres", "-c", f"config_file={server.HOME}/postgresql.conf"),
                lambda: _answers(wanted),
                env=server.ENVIRONMENT,
                gently=signal.SIGINT,
            )
            _run(wanted, [sql.SQL("SELECT pg_reload_conf()")])

    def stop(self, wanted: Server) -> None:
        """Remove a server."""
        with self._lock:
            daemon.stop(home.name(wanted.id))
            network.release(wanted.address)
            home.remove(wanted.id)

    def make(self, wanted: Server, database: str, encoding: str) -> None:
        """Make a database."""
        words = "CREATE DATABASE {} TEMPLATE template0 ENCODING {} LC_COLLATE 'C' LC_CTYPE {}"
        ctype = "C.UTF-8" if encoding == "UTF8" else "C"
        statement = sql.SQL(words).format(sql.Identifier(database), sql.Literal(encoding), sql.Literal(ctype))
        with self._lock:
            if database not in _names(wanted, "SELECT datname FROM pg_database"):
                _run(wanted, [statement])

    def drop(self, wanted: Server, database: str) -> None:
        """Remove a database."""
        with self._lock:
            _run(wanted, [sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database))])

    def admit(self, wanted: Server, account: Account) -> None:
        """Make an account, or give it its password."""
        name, might = sql.Identifier(account.name), "CREATEDB CREATEROLE" if account.strong else ""
        with self._lock:
            there = account.name in _names(wanted, "SELECT rolname FROM pg_roles")
            words = sql.SQL("ALTER ROLE {} LOGIN {} PASSWORD {}" if there else "CREATE ROLE {} LOGIN {} PASSWORD {}")
            statements = [words.format(name, sql.SQL(might), sql.Literal(account.password))]
            if account.strong:
                statements.append(sql.SQL("GRANT pg_monitor, pg_signal_backend TO {}").format(name))
            _run(wanted, statements)

    def expel(self, wanted: Server, account: str) -> None:
        """Remove an account. PostgreSQL refuses it while the account owns something."""
        name = sql.Identifier(account)
        with self._lock:
            if account not in _names(wanted, "SELECT rolname FROM pg_roles"):
                return
            _run(wanted, [sql.SQL("DROP ROLE {}").format(name)])

    def hand(self, wanted: Server, database: str, account: str) -> None:
        """Change the owner of a database."""
        words = sql.SQL("ALTER DATABASE {} OWNER TO {}")
        with self._lock:
            there = database in _names(wanted, "SELECT datname FROM pg_database")
            if there and account in _names(wanted, "SELECT rolname FROM pg_roles"):
                _run(wanted, [words.format(sql.Identifier(database), sql.Identifier(account))])


def _initialize(folder: Path, wanted: Server) -> None:
    """Make an empty cluster beside its place: one that was cut off is never taken for whole."""
    shutil.rmtree(folder / "making", ignore_errors=True)
    options = ["--username", OWNER, "--encoding=UTF8", "--locale=C.UTF-8", "--auth=reject", "--no-sync"]
    argv = server.command(folder, f"{PROGRAMS}/initdb", "-D", f"{server.HOME}/making", *options)
    command.run(argv, where=f"database {wanted.id}")
    (folder / "making").rename(folder / "cluster")


def _write_settings(folder: Path, wanted: Server) -> bool:
    """Write what the server reads at its start; say whether it has to be started anew for it."""
    place = {"home": server.HOME, "address": wanted.address, "port": wanted.port}
    settings = SETTINGS.format(**place) + (ENCRYPTED.format(**place) if wanted.pair else "")
    files = {"pg_hba.conf": access.lines(wanted.allow, encrypted=wanted.pair is not None), "pg_ident.conf": IDENT}
    if wanted.pair:
        files |= {"server.crt": wanted.pair.certificate, "server.key": wanted.pair.key}
    for name, text in files.items():
        home.write(folder / name, text)
    return home.write(folder / "postgresql.conf", settings)


def _answers(wanted: Server) -> bool:
    try:
        with _connect(wanted):
            return True
    except psycopg.OperationalError:
        return False


def _names(wanted: Server, query: str) -> list[str]:
    with _connected(wanted) as connection:
        return [name for (name,) in connection.execute(query.encode())]


def _run(wanted: Server, statements: Sequence[sql.SQL | sql.Composed], database: str = OWNER) -> None:
    with _connected(wanted, database) as connection:
        for statement in statements:
            connection.execute(statement)


@contextmanager
def _connected(wanted: Server, database: str = OWNER) -> Iterator[psycopg.Connection[Any]]:
    """Connect as the server's owner; what goes wrong is told without the statement."""
    try:
        with _connect(wanted, database) as connection:
            yield connection
    except psycopg.Error as error:
        said = error.diag.message_primary or str(error).strip()  # only the latter may show a statement, and has none
        raise OutsideError.at(f"database {wanted.id}", "PostgreSQL refuses", said) from None


def _connect(wanted: Server, database: str = OWNER) -> psycopg.Connection[Any]:
    return psycopg.connect(
        host=str(home.find(wanted.id)),
        port=wanted.port,
        user=OWNER,
        dbname=database,
        autocommit=True,
        connect_timeout=TIMEOUT,
    )
