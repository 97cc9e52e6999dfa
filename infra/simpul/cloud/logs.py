"""Where the logs of the city's cloud side are: a project of the vendor's Log Service, and stores in it.

In: the frame. Out: `LogStores`. What keeps logs for itself, ACK for its control plane and audit, ActionTrail for its
trail, makes a store of its own in the project.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_alicloud as alicloud

from simpul.cloud.found import Listed, ask
from simpul.cloud.frame import Frame
from simpul.cloud.identity import Identity

LONGEST = 63
"""Letters of a project's name."""

USES = ("flow", "platform")
"""flow: who spoke with whom in the network; platform: what workloads say."""

SHARDS, MOST_SHARDS = 2, 16
"""How many writers a store has room for, and to how many it grows by itself."""

WORDS = ", '\";=()[]{}?@&<>/:\n\t\r"
"""What stands between words."""


REFUSED = re.compile(r"""[<>'"\\]""")
"""What no project's description may have."""


@dataclass(frozen=True)
class LogStores:
    """The project, and the names of its stores by what they are for."""

    project: pulumi.Output[str]
    stores: Mapping[str, pulumi.Output[str]]


class Logs(pulumi.ComponentResource):
    """A project with an encrypted, searchable store for each use, which keeps for as long as the city declares."""

    stores: LogStores

    def __init__(self, name: str, frame: Frame, opts: pulumi.ResourceOptions | None = None) -> None:
        """Make the logs `name` in `frame`."""
        super().__init__("simpul:cloud:Logs", name, {}, opts)
        self._frame = frame
        project_name = _project(frame.identity, frame.account)
        project = alicloud.log.Project(
            frame.identity.name("logs"),
            project_name=project_name,
            description=description(frame.identity),
            resource_group_id=frame.group,
            tags=frame.identity.tags(),
            opts=frame.child(self, alicloud.log.Project, project_name),
        )
        # The vendor lists no indexes. A store that a cut-off run left has none: its index waits until the state knows
        # the store. Where the project isn't known either, the whole state was lost, and a store has its index.
        was_lost = frame.found.id(alicloud.log.Project, project_name) is not None
        stores = {use: self._store(project, use, was_lost=was_lost) for use in USES}
        self.stores = LogStores(project.project_name, {use: store.logstore_name for use, store in stores.items()})
        self.register_outputs({"project": project.project_name})

    def _store(self, project: alicloud.log.Project, use: str, *, was_lost: bool) -> alicloud.log.Store:
        frame = self._frame
        name = frame.identity.name(f"log-{use}")
        store = alicloud.log.Store(
            name,
            project_name=project.project_name,
            logstore_name=use,
            retention_period=frame.city.retention.logs_days,
            shard_count=SHARDS,
            auto_split=True,
            max_split_shard_count=MOST_SHARDS,
            append_meta=True,
            enable_web_tracking=False,  # it would let anybody write
            # By the service's own key: logs must be written, and read, when the city's keys are what is amiss.
            encrypt_conf=alicloud.log.StoreEncryptConfArgs(enable=True, encrypt_type="default"),
            opts=frame.child(self, alicloud.log.Store, use),
        )
        alicloud.log.StoreIndex(
            name,
            project=project.project_name,
            logstore=store.logstore_name,
            full_text=alicloud.log.StoreIndexFullTextArgs(token=WORDS),
            opts=frame.child(self, alicloud.log.StoreIndex, use) if was_lost else frame.child(self),
        )
        return store


def description(identity: Identity) -> str:
    """Return what the project is described by, in the letters that the vendor takes."""
    return REFUSED.sub("", f"Logs of {identity.title}")


def _project(identity: Identity, account: str) -> str:
    return identity.world_name("logs", account, LONGEST)


async def listed(identity: Identity) -> Listed:
    """List what the cloud holds of the logs. The vendor lists no indexes: a store of ours may have one."""
    name = _project(identity, (await ask(alicloud.get_account_output())).id)
    for project in (await ask(alicloud.log.get_projects_output(name_regex=f"^{name}$"))).projects:
        yield alicloud.log.Project, name, project.id
        stores = {store.store_name for store in (await ask(alicloud.log.get_stores_output(project=name))).stores}
        for use in sorted(stores.intersection(USES)):
            yield alicloud.log.Store, use, f"{name}:{use}"
            yield alicloud.log.StoreIndex, use, f"{name}:{use}"
