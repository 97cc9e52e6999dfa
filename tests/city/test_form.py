"""The forms of single values: what fits, and as what it comes out."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from simpul.city import form

ED25519 = b64encode(b"\0\0\0\x0bssh-ed25519\0\0\0\x20" + bytes(32)).decode()


@pytest.mark.parametrize(
    ("kind", "given", "taken"),
    [
        (form.Code, "647101", "64.71.01"),
        (form.CityName, "Kota Administrasi Jakarta Pusat", "Kota Administrasi Jakarta Pusat"),
        (form.CityName, "Mitra Aliyun", "Mitra Aliyun"),
        (form.DomainName, "go.balikpapan.id", "go.balikpapan.id"),
        (form.DomainName, "balikpapan.id", "balikpapan.id"),
        (form.HostName, "a", "a"),
        (form.HostName, "a" * 63, "a" * 63),
        (form.User, "_simpul-1", "_simpul-1"),
        (form.Region, "ap-southeast-5", "ap-southeast-5"),
        (form.Region, "cn-hangzhou", "cn-hangzhou"),
        (form.Folder, "./bundles//k3s/", "bundles/k3s"),
        (form.RegistryAddress, "10.213.0.1:5000/balikpapan", "10.213.0.1:5000/balikpapan"),
        (form.RegistryAddress, "registry.example.go.id/kota/images", "registry.example.go.id/kota/images"),
        (form.Mirror, "http://10.30.0.5:5000/", "http://10.30.0.5:5000"),
        (form.HostKey, f" ssh-ed25519  {ED25519}  root@bpn ", f"ssh-ed25519 {ED25519}"),
    ],
)
def test_what_fits(kind: Any, given: str, taken: str) -> None:
    assert TypeAdapter(kind).validate_python(given) == taken


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        (form.CityName, ""),
        (form.CityName, " Balikpapan"),
        (form.CityName, "Balikpapan\n"),
        (form.CityName, "B" * 61),
        (form.CityName, "aliyun partner"),
        (form.CityName, "Aliyunan"),
        (form.HostName, ""),
        (form.HostName, "a" * 64),
        (form.HostName, "-a"),
        (form.HostName, "a-"),
        (form.HostName, "a.b"),
        (form.HostName, "a\n"),
        (form.User, "Root"),
        (form.User, "a" * 33),
        (form.Region, "jakarta"),
        (form.Folder, ""),
        (form.Folder, "."),
        (form.Folder, "a/../b"),
        (form.Folder, "~/k3s"),
        (form.Folder, "a b"),
        (form.Folder, "a\\b"),
        (form.RegistryAddress, "registry.example.go.id/Kota"),
        (form.RegistryAddress, "registry.example.go.id:99999/kota"),
        (form.RegistryAddress, "registry.example.go.id:0/kota"),
        (form.RegistryAddress, "registry.example.go.id/kota:latest"),
        (form.RegistryAddress, "registry.example.go.id/kota/"),
        (form.RegistryAddress, "/kota"),
        (form.Mirror, "ftp://10.30.0.5"),
        (form.Mirror, "http://"),
        (form.Mirror, "http://10.30.0.5:x"),
        (form.Mirror, "http://10.30.0.5/v2"),
        (form.Mirror, "http://10.30.0.5?a=b"),
        (form.Mirror, "http://[::1"),
        (form.HostKey, ED25519),
        (form.HostKey, "ssh-ed25519"),
        (form.HostKey, "ssh-ed25519 AAAA"),
        (form.HostKey, "ssh-ed25519 not*base64"),
        (form.HostKey, f"ssh-rsa {ED25519}"),
        (form.DomainName, "balikpapan.local"),
        (form.DomainName, "kota.balikpapan.internal"),
        (form.DomainName, "go.id"),
        (form.DomainName, "desa.id"),
        (form.DomainName, "balikpapan.go.ID"),
        (form.Address, "10.30.1"),
        (form.Address, "010.30.1.11"),
        (form.Address, "bpn-timur-1"),
        (form.Address, 169738507),
        (form.Address, "240.0.0.1"),
        (form.Range, "10.64.0.0/40"),
        (form.Range, "10.64.0.0/11/12"),
        (form.Range, "10.64.0.0/255.224.0.0"),
        (form.Range, "0.0.0.0/0"),
        (form.Range, 7),
    ],
)
def test_what_does_not(kind: Any, given: Any) -> None:
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(kind).validate_python(given)
    assert [error["type"] for error in caught.value.errors()] == [form.UNFIT]


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        (form.Mirror, "https://admin:rahasia@mirror.example.go.id"),
        (form.RegistryAddress, "https://admin:rahasia@registry.example.go.id/kota"),
        (form.HostKey, "b3BlbnNzaC1rZXktdjEAAAAA rahasia"),
    ],
)
def test_what_holds_a_secret_is_refused_without_advice_that_repeats_it(kind: Any, given: str) -> None:
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(kind).validate_python(given)
    (error,) = caught.value.errors()
    assert "rahasia" not in str(error["ctx"])
