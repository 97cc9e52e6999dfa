"""IANA's registries of special IPv4 ranges, against every field that is an address or a range."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from simpul.city import form
from simpul.city.form.special import EXAMPLES, LOCAL, SPECIAL, Block, special

OTHER = [block for block in SPECIAL if block.range not in LOCAL]
READ = {kind: TypeAdapter(kind).validate_python for kind in (form.Address, form.PublicAddress, form.PublicRange)}


def holds(kind: Any, value: str) -> bool:
    try:
        READ[kind](value)
    except ValidationError:
        return False
    return True


def ends(block: Block) -> Iterator[str]:
    yield from (str(block.range[0]), str(block.range[-1]))


@pytest.mark.parametrize("block", SPECIAL, ids=str)
def test_no_special_address_is_public(block: Block) -> None:
    for address in ends(block):
        assert not holds(form.PublicAddress, address)
        assert not holds(form.PublicRange, f"{address}/32")
    if block.range.prefixlen >= 16:
        assert not holds(form.PublicRange, str(block.range))
        assert not holds(form.PublicRange, str(block.range.supernet(new_prefix=16)))


@pytest.mark.parametrize("block", OTHER, ids=str)
def test_a_host_has_none_that_no_network_has(block: Block) -> None:
    assert not any(holds(form.Address, address) for address in ends(block))


def test_a_host_may_be_in_a_private_network() -> None:
    assert all(holds(form.Address, str(network[5])) for network in LOCAL)


def test_what_lies_beside_a_special_range_is_public() -> None:
    beside = [IPv4Address(int(block.range[0]) - 1) for block in SPECIAL if int(block.range[0])]
    beside += [IPv4Address(int(block.range[-1]) + 1) for block in SPECIAL if int(block.range[-1]) < 2**32 - 1]
    public = [address for address in beside if special(address) is None]
    assert len(public) > 20
    assert all(holds(form.PublicAddress, str(address)) for address in public)


@pytest.mark.parametrize("block", EXAMPLES, ids=str)
def test_addresses_of_documents_hold_and_a_rule_tells_of_them(block: Block) -> None:
    assert all(holds(form.PublicAddress, address) for address in ends(block))
    assert holds(form.PublicRange, str(block.range))


@given(st.integers(0, 2**32 - 1).map(IPv4Address))
def test_what_python_calls_global_is_public_and_the_rest_not(address: IPv4Address) -> None:
    anycast = ("192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.175.48.0/24")  # no router's own
    documents = any(address in block.range for block in EXAMPLES)
    odd = any(address in IPv4Network(block) for block in (*anycast, "192.0.0.0/24", "224.0.0.0/4"))
    if not odd:
        assert holds(form.PublicAddress, str(address)) == (address.is_global or documents)


@pytest.mark.parametrize(
    "value",
    ["0.1.2.3", "100.72.10.5", "127.0.0.1", "169.254.1.1", "192.0.0.9", "192.88.99.1", "198.18.0.1", "224.0.0.1"],
)
@pytest.mark.parametrize(
    ("kind", "form_of"),
    [(form.RegistryAddress, "{}/kota"), (form.RegistryAddress, "{}:5000/kota"), (form.Mirror, "http://{}:5000")],
)
def test_no_host_of_images_is_one_that_no_machine_has(kind: Any, form_of: str, value: str) -> None:
    written = form_of.format(value)
    if value == "100.72.10.5":
        assert TypeAdapter(kind).validate_python(written) == written
    else:
        with pytest.raises(ValidationError, match="no other machine can reach"):
            TypeAdapter(kind).validate_python(written)


@pytest.mark.parametrize("value", ["localhost", "a.localhost", "10.30.1", "010.30.1.5", "1234", "10.30.1.256"])
def test_a_host_of_images_that_only_looks_like_an_address_is_refused(value: str) -> None:
    for kind, written in ((form.RegistryAddress, f"{value}/kota"), (form.Mirror, f"http://{value}")):
        with pytest.raises(ValidationError):
            TypeAdapter(kind).validate_python(written)


@pytest.mark.parametrize("value", ["203.0.113.0/028", "203.0.113.1/28", "127.0.0.0/28", "100.64.0.0/16"])
def test_a_range_is_written_in_one_way_and_is_public(value: str) -> None:
    assert not holds(form.PublicRange, value)
