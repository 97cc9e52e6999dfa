"""The administrator's kubeconfig: where it leads, what opens the cluster, and nothing else."""

from __future__ import annotations

import base64
from typing import Any

import pulumi
import pytest
import yaml

from cloud.test_estate import NOTHING
from recorder import Recorder, record
from simpul.city import Api, City, load, plan
from simpul.cloud import Cloud, find
from simpul.errors import OutsideError
from simpul.kubeconfig import Credential, write
from simpul.project import ROOT
from simpul.recording import CREDENTIAL

GOOD = Credential(CREDENTIAL["clusterCert"], CREDENTIAL["clientCert"], CREDENTIAL["clientKey"])
OTHERS = "https://198.51.100.1:6443"


@pytest.fixture(scope="module")
def city() -> City:
    return load(ROOT / "Pulumi.balikpapan.yaml")


def told(city: City) -> dict[str, Any]:
    """Give the kubeconfig of a city whose cluster has a private address, as the vendor's plugin tells of it."""
    elsewhere = {
        "clusters": [{"name": "k", "cluster": {"server": OTHERS, "certificate-authority": "/etc/shadow"}}],
        "users": [{"name": "k", "user": {"exec": {"command": "sh"}, "tokenFile": "/etc/shadow"}}],
    }
    credential = {"kubeConfig": yaml.safe_dump(elsewhere), "certificateAuthority": CREDENTIAL}
    recorder = Recorder(
        answers={**NOTHING, "alicloud:cs/getClusterCredential:getClusterCredential": credential},
        computed={
            "alicloud:cs/managedKubernetes:ManagedKubernetes": {
                "slbIntranet": "10.64.0.9",
                "rrsaMetadata": {"ramOidcProviderArn": "arn", "rrsaOidcIssuerUrl": "https://issuer"},
            },
            "alicloud:nlb/loadBalancer:LoadBalancer": {"dnsName": "nlb-gate.ap-southeast-5.nlb.aliyuncsslb.com"},
        },
    )
    texts: list[str] = []
    secret: list[bool] = []

    def program() -> None:
        found = Cloud(city, plan(city), find(city)).estate.cluster.kubeconfig
        found.apply(texts.append)
        pulumi.Output.from_input(found.is_secret()).apply(secret.append)

    record(program, recorder)
    assert secret == [True]
    document: dict[str, Any] = yaml.safe_load(texts[0])
    return document


def test_it_leads_to_the_private_address_of_a_cluster_without_a_gate(city: City) -> None:
    """The vendor's plugin asks for the public address, which the cluster hasn't."""
    assert told(city)["clusters"][0]["cluster"]["server"] == "https://10.64.0.9:6443"


def test_it_leads_to_the_gate_where_one_is_declared(city: City) -> None:
    api = Api.model_validate({"public": True, "allow": ["203.0.113.0/28"]})
    open_ = city.model_copy(update={"cloud": city.cloud.model_copy(update={"api": api})})
    cluster = told(open_)["clusters"][0]["cluster"]
    assert cluster["server"] == "https://nlb-gate.ap-southeast-5.nlb.aliyuncsslb.com:6443"
    assert cluster["tls-server-name"] == f"api.simpul.{city.domain}", "what the API's certificate is for"


def test_it_holds_three_texts_and_nothing_of_what_came_with_them(city: City) -> None:
    document = told(city)
    assert document["clusters"][0]["cluster"].keys() == {"server", "certificate-authority-data"}
    assert document["users"] == [
        {
            "name": "simpul-6471-balikpapan",
            "user": {
                "client-certificate-data": CREDENTIAL["clientCert"],
                "client-key-data": CREDENTIAL["clientKey"],
            },
        }
    ]


@pytest.mark.parametrize(
    ("part", "what"),
    [
        ("authority", "the cluster's authority"),
        ("certificate", "the client's certificate"),
        ("key", "the client's key"),
    ],
)
@pytest.mark.parametrize(
    "text",
    [
        "",
        "/etc/kubernetes/pki/ca.crt",
        "not base64!",
        base64.b64encode(b"a password").decode(),
        base64.b64encode(b"-----BEGIN CERTIFICATE-----\nQQ==").decode(),
        base64.b64encode(b"-----BEGIN OPENSSH PRIVATE KEY-----\nQQ==\n-----END OPENSSH PRIVATE KEY-----").decode(),
    ],
)
def test_what_is_no_pem_text_is_refused_and_not_told(part: str, what: str, text: str) -> None:
    texts = {"authority": GOOD.authority, "certificate": GOOD.certificate, "key": GOOD.key}
    with pytest.raises(OutsideError) as error:
        write("simpul-6471", "10.64.0.9", Credential(**{**texts, part: text}))
    assert what in str(error.value)
    assert not text or text not in str(error.value)
