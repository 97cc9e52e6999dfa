"""What every component of the cloud side stands in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pulumi

from simpul.city import City, Plan
from simpul.cloud.found import Found, Kind
from simpul.cloud.identity import Identity
from simpul.cloud.profile import Size


@dataclass(frozen=True)
class Frame:
    """The city and its plan, how large it is, what of it is there already.

    `group` is the id of its resource group, `account` that of the account which pays for it.
    """

    city: City
    identity: Identity
    plan: Plan
    size: Size
    found: Found
    group: pulumi.Output[str]
    account: str

    def child(
        self,
        parent: pulumi.Resource,
        kind: Kind | None = None,
        name: str = "",
        depends_on: Iterable[pulumi.Resource] = (),
    ) -> pulumi.ResourceOptions:
        """Give the options of a child of `parent`; a `kind` called `name` is adopted if a cut-off run left one."""
        return pulumi.ResourceOptions(
            parent=parent, depends_on=list(depends_on), import_=self.found.id(kind, name) if kind else None
        )

    def stay(self, options: pulumi.ResourceOptions, *properties: str) -> pulumi.ResourceOptions:
        """Return `options` for what stays where it was put, whatever the declaration says of zones later.

        The vendor would make it anew in another zone, and what it holds would be gone; after a failover it tells its
        zones in another order by itself.
        """
        return pulumi.ResourceOptions.merge(options, pulumi.ResourceOptions(ignore_changes=list(properties)))
