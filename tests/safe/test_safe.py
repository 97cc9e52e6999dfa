"""A stack is saved for named keys, and is there again on another machine: nothing plain on a disk, nothing to do."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyrage
import pytest
import yaml

from provider.engine import environment
from simpul import safe
from simpul.errors import CityError, OutsideError, SimpulError, UsageError
from simpul.project import ROOT
from simpul.safe.passphrase import opens, read

PROGRAM = """\
import sys
import pulumi
sys.path.insert(0, "{infra}")
from simpul.provider.resource import Password, PasswordArgs
pulumi.export("word", Password("word", PasswordArgs()).result)
"""
WORD = "a passphrase of this test"


@dataclass(frozen=True)
class Machine:
    """An operator's machine: a clone with the project, a place for states, a passphrase's file."""

    folder: Path
    word: str = WORD

    @property
    def clone(self) -> Path:
        return self.folder / "clone"

    @property
    def kept(self) -> Path:
        return self.folder / "passphrase"

    @property
    def variables(self) -> dict[str, str]:
        return {
            **{name: value for name, value in os.environ.items() if not name.startswith("PULUMI_")},
            **environment(),
            "PULUMI_BACKEND_URL": f"file://{self.folder / 'state'}?metadata=skip",
            "PULUMI_HOME": str(self.folder / "home"),
            "PULUMI_CONFIG_PASSPHRASE_FILE": str(self.kept),
            "PYTHONWARNINGS": "ignore",
        }

    @classmethod
    def make(cls, folder: Path) -> Machine:
        """Make one on which nothing has been done yet."""
        made = cls(folder)
        for each in ("clone/program", "state", "home"):
            (folder / each).mkdir(parents=True)
        plugin = {"name": "simpul", "path": str(ROOT / "infra" / "simpul" / "provider")}
        project = {"name": "trial", "runtime": "python", "main": "program", "plugins": {"providers": [plugin]}}
        (made.clone / "Pulumi.yaml").write_text(yaml.safe_dump(project))
        (made.clone / "program" / "__main__.py").write_text(PROGRAM.format(infra=ROOT / "infra"))
        return made

    def pulumi(self, *arguments: str) -> str:
        done = subprocess.run(
            [str(shutil.which("pulumi")), *arguments, "--non-interactive", "--color=never"],
            cwd=self.clone, env=self.variables, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def word_of_the_city(self) -> str:
        return self.pulumi("stack", "output", "word", "--show-secrets").strip()


@dataclass(frozen=True)
class Copy:
    """What was saved of a machine, the keys that open it, and what it held."""

    machine: Machine
    file: Path
    keys: list[Any]
    secret: str


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    """Make a stack with a secret, and save it."""
    folder = tmp_path_factory.mktemp("safe")
    machine = Machine.make(folder / "first")
    machine.kept.write_text(f"{WORD}\n")
    machine.pulumi("stack", "init", "kota")
    machine.pulumi("up", "--yes", "--skip-preview")
    key = pyrage.x25519.Identity.generate()
    (folder / "key.txt").write_text(f"# created: today\n# public key: {key.to_public()}\n{key}\n")
    file = folder / "kota.age"
    others = pyrage.x25519.Identity.generate().to_public()
    keys = safe.recipients([str(others), str(key.to_public())], ())
    saved = safe.save(keys, file, environment=machine.variables, root=machine.clone)
    assert (saved.stack, saved.file, saved.resources) == ("kota", file, 3)
    return Copy(machine, file, safe.identities(folder / "key.txt"), machine.word_of_the_city())


@pytest.fixture
def restore(copy: Copy) -> Callable[..., safe.Restored]:
    def again(machine: Machine, **how: Any) -> safe.Restored:
        keys = how.pop("keys", copy.keys)
        return safe.restore(copy.file, keys, machine.kept, environment=machine.variables, root=machine.clone, **how)

    return again


@pytest.mark.engine
def test_a_lost_machine_s_city_is_there_again_and_nothing_is_to_be_done(
    copy: Copy, restore: Callable[..., safe.Restored], tmp_path: Path
) -> None:
    machine = Machine.make(tmp_path / "second")
    done = restore(machine)
    assert (done.stack, done.resources) == ("kota", 3)
    assert machine.kept.read_text() == WORD
    assert stat.S_IMODE(machine.kept.stat().st_mode) == 0o600
    ours, theirs = (each.clone / "Pulumi.kota.yaml" for each in (copy.machine, machine))
    assert ours.read_text() == theirs.read_text()
    machine.pulumi("preview", "--expect-no-changes")
    assert machine.word_of_the_city() == copy.secret


@pytest.mark.engine
def test_nothing_plain_is_in_the_file_which_is_its_owner_s(copy: Copy) -> None:
    content = copy.file.read_bytes()
    assert content.startswith(b"age-encryption.org/v1\n")
    assert not any(each in content for each in (WORD.encode(), b"encryptionsalt", copy.secret.encode(), b"kota"))
    assert stat.S_IMODE(copy.file.stat().st_mode) == 0o600
    inside = pyrage.decrypt(content, copy.keys)
    assert copy.secret.encode() not in inside, "what the passphrase encrypts stays so"
    assert json.loads(inside)["passphrase"] == WORD


@pytest.mark.engine
@pytest.mark.skipif(shutil.which("age") is None, reason="age's own program isn't installed")
def test_age_itself_opens_it(copy: Copy) -> None:
    key = copy.file.with_name("key.txt")
    done = subprocess.run(["age", "-d", "-i", key, copy.file], capture_output=True, check=True)
    assert json.loads(done.stdout)["stack"] == "kota"


@pytest.mark.engine
def test_what_is_there_is_overwritten_only_if_that_is_said(
    copy: Copy, restore: Callable[..., safe.Restored], tmp_path: Path
) -> None:
    machine = Machine.make(tmp_path / "third")
    machine.kept.write_text(WORD)
    machine.pulumi("stack", "init", "kota")
    machine.kept.write_text("another one")
    with pytest.raises(CityError) as refused:
        restore(machine)
    assert [problem.where for problem in refused.value.problems] == [
        "stack kota",
        str(machine.clone / "Pulumi.kota.yaml"),
        str(machine.kept),
    ]
    assert machine.kept.read_text() == "another one"
    assert json.loads(machine.pulumi("stack", "ls", "--json"))[0]["resourceCount"] == 0

    restore(machine, overwrite=True)
    machine.pulumi("preview", "--expect-no-changes")
    assert machine.word_of_the_city() == copy.secret


@pytest.mark.engine
def test_with_another_key_or_a_broken_file_nothing_is_written(
    copy: Copy, restore: Callable[..., safe.Restored], tmp_path: Path
) -> None:
    machine = Machine.make(tmp_path / "fourth")
    with pytest.raises(UsageError, match="isn't opened by the key"):
        restore(machine, keys=[pyrage.x25519.Identity.generate()])
    broken = tmp_path / "broken.age"
    broken.write_bytes(copy.file.read_bytes()[:-20])
    with pytest.raises(UsageError, match="isn't whole"):
        safe.restore(broken, copy.keys, machine.kept, environment=machine.variables, root=machine.clone)
    assert not machine.kept.exists()
    assert sorted(each.name for each in machine.clone.iterdir()) == ["Pulumi.yaml", "program"]
    assert list((machine.folder / "state").iterdir()) == []


@pytest.mark.engine
def test_a_passphrase_that_doesn_t_open_the_state_is_neither_saved_nor_restored(copy: Copy, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.age"
    variables = {**copy.machine.variables, "PULUMI_CONFIG_PASSPHRASE": "another one"}
    keys = [copy.keys[0].to_public()]
    with pytest.raises(OutsideError, match="the passphrase doesn't open the state"):
        safe.save(keys, wrong, "kota", environment=variables, root=copy.machine.clone)
    assert not wrong.exists()

    content = {**json.loads(pyrage.decrypt(copy.file.read_bytes(), copy.keys)), "passphrase": "another one"}
    wrong.write_bytes(pyrage.encrypt(json.dumps(content).encode(), keys))
    machine = Machine.make(tmp_path / "fifth")
    with pytest.raises(OutsideError, match="the passphrase doesn't open the state"):
        safe.restore(wrong, copy.keys, machine.kept, environment=machine.variables, root=machine.clone)
    assert not machine.kept.exists()


@pytest.mark.engine
def test_a_file_that_is_there_is_never_written_over(copy: Copy) -> None:
    before = copy.file.read_bytes()
    with pytest.raises(UsageError, match="is there already"):
        safe.save([], copy.file, "kota", environment=copy.machine.variables, root=copy.machine.clone)
    assert copy.file.read_bytes() == before


def test_what_isn_t_a_saved_stack_is_told(tmp_path: Path) -> None:
    key = pyrage.x25519.Identity.generate()
    file = tmp_path / "x.age"
    for text in (b"hello", b"{}", b'{"form": 1, "stack": "a"}', b"[]", b'{"form": 1}'):
        file.write_bytes(pyrage.encrypt(text, [key.to_public()]))
        with pytest.raises(OutsideError, match="isn't a stack that was saved"):
            safe.restore(file, [key], tmp_path / "p", environment={}, root=tmp_path)


def test_a_private_key_is_no_recipient_and_never_shown() -> None:
    private = str(pyrage.x25519.Identity.generate())
    with pytest.raises(UsageError, match="is a private key") as refused:
        safe.recipients([private], ())
    assert private not in str(refused.value)


def test_without_a_recipient_nothing_is_saved() -> None:
    with pytest.raises(UsageError, match="nobody could open"):
        safe.recipients([], ())


@pytest.mark.parametrize("given", ["age1", "age1nonsense", "somebody@balikpapan.go.id", "ssh-ed25519 AAAA"])
def test_what_is_no_recipient_is_told(given: str) -> None:
    with pytest.raises(UsageError, match="isn't a recipient of age"):
        safe.recipients([given], ())


def test_recipients_come_of_a_file_too(tmp_path: Path) -> None:
    file = tmp_path / "recipients.txt"
    keys = [str(pyrage.x25519.Identity.generate().to_public()) for _ in range(2)]
    file.write_text(f"# Diskominfo\n{keys[0]}\n\n# the second person\n{keys[1]}\n")
    assert list(map(str, safe.recipients([], [file]))) == keys


@pytest.mark.parametrize("text", ["", "# nothing\n", "hello\n", "age1abc\n"])
def test_a_file_without_a_key_is_told(text: str, tmp_path: Path) -> None:
    (tmp_path / "key").write_text(text)
    with pytest.raises(SimpulError, match="has no private key"):
        safe.identities(tmp_path / "key")


def test_the_passphrase_is_read_as_pulumi_reads_it(tmp_path: Path) -> None:
    file = tmp_path / "passphrase"
    file.write_text("of a file\n")
    of_file = {"PULUMI_CONFIG_PASSPHRASE_FILE": str(file)}
    assert read(of_file) == "of a file"
    assert read({**of_file, "PULUMI_CONFIG_PASSPHRASE": "of a variable"}) == "of a variable"
    with pytest.raises(UsageError, match="neither"):
        read({})
    with pytest.raises(UsageError, match="can't be read"):
        read({"PULUMI_CONFIG_PASSPHRASE_FILE": str(tmp_path / "none")})


@pytest.mark.parametrize("salt", ["", "None", "v1", "v1:a:v1:b:c", "v2:AAAA:v1:AAAA:AAAA", "v1:????:v1:AAAA:AAAA"])
def test_what_isn_t_pulumi_s_salt_is_opened_by_nothing(salt: str) -> None:
    assert not opens(WORD, salt)
