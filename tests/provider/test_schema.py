"""Inputs held against the provider's schema, all problems at once."""

from __future__ import annotations

import json

from simpul.provider import schema
from simpul.provider.certificate import Certificate
from simpul.provider.host import Host
from simpul.provider.kind import Failure
from simpul.provider.password import Password
from simpul.provider.release import Release
from simpul.provider.wire import UNKNOWN

HOST = {"name": "a", "address": "10.0.0.1", "user": "simpul", "group": "server"}


def test_every_type_of_the_schema_is_served() -> None:
    assert schema.tokens() == {kind.token for kind in (Certificate, Host, Password, Release)}


def test_what_is_right_or_unknown_is_no_problem() -> None:
    assert schema.problems(Host.token, {**HOST, "vars": {"any": [1, {"a": None}]}, "address": UNKNOWN}) == []


def test_all_problems_at_once() -> None:
    inputs = {"name": 7, "adress": "x", "user": "simpul", "group": "boss", "port": True}
    assert schema.problems(Host.token, inputs) == [
        Failure("address", "is required"),
        Failure("name", "must be of type string (got int)"),
        Failure("adress", "is not a property; did you mean address?"),
        Failure("group", "must be one of server, agent (got boss)"),
        Failure("port", "must be of type integer (got bool)"),
    ]


def test_a_nested_property_is_named_by_its_path() -> None:
    inputs = {"commonName": "a", "authority": {"certificatePem": "x"}, "dnsNames": ["a", 1]}
    assert schema.problems(Certificate.token, inputs) == [
        Failure("authority.privateKeyPem", "is required"),
        Failure("dnsNames[1]", "must be of type string (got int)"),
    ]


def test_defaults_are_the_schema_s() -> None:
    assert schema.defaults(Password.token) == {"length": 32}
    assert json.loads(schema.text())["name"] == "simpul"
