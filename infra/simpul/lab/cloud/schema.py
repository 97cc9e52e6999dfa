"""The vendor's facts, by Pulumi token.

In: `alicloud-schema.json.gz`, read from the vendor's own plugin. Out: a `Resource` (or data source) with its
`Property`s under their Pulumi names. Only what is asked for is made into objects.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Self

FACTS = Path(__file__).with_name("alicloud-schema.json.gz")
VERSION = "3.105.0"

# The SDK gives an object for a list of one. Where its authors decided otherwise, they are named here.
STILL_LISTS = {
    "alicloud:rds/instance:Instance": {"serverlessConfigs"},
    "alicloud:rds/rdsCloneDbInstance:RdsCloneDbInstance": {"serverlessConfigs"},
    "alicloud:ecs/dedicatedHost:DedicatedHost": {"networkAttributes"},
    "alicloud:mongodb/shardingInstance:ShardingInstance": {"configServerLists"},
}
OBJECTS = {
    "alicloud:alb/listener:Listener": {"certificates"},
    "alicloud:cfg/rule:Rule": {"compliance"},
    "alicloud:cloudcontrol/getResourceTypes:getResourceTypes": {"handlers"},
    "alicloud:cloudmonitor/getServiceMetricAlarmRules:getServiceMetricAlarmRules": {"escalations", "prometheus"},
    "alicloud:cs/getKubernetesNodePools:getKubernetesNodePools": {"privatePoolOptions"},
    "alicloud:cs/managedKubernetes:ManagedKubernetes": {"rrsaMetadata"},
    "alicloud:cs/serverlessKubernetes:ServerlessKubernetes": {"rrsaMetadata"},
    "alicloud:ecs/elasticityAssurance:ElasticityAssurance": {"instanceType"},
    "alicloud:ecs/instance:Instance": {"networkInterfaces"},
    "alicloud:fc/getV3Functions:getV3Functions": {"customDns"},
    "alicloud:fc/v3Function:V3Function": {"tracingConfig"},
    "alicloud:fc/v3Trigger:V3Trigger": {"httpTrigger"},
    "alicloud:maxcompute/getProjects:getProjects": {"properties", "securityProperties"},
    "alicloud:servicemesh/serviceMesh:ServiceMesh": {"prometheus", "vswitcheList"},
    "alicloud:sls/getAlerts:getAlerts": {"sinkCms"},
    "alicloud:threatdetection/sasTrail:SasTrail": {"serviceTrail"},
}


@dataclass(frozen=True)
class Property:
    """One property as the vendor declares it. `single` says that a list of one travels as its only element."""

    name: str
    tf: str
    type: str
    elem: str | None = None
    fields: Mapping[str, Property] = field(default_factory=dict)
    required: bool = False
    optional: bool = False
    computed: bool = False
    force_new: bool = False
    sensitive: bool = False
    single: bool = False
    default: Any = None
    enum: tuple[str, ...] = ()
    check: str | None = None
    min_items: int | None = None
    max_items: int | None = None
    conflicts: tuple[str, ...] = ()
    exactly_one: tuple[str, ...] = ()
    at_least_one: tuple[str, ...] = ()
    deprecated: str | None = None
    removed: str | None = None
    diff_suppress: bool = False

    @property
    def settable(self) -> bool:
        """Whether a program may give it."""
        return (self.required or self.optional) and not self.removed

    @property
    def shape(self) -> str:
        """How its value travels: object, list, set, map, string, int, float or bool."""
        if self.type == "map" and self.fields:
            return "object"
        if self.type in ("list", "set") and self.single:
            return "object" if self.fields else str(self.elem)
        return self.type

    @classmethod
    def read(cls, fact: Mapping[str, Any], token: str = "") -> Self:
        """Make a property of its fact."""
        name = fact["name"]
        flat = fact.get("maxItems") == 1 and name not in STILL_LISTS.get(token, ())
        # The bridge puts a list's name into the plural unless it makes one object of it.
        flat |= fact["type"] in ("list", "set") and fact.get("elem") == "object" and not name.endswith("s")
        return cls(
            name=name,
            tf=fact["tf"],
            type=fact["type"],
            elem=fact.get("elem"),
            fields={each["name"]: cls.read(each, token) for each in fact.get("fields", ())},
            required=fact.get("required", False),
            optional=fact.get("optional", False),
            computed=fact.get("computed", False),
            force_new=fact.get("forceNew", False),
            sensitive=fact.get("sensitive", False),
            single=flat or name in OBJECTS.get(token, ()),
            default=fact.get("default"),
            enum=tuple(fact.get("enum", ())),
            check=fact.get("check"),
            min_items=fact.get("minItems"),
            max_items=fact.get("maxItems"),
            conflicts=tuple(fact.get("conflictsWith", ())),
            exactly_one=tuple(fact.get("exactlyOneOf", ())),
            at_least_one=tuple(fact.get("atLeastOneOf", ())),
            deprecated=fact.get("deprecated"),
            removed=fact.get("removed"),
            diff_suppress=fact.get("diffSuppress", False),
        )


@dataclass(frozen=True)
class Resource:
    """A resource type or a data source: its token, the vendor's name for it, and its properties by Pulumi name."""

    token: str
    tf: str
    properties: Mapping[str, Property]
    deprecated: str | None = None

    @property
    def is_data(self) -> bool:
        """Whether it is a data source."""
        return self.token.rpartition(":")[2].startswith("get")

    @property
    def label(self) -> str:
        """Its last word, as the vendor's messages use it: `Network`."""
        return self.token.rpartition(":")[2]

    @cached_property
    def naming(self) -> str | None:
        """The property that names one of these, deprecated spellings aside: `vpcName`, `name`."""
        own = [f"{self.tf.rpartition('_')[2]}Name", f"{self.label[:1].lower()}{self.label[1:]}Name"]
        alias = self.properties.get("name")
        if alias is not None and alias.settable and not alias.deprecated:
            return "name"
        names = [each for each in self.properties.values() if each.settable and each.name.endswith("Name")]
        twin = [each.name for each in names if alias is not None and each.tf in (alias.deprecated or "")]
        exact = [each.name for each in names if each.name in own]
        return next(iter(twin or exact), None)

    def resolve(self, path: str) -> tuple[str, ...]:
        """Turn the vendor's path (`a.0.b_c`) into Pulumi names."""
        found: list[str] = []
        fields = self.properties
        for part in path.split("."):
            match = next((each for each in fields.values() if each.tf == part), None)
            if match is not None:
                found.append(match.name)
                fields = match.fields
        return tuple(found)


class Schema:
    """All of the vendor's resource types and data sources, found by token."""

    def __init__(self, facts: Mapping[str, Any]) -> None:
        """Index the facts; nothing is parsed yet."""
        self._facts: dict[str, tuple[str, Mapping[str, Any]]] = {
            fact["token"]: (tf, fact) for tf, fact in facts["resources"].items()
        }
        self._token = {tf: token for token, (tf, _) in self._facts.items()}
        self._made: dict[str, Resource] = {}

    def __iter__(self) -> Iterator[str]:
        """Go through the tokens."""
        return iter(self._facts)

    def get(self, token: str) -> Resource | None:
        """Give the resource type or data source of that token, None if the vendor has none."""
        if token not in self._facts:
            return None
        if token not in self._made:
            tf, fact = self._facts[token]
            properties = {each["name"]: Property.read(each, token) for each in fact["properties"]}
            self._made[token] = Resource(token, tf, properties, fact.get("deprecated"))
        return self._made[token]

    def token(self, tf: str) -> str | None:
        """Give the token of the vendor's own name, `alicloud_vpc`."""
        return self._token.get(tf)


@cache
def load() -> Schema:
    """Read the vendor's facts, once."""
    with gzip.open(FACTS, "rt", encoding="utf-8") as file:
        return Schema(json.load(file))
