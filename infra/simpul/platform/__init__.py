"""The platform's workloads as releases. In: city, CloudEstate, SiteEstates. Out: the Endpoints for clients."""

from simpul.platform.deploy import deploy

__all__ = ["deploy"]
