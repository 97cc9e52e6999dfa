"""Rules in the program: what breaks one fails a preview with its id and source, under Pulumi's mocks."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import pulumi
import pytest
from pulumi.output import UNKNOWN as NOT_YET
from pulumi.runtime import mocks, set_mocks, settings

from simpul.city import City, load
from simpul.errors import CityError
from simpul.policy import (
    UNKNOWN,
    Declaration,
    Estate,
    Machine,
    Manifest,
    Namespace,
    Resource,
    Stack,
    Subject,
    transform,
)
from simpul.policy import day as day_of
from simpul.policy import stack as stack_of
from simpul.policy.case import EXAMPLE, Case, read
from simpul.policy.load import RuleFile, find
from simpul.policy.vendor import RELEASE
from simpul.recording import loop

TODAY = date(2026, 11, 24)
FAILING = [(file, case) for file in find() for case in read(file).failing]


class Cloud(mocks.Mocks):
    """Makes whatever it is asked for."""

    def __init__(self) -> None:
        self.made: list[str] = []

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, dict[Any, Any]]:
        self.made.append(args.name)
        return f"{args.name}-id", args.inputs

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[Any, Any], None]:
        return {}, None


class Thing(pulumi.CustomResource):
    def __init__(
        self, type_: str, name: str, props: Mapping[str, Any], opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(type_, name, dict(props), opts)


@pytest.fixture(autouse=True)
def _settled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(day_of, "today", lambda: TODAY)
    monkeypatch.setattr(stack_of, "read", lambda *_: Stack("balikpapan"))


@pytest.fixture(scope="module")
def city() -> City:
    return load(EXAMPLE)


def run(program: Callable[[], object], *, preview: bool = True) -> Cloud:
    """Run `program` to its end as the SDK does, with mocks for the engine."""
    cloud = Cloud()
    asyncio.set_event_loop(loop())
    set_mocks(cloud, project="simpul", stack="balikpapan", preview=preview)
    pulumi.runtime.test(program)()
    return cloud


def register(resources: tuple[Resource, ...]) -> None:
    made: dict[str, Thing] = {}
    for resource in resources:
        props = {name: lend(value) for name, value in resource.props.items()}
        for prop, names in resource.refs.items():
            props[prop] = tie(props[prop], [made[name] for name in names])
        if resource.options.elsewhere:
            pulumi.ComponentResource(resource.type, resource.name, props, told(resource), remote=True)
        else:
            made[resource.name] = Thing(resource.type, resource.name, props, told(resource))


def told(resource: Resource) -> pulumi.ResourceOptions:
    """Give the options that the engine is told of `resource`."""
    options = resource.options
    ignored = list(options.ignores) or None
    return pulumi.ResourceOptions(protect=options.protect or None, ignore_changes=ignored)


def tie(value: Any, things: list[Thing]) -> pulumi.Output[Any]:
    """Give `value`, or where it isn't known the id of the first of `things`, as it comes of them."""
    return pulumi.Output.all(*(thing.id for thing in things)).apply(lambda ids: ids[0] if value is NOT_YET else value)


def lend(value: Any) -> Any:
    """Give a case's value as a program has it."""
    if value is UNKNOWN:
        return NOT_YET
    if isinstance(value, dict):
        return {key: lend(inner) for key, inner in value.items()}
    return [lend(inner) for inner in value] if isinstance(value, list) else value


def pass_through_the_program(subject: Subject, monkeypatch: pytest.MonkeyPatch, city: City) -> Callable[[], None]:
    """Give a program in which `subject` is met."""
    release = Resource(RELEASE, "release", {"chart": "charts/other"})

    def program() -> None:
        match subject:
            case Resource():
                monkeypatch.setattr(transform.Frame, "of", lambda _: subject.frame)
                transform.apply(city)
                register((subject,))
            case Estate():
                transform.apply(city)
                register(subject.resources)
            case Manifest() | Namespace():
                manifests = (subject,) if isinstance(subject, Manifest) else subject.manifests
                monkeypatch.setattr(transform.render, "render", lambda _: manifests)
                transform.apply(city)
                register((release,))
            case Machine() | Declaration():
                transform.apply(subject.city)
            case _:
                monkeypatch.setattr(stack_of, "read", lambda *_: subject)
                transform.apply(city)

    return program


@pytest.mark.parametrize(
    ("file", "case"),
    FAILING,
    ids=lambda value: value.rule.id if isinstance(value, RuleFile) else value.name,
)
def test_breaking_a_rule_fails_a_preview_with_its_id_and_source(
    file: RuleFile, case: Case, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, city: City
) -> None:
    program = pass_through_the_program(case.subject, monkeypatch, city)
    with caplog.at_level(logging.WARNING):
        if file.rule.severity == "error":
            with pytest.raises(pulumi.RunError, match=file.rule.id):
                run(program)
        else:
            run(program)
    assert f"{file.rule.id} ({file.rule.source.cited}): " in caplog.text


BUCKET = Resource("alicloud:oss/bucketAcl:BucketAcl", "open", {"bucket": "b", "acl": "public-read"})
SWITCH = Resource("alicloud:vpc/switch:Switch", "abroad", {"zoneId": "ap-southeast-1a", "cidrBlock": "10.0.0.0/24"})


def both(city: City) -> Callable[[], None]:
    def program() -> None:
        transform.apply(city)
        register((BUCKET, SWITCH))

    return program


def test_a_preview_tells_everything_at_once_and_registers_it_all(city: City, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(pulumi.RunError) as refused:
        run(both(city))
    assert "exposure-bucket-acl" in str(refused.value)
    assert "residency-region" in str(refused.value)
    assert 'Switch abroad stands abroad: zoneId (got "ap-southeast-1a")' in caplog.text
    assert 'BucketAcl open can be read by everybody (got "public-read")' in caplog.text


def test_an_update_does_not_make_what_breaks_a_rule(city: City) -> None:
    made: list[Cloud] = []

    def program() -> None:
        transform.apply(city)
        register((BUCKET,))

    with pytest.raises(pulumi.RunError, match="exposure-bucket-acl"):
        made.append(run(program, preview=False))
    assert made == []


def test_what_is_marked_secret_is_judged_and_never_shown(city: City, caplog: pytest.LogCaptureFixture) -> None:
    def program() -> None:
        transform.apply(city)
        Thing(BUCKET.type, "open", {"bucket": "b", "acl": pulumi.Output.secret("public-read")})

    with pytest.raises(pulumi.RunError, match="exposure-bucket-acl"):
        run(program)
    assert "BucketAcl open can be read by everybody (got a secret)" in caplog.text
    assert "public-read" not in caplog.text


@pytest.mark.parametrize("path", ["acl", "*", "acl.of"])
def test_what_a_rule_holds_may_not_be_ignored(path: str, city: City, caplog: pytest.LogCaptureFixture) -> None:
    """Somebody opened it in the console, a refresh has written that down, and the program says that it is private."""

    def program() -> None:
        transform.apply(city)
        Thing(BUCKET.type, "kept", {"bucket": "b", "acl": "private"}, pulumi.ResourceOptions(ignore_changes=[path]))

    with pytest.raises(pulumi.RunError, match="exposure-bucket-acl"):
        run(program)
    assert (
        "BucketAcl kept is kept as the state has it, whatever the program says (got ignoreChanges acl)" in caplog.text
    )


def test_what_a_rule_over_all_resources_holds_may_not_be_ignored_either(
    city: City, caplog: pytest.LogCaptureFixture
) -> None:
    block = "alicloud:oss/bucketPublicAccessBlock:BucketPublicAccessBlock"

    def program() -> None:
        transform.apply(city)
        ignoring = pulumi.ResourceOptions(ignore_changes=["blockPublicAccess"])
        Thing(block, "wall", {"bucket": "b", "blockPublicAccess": True}, ignoring)
        Thing("alicloud:oss/bucket:Bucket", "b", {"bucket": "b"})

    with pytest.raises(pulumi.RunError, match="exposure-bucket-block"):
        run(program)
    assert "BucketPublicAccessBlock wall is kept as the state has it" in caplog.text


def test_what_no_rule_reads_may_be_ignored(city: City) -> None:
    def program() -> None:
        transform.apply(city)
        Thing(BUCKET.type, "kept", {"acl": "private"}, pulumi.ResourceOptions(ignore_changes=["resourceGroupId"]))

    assert run(program, preview=False).made == ["kept"]


def test_what_the_declaration_lets_go_may_stay_as_it_was(city: City) -> None:
    """The run that takes its protection off changes nothing else of it."""
    consent = {"name": "kept", "reason": "a smaller one comes", "ends": "2026-12-31"}
    data = city.model_dump(mode="json")
    going = City.model_validate({**data, "cloud": {**data["cloud"], "replace": [consent]}})

    def program() -> None:
        transform.apply(going)
        Thing(BUCKET.type, "kept", {"acl": "private"}, pulumi.ResourceOptions(ignore_changes=["acl"]))

    assert run(program, preview=False).made == ["kept"]


def test_a_release_ignores_nothing(city: City) -> None:
    def program() -> None:
        transform.apply(city)
        Thing(RELEASE, "release", {"chart": "x"}, pulumi.ResourceOptions(ignore_changes=["values"]))

    with pytest.raises(pulumi.RunError, match="stack-kept"):
        run(program)


def test_what_no_rule_knows_is_not_made(city: City) -> None:
    def program() -> None:
        transform.apply(city)
        Thing("pulumi-python:dynamic:Resource", "late", {"__provider": "a program of its own"})

    with pytest.raises(pulumi.RunError, match="stack-elsewhere"):
        run(program, preview=False)


def test_a_transform_after_the_rules_is_refused(city: City) -> None:
    def program() -> None:
        transform.apply(city)
        settings.get_monitor().RegisterStackTransform(object())

    with pytest.raises(pulumi.RunError, match="register_stack_transformation, which comes before"):
        run(program)


def test_a_waived_finding_is_told_and_does_not_fail(city: City, caplog: pytest.LogCaptureFixture) -> None:
    waiver = {
        "rule": "exposure-bucket-acl",
        "where": "op*",
        "reason": "open data, moved in January",
        "by": "Diskominfo",
        "ends": "2026-12-31",
    }
    waived = City.model_validate({**city.model_dump(mode="json"), "waivers": [waiver]})

    def program() -> None:
        transform.apply(waived)
        register((BUCKET,))

    with caplog.at_level(logging.INFO):
        run(program)
    assert "waived until 2026-12-31 by Diskominfo: open data, moved in January" in caplog.text


def test_a_waiver_of_no_rule_is_refused_before_anything_is_registered(city: City) -> None:
    waiver = {
        "rule": "exposure-bucket-acls",
        "where": "*",
        "reason": "open data, moved in January",
        "by": "Diskominfo",
        "ends": "2026-12-31",
    }
    wrong = City.model_validate({**city.model_dump(mode="json"), "waivers": [waiver]})
    with pytest.raises(CityError, match="Did you mean exposure-bucket-acl"):
        run(lambda: transform.apply(wrong))


def test_a_program_that_keeps_the_rules_runs_as_without_them(city: City) -> None:
    def program() -> None:
        transform.apply(city)
        register((Resource("alicloud:oss/bucketAcl:BucketAcl", "shut", {"bucket": "b", "acl": "private"}),))

    assert run(program, preview=False).made == ["shut"]


def test_a_waiver_that_covers_nothing_is_told(city: City, caplog: pytest.LogCaptureFixture) -> None:
    waiver = {
        "rule": "host-user",
        "where": "nobody",
        "reason": "covers nothing",
        "by": "Diskominfo",
        "ends": "2026-12-31",
    }
    spare = City.model_validate({**city.model_dump(mode="json"), "waivers": [waiver]})
    run(lambda: transform.apply(spare))
    assert "the waiver of host-user at nobody covers nothing" in caplog.text


def test_without_helm_a_preview_says_what_it_did_not_look_at(
    city: City, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transform.render, "is_possible", lambda: False)

    def program() -> None:
        transform.apply(city)
        register((Resource(RELEASE, "release", {"chart": "charts/other"}),))

    run(program)
    assert "helm isn't on PATH" in caplog.text
