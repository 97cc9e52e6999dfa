"""References between resources: they must exist, and what is referred to isn't deleted.

In: a type's facts and inputs. Out: the ids they refer to, each with what the vendor says if there is none, and if
somebody wants to delete it. The names below mean the same in all of the vendor's products.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from simpul.lab.cloud.schema import Property
from simpul.provider.wire import UNKNOWN

GROUP: Final = "alicloud:resourcemanager/resourceGroup:ResourceGroup"
NETWORK: Final = "alicloud:vpc/network:Network"
SWITCH: Final = "alicloud:vpc/switch:Switch"
SECURITY_GROUP: Final = "alicloud:ecs/securityGroup:SecurityGroup"
KEY: Final = "alicloud:kms/key:Key"
ALIAS: Final = "alicloud:kms/alias:Alias"


@dataclass(frozen=True)
class Reference:
    """A property that holds the id of another resource.

    `target` is the type that it must be ("" for any), or one of `also`. `missing` is the vendor's code when it isn't
    there, `blocks` the one with which its deletion is refused (* is what the vendor calls the dependant), "" where it
    may go. `by` is the output of the target that stands here, "" for its id.
    """

    name: str
    target: str
    missing: str
    blocks: str = "DependencyViolation.*"
    by: str = ""
    also: tuple[str, ...] = ()

    @property
    def targets(self) -> tuple[str, ...]:
        """The types that it may be, none for any."""
        return (self.target, *self.also) if self.target else ()


COMMON: Final = {
    each.name: each
    for each in (
        Reference("vpcId", NETWORK, "InvalidVpcId.NotFound"),
        Reference("vswitchId", SWITCH, "InvalidVSwitchId.NotFound"),
        Reference("vswitchIds", SWITCH, "InvalidVSwitchId.NotFound"),
        Reference("podVswitchIds", SWITCH, "InvalidVSwitchId.NotFound"),
        Reference("workerVswitchIds", SWITCH, "InvalidVSwitchId.NotFound"),
        Reference("securityGroupId", SECURITY_GROUP, "InvalidSecurityGroupId.NotFound"),
        Reference("securityGroupIds", SECURITY_GROUP, "InvalidSecurityGroupId.NotFound"),
        Reference("sourceSecurityGroupId", SECURITY_GROUP, "InvalidSourceGroupId.NotFound"),
        Reference("resourceGroupId", GROUP, "InvalidResourceGroup.NotFound", "DeleteConflict.ResourceGroup.Resource"),
        # A key may be scheduled for deletion whatever it encrypts; the vendor only warns of it.
        *(
            Reference(name, KEY, "Forbidden.KeyNotFound", "", also=(ALIAS,))
            for name in ("kmsKeyId", "cmkKeyId", "encryptionKeyId", "systemDiskKmsKey", "encryptionProviderKey")
        ),
    )
}


def walk(
    fields: Mapping[str, Property], values: Mapping[str, Any], own: Mapping[str, Reference], path: str = ""
) -> Iterator[tuple[str, Reference, str]]:
    """Go through the ids that `values` refer to: path, reference, id."""
    for name, value in values.items():
        fact = fields.get(name)
        reference = own.get(name) or COMMON.get(name)
        where = f"{path}.{name}" if path else name
        if reference is not None:
            yield from ((where, reference, each) for each in _texts(value))
        elif fact is not None and fact.fields:
            for each in value if isinstance(value, list) else [value]:
                if isinstance(each, Mapping):
                    yield from walk(fact.fields, each, own, where)


def _texts(value: Any) -> Iterator[str]:
    """Give the ids in a value; some of the vendor's properties hold several with commas between them."""
    for each in value if isinstance(value, list) else [value]:
        if each is not UNKNOWN and isinstance(each, str):
            yield from (part for part in each.split(",") if part)
