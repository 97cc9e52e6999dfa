"""Identifiers: of a contact or a store, a domain, a mailbox, an account, a physical connection, a rule."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated

from pydantic import AfterValidator, WithJsonSchema

from simpul.city.form.unfit import unfit

_LABEL = r"^[a-z]([a-z0-9-]{0,22}[a-z0-9])?$"
_DOMAIN = r"^(?=.{4,120}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,}$"
_NOT_OF_THE_WORLD = frozenset(
    {"alt", "arpa", "example", "internal", "invalid", "lan", "local", "localhost", "onion", "test"}
)
"""Ends of names that nobody on the internet has: https://www.iana.org/assignments/special-use-domain-names."""

_REGISTRIES = frozenset({"ac", "biz", "co", "desa", "go", "kop", "mil", "my", "net", "or", "ponpes", "sch", "web"})
"""What stands before .id and belongs to its registry, which gives out names below it: https://publicsuffix.org."""

_EMAIL = r"^[A-Za-z0-9._%+-]{1,64}@(?=.{4,120}$)([A-Za-z0-9-]+\.)+[A-Za-z]{2,}$"
_ACCOUNT = r"^\d{16}$"
_CONNECTION = r"^pc-[a-z0-9]{8,40}$"
_RULE = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"


def _form(pattern: str, what: str, advice: str) -> Callable[[str], str]:
    def check(value: str) -> str:
        if not re.fullmatch(pattern, value):
            raise unfit(what, advice)
        return value

    return check


def _schema(pattern: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": pattern})


check_label = _form(
    _LABEL,
    "isn't a short name (a DNS label)",
    'Use 1 to 24 of a-z, 0-9 and -, beginning with a letter and not ending with -, such as "reports".',
)
_check_domain = _form(_DOMAIN, "isn't a domain", 'Write it in small letters, such as "balikpapan.go.id".')


def check_domain(value: str) -> str:
    """Give the domain if it has the form of one, and the world can have it."""
    if _check_domain(value).rpartition(".")[2] in _NOT_OF_THE_WORLD:
        raise unfit("isn't a domain of the internet", 'Write the one that the city has, such as "balikpapan.go.id".')
    if value in {f"{each}.id" for each in _REGISTRIES}:
        advice = f'Write the one that the city has below it, such as "balikpapan.{value}".'
        raise unfit("is the registry's own, below which others have theirs too", advice)
    return value


check_email = _form(_EMAIL, "isn't an e-mail address", 'Write one, such as "siaga@balikpapan.go.id".')
check_account = _form(
    _ACCOUNT,
    "isn't the id of an Alibaba Cloud account",
    'Write its 16 digits in quotes, such as "1234567890123456"; the console shows them under the picture.',
)
check_connection = _form(
    _CONNECTION,
    "isn't the id of a physical connection",
    'Write it as Express Connect shows it, such as "pc-k1abcdef123".',
)
check_rule = _form(_RULE, "isn't a rule's id", "docs/rules.md lists the rules with their ids.")

Label = Annotated[str, AfterValidator(check_label), _schema(_LABEL)]
DomainName = Annotated[str, AfterValidator(check_domain), _schema(_DOMAIN)]
Email = Annotated[str, AfterValidator(check_email), _schema(_EMAIL)]
AccountId = Annotated[str, AfterValidator(check_account), _schema(_ACCOUNT)]
ConnectionId = Annotated[str, AfterValidator(check_connection), _schema(_CONNECTION)]
RuleId = Annotated[str, AfterValidator(check_rule), _schema(_RULE)]
