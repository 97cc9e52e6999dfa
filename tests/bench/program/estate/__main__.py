"""The cloud side of Balikpapan as Simpul makes it: what is there is asked first, and all rules are held against it."""

from __future__ import annotations

import pulumi
from pulumi.runtime import settings

from simpul.city import parse, plan
from simpul.cloud import Cloud, find
from simpul.garbage import look_seldom
from simpul.policy import Frame, Judge, registration
from simpul.policy import day as day_of
from simpul.policy import load as load_rules
from simpul.policy.finding import Finding
from simpul.policy.transform import Gate


class Open(Gate):
    """Looks at everything as the program's gate does, and lets it pass: a cloud side alone lacks what others bring."""

    def _tell(self, found: list[Finding], urn: str = "") -> None:
        pass


look_seldom()
city = parse(pulumi.Config("simpul").require_object("city"))
gate = Open(Frame.of(city), Judge(load_rules(), (), day_of.today()))
registration.watch(settings.get_monitor(), gate.frame, gate)
pulumi.export("vpc", Cloud(city, plan(city), find(city)).estate.vpc_id)
