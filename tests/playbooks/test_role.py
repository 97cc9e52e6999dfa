"""How the roles are written: every variable is specified, every task named, every secret kept."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from jinja2 import Environment, nodes

from simpul.project import PLAYBOOKS
from simpul.provider import run

if TYPE_CHECKING:
    from collections.abc import Iterator

ROLES = sorted(path for path in (PLAYBOOKS / "roles").iterdir() if path.is_dir())
FILES = sorted(PLAYBOOKS.rglob("*.yml"))
# What Ansible itself gives a template.
GIVEN = {"ansible_host", "ansible_user", "ansible_port", "ansible_check_mode", "ansible_playbook_python",
         "inventory_hostname", "item", "playbook_dir", "lookup", "query", "now", "dict"}  # fmt: skip
EXPRESSIONS = {"when", "until", "that", "changed_when", "failed_when"}
KEYWORDS = {"name", "when", "until", "retries", "delay", "register", "notify", "listen", "loop", "vars", "become",
            "args", "delegate_to", "changed_when", "failed_when", "check_mode", "no_log"}  # fmt: skip
SECRETS = ("k3s_token", "k3s_kubeconfig", "k3s_key", "backup_access_key_secret", "backup_password")
# No task reads it: the provider compares a host's variables, and this one is there to differ.
ONLY_COMPARED = {"simpul_bundle"}
# Secrets go into these by a digest, or are taken out of what is said.
SECRET_FREE = {
    "See what k3s was last started with",
    "Write down what k3s was started with",
    "Say why the node isn't ready",
}


@cache
def load(path: Path) -> Any:
    return yaml.safe_load(path.read_text())


def tasks(path: Path) -> Iterator[dict[str, Any]]:
    """Give the tasks of a file, those of its blocks too."""
    waiting = list(load(path))
    while waiting:
        task = waiting.pop()
        parts = [part for key in ("block", "rescue", "always", "tasks") for part in task.get(key, [])]
        waiting += parts
        if not parts and "hosts" not in task:
            yield task


def task_files(folder: Path) -> list[Path]:
    return sorted([*folder.rglob("tasks/*.yml"), *folder.rglob("handlers/*.yml")])


ALL_TASKS = [(path, task) for path in task_files(PLAYBOOKS) for task in tasks(path)]
each_task = pytest.mark.parametrize(
    ("path", "task"), ALL_TASKS, ids=[f"{path.parent.parent.name}-{task.get('name')}" for path, task in ALL_TASKS]
)


def names(text: str) -> set[str]:
    """Give the names that a template reads and doesn't set itself."""
    tree = Environment(autoescape=True).parse(text)
    found = list(tree.find_all(nodes.Name))
    return {name.name for name in found if name.ctx == "load"} - {name.name for name in found if name.ctx != "load"}


def read(value: Any, key: str = "") -> set[str]:
    """Give the names that a part of a YAML file reads."""
    if isinstance(value, dict):
        return set().union(*(read(part, str(name)) for name, part in value.items()))
    if isinstance(value, list):
        return set().union(*(read(part, key) for part in value))
    if isinstance(value, str):
        return names(f"{{{{ {value} }}}}" if key in EXPRESSIONS else value)
    return set()


def made(role: Path) -> set[str]:
    """Give the names that a role makes for itself."""
    own = set(load(role / "vars" / "main.yml"))
    for path in task_files(role):
        for task in tasks(path):
            own |= {task["register"]} if "register" in task else set()
            own |= set(task.get("vars", {}))
    return own


def used(role: Path) -> set[str]:
    files = [*task_files(role), role / "vars" / "main.yml"]
    found = set().union(*(read(load(path)) for path in files))
    return found.union(*(names(path.read_text()) for path in role.glob("templates/*.j2")))


def action(task: dict[str, Any]) -> str:
    [found] = set(task) - KEYWORDS
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PLAYBOOKS)))
def test_a_file_is_one_yaml_document(path: Path) -> None:
    assert load(path)


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_every_variable_is_specified_and_every_specified_one_used(role: Path) -> None:
    specs = load(role / "meta" / "argument_specs.yml")["argument_specs"]
    specified = set().union(*(spec["options"] for spec in specs.values()))
    assert used(role) - made(role) - GIVEN == specified - ONLY_COMPARED


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_a_specification_tells_type_meaning_and_the_default_that_holds(role: Path) -> None:
    defaults = load(role / "defaults" / "main.yml")
    for entry, spec in load(role / "meta" / "argument_specs.yml")["argument_specs"].items():
        assert spec["short_description"]
        for name, option in spec["options"].items():
            assert option["description"], name
            assert option["type"], name
            if entry != "remove":
                assert option.get("required", False) or option.get("default") == defaults.get(name), name
                assert name not in defaults or "default" in option or option["required"], name


@each_task
def test_a_task_has_a_name_and_one_builtin_action(path: Path, task: dict[str, Any]) -> None:
    assert re.match(r"[A-Z].*[^.]$", task["name"])
    assert action(task).startswith("ansible.builtin.")


@each_task
def test_a_task_that_makes_a_file_says_its_mode(path: Path, task: dict[str, Any]) -> None:
    args = task[action(task)] or {}
    module = action(task).rpartition(".")[2]
    if module not in {"copy", "template", "lineinfile", "file"} or args.get("state") in {"absent", "link"}:
        return
    assert re.fullmatch(r"0[0-7]{3}", args["mode"])
    assert (args["owner"], args["group"]) == ("root", "root")


@each_task
def test_what_runs_on_the_operator_s_machine_writes_nothing_and_stays_in_ansible_s_own_folder(
    path: Path, task: dict[str, Any]
) -> None:
    if "delegate_to" not in task:
        return
    assert action(task) == "ansible.builtin.stat"
    assert task["vars"]["ansible_remote_tmp"] == "{{ lookup('ansible.builtin.config', 'DEFAULT_LOCAL_TMP') }}"


@each_task
def test_a_secret_is_never_logged_and_nothing_else_is_hidden(path: Path, task: dict[str, Any]) -> None:
    if task["name"] in SECRET_FREE:
        assert "no_log" not in task
        return
    secret = any(name in read(task) or task.get("register") == name for name in SECRETS)
    assert task.get("no_log", False) == secret


def test_names_are_told_apart() -> None:
    said = [task["name"] for _, task in ALL_TASKS]
    assert sorted(said) == sorted(set(said))


@pytest.mark.parametrize("book", sorted(PLAYBOOKS.glob("[!.]*.yml")), ids=lambda book: book.name)
def test_a_playbook_is_about_the_groups_that_the_inventory_has(book: Path) -> None:
    groups = ":".join(run._GROUP.format(role) for role in ("server", "agent"))
    assert {play["hosts"] for play in load(book)} == {groups}
