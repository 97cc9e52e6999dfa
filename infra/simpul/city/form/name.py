"""Names: of a city, a host, a user, a region and a folder, as whoever reads them later takes them."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import Annotated

from pydantic import AfterValidator, WithJsonSchema

from simpul.city.form.unfit import unfit

_CITY = r"^[^\W\d_]([\w .,'()-]{0,58}[\w.)])?$"
_HOST = r"^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$"
_USER = r"^[a-z_][a-z0-9_-]{0,31}$"
_REGION = r"^[a-z]{2}(-[a-z]+)+(-[0-9]+)?$"
_TOPIC = r"^([A-Za-z0-9_-]{1,64}[.]){0,6}>$"
_FOLDER = r"^[A-Za-z0-9._+-]+(/[A-Za-z0-9._+-]+)*$"


def check_city_name(value: str) -> str:
    """Give the name if tags and messages can carry it."""
    if not re.fullmatch(_CITY, value):
        raise unfit(
            "isn't a name that tags and reports can carry",
            "Use 1 to 60 letters, digits, spaces and .,'()-, beginning with a letter.",
        )
    if begins_as_the_vendor(value):
        raise unfit("begins as the vendor's own names do, which it refuses in tags", "Write another word first.")
    return value


def begins_as_the_vendor(value: str) -> bool:
    """Tell whether tags may not have `value`, as the vendor keeps such values for itself; in any case of letters."""
    return value.casefold().startswith(("aliyun", "acs:"))


def check_host_name(value: str) -> str:
    """Give the name if it is a DNS label: it becomes the node's name in Kubernetes."""
    if re.fullmatch(_HOST, value):
        return value
    wanted = re.sub(r"[^a-z0-9]+", "-", value.lower()).lstrip("-0123456789")[:63].rstrip("-")
    instead = f', such as "{wanted}"' if re.fullmatch(_HOST, wanted) else ""
    raise unfit(
        "isn't a host name (a DNS label)",
        f"Use 1 to 63 of a-z, 0-9 and -, beginning with a letter and not ending with -{instead}.",
    )


def check_user(value: str) -> str:
    """Give the name if a Linux machine takes it."""
    if not re.fullmatch(_USER, value):
        raise unfit("isn't a Linux user's name", "Use 1 to 32 of a-z, 0-9, _ and -, beginning with a letter or _.")
    return value


def check_region(value: str) -> str:
    """Give the id if it has the form of a region's."""
    if not re.fullmatch(_REGION, value):
        raise unfit("isn't a region's id", 'Write the id, such as "ap-southeast-5" for Jakarta.')
    return value


def check_topic(value: str) -> str:
    """Give the subject if NATS takes it behind an area's, and MQTT's clients reach all of it."""
    if not re.fullmatch(_TOPIC, value):
        raise unfit(
            "isn't what a client may say or hear below its area",
            'Write ">" for all of it, or levels with a dot after each and then >, such as "water.>" for water/#.',
        )
    return value


def check_folder(value: str) -> str:
    """Give the path, tidied, if it stays inside the project."""
    path = PurePosixPath(value)
    if path.is_absolute() or value.startswith("~"):
        raise unfit(
            "is outside the project",
            'Put the folder into the project and write its path from there, such as "bundles/k3s".',
        )
    if ".." in path.parts or not re.fullmatch(_FOLDER, str(path)) or str(path) == ".":
        raise unfit(
            "isn't the path of a folder inside the project",
            'Write it from the project\'s own folder, without .. or spaces, such as "bundles/k3s".',
        )
    return str(path)


CityName = Annotated[str, AfterValidator(check_city_name), WithJsonSchema({"type": "string", "maxLength": 60})]
HostName = Annotated[str, AfterValidator(check_host_name), WithJsonSchema({"type": "string", "pattern": _HOST})]
User = Annotated[str, AfterValidator(check_user), WithJsonSchema({"type": "string", "pattern": _USER})]
Region = Annotated[str, AfterValidator(check_region), WithJsonSchema({"type": "string", "pattern": _REGION})]
Folder = Annotated[str, AfterValidator(check_folder), WithJsonSchema({"type": "string", "minLength": 1})]
Topic = Annotated[str, AfterValidator(check_topic), WithJsonSchema({"type": "string", "pattern": _TOPIC})]
