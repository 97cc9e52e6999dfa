"""The provider's resources as a Pulumi program uses them.

In go typed arguments, out come resources with typed outputs. What they mean is in `schema.json`; the work is done
by the plugin, in a process of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, cast

import pulumi
from pulumi import Input, Output, ResourceOptions


@dataclass(frozen=True, kw_only=True)
class ServerArgs:
    """How the server of an agent's cluster is reached over SSH."""

    name: Input[str]
    address: Input[str]
    user: Input[str]
    port: Input[int] = 22
    host_key: Input[str] | None = None


@dataclass(frozen=True, kw_only=True)
class HostArgs:
    """A Linux machine: where it is, what it is in its cluster, and its Ansible variables.

    An agent knows its `server`; a server knows the names of all `nodes` that its cluster may have.
    """

    name: Input[str]
    address: Input[str]
    user: Input[str]
    group: Input[Literal["server", "agent"]]
    port: Input[int] = 22
    host_key: Input[str] | None = None
    vars: Input[Mapping[str, Any]] = field(default_factory=dict)
    server: ServerArgs | None = None
    nodes: Input[Sequence[str]] = field(default_factory=list)
    offline_days: Input[int] = 0
    timeout_seconds: Input[int] | None = None


class Host(pulumi.CustomResource):
    """A Linux machine that is what the playbooks say."""

    name: Output[str]
    address: Output[str]
    group: Output[str]
    kubeconfig: Output[str]
    state: Output[str]

    def __init__(self, resource_name: str, args: HostArgs, opts: ResourceOptions | None = None) -> None:
        """Declare the host."""
        server = args.server and {
            "name": args.server.name,
            "address": args.server.address,
            "port": args.server.port,
            "user": args.server.user,
            "hostKey": args.server.host_key,
        }
        props = {
            "name": args.name,
            "address": args.address,
            "user": args.user,
            "group": args.group,
            "port": args.port,
            "hostKey": args.host_key,
            "vars": args.vars,
            "server": server,
            "nodes": args.nodes,
            "offlineDays": args.offline_days,
            "timeoutSeconds": args.timeout_seconds,
            **dict.fromkeys(("kubeconfig", "state", "deferredSince", "manifest", "playbooks", "drift")),
        }
        super().__init__("simpul:edge:Host", resource_name, props, opts)


@dataclass(frozen=True, kw_only=True)
class ImagesArgs:
    """A registry's host, and who pulls from it."""

    registry: Input[str]
    username: Input[str]
    password: Input[str]


@dataclass(frozen=True, kw_only=True)
class ReleaseArgs:
    """A chart of the project in a cluster. `cluster` is for people, `kubeconfig` for helm.

    `home` is the node on whose disk its volumes lie, where they are a part of one; those on nodes in `let_go` may be
    given up.
    """

    cluster: Input[str]
    kubeconfig: Input[str]
    name: Input[str]
    namespace: Input[str]
    chart: Input[str]
    values: Input[Mapping[str, Any]] = field(default_factory=dict)
    images: ImagesArgs | None = None
    home: Input[str] = ""
    let_go: Input[Sequence[str]] = field(default_factory=list)
    offline_days: Input[int] = 0
    timeout_seconds: Input[int] | None = None


class Release(pulumi.CustomResource):
    """A chart installed by helm."""

    cluster: Output[str]
    name: Output[str]
    namespace: Output[str]
    revision: Output[int]
    status: Output[str]

    def __init__(self, resource_name: str, args: ReleaseArgs, opts: ResourceOptions | None = None) -> None:
        """Declare the release."""
        images = args.images and {
            "registry": args.images.registry,
            "username": args.images.username,
            "password": Output.secret(args.images.password),
        }
        outputs = ("digest", "revision", "status", "deferredSince", "chartVersion", "appVersion", "drift", "volumes")
        props = {
            "cluster": args.cluster,
            "kubeconfig": Output.secret(args.kubeconfig),
            "name": args.name,
            "namespace": args.namespace,
            "chart": args.chart,
            "values": args.values,
            "images": images,
            "home": args.home,
            "letGo": args.let_go,
            "offlineDays": args.offline_days,
            "timeoutSeconds": args.timeout_seconds,
            **dict.fromkeys(outputs),
        }
        super().__init__("simpul:helm:Release", resource_name, props, opts)

    @property
    def chart_version(self) -> Output[str]:
        """The version of the installed chart."""
        return cast("Output[str]", pulumi.get(self, "chartVersion"))

    @property
    def app_version(self) -> Output[str]:
        """The version of what the chart installs."""
        return cast("Output[str]", pulumi.get(self, "appVersion"))


@dataclass(frozen=True, kw_only=True)
class PasswordArgs:
    """A random password; a change in `keepers` makes a new one."""

    length: Input[int] = 32
    keepers: Input[Mapping[str, str]] | None = None


class Password(pulumi.CustomResource):
    """A random password of letters and digits."""

    result: Output[str]
    hash: Output[str]
    keepers: Output[Mapping[str, str] | None]

    def __init__(
        self, resource_name: str, args: PasswordArgs | None = None, opts: ResourceOptions | None = None
    ) -> None:
        """Declare the password."""
        args = args or PasswordArgs()
        props = {"length": args.length, "keepers": args.keepers, "result": None, "hash": None}
        super().__init__("simpul:secret:Password", resource_name, props, opts)


@dataclass(frozen=True, kw_only=True)
class AuthorityArgs:
    """The certificate that signs another, with its key."""

    certificate_pem: Input[str]
    private_key_pem: Input[str]


@dataclass(frozen=True, kw_only=True)
class CertificateArgs:
    """A certificate: an authority's own, or a server's names and who signs it."""

    common_name: Input[str]
    is_authority: Input[bool] = False
    authority: AuthorityArgs | None = None
    dns_names: Input[Sequence[Input[str]]] | None = None
    ip_addresses: Input[Sequence[Input[str]]] | None = None
    valid_days: Input[int] | None = None
    renew_days: Input[int] | None = None


class Certificate(pulumi.CustomResource):
    """A certificate with its key, renewed before its end by any `pulumi up`."""

    def __init__(self, resource_name: str, args: CertificateArgs, opts: ResourceOptions | None = None) -> None:
        """Declare the certificate."""
        authority = args.authority and {
            "certificatePem": args.authority.certificate_pem,
            "privateKeyPem": Output.secret(args.authority.private_key_pem),
        }
        props = {
            "commonName": args.common_name,
            "isAuthority": args.is_authority,
            "authority": authority,
            "dnsNames": args.dns_names,
            "ipAddresses": args.ip_addresses,
            "validDays": args.valid_days,
            "renewDays": args.renew_days,
            **dict.fromkeys(("certificatePem", "privateKeyPem", "notAfter")),
        }
        super().__init__("simpul:secret:Certificate", resource_name, props, opts)

    @property
    def certificate_pem(self) -> Output[str]:
        """The certificate as PEM."""
        return cast("Output[str]", pulumi.get(self, "certificatePem"))

    @property
    def private_key_pem(self) -> Output[str]:
        """The private key as PEM, a secret."""
        return cast("Output[str]", pulumi.get(self, "privateKeyPem"))

    @property
    def not_after(self) -> Output[str]:
        """The certificate's end, in ISO 8601."""
        return cast("Output[str]", pulumi.get(self, "notAfter"))
