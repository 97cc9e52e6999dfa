"""The services that have to be open in the account, and what is told of one that isn't."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
import pulumi_alicloud as alicloud
import pytest
import yaml
from pulumi.automation import CommandError
from pulumi.runtime import mocks

from cloud import change
from cloud.engine import Course, balikpapan, open_stack, run
from cloud.test_estate import NOTHING
from lab.cloud.client import serve
from lab.cloud.fake import FakeBacking
from lab.cloud.used import USED
from recorder import Recorder, record
from simpul import constraint
from simpul.city import City, Sizes
from simpul.city.cloud import Api
from simpul.cloud import find, grant, service
from simpul.cloud.found import Found, Listed, ask
from simpul.cloud.found import find as look_for
from simpul.cloud.identity import Identity
from simpul.cloud.service import Service
from simpul.errors import OutsideError
from simpul.lab.cloud import fault
from simpul.project import ROOT

STORE = {"name": "reports", "data": "internal", "database": True, "cache": True, "bucket": True}
BEFOREHAND = re.compile("Nothing but opening tells whether these are open: ")
MODULES = {each.removeprefix("alicloud:").partition("/")[0] for each in USED}


def test_everything_that_the_program_asks_for_is_of_a_service_that_is_known() -> None:
    known = {module for each in service.SERVICES for module in each.modules if "/" not in module}
    asked = {each.token.removeprefix("alicloud:").partition("/")[0] for each in constraint.listings()}
    assert MODULES | asked <= known
    assert known - MODULES - asked == set()


def test_every_product_of_the_roles_is_of_a_service_that_is_known() -> None:
    assert {product for each in service.SERVICES for product in each.products} == {*grant.PRODUCTS, "oss"}


def test_the_page_names_every_service_what_opens_it_and_its_roles() -> None:
    assert service.table() in (ROOT / service.PAGE).read_text("utf-8")


@pytest.mark.parametrize("module", sorted(MODULES))
def test_a_service_that_is_not_open_is_told_with_what_opens_it(module: str) -> None:
    said = f"invocation of alicloud:{module}/getIt:getIt returned an error: {fault.closed(f'alicloud:{module}/it:It')}"
    shut = service.closed(said)
    assert shut is not None
    [named] = [each for each in service.SERVICES if module in each.modules]
    problem = shut.service.problem(shut.got)
    assert named.name in problem.what
    assert named.opens == service.NOTHING or named.opens in str(problem.next)


@pytest.mark.parametrize(
    ("token", "name"),
    [
        ("alicloud:cs/getRegistryEnterpriseInstances:getRegistryEnterpriseInstances", "Container Registry (ACR)"),
        ("alicloud:cs/registryEnterpriseRepo:RegistryEnterpriseRepo", "Container Registry (ACR)"),
        ("alicloud:cs/getClusters:getClusters", "Container Service for Kubernetes (ACK)"),
    ],
)
def test_what_the_sdk_has_in_another_s_module_is_of_its_own_service(token: str, name: str) -> None:
    shut = service.closed(f"invocation of {token} returned an error: {fault.closed(token)}")
    assert shut is not None
    assert shut.service.name == name


@pytest.mark.parametrize(
    "said",
    [
        "invocation of alicloud:kms/getKeys:getKeys returned an error: Code: Throttling.User Message: denied",
        "invocation of alicloud:oss/getBuckets:getBuckets returned an error: Code: AccessDenied Message: not allowed",
        "invocation of alicloud:cs/getClusters:getClusters returned an error: Code: ClusterNotFound",
    ],
)
def test_anything_else_that_goes_wrong_is_told_as_it_is(said: str) -> None:
    assert service.closed(said) is None


class Refused(grpc.RpcError):
    """What the engine answers when it asks `token` of a service that isn't open."""

    def __init__(self, token: str) -> None:
        super().__init__()
        self.token = token

    def code(self) -> grpc.StatusCode:
        return grpc.StatusCode.UNKNOWN

    def details(self) -> str:
        return f"invocation of {self.token} returned an error: {fault.closed(self.token)}"


@dataclass
class Account(Recorder):
    """An account with nothing of the city in it, in which `shut` aren't open."""

    shut: tuple[Service, ...] = ()

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[Any, Any], list[tuple[str, str]]]:
        module, _, name = args.token.removeprefix("alicloud:").partition(":")[0].partition("/")
        if service.of(module, name.removeprefix("get")) in self.shut:
            raise Refused(args.token)
        return super().call(args)


def look(city: City, *shut: Service) -> str:
    """Look for what a first run finds where `shut` aren't open; give the problems that stop it."""
    found: list[Found] = []
    try:
        record(lambda: found.append(find(city)), Account(answers=NOTHING, shut=shut))
    except OutsideError as error:
        return str(error)
    assert found[0].ids == {}
    return ""


def everything() -> City:
    """Give a city that needs every service."""
    return change.declare({"cloud.api": {"public": True, "allow": ["203.0.113.7/32"]}, "cloud.stores": [STORE]})


def nothing() -> City:
    """Give a city that needs no service that not all need."""
    city = balikpapan()
    bare = {"stores": (), "profile": "small", "api": Api(), "sizes": Sizes()}
    return city.model_copy(update={"sites": (), "cloud": city.cloud.model_copy(update=bare)})


ASKED = [each for each in service.SERVICES if not each.unasked]
NOT_FOR_ALL = [each for each in service.SERVICES if each.when is not service.EVERY]


@pytest.mark.parametrize("one", service.SERVICES, ids=lambda each: each.name)
def test_each_that_is_not_open_is_named_on_a_first_run_or_the_page_says_to_open_it_before(one: Service) -> None:
    if one.unasked:
        [row] = [each for each in service.table().splitlines() if each.startswith(f"| {one.name} |")]
        assert "**before the first run**" in row
        assert one.unasked in BEFOREHAND.split((ROOT / service.PAGE).read_text("utf-8"))[1].split(".")[0]
    else:
        assert f"has no {one.name}, which the city needs for {one.why}" in look(everything(), one)


def test_all_that_are_not_open_are_named_at_once_but_for_the_one_that_says_who_may_ask() -> None:
    said = look(everything(), *ASKED[1:])
    assert [each.name for each in ASKED if f"has no {each.name}" not in said] == [ASKED[0].name]


def test_one_city_needs_all_and_one_only_what_all_need() -> None:
    assert [each.name for each in service.SERVICES if not each.when.holds(everything())] == []
    assert [each for each in service.SERVICES if not each.when.holds(nothing())] == NOT_FOR_ALL


@pytest.mark.parametrize("one", NOT_FOR_ALL, ids=lambda each: each.name)
def test_one_that_is_not_open_stops_only_a_city_that_needs_it(one: Service) -> None:
    assert look(nothing(), one) == ""
    assert f"has no {one.name}" in look(everything(), one)


def test_what_was_listed_before_one_that_the_city_does_not_need_counts() -> None:
    [cen] = [each for each in service.SERVICES if "cen" in each.modules]

    async def lines(identity: Identity) -> Listed:
        yield alicloud.expressconnect.VirtualBorderRouter, identity.prefix, "vbr-1"
        await ask(alicloud.cen.get_instances_output())

    found: list[Found] = []
    identity = Identity("6471", "64.71", "Balikpapan", "Diskominfo Balikpapan", "balikpapan")
    account = Account(answers=NOTHING, shut=(cen,))
    record(lambda: found.append(look_for(identity, [lines], lambda each: each is not cen)), account)
    assert found[0].id(alicloud.expressconnect.VirtualBorderRouter, "simpul-6471") == "vbr-1"


@pytest.mark.engine
def test_all_services_that_are_not_open_are_told_at_once_before_anything_is_made(tmp_path: Path) -> None:
    with serve(tmp_path / "cloud", FakeBacking()) as cloud:
        stack = open_stack(cloud, tmp_path, balikpapan())
        faults = [
            {"type": f"alicloud:{each}/*", "operation": "*", "does": "close"}
            for each in ("oss", "kms", "log", "pvtz", "cms")
        ]
        (tmp_path / "cloud" / "faults.yaml").write_text(yaml.safe_dump(faults))
        course = Course()
        with pytest.raises(CommandError):
            run(stack.up, course)
        said = "\n".join(course.said)
        names = [
            "Simple Log Service (SLS)",
            "Object Storage Service (OSS)",
            "Key Management Service (KMS)",
            "PrivateZone",
            "(CMS)",
        ]
        places = [said.find(each) for each in names]
        assert -1 not in places
        assert places == sorted(places), "in the order in which they are opened"
        assert "`aliyun kms OpenKmsService`" in said
        assert cloud.estate.store.all() == []
