"""The rules as a policy pack: `pulumi preview --policy-pack policies`."""

from __future__ import annotations

from pulumi_policy import PolicyPack

from simpul.policy.pack import policies

PolicyPack("simpul", policies())
