"""What holds data says of which class it is."""

from __future__ import annotations

from collections.abc import Iterator

from simpul.policy import UNKNOWN, Breach, Resource, Rule, law
from simpul.policy.vendor import CLASSES, DATA_CLASS, KEY, LOG_STORE, STORES, data_class


def check(store: Resource) -> Iterator[Breach]:
    """Find a store without a class, or with one that there isn't."""
    found = data_class(store)
    if found not in (*CLASSES, UNKNOWN):
        advice = f"Tag it {DATA_CLASS}: {', '.join(CLASSES[:-1])} or {CLASSES[-1]}."
        yield Breach("doesn't say which class of data it holds", f'"{found}"' if found else "no tag", advice)


RULE = Rule(
    id="personal-label",
    title="What holds data is labelled with its class",
    source=law(
        "UU PDP 27/2022 arts 4, 34", "what may harm people when it is disclosed is known and assessed beforehand"
    ),
    looks_at="the tag simpul:data-class of databases, caches, buckets and keys",
    english="Label every store of data public, internal or personal.",
    indonesian="Beri label setiap penyimpanan data: public, internal, atau personal.",
    unwaivable="the people whose data it is aren't asked, and what was told of them can't be taken back",
    on=Resource,
    types=tuple(kind for kind in (*STORES, KEY) if kind != LOG_STORE),
    check=check,
)
