"""A shell in which a page's commands run as they stand there, from the first block to the last.

In: a folder, and what a city's stack says. Out: what the shell said. `pulumi` is the real engine, on a stack with the
outputs that the program has for Balikpapan; `jq` is the real one where there is one. `simpul check` is done, and
`simpul image push` but for the building. The rest of `simpul`, and `make`, are asked whether they know what is called,
and do nothing; what they do on the lab, tests/e2e shows. With an account the whole program runs: account.py.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any, Final

from provider.engine import environment
from simpul.lab.environment import tools
from simpul.project import ROOT

EXAMPLE: Final = ROOT / "Pulumi.balikpapan.yaml"
KEPT: Final = "test ! -e exported || . ./exported\n"
"""What begins each block: a page's blocks are one shell's."""

FILLED: Final = {"<domain>": "balikpapan.go.id", "<city>": "balikpapan"}
"""What a reader writes in place of what stands in angle brackets."""

KUBECONFIG: Final = json.dumps(
    {"kind": "Config", "clusters": [{"name": "c1", "cluster": {"server": "https://10.64.0.9:6443"}}]}
)

RECORD: Final = """\
import json, pathlib, sys
from simpul.city import load
from simpul.recording import record
print(json.dumps(record(load(pathlib.Path(sys.argv[1]))).outputs))
"""

PROGRAM: Final = """\
import json, pathlib, pulumi
for name, value in json.loads(pathlib.Path("outputs.json").read_text()).items():
    pulumi.export(name, pulumi.Output.secret(value))
"""

SIMPUL: Final = f"""\
#!{sys.executable}
import sys, click
from simpul.city.registry import outside
from simpul.cli import cli, image
done = click.Command.invoke
click.Command.invoke = lambda self, context: done(self, context) if self.name in ("check", "push") else None
image.reachable = outside  # the internet isn't asked
image.build = lambda recipe, registry, login, **how: f"{{registry}}/{{recipe.parent.name}} by {{login.username}}"
sys.argv[0] = "simpul"
if code := cli.main(sys.argv[1:], prog_name="simpul", standalone_mode=False):
    sys.exit(code)
if sys.argv[1:] == ["lab", "env"]:
    print("export PULUMI_STACK=lab")
"""

MAKE: Final = f"""\
#!/bin/sh -e
for target in "$@"; do grep -q "^$target:" "{ROOT / "Makefile"}" || {{ echo "no target $target" >&2; exit 2; }}; done
"""

BUILDAH: Final = """\
#!/bin/sh
test "$#" = 2 -a "$1" = login || { echo "only a login is known: $*" >&2; exit 2; }
"""

KUBECTL: Final = f"""\
#!{sys.executable}
import pathlib, re, sys, yaml
flag, file, *words = sys.argv[1:]
config = yaml.safe_load(pathlib.Path(file).read_text()) if flag == "--kubeconfig" else sys.exit("whose kubeconfig?")
[cluster] = config["clusters"]
server = cluster["cluster"]["server"]
if words != ["get", "nodes"] or not re.fullmatch(r"https://10[.][0-9.]+:6443", server):
    sys.exit(f"not known here: {{words}}, of {{cluster}}")
"""

JQ: Final = f"""\
#!{sys.executable}
import json, re, sys
flag, path = sys.argv[1:]
value = json.load(sys.stdin)
assert flag == "-r" and re.fullmatch(r"(\\.?\\[\\d+\\]|\\.\\w+)+", path), path
for key, place in re.findall(r"\\.(\\w+)|\\[(\\d+)\\]", path):
    value = value[key] if key else value[int(place)]
print(value)
"""


class Session:
    """A folder with a project of Pulumi's, a stack `lab` that is made, and the commands of the pages."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for part in ("program", "state", "home", "bin", ".venv/bin"):
            (folder / part).mkdir(parents=True)
        (folder / ".venv" / "bin" / "activate").touch()
        shutil.copy(EXAMPLE, folder)
        commands = {"simpul": SIMPUL, "make": MAKE, "buildah": BUILDAH, "kubectl": KUBECTL, "jq": JQ}
        for name, text in commands.items():
            if name != "jq" or shutil.which("jq") is None:
                (folder / "bin" / name).write_text(text)
                (folder / "bin" / name).chmod(0o755)
        (folder / ".venv" / "bin" / "simpul").symlink_to(folder / "bin" / "simpul")
        self.begin()

    def begin(self) -> None:
        """Make the stack of which the page speaks."""
        self.project("program", ROOT / "infra" / "simpul" / "provider")
        (self.folder / "program" / "outputs.json").write_text(json.dumps(outputs()))
        (self.folder / "program" / "__main__.py").write_text(PROGRAM)
        self.run("pulumi stack init lab\npulumi up\n")

    def project(self, program: str, provider: Path) -> None:
        """Write down what Pulumi runs, and which provider of Simpul's."""
        plugins = {"providers": [{"name": "simpul", "path": str(provider)}]}
        project = {"name": "simpul", "runtime": "python", "main": program, "plugins": plugins}
        (self.folder / "Pulumi.yaml").write_text(json.dumps(project))

    def filled(self) -> dict[str, str]:
        """Give what a reader writes in place of what stands in angle brackets."""
        return FILLED

    def variables(self) -> dict[str, str]:
        """Give what is in the shell's environment beside what all have."""
        return {"PULUMI_BACKEND_URL": f"file://{self.folder / 'state'}?metadata=skip", "PULUMI_CONFIG_PASSPHRASE": "x"}

    def run(self, text: str) -> str:
        """Run `text` as it stands, but for what is to be filled in; fail where one of its commands does."""
        for blank, filled in self.filled().items():
            text = text.replace(blank, filled)
        variables = {
            **environment(),
            "HOME": str(self.folder),
            "PATH": os.pathsep.join(map(str, [self.folder / "bin", *tools(), "/usr/bin", "/bin"])),
            "PULUMI_HOME": str(self.folder / "home"),
            "PULUMI_SKIP_CONFIRMATIONS": "true",  # nobody is there to say yes
            "PYTHONWARNINGS": "ignore",
            **self.variables(),
        }
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", f"{KEPT}{text}\nexport -p >exported\n"],
            cwd=self.folder,
            env={**os.environ, **variables},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{text}\n{done.stdout}{done.stderr}"
        return done.stdout


@cache
def outputs() -> dict[str, Any]:
    """Give what Balikpapan's stack says at its end, with kubeconfigs that can be read.

    It is recorded in a process of its own: the SDK keeps an event loop, which a test with an engine closes.
    """
    done = subprocess.run([sys.executable, "-c", RECORD, str(EXAMPLE)], capture_output=True, text=True, check=True)
    said = json.loads(done.stdout)
    return {**said, "clusters": [{**cluster, "kubeconfig": KUBECONFIG} for cluster in said["clusters"]]}
