"""How a city is: its stack's outputs, held against its hosts and clusters. In: a stack. Out: a CityStatus."""

from simpul.status.gather import gather
from simpul.status.model import CityStatus

__all__ = ["CityStatus", "gather"]
