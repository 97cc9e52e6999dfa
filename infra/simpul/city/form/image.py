"""Where images are: what the city's image names begin with, and a mirror that is asked instead."""

from __future__ import annotations

import re
from ipaddress import IPv4Address
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, WithJsonSchema

from simpul.city.form.special import unreachable
from simpul.city.form.unfit import unfit

_HOST = r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*(:[0-9]{1,5})?"
_PART = r"[a-z0-9]+([._-][a-z0-9]+)*"
_ADDRESS = rf"^{_HOST}(/{_PART})+$"
_USERNAME = r"^[A-Za-z0-9][A-Za-z0-9._@-]{0,127}$"
_EXAMPLE = 'Write host[:port]/namespace in lower case, such as "registry.example.go.id/balikpapan".'
_MIRROR_EXAMPLE = 'Write a URL of a scheme, a host and a port alone, such as "http://10.30.1.5:5000".'
_HIGHEST_PORT = 65535


def check_registry(value: str) -> str:
    """Give the registry's host, port and namespace if image names can begin with them."""
    if "@" in value:
        raise unfit(
            "must hold no user or password",
            "Leave out what stands before the @; the hosts' registry access isn't part of the declaration.",
        )
    scheme, slashes, rest = value.partition("://")
    if slashes and scheme:
        raise unfit("begins with a scheme, which image names don't have", f'Write "{rest.rstrip("/")}".')
    if not re.fullmatch(_ADDRESS, value) or not _is_port(value.partition("/")[0]):
        raise unfit("isn't a registry's address", _EXAMPLE)
    _check_host(value.partition("/")[0].partition(":")[0], _EXAMPLE)
    return value


def check_mirror(value: str) -> str:
    """Give the mirror's URL, without a slash at its end."""
    try:
        url = urlsplit(value)
        known = (url.port or 0) <= _HIGHEST_PORT and bool(url.hostname)
    except ValueError:
        raise unfit("isn't a mirror's URL", _MIRROR_EXAMPLE) from None
    if url.username or url.password:
        raise unfit("must hold no user or password", _MIRROR_EXAMPLE)
    if not known or url.scheme not in {"http", "https"} or url.path.strip("/") or url.query or url.fragment:
        raise unfit("isn't a mirror's URL", _MIRROR_EXAMPLE)
    if not re.fullmatch(_HOST, url.netloc):
        raise unfit("isn't a mirror's URL", _MIRROR_EXAMPLE)
    _check_host(str(url.hostname), _MIRROR_EXAMPLE)
    return value.rstrip("/")


def _check_host(host: str, example: str) -> None:
    """Refuse a host that is an address which no other machine has, or only looks like an address."""
    if host == "localhost" or host.endswith(".localhost"):
        raise unfit("has a host that each machine takes for itself", example)
    if re.fullmatch(r"[0-9.]+", host):
        try:
            block = unreachable(IPv4Address(host))
        except ValueError:
            raise unfit("has a host that isn't an IPv4 address", example) from None
        if block:
            raise unfit(f"has a host that no other machine can reach, of {block}", example)


def check_username(value: str) -> str:
    """Give the name by which one logs in to a registry."""
    if not re.fullmatch(_USERNAME, value):
        raise unfit("isn't a name to log in by", 'Write it as the registry has it, such as "deployer@example".')
    return value


def _is_port(host: str) -> bool:
    _, colon, port = host.partition(":")
    return not colon or 0 < int(port) <= _HIGHEST_PORT


RegistryAddress = Annotated[
    str, AfterValidator(check_registry), WithJsonSchema({"type": "string", "pattern": _ADDRESS})
]
Username = Annotated[str, AfterValidator(check_username), WithJsonSchema({"type": "string", "pattern": _USERNAME})]
Mirror = Annotated[
    str,
    AfterValidator(check_mirror),
    WithJsonSchema({"type": "string", "pattern": r"^https?://[^/@]+/?$"}),
]
