"""The rules as policies of a Pulumi policy pack, for whoever runs Pulumi's own `--policy-pack`.

The project's rules enter, policies leave: one for each rule, mandatory or advisory as it is. What the SDK hands a
policy becomes the rule's own subject. Waivers and what else a rule may know come of the stack's declaration, which
is looked for from the folder in which Pulumi runs.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from google.protobuf import json_format
from google.protobuf.struct_pb2 import Struct
from pulumi_policy import (
    EnforcementLevel,
    Policy,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    StackValidationArgs,
    StackValidationPolicy,
)
from pulumi_policy.deserialize import deserialize_properties
from pulumi_policy.proxy import UnknownValueError

from simpul.city import City, load
from simpul.errors import CityError, SimpulError
from simpul.policy import day, declared, registration, render, stack, waiver
from simpul.policy.judge import Judge
from simpul.policy.load import load as load_rules
from simpul.policy.rule import Rule
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
from simpul.policy.vendor import RELEASE
from simpul.provider.wire import unpack

_seen: set[str] = set()
"""Texts that were marked secret in anything that the engine has shown: no message of a policy has one in it."""


def policies() -> list[Policy]:
    """Give a policy for every rule of the project. From here on the SDK tells which values are secret."""
    sdk: Any = import_module("pulumi_policy.policy")
    sdk.deserialize_properties = _noting  # it has no other way to tell
    return [_policy(rule) for rule in load_rules()]


def _noting(props: dict[str, Any], proxy_secrets: bool = False) -> dict[str, Any]:  # noqa: FBT001, FBT002 the SDK's own
    """Read properties as the SDK does, which hands policies what is secret like all else, and note what is."""
    _seen.update(registration.texts(unpack(json_format.ParseDict(props, Struct()))))
    return deserialize_properties(props, proxy_secrets)


def _policy(rule: Rule) -> Policy:
    about: dict[str, Any] = {
        "name": rule.id,
        "description": f"{rule.title} ({rule.source.cited})",
        "enforcement_level": EnforcementLevel.MANDATORY if rule.severity == "error" else EnforcementLevel.ADVISORY,
        "display_name": rule.title,
        "remediation_steps": rule.english,
    }
    if rule.on in (Resource, Manifest, Namespace):
        return ResourceValidationPolicy(**about, validate=_of_resource(rule))
    return StackValidationPolicy(**about, validate=_of_stack(rule))


def _of_resource(rule: Rule) -> Callable[[ResourceValidationArgs, ReportViolation], None]:
    of_manifests = rule.on in (Manifest, Namespace)

    def validate(args: ResourceValidationArgs, report: ReportViolation) -> None:
        if of_manifests and args.resource_type != RELEASE:
            return
        name = _stack_of(args.urn)
        city = _city(name)
        resource = _resource(args, Frame.of(city))
        _judge(rule, city, _made_by(resource) if of_manifests else (resource,), lambda text, _: report(text, None))

    return validate


def _of_stack(rule: Rule) -> Callable[[StackValidationArgs, ReportViolation], None]:
    def validate(args: StackValidationArgs, report: ReportViolation) -> None:
        if not args.resources:
            return
        name = _stack_of(args.resources[0].urn)
        city = _city(name)
        urns = {resource.name: resource.urn for resource in args.resources}
        _judge(rule, city, _subjects(rule, name, city, args), lambda text, about: report(text, urns.get(about)))

    return validate


def _subjects(rule: Rule, name: str, city: City, args: StackValidationArgs) -> Iterable[Subject]:
    frame = Frame.of(city)
    if rule.on is Estate:
        return (Estate(tuple(_resource(each, frame) for each in args.resources), frame),)
    if rule.on is Stack:
        return (stack.read(_file(name), frame),)
    return (each for each in declared.subjects(city, day.today()) if isinstance(each, Declaration | Machine))


def _judge(rule: Rule, city: City, subjects: Iterable[Subject], report: Callable[[str, str], None]) -> None:
    """Report what breaks `rule`; what is waived is told on standard output, which the engine shows too."""
    judge = Judge((rule,), declared.waivers(city), day.today())
    for finding in (finding for subject in subjects for finding in judge.judge(subject)):
        if finding.waiver:
            sys.stdout.write(f"{finding}\n")
            sys.stdout.flush()
        else:
            report(finding.said, finding.name)


def _resource(given: Any, frame: Frame) -> Resource:
    linked = getattr(given, "property_dependencies", {})
    refs = {prop: tuple(each.name for each in listed) for prop, listed in linked.items() if listed}
    options = Options(ignores=tuple(given.opts.ignore_changes), protect=given.opts.protect)
    return Resource(given.resource_type, given.name, _plain(given.props), refs, frozenset(_seen), frame, options)


def _made_by(release: Resource) -> tuple[Subject, ...]:
    return _render(json.dumps(release.props, default=str, sort_keys=True), release)


_rendered: dict[str, tuple[Subject, ...]] = {}


def _render(key: str, release: Resource) -> tuple[Subject, ...]:
    """Render `release` once for all rules that look at what it makes."""
    if key not in _rendered:
        made = render.render(release) if render.is_possible() else ()
        _rendered[key] = (*made, *render.namespaces(made))
    return _rendered[key]


def _plain(value: Any) -> Any:
    """Take the SDK's wrapping off `value`: it raises at what isn't known yet, which becomes UNKNOWN."""
    if isinstance(value, Mapping):
        return {key: _step(value, key) for key in value}
    if isinstance(value, list | tuple) or (hasattr(value, "__getitem__") and not isinstance(value, str)):
        return [_step(value, at) for at in range(len(value))]
    return value


def _step(value: Any, key: Any) -> Any:
    try:
        return _plain(value[key])
    except UnknownValueError:
        return UNKNOWN


def _stack_of(urn: str) -> str:
    """Give the stack's name in `urn`: urn:pulumi:STACK::PROJECT::TYPE::NAME."""
    return urn.removeprefix("urn:pulumi:").partition("::")[0]


@cache
def _city(name: str) -> City:
    """Read the city that the stack `name` declares; the problems of it and its waivers end the run."""
    try:
        city = load(_file(name))
        if problems := waiver.problems(city, load_rules(), day.today()):
            raise CityError.of(problems)
    except SimpulError as error:
        raise RuntimeError(str(error)) from None
    return city


@cache
def _file(name: str) -> Path:
    """Find the stack's file beside the Pulumi.yaml of the folder in which Pulumi runs, or of one above it."""
    here = Path.cwd()
    folder = next((each for each in (here, *here.parents) if (each / "Pulumi.yaml").is_file()), here)
    return folder / f"Pulumi.{name}.yaml"
