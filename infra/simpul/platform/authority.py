"""The city's own certificate authority: what its servers show, and what its clients trust."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi

from simpul.provider import resource

AUTHORITY_DAYS = 3650
SERVER_DAYS = 397
"""As long as a public authority may at most (CA/Browser Forum, Ballot SC31)."""

RENEW_DAYS = SERVER_DAYS // 2
"""A run that finds a certificate in the second half of its life renews it. A run every half a year is enough."""


class Authority(pulumi.ComponentResource):
    """An authority that lives in the stack's state, its key encrypted there."""

    ca_pem: pulumi.Output[str]

    def __init__(self, name: str, common_name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        """Make the authority `name`, which calls itself `common_name`."""
        super().__init__("simpul:platform:Authority", name, {}, opts)
        self._root = resource.Certificate(
            name,
            resource.CertificateArgs(
                common_name=common_name, is_authority=True, valid_days=AUTHORITY_DAYS, renew_days=SERVER_DAYS
            ),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.ca_pem = self._root.certificate_pem
        self.register_outputs({"caPem": self.ca_pem})

    def issue(
        self, name: str, addresses: Sequence[pulumi.Input[str]], opts: pulumi.ResourceOptions
    ) -> resource.Certificate:
        """Issue a server's certificate for its IP `addresses`."""
        return resource.Certificate(
            name,
            resource.CertificateArgs(
                common_name=name,
                authority=resource.AuthorityArgs(
                    certificate_pem=self._root.certificate_pem, private_key_pem=self._root.private_key_pem
                ),
                ip_addresses=list(addresses),
                valid_days=SERVER_DAYS,
                renew_days=RENEW_DAYS,
            ),
            opts=opts,
        )
