"""Container Registry: rules by which images are scanned."""

from __future__ import annotations

from typing import Final

from simpul.lab.cloud.kind import Kind
from simpul.lab.cloud.reference import Reference
from simpul.lab.cloud.rule import Known, Needed, Sole

REGISTRY: Final = "alicloud:cr/registryEnterpriseInstance:RegistryEnterpriseInstance"


class ScanRule(Kind):
    """A rule that says which images of a registry are scanned, and when."""

    token = "alicloud:cr/scanRule:ScanRule"  # noqa: S105 not a password
    prefix = "crscr"
    worldwide = True
    parts = ("instanceId", "scanRuleId")
    own = "scanRuleId"
    references = (Reference("instanceId", REGISTRY, "INSTANCE_NOT_EXIST", ""),)
    rules = (
        Known("scanType", ("VUL", "SBOM"), "INVALID_SCAN_TYPE"),
        Needed(("namespaces",), "PARAMETER_MISSING", ("scanScope", ("NAMESPACE", "REPO"))),
        Needed(("repoNames",), "PARAMETER_MISSING", ("scanScope", ("REPO",))),
        Sole(("instanceId", "ruleName"), "SCAN_RULE_NAME_EXIST"),
    )
