"""Where something is: a region, a zone, an endpoint or a URL enters, what of it lies abroad leaves."""

from __future__ import annotations

import re
from ipaddress import ip_address
from urllib.parse import urlsplit

from simpul.policy.subject import Frame

WORLD = ("0.0.0.0/0", "0.0.0.0", "::/0")  # noqa: S104 an allow-list's words for everybody; nothing listens here

_REGION = re.compile(r"\b(?:cn|ap|us|eu|me|na|rg)-[a-z]+(?:-\d+)?")
_WITHIN = (".svc", ".local", ".internal", ".localdomain")
_COUNTRY = {"ID": ".id"}


def foreign_region(text: object, frame: Frame) -> str | None:
    """Give the first of the vendor's regions that `text` names outside of the city's country."""
    found = _REGION.findall(text) if isinstance(text, str) else []
    return next((region for region in found if region not in frame.regions), None)


def is_region(text: object) -> bool:
    """Tell whether `text` is a region or a zone of the vendor's, with nothing around it but a product's prefix."""
    return isinstance(text, str) and re.fullmatch(rf"(?:oss-)?{_REGION.pattern[2:]}-?[a-z]?", text) is not None


def is_onshore(host: str, frame: Frame) -> bool:
    """Tell whether `host` is in the cluster, in a private network, in the country or in one of its regions."""
    host = host.partition(":")[0].rstrip(".").lower()
    try:
        return ip_address(host).is_private
    except ValueError:
        pass
    if "." not in host or host.endswith((*_WITHIN, _COUNTRY[frame.country])):
        return True
    regions = _REGION.findall(host)
    return bool(regions) and all(region in frame.regions for region in regions)


def host_of(url: str) -> str:
    """Give the host of a URL, or of an address without a scheme."""
    return urlsplit(url if "://" in url else f"//{url}").hostname or ""
