"""The forms of single values, a file a kind: what was written enters, the value proper or a refusal leaves.

Each is a type for the models' fields. A value that doesn't fit raises the error that `unfit` makes.
"""

from __future__ import annotations

from simpul.city.form.address import Address, PublicAddress, PublicRange, Range, TransferRange
from simpul.city.form.code import Code
from simpul.city.form.day import Day
from simpul.city.form.identifier import AccountId, ConnectionId, DomainName, Email, Label, RuleId
from simpul.city.form.image import Mirror, RegistryAddress, Username
from simpul.city.form.key import HostKey
from simpul.city.form.name import CityName, Folder, HostName, Region, Topic, User
from simpul.city.form.special import PRIVATE
from simpul.city.form.unfit import UNFIT

__all__ = [
    "PRIVATE",
    "UNFIT",
    "AccountId",
    "Address",
    "CityName",
    "Code",
    "ConnectionId",
    "Day",
    "DomainName",
    "Email",
    "Folder",
    "HostKey",
    "HostName",
    "Label",
    "Mirror",
    "PublicAddress",
    "PublicRange",
    "Range",
    "Region",
    "RegistryAddress",
    "RuleId",
    "Topic",
    "TransferRange",
    "User",
    "Username",
]
