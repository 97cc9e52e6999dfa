"""A rule's cases: the file beside it enters, subjects that keep the rule and subjects that break it leave.

    pass:
      what is right about it:
        props: {...}                          a Resource; `type` (else the rule's first), `name`, `refs`, `options` if
                                              they matter
        resources: [{type, name, props}, ...]    an Estate
        object: {...}                         a Manifest
        objects: [{...}, ...]                 a Namespace
        host: {...}  site: {...}              a Machine: what differs from the first host of the example city
        city: {...}                           a Declaration: what differs from the example city
        stack: {...}                          a Stack
        frame: {...}  today: 2026-11-24       what a rule may know beside it
    fail:
      what is wrong with it: {...}

A value that isn't known yet is written `!unknown`.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import yaml

from simpul.city import City, parse
from simpul.policy import day
from simpul.policy.load import RuleFile
from simpul.policy.subject import (
    UNKNOWN,
    Declaration,
    Estate,
    Frame,
    Machine,
    Manifest,
    Namespace,
    Options,
    Resource,
    Stack,
    Subject,
)
from simpul.project import ROOT

EXAMPLE = ROOT / "Pulumi.balikpapan.yaml"
"""The city that cases of declarations and hosts change."""


@dataclass(frozen=True)
class Case:
    """A subject that keeps a rule or breaks it, and what that is about."""

    name: str
    subject: Subject
    written: Mapping[str, Any]


@dataclass(frozen=True)
class Cases:
    """What keeps a rule, and what breaks it."""

    passing: tuple[Case, ...]
    failing: tuple[Case, ...]


class _Loader(yaml.CSafeLoader):
    """PyYAML's, with `!unknown`."""


_Loader.add_constructor("!unknown", lambda _loader, _node: UNKNOWN)


def read(file: RuleFile) -> Cases:
    """Read the cases of the rule in `file`."""
    data = yaml.load(file.cases.read_text(), _Loader)  # noqa: S506 it is a safe loader
    return Cases(
        *(
            tuple(Case(name, _subject(file, written), written) for name, written in (data.get(kind) or {}).items())
            for kind in ("pass", "fail")
        )
    )


def _subject(file: RuleFile, written: Mapping[str, Any]) -> Subject:
    frame = Frame(**written.get("frame", {}))
    make: dict[type[Any], Callable[[], Subject]] = {
        Resource: lambda: _resource({"type": file.rule.types[0], **written}, frame),
        Estate: lambda: Estate(tuple(_resource(each, frame) for each in written["resources"]), frame),
        Manifest: lambda: _manifest(written["object"], frame),
        Namespace: lambda: Namespace(
            "cluster", "namespace", tuple(_manifest(each, frame) for each in written["objects"]), frame
        ),
        Machine: lambda: _machine(_city(written), frame),
        Declaration: lambda: Declaration(_city(written), written.get("today", day.today()), frame),
        Stack: lambda: Stack(**{"stack": "balikpapan", **written["stack"]}, frame=frame),
    }
    return make[file.rule.on]()


def _machine(city: City, frame: Frame) -> Machine:
    return Machine(city.sites[0], city.sites[0].hosts[0], city, frame)


def _resource(written: Mapping[str, Any], frame: Frame) -> Resource:
    refs = {prop: tuple(names) for prop, names in written.get("refs", {}).items()}
    options = Options(**{name: _option(value) for name, value in written.get("options", {}).items()})
    props = written.get("props") or {}
    return Resource(written["type"], written.get("name", "it"), props, refs, frame=frame, options=options)


def _option(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _manifest(content: Mapping[str, Any], frame: Frame) -> Manifest:
    return Manifest("cluster", "release", "namespace", content, frame)


def _city(written: Mapping[str, Any]) -> City:
    data = _merge(_example(), written.get("city", {}))
    site = data["sites"][0] = _merge(data["sites"][0], written.get("site", {}))
    site["hosts"][0] = _merge(site["hosts"][0], written.get("host", {}))
    return parse(data)


@cache
def _read_example() -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load(EXAMPLE.read_text())["config"]["simpul:city"]
    return data


def _example() -> dict[str, Any]:
    return copy.deepcopy(_read_example())


def _merge(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in over.items():
        below = merged.get(key)
        merged[key] = _merge(below, value) if isinstance(below, Mapping) and isinstance(value, Mapping) else value
    return merged
