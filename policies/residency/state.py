"""Pulumi's own state: it names everything that a city has, so it stays in the country too."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

from simpul.policy import UNKNOWN, Breach, Rule, Stack, law
from simpul.policy.place import foreign_region, host_of, is_onshore

NEXT = 'Use files, or an OSS bucket in the country: "s3://BUCKET?endpoint=oss-ap-southeast-5.aliyuncs.com".'


def check(stack: Stack) -> Iterator[Breach]:
    """Find a backend abroad, or one of which that can't be told."""
    if stack.backend is UNKNOWN:
        return
    url = urlsplit(str(stack.backend))
    asked = parse_qs(url.query)
    match url.scheme:
        case "file":
            return
        case "s3":
            endpoint = asked.get("endpoint", [""])[0]
            known = bool(endpoint) and is_onshore(host_of(endpoint), stack.frame)
            if not known or any(foreign_region(region, stack.frame) for region in asked.get("region", [])):
                yield Breach("keeps its state in a bucket that isn't known to be in the country", _shown(stack), NEXT)
        case "https" | "http":
            if not is_onshore(url.hostname or "", stack.frame):
                yield Breach("keeps its state abroad", _shown(stack), NEXT)
        case _:
            yield Breach("keeps its state with a service abroad", _shown(stack), NEXT)


def _shown(stack: Stack) -> str:
    return f'"{str(stack.backend).rpartition("@")[2]}"'


RULE = Rule(
    id="residency-state",
    title="Pulumi's state stays in the country",
    source=law("PP 71/2019 art 20(2)", "the state holds a public system's whole make-up and its secrets"),
    looks_at="the address of the stack's backend",
    english="Keep the stack's state in files of the city's own or in a bucket in its country.",
    indonesian="Simpan state Pulumi di berkas milik kota atau di bucket dalam negeri.",
    unwaivable="what was abroad can't be called back",
    on=Stack,
    check=check,
)
