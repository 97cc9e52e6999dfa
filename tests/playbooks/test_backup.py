"""A host's backups by its own program, with Debian's restic and rclone: taken, sent to a real S3 server, put back."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from playbooks.store import BUCKET, Store, programs, serve
from simpul.project import PLAYBOOKS

PROGRAM = PLAYBOOKS / "roles" / "backup" / "files" / "simpul_backup.py"
FOLDER = "sites/647101/bpn-timur-1"
VOLUME = "pvc-4b6b_messaging_data-messaging-0"


def load() -> Any:
    spec = spec_from_file_location("simpul_backup", PROGRAM)
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    sys.modules["simpul_backup"] = module  # where a dataclass looks for the names in it
    spec.loader.exec_module(module)
    return module


backup = load()


class Host:
    """A host in a folder: k3s with its state in SQLite, and a volume."""

    def __init__(self, folder: Path, store: Store, **other: int) -> None:
        self.folder, self.store = folder, store
        self.k3s = folder / "k3s"
        self.secrets = folder / "etc"
        self.secrets.mkdir(parents=True)
        (self.secrets / "password").write_text("a-long-password-of-a-site")
        self.point(store.endpoint)
        days = {"days": 35, "whole_days": 30, "locked_days": 0}
        self.settings = backup.Settings(
            bucket=BUCKET, folder=FOLDER, home=folder / "home", secrets=self.secrets, k3s=self.k3s,
            node=folder / "node", program="/bin/false", **{**days, **other},
        )  # fmt: skip
        self.backups = backup.Backups(self.settings)

    def point(self, endpoint: str) -> None:
        """Tell rclone where the bucket is."""
        lines = ("[store]", "type = s3", "provider = Other", "region = ap-southeast-5", f"endpoint = {endpoint}")
        lines += ("access_key_id = 647101", f"secret_access_key = {self.store.secret}", "no_check_bucket = true")
        (self.secrets / "rclone.conf").write_text("\n".join(lines) + "\n")

    def fill(self, report: str) -> None:
        """Let k3s and the volume have something that is told apart by `report`."""
        server = self.k3s / "server"
        for name, text in {"token": "K10::server:t", "tls/ca.key": "key", "cred/passwd": "p"}.items():
            (server / name).parent.mkdir(parents=True, exist_ok=True)
            (server / name).write_text(text)
        (server / "db").mkdir(exist_ok=True)
        self.keep(report)
        (self.folder / "node").mkdir(exist_ok=True)
        (self.folder / "node" / "password").write_text("node")
        volume = self.k3s / "storage" / VOLUME
        volume.mkdir(parents=True, exist_ok=True)
        (volume / "1.blk").write_text(report)

    def keep(self, report: str) -> None:
        with sqlite3.connect(self.k3s / "server" / "db" / "state.db") as database:
            database.execute("PRAGMA journal_mode=WAL")
            database.execute("CREATE TABLE IF NOT EXISTS kine (value text)")
            database.execute("INSERT INTO kine VALUES (?)", (report,))
        database.close()

    def lose(self) -> None:
        """Take from the host all that is its own: another disk."""
        for path in (self.k3s, self.folder / "home", self.folder / "node"):
            shutil.rmtree(path, ignore_errors=True)

    def reports(self) -> tuple[list[str], str]:
        """Read what the state and the volume have."""
        with sqlite3.connect(self.k3s / "server" / "db" / "state.db") as database:
            found = [value for (value,) in database.execute("SELECT value FROM kine")]
        database.close()
        return found, (self.k3s / "storage" / VOLUME / "1.blk").read_text()


@pytest.fixture(autouse=True)
def debian(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", programs())


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with serve(tmp_path_factory.mktemp("store")) as store:
        yield store


@pytest.fixture
def store(shared: Store) -> Iterator[Store]:
    yield shared
    client = shared.client()
    for key in shared.listed():
        client.delete_object(Bucket=BUCKET, Key=key)
    client.close()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Let the program believe that days have passed; S3 keeps the world's time."""
    passed, real = [0.0], time.time

    def go_on(days: float) -> None:
        passed[0] += days * backup.DAY

    monkeypatch.setattr(backup.time, "time", lambda: real() + passed[0])
    monkeypatch.setattr(backup, "now", lambda: time.strftime(backup.FORM, time.gmtime(real() + passed[0])))
    return go_on


def test_a_lost_host_has_its_state_its_keys_and_its_volumes_again(tmp_path: Path, store: Store) -> None:
    host = Host(tmp_path, store)
    host.fill("one")
    taken = host.backups.take()
    assert host.backups.send() == [taken]
    host.lose()
    assert host.backups.restore(backup.now()) == taken
    assert host.reports() == (["one"], "one")
    assert (host.k3s / "server" / "tls" / "ca.key").read_text() == "key"
    assert (tmp_path / "node" / "password").read_text() == "node"


def test_a_backup_of_a_moment_is_chosen_by_it(tmp_path: Path, store: Store, clock: Callable[[float], None]) -> None:
    host = Host(tmp_path, store)
    host.fill("one")
    first = host.backups.take()
    clock(1)
    host.fill("two")
    second = host.backups.take()
    assert first.repository == second.repository
    host.backups.send()
    host.lose()
    assert host.backups.restore(first.moment) == first
    assert host.reports() == (["one"], "one")
    with pytest.raises(backup.Fault, match="isn't blank"):
        host.backups.restore(second.moment)
    host.lose()
    host.backups.restore(second.moment)
    assert host.reports() == (["one", "two"], "two")


def test_after_a_restore_backups_go_on(tmp_path: Path, store: Store, clock: Callable[[float], None]) -> None:
    host = Host(tmp_path, store)
    host.fill("one")
    host.backups.take()
    host.backups.send()
    host.lose()
    host.backups.restore(backup.now())
    clock(1)
    host.fill("two")
    again = host.backups.take()
    host.backups.send()
    host.lose()
    assert host.backups.restore(backup.now()) == again
    assert host.reports() == (["one", "two"], "two")


def test_what_is_written_while_it_is_copied_is_whole(tmp_path: Path, store: Store) -> None:
    host = Host(tmp_path, store)
    host.fill("one")
    writer = sqlite3.connect(host.k3s / "server" / "db" / "state.db", isolation_level=None)
    writer.execute("PRAGMA wal_autocheckpoint=0")
    writer.execute("INSERT INTO kine VALUES ('in the log alone')")
    writer.execute("BEGIN")
    writer.execute("INSERT INTO kine VALUES ('never said')")
    host.backups.take()
    host.backups.send()
    writer.close()
    host.lose()
    host.backups.restore(backup.now())
    assert host.reports()[0] == ["one", "in the log alone"]


def test_a_host_without_a_line_keeps_its_backups_and_sends_them_later(
    tmp_path: Path, store: Store, clock: Callable[[float], None]
) -> None:
    host = Host(tmp_path, store)
    host.fill("one")
    host.point("http://127.0.0.1:9")
    first = host.backups.take()
    with pytest.raises(backup.Fault, match="can't be reached") as fault:
        host.backups.send()
    assert fault.value.code == backup.LATER
    clock(1)
    second = host.backups.take()
    host.point(store.endpoint)
    assert host.backups.send() == [first, second]
    assert sorted(host.backups.sent()) == [first, second]
    assert host.backups.send() == []


def test_a_bucket_that_refuses_is_no_line_that_is_down(tmp_path: Path, store: Store) -> None:
    host = Host(tmp_path, store)
    host.fill("one")
    host.backups.take()
    config = host.secrets / "rclone.conf"
    config.write_text(config.read_text().replace(store.secret, "not-the-secret"))
    with pytest.raises(backup.Fault, match="refuses") as fault:
        host.backups.send()
    assert fault.value.code == 1


def test_a_record_comes_last_so_what_is_cut_off_is_no_backup(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    host = Host(tmp_path, store)
    host.fill("one")
    host.backups.take()
    real = host.backups.rclone

    def cut(*argv: str) -> str:
        if str(argv[2]).endswith("/record"):
            raise backup.Fault("cut off", backup.LATER)
        return str(real(*argv))

    monkeypatch.setattr(host.backups, "rclone", cut)
    with pytest.raises(backup.Fault):
        host.backups.send()
    assert store.listed(FOLDER)
    assert host.backups.sent() == {}


def test_a_restore_that_was_cut_off_goes_on(tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    host = Host(tmp_path, store)
    host.fill("one")
    host.backups.take()
    host.backups.send()
    host.lose()
    with monkeypatch.context() as cut:
        cut.setattr(host.backups, "_place_state", lambda: (_ for _ in ()).throw(backup.Fault("cut off")))
        with pytest.raises(backup.Fault, match="cut off"):
            host.backups.restore(backup.now())
    assert (host.k3s / "storage" / VOLUME).exists(), "half of it is there"
    host.backups.restore(backup.now())
    assert host.reports() == (["one"], "one")


def test_without_a_line_a_host_is_set_back_to_what_it_keeps_itself(tmp_path: Path, store: Store) -> None:
    host = Host(tmp_path, store)
    host.fill("one")
    taken = host.backups.take()
    host.point("http://127.0.0.1:9")
    shutil.rmtree(host.k3s)
    assert host.backups.restore(backup.now()) == taken
    assert host.reports() == (["one"], "one")


def test_what_is_over_goes_here_as_a_whole_and_never_the_last(
    tmp_path: Path, store: Store, clock: Callable[[float], None]
) -> None:
    host = Host(tmp_path, store, days=7, whole_days=5)
    host.fill("one")
    first = host.backups.take()
    clock(100)
    assert host.backups.kept() == [first], "silent for a hundred days"
    second = host.backups.take()
    assert host.backups.kept() == [second], "the first is over, and not the last any more"
    clock(6)
    third = host.backups.take()
    assert host.backups.kept() == [second, third], "days that are declared"
    assert {path.name for path in host.settings.repositories.iterdir()} == {second.repository, third.repository}


def test_what_the_bucket_has_isn_t_kept_here_for_years(
    tmp_path: Path, store: Store, clock: Callable[[float], None]
) -> None:
    host = Host(tmp_path, store, days=730, whole_days=30)
    host.fill("one")
    taken = []
    for _ in range(4):
        taken.append(host.backups.take())
        host.backups.send()
        clock(30)
    taken.append(host.backups.take())
    assert host.backups.kept() == taken[-2:]
    assert sorted(host.backups.sent()) == taken[:-1]


def test_the_bucket_is_cleared_of_what_is_over_and_unlocked_and_never_of_the_last(
    tmp_path: Path, clock: Callable[[float], None]
) -> None:
    (tmp_path / "store").mkdir()
    with serve(tmp_path / "store", deletes=True) as store:
        host = Host(tmp_path / "host", store, days=7, whole_days=7, locked_days=14)
        host.fill("one")
        first = host.backups.take()
        host.backups.send()
        clock(8)
        second = host.backups.take()
        host.backups.send()
        assert sorted(host.backups.sent()) == [first, second], "over, and locked still"
        clock(100)
        third = host.backups.take()
        host.backups.send()
        assert sorted(host.backups.sent()) == [third]
        assert {key.split("/")[3] for key in store.listed(FOLDER)} == {third.repository, "record"}


def test_a_site_s_key_opens_its_own_folder_and_takes_nothing_back(tmp_path: Path, store: Store) -> None:
    host = Host(tmp_path, store)
    host.fill("one")
    host.backups.take()
    host.backups.send()
    [*_, one] = store.listed(FOLDER)
    own, other = store.client("647101"), store.client("647102")
    for client, call in (
        (own, lambda s3: s3.delete_object(Bucket=BUCKET, Key=one)),
        (own, lambda s3: s3.list_objects_v2(Bucket=BUCKET)),
        (own, lambda s3: s3.list_objects_v2(Bucket=BUCKET, Prefix="sites/647102/")),
        (own, lambda s3: s3.put_object(Bucket=BUCKET, Key="sites/647102/mine", Body=b"")),
        (other, lambda s3: s3.get_object(Bucket=BUCKET, Key=one)),
        (other, lambda s3: s3.list_objects_v2(Bucket=BUCKET, Prefix="sites/647101/")),
    ):
        with pytest.raises(ClientError, match="AccessDenied"):
            call(client)
    assert own.get_object(Bucket=BUCKET, Key=one)["ResponseMetadata"]["HTTPStatusCode"] == 200
    own.close()
    other.close()


def test_nothing_in_the_bucket_can_be_read_without_the_password(tmp_path: Path, store: Store) -> None:
    host = Host(tmp_path, store)
    host.fill("a report of this office")
    host.backups.take()
    host.backups.send()
    client = store.client()
    for key in store.listed(FOLDER):
        text = client.get_object(Bucket=BUCKET, Key=key)["Body"].read()
        assert b"report of this office" not in text
        assert b"a-long-password" not in text
    client.close()


def test_pods_of_a_volume_stand_still_while_it_is_read_and_go_on(tmp_path: Path) -> None:
    with subprocess.Popen(["sleep", "60"]) as pod:
        proc = tmp_path / str(pod.pid)
        proc.mkdir()
        (proc / "cgroup").write_text("1:memory:/kubepods/burstable/pod1\n")
        (proc / "mountinfo").write_text(f"36 35 8:1 /lab/k3s/storage/{VOLUME} /data rw - ext4 /dev/sda rw\n")
        listed = lambda: backup.users({VOLUME}, tmp_path)  # noqa: E731
        with backup.still(listed):
            assert state(pod.pid) == "T"
        assert state(pod.pid) != "T"
        with pytest.raises(KeyError), backup.still(listed):
            raise KeyError
        assert state(pod.pid) != "T", "whatever goes wrong meanwhile"
        pod.kill()


def test_no_other_process_stands_still(tmp_path: Path) -> None:
    for number, (group, root) in enumerate(
        [
            ("/system.slice/ssh.service", f"/storage/{VOLUME}"),
            ("/kubepods/pod1", "/storage/pvc-other"),
            ("/kubepods", "/"),
        ]
    ):
        proc = tmp_path / str(number)
        proc.mkdir()
        (proc / "cgroup").write_text(f"0::{group}\n")
        (proc / "mountinfo").write_text(f"36 35 8:1 {root} /data rw - ext4 /dev/sda rw\n")
    assert backup.users({VOLUME}, tmp_path) == set()


def state(pid: int) -> str:
    """Give the state of a process, once it had the time to take a signal."""
    for _ in range(100):
        found = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        if found in "TS":
            return found
        time.sleep(0.02)
    return found


def test_the_command_line_says_what_was_done_and_why_not(tmp_path: Path, store: Store) -> None:
    host = Host(tmp_path, store)
    settings = tmp_path / "settings.json"
    known = {"bucket": BUCKET, "folder": FOLDER, "days": 35, "whole_days": 30, "locked_days": 0}
    known |= {"home": str(tmp_path / "home"), "secrets": str(host.secrets), "k3s": str(host.k3s)}
    settings.write_text(json.dumps({**known, "node": str(tmp_path / "node")}))

    def call(*argv: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, str(PROGRAM), "--settings", str(settings), *argv]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    nothing = call("take")
    assert (nothing.returncode, nothing.stdout) == (1, "")
    assert "there is nothing to back up" in nothing.stderr
    host.fill("one")
    [name] = json.loads(call("take").stdout)
    assert json.loads(call("send").stdout) == [name]
    assert call("wake").returncode == 0
    refused = call("restore")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "isn't blank" in refused.stderr
    host.lose()
    none = call("restore", "--at", "20000101T000000Z")
    assert "there is no backup until 20000101T000000Z" in none.stderr
    assert json.loads(call("restore").stdout) == [name]


def test_a_run_that_is_told_to_end_lets_pods_go_on() -> None:
    script = f"import sys, signal, time; sys.path.insert(0, {str(PROGRAM.parent)!r}); import simpul_backup as b\n"
    script += "signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))\nimport subprocess\n"
    script += "p = subprocess.Popen(['sleep', '60']); print(p.pid, flush=True)\n"
    script += "with b.still(lambda: {p.pid}):\n    print('still', flush=True); time.sleep(60)\n"
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout
        pod = int(run.stdout.readline())
        run.stdout.readline()
        assert state(pod) == "T"
        run.terminate()
        run.wait()
        assert state(pod) == "S"
        os.kill(pod, signal.SIGKILL)
