"""The services that have to be open in the account, and what is told of one that isn't."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from pulumi.automation import CommandError

from cloud.engine import Course, balikpapan, open_stack, run
from lab.cloud.client import serve
from lab.cloud.fake import FakeBacking
from lab.cloud.used import USED
from simpul import constraint
from simpul.cloud import grant, service
from simpul.lab.cloud import fault
from simpul.project import ROOT

MODULES = {each.removeprefix("alicloud:").partition("/")[0] for each in USED}


def test_everything_that_the_program_asks_for_is_of_a_service_that_is_known() -> None:
    known = {module for each in service.SERVICES for module in each.modules}
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
    problem = service.closed(said)
    assert problem is not None
    [named] = [each for each in service.SERVICES if module in each.modules]
    assert named.name in problem.what
    assert named.opens == service.NOTHING or named.opens in str(problem.next)


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


@pytest.mark.engine
def test_all_services_that_are_not_open_are_told_at_once_before_anything_is_made(tmp_path: Path) -> None:
    with serve(tmp_path / "cloud", FakeBacking()) as cloud:
        stack = open_stack(cloud, tmp_path, balikpapan())
        faults = [
            {"type": f"alicloud:{each}/*", "operation": "*", "does": "close"} for each in ("oss", "kms", "log", "cms")
        ]
        (tmp_path / "cloud" / "faults.yaml").write_text(yaml.safe_dump(faults))
        course = Course()
        with pytest.raises(CommandError):
            run(stack.up, course)
        said = "\n".join(course.said)
        names = ["Simple Log Service (SLS)", "Object Storage Service (OSS)", "Key Management Service (KMS)", "(CMS)"]
        places = [said.find(each) for each in names]
        assert -1 not in places
        assert places == sorted(places), "in the order in which they are opened"
        assert "`aliyun kms OpenKmsService`" in said
        assert cloud.estate.store.all() == []
