"""Data sources: lists of what the cloud holds, and the few that are something else.

In: a data source's facts and its checked arguments. Out: its outputs. A list is found by its name (`alicloud_vpcs`
lists `alicloud_vpc`), an argument that is also a property of what is listed filters by it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from simpul.lab.cloud import computed, product
from simpul.lab.cloud.estate import Estate
from simpul.lab.cloud.refusal import Refusal
from simpul.lab.cloud.schema import Property, Resource
from simpul.lab.cloud.store import DELETING, Record

SOURCES: Final = product.sources()
ALSO: Final = {"creationTime": "createTime", "vrouterId": "routerId", "spec": "specification"}
"""What lists call otherwise than the resources do."""
OTHERWISE: Final = {
    "alicloud_cs_clusters": "alicloud_cs_managed_kubernetes",
    "alicloud_cloud_monitor_service_metric_alarm_rules": "alicloud_cms_alarm",
}
"""What lists list, where their name doesn't say it."""
EXACT: Final = {"alicloud_alidns_domain"}
"""What the vendor's plugin finds by tags only where it has no others."""
NO_FILTER: Final = {
    "ids", "nameRegex", "tags", "enableDetails", "fetchTags", "pageNumber", "pageSize", "dryRun", "lang",
    "includeOrganizationTrail", "includeShadowTrails", "searchMode",
}  # fmt: skip
"""Arguments that choose nothing, or are looked at by themselves."""


def answer(estate: Estate, source: Resource, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Give the outputs of a data source. Raises Refusal."""
    if inputs.get("outputFile"):
        raise Refusal("UnsupportedParameter.OutputFile", "The lab's cloud runs elsewhere and writes no files for you.")
    if source.token in SOURCES:
        found = SOURCES[source.token].answer(estate, inputs)
    elif (listed := subject(estate, source)) is not None:
        found = _list(estate, source, listed, inputs)
    else:
        found = {}
    blank = {
        each.name: computed.zero(each) for each in source.properties.values() if each.computed and not each.removed
    }
    return {**blank, "id": source.tf, **inputs, **found}


def subject(estate: Estate, source: Resource) -> Resource | None:
    """Give the type that a data source lists, None if it is no list."""
    for tf in _singular(source.tf):
        resource = estate.schema.get(estate.schema.token(tf) or "")
        if resource is not None and not resource.is_data:
            return resource
    return None


def _singular(plural: str) -> Iterator[str]:
    """Give what a list may be a list of, the likeliest first."""
    if plural in OTHERWISE:
        yield OTHERWISE[plural]
    if plural.endswith("ies"):
        yield plural.removesuffix("ies") + "y"
    if plural.endswith("s"):
        yield plural.removesuffix("s")
    if plural.endswith("es"):
        yield plural.removesuffix("es")
    yield plural.rpartition("_")[0]


def _list(estate: Estate, source: Resource, listed: Resource, inputs: Mapping[str, Any]) -> dict[str, Any]:
    lingers = estate.kind(listed.token).lingers
    there = estate.store.all(listed.token) + (estate.store.retired(listed.token) if lingers else [])
    alive = [each for each in there if lingers or each.state != DELETING]
    chosen = [each for each in (shown(estate, record) for record in alive) if _matches(listed, each, inputs)]
    page = _page(chosen, inputs)
    found: dict[str, Any] = {
        "ids": [each.id for each in page],
        "names": [_name(listed, each) for each in page],
        "totalCount": len(chosen),
    }
    for fact in source.properties.values():
        if fact.computed and fact.fields and not fact.removed:
            found[fact.name] = [_item(fact, listed, each) for each in page]
    return {name: value for name, value in found.items() if name in source.properties}


def shown(estate: Estate, record: Record) -> Record:
    """Give a record as lists show it."""
    kind = estate.kind(record.token)
    record.outputs |= kind.describe(estate, estate.look(record))
    record.id = kind.listed(record)
    return record


def _matches(listed: Resource, record: Record, inputs: Mapping[str, Any]) -> bool:
    tags, wanted = record.outputs.get("tags") or {}, inputs.get("tags") or {}
    pattern = _pattern(inputs.get("nameRegex", ""))
    return (
        record.id in inputs.get("ids", [record.id])
        and pattern.search(_name(listed, record)) is not None
        and all(tags.get(key) == value for key, value in wanted.items())
        and not (wanted and listed.tf in EXACT and len(tags) != len(wanted))
        and all(_equals(listed, record, name, value) for name, value in inputs.items() if name not in NO_FILTER)
    )


def _pattern(words: str) -> re.Pattern[str]:
    try:
        return re.compile(words)
    except re.error as error:
        raise Refusal("InvalidParameter.NameRegex", f"{words} is no regular expression: {error}.") from error


def _equals(listed: Resource, record: Record, name: str, wanted: Any) -> bool:
    """Hold one argument to a record: a value, a pattern of a value (`rrRegex`), or several values (`routerIds`)."""
    if name in (listed.naming, "name"):
        return bool(_name(listed, record) == wanted)
    if name == "keyword":
        return wanted in _name(listed, record)
    if _has(listed, record, name):
        return bool(_folded(record.outputs.get(name)) == _folded(wanted))
    if (plain := name.removesuffix("Regex")) != name and _has(listed, record, plain):
        return _pattern(wanted).search(str(record.outputs.get(plain, ""))) is not None
    if isinstance(wanted, list) and _has(listed, record, name.removesuffix("s")):
        return record.outputs.get(name.removesuffix("s")) in wanted
    raise Refusal(f"UnsupportedParameter.{name}", f"The lab's cloud can't filter {listed.tf} by {name}.")


def _folded(value: Any) -> Any:
    """Bring what some lists spell with capitals and resources without into one form."""
    return value.lower() if isinstance(value, str) else value


def _has(listed: Resource, record: Record, name: str) -> bool:
    return name in record.outputs or name in listed.properties


def _page(chosen: list[Record], inputs: Mapping[str, Any]) -> list[Record]:
    if "pageNumber" not in inputs:
        return chosen
    size = inputs.get("pageSize", 50)
    first = (inputs["pageNumber"] - 1) * size
    return chosen[first : first + size]


def _name(listed: Resource, record: Record) -> str:
    """Give its name; what has none is called by its id, as a bucket is."""
    return str(record.outputs.get(listed.naming or "name") or record.outputs.get("name") or record.id)


def _item(fact: Property, listed: Resource, record: Record) -> dict[str, Any]:
    return {each.name: _field(each, listed, record) for each in fact.fields.values() if not each.removed}


def _field(fact: Property, listed: Resource, record: Record) -> Any:
    value = record.outputs.get(fact.name, record.outputs.get(ALSO.get(fact.name, "")))
    if fact.name == "id":
        return record.id
    if value is None and fact.name in _own(listed):
        return record.id.rpartition(":")[2]
    if fact.name == "name" and not value:
        return _name(listed, record)
    return computed.zero(fact) if value is None else _shaped(fact, value)


def _own(listed: Resource) -> set[str]:
    """Give the names under which lists show the id of what they list: `vpcId`, `natGatewayId`, `loadBalancerId`."""
    words = listed.tf.removeprefix("alicloud_").split("_")
    tails = ("_".join(words[start:]) for start in range(len(words)))
    camel = {re.sub(r"_(\w)", lambda match: match[1].upper(), tail) + "Id" for tail in tails}
    return camel | {f"{listed.label[:1].lower()}{listed.label[1:]}Id"}


def _shaped(fact: Property, value: Any) -> Any:
    """Bring a value into the list's own form and type, where they differ from the resource's."""
    if fact.shape in ("list", "set") and not isinstance(value, list):
        value = [value] if value else []
    if fact.shape == "object" and isinstance(value, list):
        return value[0] if value else {}
    if fact.shape == "object" or (fact.fields and isinstance(value, list)):
        return _narrow(fact, value)
    return _typed(fact.shape, value)


def _narrow(fact: Property, value: Any) -> Any:
    """Give of an object, or of each in a list, what the list shows of it."""
    if isinstance(value, list):
        return [_narrow(fact, each) for each in value]
    return {
        each.name: _shaped(each, value[each.name]) if each.name in value else computed.zero(each)
        for each in fact.fields.values()
        if not each.removed
    }


def _typed(shape: str, value: Any) -> Any:
    match shape, value:
        case "string", bool():
            return str(value).lower()
        case "string", int() | float():
            return str(value)
        case "int", str():
            return int(value) if value.lstrip("-").isdigit() else 0
        case "bool", str():
            return value.lower() in ("true", "enable", "enabled", "on")
        case _:
            return value
