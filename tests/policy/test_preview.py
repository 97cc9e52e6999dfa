"""Rules under the real engine: a preview fails in plain words, an update doesn't make what breaks one."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from policy.project import SOON, Project, waived
from simpul.project import ROOT

pytestmark = pytest.mark.engine

OPEN = """
bucket = alicloud.oss.Bucket("simpul-6471-data", bucket="simpul-6471-data", force_destroy=True)
alicloud.oss.BucketAcl("simpul-6471-data", bucket=bucket.bucket, acl="public-read")
vpc = alicloud.vpc.Network("simpul-6471-vpc", cidr_block="10.64.0.0/16")
alicloud.vpc.Switch("simpul-6471-switch", vpc_id=vpc.id, cidr_block="10.64.0.0/20", zone_id="ap-southeast-1a")
"""
LATE = """
vpc = alicloud.vpc.Network("simpul-6471-vpc", cidr_block="10.64.0.0/16", tags={tags})
alicloud.resourcemanager.ResourceGroup("simpul-6471", resource_group_name="simpul-6471", display_name="A",
    tags=vpc.id.apply(lambda _: {{"simpul:city": "Balikpapan"}}))
"""
TAGS = {
    "simpul:city": "Balikpapan",
    "simpul:wilayah": "64.71",
    "simpul:stack": "balikpapan",
    "simpul:managed-by": "pulumi",
    "simpul:site": "cloud",
    "simpul:workload": "platform",
    "simpul:data-class": "internal",
    "simpul:owner": "Diskominfo",
}


def test_a_preview_that_breaks_rules_fails_and_tells_them_all(project: Callable[..., Project]) -> None:
    made = project()
    made.write(OPEN, gate=True)
    done = made.run("preview")
    said = done.stdout + done.stderr
    assert done.returncode != 0
    assert "Traceback" not in said
    for told in (
        "exposure-bucket-acl (UU PDP 27/2022 art 39): BucketAcl simpul-6471-data can be read by everybody",
        "residency-region (PP 71/2019 art 20(2)): Switch simpul-6471-switch stands abroad: zoneId",
        "protection-bucket (engineering choice): Bucket simpul-6471-data is deleted with all that is in it",
        "exposure-bucket-block (UU PDP 27/2022 art 39): Bucket simpul-6471-data can be made public",
        "audit-flow-log",
        "docs/rules.md explains each",
    ):
        assert told in said


def test_a_waived_finding_is_shown_and_does_not_fail(project: Callable[..., Project]) -> None:
    made = project(waivers=waived("audit-flow-log", "tag-complete"), keys_end="2027-12-31")
    made.write("\n".join(OPEN.splitlines()[3:]).replace("southeast-1a", "southeast-5a"), gate=True)
    done = made.run("preview")
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"waived until {SOON} by a test: a test of waivers" in done.stdout + done.stderr


def test_a_value_that_a_preview_does_not_know_is_judged_by_the_update_which_makes_nothing_of_it(
    project: Callable[..., Project],
) -> None:
    made = project(waivers=waived("audit-flow-log"))
    made.write(LATE.format(tags=TAGS), gate=True)
    preview = made.run("preview")
    assert preview.returncode == 0, preview.stdout + preview.stderr
    done = made.run("up", "--yes", "--skip-preview")
    said = done.stdout + done.stderr
    assert done.returncode != 0
    assert "tag-complete (Perpres 95/2018, 132/2022): ResourceGroup simpul-6471 lacks tags: simpul:wilayah" in said
    assert "Traceback" not in said
    state = made.pulumi("stack", "export").stdout
    assert "alicloud:vpc/network:Network" in state
    assert "resourceGroup:ResourceGroup" not in state


def test_the_projects_own_city_breaks_no_rule_in_a_preview(project: Callable[..., Project]) -> None:
    made = project()
    program = ROOT / "infra" / "__main__.py"
    (made.folder / "program" / "__main__.py").write_text(
        f"import runpy\nrunpy.run_path({str(program)!r}, None, '__main__')\n"
    )
    done = made.run("preview")
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    told = {line.partition("warning: ")[2].partition(" ")[0] for line in said.splitlines() if "warning:" in line}
    assert told == {"host-example"}, "its gateways are those of documents, and nothing else is amiss"
    assert "waived" not in said
