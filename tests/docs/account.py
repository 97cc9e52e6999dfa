"""A shell of an operator with an account: the whole program, on the real engine, against the stand-in of the cloud.

In: a folder, the stand-in, a cluster that answers. Out: what the shell said. The city is Balikpapan without its
offices, as nothing here is a host, and without stores, which test_cities.py has. A release reaches the
cluster that answers, wherever its kubeconfig leads, and finds a helm there that installs in name only; what real ones
do, tests/e2e shows.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Any, Final

import yaml

from docs.session import FILLED, Session
from lab.cloud.client import Client
from provider.fakecluster import Fake, FakeHelm
from simpul.lab.environment import tools
from simpul.project import ROOT

PROVIDER: Final = """\
#!{python}
import sys
sys.argv[0] = "simpul.provider"
from simpul import kubeconfig
from simpul.provider import cluster
make = cluster.make_client
answers = kubeconfig.read({kubeconfig!r}, "the fake")
cluster.make_client = lambda _, folder: make(answers, folder)
from simpul.provider.__main__ import main
main()
"""


class Account(Session):
    """A folder with the project as it is, in which no stack has been made yet."""

    def __init__(self, folder: Path, cloud: Client, cluster: Fake) -> None:
        self._cloud, self._cluster = cloud, cluster
        super().__init__(folder)

    def begin(self) -> None:
        """Lay out the project; its stack is the page's to make."""
        self.declare(_small)
        provider = self.folder / "provider"
        provider.mkdir()
        for each in (ROOT / "infra" / "simpul" / "provider").glob("*.json"):
            (provider / each.name).symlink_to(each)
        plugin = provider / "pulumi-resource-simpul"
        plugin.write_text(PROVIDER.format(python=sys.executable, kubeconfig=self._cluster.kubeconfig))
        plugin.chmod(0o755)
        self.project(str(ROOT / "infra"), provider)
        (self.folder / "passphrase").write_text("a test's")
        rendering = shutil.which("helm", path=":".join(map(str, tools())))
        deployed = json.dumps({"revision": 1, "status": "deployed"})
        FakeHelm(self.folder / "bin").says(get=f"echo '{deployed}'", template=f'exec {rendering} "$@"')

    def declare(self, change: Any) -> None:
        """Change the city's file by `change`, which gets and gives its document."""
        file = self.folder / "Pulumi.balikpapan.yaml"
        file.write_text(yaml.safe_dump(change(yaml.safe_load(file.read_text())), sort_keys=False))

    def filled(self) -> dict[str, str]:
        """Give what a reader with an account writes."""
        state = f"file://{self.folder / 'state'}?metadata=skip"
        return {**FILLED, "<state>": state, "<passphrase>": str(self.folder / "passphrase")}

    def variables(self) -> dict[str, str]:
        """Give the way to the stand-in. Where the state is, the page says."""
        return {"PULUMI_DEBUG_PROVIDERS": f"alicloud:{self._cloud.port}", "PULUMI_SKIP_CHECKPOINTS": "true",
                "PULUMI_EXPERIMENTAL": "true"}  # fmt: skip


def _small(document: dict[str, Any]) -> dict[str, Any]:
    config, city = document["config"], document["config"]["simpul:city"]
    small = {**city, "sites": [], "cloud": {**city["cloud"], "stores": []}}
    return {**document, "config": {**config, "simpul:city": small}}
