"""Images: looked through for known flaws when they come in."""

from __future__ import annotations

from collections.abc import Iterator

from simpul.policy import UNKNOWN, Breach, Estate, Rule, law

REGISTRY = "alicloud:cr/registryEnterpriseInstance:RegistryEnterpriseInstance"
SCAN = "alicloud:cr/scanRule:ScanRule"


def check(estate: Estate) -> Iterator[Breach]:
    """Find a registry of the city's own that nothing scans."""
    for registry in estate.of(REGISTRY):
        scans = estate.beside(registry, SCAN, "instanceId", "id")
        automatic = any(scan.get("triggerType") in ("AUTO", UNKNOWN) for scan in scans)
        if registry.get("imageScanner") == "DISABLE" or not (automatic or estate.is_open(SCAN, "instanceId")):
            advice = "Give it a ScanRule, triggerType AUTO."
            yield Breach("takes images in without a look", "no automatic scan", advice, registry)


RULE = Rule(
    id="registry-scan",
    title="Images are scanned as they come in",
    source=law("BSSN 4/2021", "known flaws are looked for, and the evidence of it is kept"),
    looks_at="scan rules beside the city's own image registry",
    english="Scan every image as it is pushed.",
    indonesian="Pindai setiap image saat diunggah.",
    on=Estate,
    check=check,
)
