"""Sites and their hosts. In: city and plan. Out: a SiteEstate per site."""

from simpul.edge.home import give_up
from simpul.edge.site import SiteArgs, SiteHosts

__all__ = ["SiteArgs", "SiteHosts", "give_up"]
