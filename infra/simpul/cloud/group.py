"""The resource group of a city: what it is called in the console ends in the stack, by which it is known."""

from __future__ import annotations

import pulumi_alicloud as alicloud

from simpul.cloud.found import Listed, ask
from simpul.cloud.identity import Identity
from simpul.errors import OutsideError


async def listed(identity: Identity) -> Listed:
    """List the group of the stack's name, which has to have a title of the stack's too."""
    groups = alicloud.resourcemanager.get_resource_groups_output(name_regex=f"^{identity.sole}$")
    for group in (await ask(groups)).groups:
        if not identity.titles(group.display_name):
            raise OutsideError.at(
                f"cloud group {group.name}",
                f"isn't this stack's, which is called {identity.title}",
                f"{group.display_name} ({group.id})",
                next="deploy under another stack name, or give the group that display name if it is this stack's",
            )
        yield alicloud.resourcemanager.ResourceGroup, group.name, group.id


async def ids(identity: Identity) -> list[str]:
    """List the ids of the stack's group, one or none: by it is found what has neither tags nor a name of its own."""
    return [id_ async for _, _, id_ in listed(identity)]
