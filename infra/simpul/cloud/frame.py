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
    released: frozenset[str] = frozenset()
    """Names in the stack of what the declaration lets go."""

    def child(
        self,
        parent: pulumi.Resource,
        kind: Kind | None = None,
        name: str = "",
        depends_on: Iterable[pulumi.Resource] = (),
        *,
        stays: bool = False,
    ) -> pulumi.ResourceOptions:
        """Give the options of a child of `parent`; a `kind` called `name` is adopted if a cut-off run left one.

        One that `stays` is locked, or a locked one stands on it: it is left where it is when the city is taken away.
        """
        return pulumi.ResourceOptions(
            parent=parent,
            depends_on=list(depends_on),
            import_=self.found.id(kind, name) if kind else None,
            retain_on_delete=stays and self.outlasts,
        )

    def once(self, options: pulumi.ResourceOptions) -> pulumi.ResourceOptions:
        """Return `options` for what can be there only once: the old one goes before a new one comes.

        The vendor refuses a second route to one range, a second tunnel to one network; or it takes what is there for
        the one that is to be made, and with the old one both are gone.
        """
        return pulumi.ResourceOptions.merge(options, pulumi.ResourceOptions(delete_before_replace=True))

    def stay(self, options: pulumi.ResourceOptions, *properties: str) -> pulumi.ResourceOptions:
        """Return `options` for what stays where it was put, whatever the declaration says of zones later.

        The vendor would make it anew in another zone, and what it holds or the address that others were told would be
        gone; or it has no call for it, or doesn't read it back, and each run would show the change again. After a
        failover it tells its zones in another order by itself.
        """
        return pulumi.ResourceOptions.merge(options, pulumi.ResourceOptions(ignore_changes=list(properties)))

    def protects(self, name: str) -> bool:
        """Tell whether the vendor is to refuse the deletion of what the stack calls `name`."""
        return self.city.cloud.protect and name not in self.released

    def locks(self, kind: Kind, name: str) -> bool:
        """Tell whether the `kind` that the stack calls `name` is to be locked: no lock ever comes off."""
        return self.city.cloud.protect or self.found.lock(kind, name) is not None

    @property
    def outlasts(self) -> bool:
        """Tell whether something outlasts the city when it is taken away: what was locked while it was protected."""
        return outlasts(self.city, self.found)


def outlasts(city: City, found: Found) -> bool:
    """Tell whether something outlasts `city`, of which the state knows what is `found` locked."""
    return not city.cloud.protect and bool(found.locked)
