"""What the vendor's API refuses beyond its provider's schema, as data: its own words about each of its parameters.

    alicloud/MODULE.yaml   a file for each module of the SDK: the types in it, with every input that Simpul sends
    listings.yaml          what the program asks before it makes anything

In: a resource's type and inputs. Out: a `Violation` for each of the vendor's words that they break. The stand-in for
the cloud refuses by it what the API would refuse, and a rule of policies/ finds it in a preview and in `simpul check`,
before anything is made. docs/constraints.md lists all of it, with its sources.
"""

from simpul.constraint.load import Constraints, Input, Listing, Together, every, find, listings
from simpul.constraint.violation import Violation, violations

__all__ = ["Constraints", "Input", "Listing", "Together", "Violation", "every", "find", "listings", "violations"]
