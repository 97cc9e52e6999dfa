"""The region that the stack's configuration gives the provider."""

from __future__ import annotations

from collections.abc import Iterator

from simpul.policy import UNKNOWN, Breach, Rule, Stack, law


def check(stack: Stack) -> Iterator[Breach]:
    """Find a region abroad."""
    if stack.region is not UNKNOWN and stack.region not in stack.frame.regions:
        advice = f"pulumi config set alicloud:region {stack.frame.regions[0]}"
        yield Breach("lets the provider work abroad", f'"{stack.region}"', advice)


RULE = Rule(
    id="residency-provider",
    title="The provider works in the country",
    source=law("PP 71/2019 art 20(2)", "without a region of its own, a resource is made where the provider works"),
    looks_at="alicloud:region of the stack's configuration, else ALICLOUD_REGION of the run",
    english="Set alicloud:region to a region of the city's country.",
    indonesian="Atur alicloud:region ke wilayah di dalam negeri.",
    unwaivable="what was abroad can't be called back",
    on=Stack,
    check=check,
)
