"""The rules as a policy pack of Pulumi's, run by the real engine through the lab's language host."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from policy.project import SOON, Project, waived
from simpul.policy import load
from simpul.policy.pack import policies
from simpul.project import POLICIES

PACK = ("preview", "--policy-pack", str(POLICIES))
SWITCH = """
vpc = alicloud.vpc.Network("simpul-6471-vpc", cidr_block="10.64.0.0/16")
alicloud.vpc.Switch("simpul-6471-switch", vpc_id=vpc.id, cidr_block="10.64.0.0/20", zone_id="ap-southeast-1a")
"""


def test_every_rule_is_a_policy() -> None:
    assert [policy.name for policy in policies()] == [rule.id for rule in load()]
    assert all(policy.description for policy in policies())


@pytest.mark.engine
def test_a_preview_with_the_pack_fails_and_cites_rules_of_resources_and_of_the_whole(
    project: Callable[..., Project],
) -> None:
    made = project()
    made.write(SWITCH, gate=False)
    done = made.run(*PACK)
    said = done.stdout + done.stderr
    assert done.returncode != 0
    assert "[mandatory]" in said
    assert "residency-region" in said
    assert "Switch simpul-6471-switch stands abroad: zoneId" in said
    assert "PP 71/2019 art 20(2)" in said
    assert "audit-flow-log" in said


@pytest.mark.engine
def test_the_pack_judges_what_is_secret_or_ignored_and_shows_no_secret(project: Callable[..., Project]) -> None:
    made = project()
    made.write(
        """
alicloud.oss.BucketAcl("secret", bucket="b", acl=pulumi.Output.secret("public-read-write"))
alicloud.oss.BucketAcl("kept", bucket="b", acl="private", opts=pulumi.ResourceOptions(ignore_changes=["acl"]))
""",
        gate=False,
    )
    done = made.run(*PACK)
    said = done.stdout + done.stderr
    assert done.returncode != 0
    assert "BucketAcl secret can be read by everybody (got a secret)" in said
    assert "public-read-write" not in said
    assert "BucketAcl kept is kept as the state has it, whatever the program says (got ignoreChanges acl)" in said


@pytest.mark.engine
def test_the_pack_takes_waivers_from_the_stacks_declaration(project: Callable[..., Project]) -> None:
    made = project(waivers=waived("audit-flow-log", "tag-complete"))
    made.write(SWITCH.replace("southeast-1a", "southeast-5a"), gate=False)
    done = made.run(*PACK)
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    assert f"waived until {SOON} by a test: a test of waivers" in said


@pytest.mark.engine
def test_the_pack_takes_no_waiver_that_the_program_refuses(project: Callable[..., Project]) -> None:
    made = project(waivers=waived("residency-region"))
    made.write(SWITCH, gate=False)
    done = made.run(*PACK)
    assert done.returncode != 0
    assert "is a rule that nobody may waive" in done.stdout + done.stderr
