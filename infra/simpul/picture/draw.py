"""The picture, as SVG: what a panel holds enters, a drawing leaves that is the same for the same city.

Four columns: who comes, by which way in, the city's network, and what serves it. All sizes are in pixels.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from textwrap import wrap

from simpul.city import City, plan
from simpul.picture.panel import REACH, Panel, offices, panels
from simpul.recording import Recording

WIDTH = 1200
LINE = 17
LETTER = 6.8
"""How wide a letter of a panel is, at most on the average."""

GAP = 16
PAD = 12
TOP = 88
COLUMNS = {"who": (16, 206), "way": (274, 214), "net": (532, 318), "serve": (892, 276)}
"""Where each column begins and how wide its panels are."""

WAYS = ("entrance", "dns", "tunnel", "line")
INSIDE = ("cluster", "database", "cache", "network")
SERVING = ("storage", "backup", "key", "registry", "log", "audit", "monitor")
BELOW = ("identity",)

NOTE = (
    "Solid lines: who calls whom. Dashed lines: what is written down. Small print counts what else Pulumi makes for it."
)

STYLE = """
    .page { fill: #ffffff }
    .who { fill: #e9f7ee; stroke: #2f8553 }
    .way { fill: #e8f1fc; stroke: #3b74b9 }
    .net { fill: #ffffff; stroke: #3b74b9 }
    .serve { fill: #fff6e0; stroke: #b7791f }
    .region { fill: #f7f9fb; stroke: #4a5568 }
    .vpc { fill: #e8f1fc; stroke: #3b74b9 }
    .zone { fill: #f4f8fe; stroke: #7fa6d6; stroke-dasharray: 5 4 }
    .line { fill: none; stroke: #4a5568; stroke-width: 1.8; marker-end: url(#head) }
    .soft { fill: none; stroke: #b7791f; stroke-width: 1.8; stroke-dasharray: 5 4; marker-end: url(#soft) }
    text { fill: #1a202c }
    .dim { fill: #4a5568; font-size: 11.5px }
    .name { font-weight: 600 }
    .title { font-size: 20px; font-weight: 600 }"""


@dataclass(frozen=True)
class Box:
    """A panel at its place."""

    panel: Panel
    kind: str
    x: float
    y: float
    width: float

    @property
    def lines(self) -> list[tuple[str, str]]:
        """The class and text of each line."""
        letters = int((self.width - 2 * PAD) / LETTER)
        told = [("", part) for each in self.panel.lines for part in wrap(each, letters, subsequent_indent="  ")]
        return told + [("dim", part) for part in wrap(self.panel.rest, letters + 2)]

    @property
    def height(self) -> float:
        """How high it is."""
        return LINE * (len(self.lines) + 1) + PAD + 6

    @property
    def end(self) -> float:
        """Where it ends below."""
        return self.y + self.height

    @property
    def middle(self) -> float:
        """Where half of it is."""
        return self.y + self.height / 2

    def draw(self) -> Iterator[str]:
        """Draw it."""
        yield _rect(self.kind, self.x, self.y, self.width, self.height)
        yield _text("name", self.x + PAD, self.y + LINE + 3, self.panel.title)
        for number, (style, words) in enumerate(self.lines, 2):
            yield _text(style, self.x + PAD, self.y + LINE * number + 3, words)


def draw(city: City, recording: Recording) -> str:
    """Draw the estate of `city`."""
    held = panels(recording, f"simpul-{city.slug}")
    net_top = TOP + 92
    ways = _stack([held[key] for key in WAYS if key in held], "way", TOP + 52)
    inside = _stack([held[key] for key in INSIDE if key in held], "net", net_top + 68)
    serving = _stack([held[key] for key in SERVING if key in held], "serve", TOP + 52)
    people = _people(city, ways)
    end = max((box.end for box in inside), default=net_top + 68) + GAP
    below = _stack([held[key] for key in BELOW if key in held], "net", end + 2 * GAP + 8)
    boxes = [*ways, *inside, *serving, *people, *below]
    bottom = max(box.end for box in boxes) + GAP
    parts = [
        *_ground(city, net_top, end, bottom),
        *(part for box in boxes for part in box.draw()),
        *_traffic(people, ways, inside, serving, top=net_top, end=end),
        _text("dim", 16, bottom + 54, NOTE),
    ]
    return _page(city, bottom + 70, parts)


def _stack(panels_: Sequence[Panel], kind: str, top: float) -> list[Box]:
    """Put panels below each other in the column of their kind."""
    x, width = COLUMNS[kind]
    boxes: list[Box] = []
    for each in panels_:
        boxes.append(Box(each, kind, x, boxes[-1].end + GAP if boxes else top, width))
    return boxes


def _people(city: City, ways: Sequence[Box]) -> list[Box]:
    """Put who comes beside the way that each takes."""
    x, width = COLUMNS["who"]
    lines = ("citizens and the city's staff", f"by names under {city.domain}")
    boxes = [Box(Panel("world", "The internet", lines), "who", x, TOP, width)]
    beside = {box.panel.key: box for box in ways}
    for each in offices(city):
        way = beside.get(REACH[each.key])
        top = boxes[-1].end + GAP
        box = Box(each, "who", x, top, width)
        if way is not None and each.key != "internet":
            box = Box(each, "who", x, max(top, way.middle - box.height / 2), width)
        boxes.append(box)
    return boxes


def _ground(city: City, top: float, end: float, bottom: float) -> Iterator[str]:
    """Draw what everything stands in: the region, the VPC, and a zone beside the other with its switch."""
    ranges = plan(city)
    left, (x, width) = COLUMNS["way"][0] - GAP, COLUMNS["net"]
    yield _rect("region", left, TOP, WIDTH - left - 10, bottom - TOP + 30)
    yield _text("name", left + PAD, TOP + 22, f"Alibaba Cloud, region {city.cloud.region}")
    yield _text("dim", left + PAD, TOP + 39, f"for {city.owner}; every name begins with simpul-{city.slug}")
    yield _rect("vpc", x - GAP, top, width + 2 * GAP, end - top + 14)
    yield _text("name", x - GAP + PAD, top + 20, f"VPC simpul-{city.slug}-vpc, {ranges.vpc}")
    share = (width + GAP) / len(ranges.switches)
    for number, (zone, switch) in enumerate(ranges.switches.items()):
        at = x - GAP / 2 + number * share
        yield _rect("zone", at + 2, top + 28, share - 4, end - top - 22)
        yield _text("dim", at + 8, top + 44, f"zone {zone}")
        yield _text("dim", at + 8, top + 59, str(switch))


def _traffic(
    people: Sequence[Box],
    ways: Sequence[Box],
    inside: Sequence[Box],
    serving: Sequence[Box],
    *,
    top: float,
    end: float,
) -> Iterator[str]:
    """Draw who speaks with whom, and what the nodes reach out to."""
    beside = {box.panel.key: box for box in (*people, *ways, *inside, *serving)}
    turn = COLUMNS["way"][0] - GAP - 18
    for kind, way in {"world": "entrance", **REACH}.items():
        if kind in beside and way in beside:
            start, goal = beside[kind], beside[way]
            low, high = goal.y + 8, goal.end - 8
            at = low if kind == "world" else min(max(start.middle, low), high)
            bend = turn + (8 if kind == "world" else 0)
            yield _path("line", (start.x + start.width, start.middle), (bend, None), (None, at), (goal.x, None))
    edge = COLUMNS["net"][0] - GAP
    for box in ways:
        if box.panel.key != "dns":
            at = max(box.middle, top + 12)
            yield _path("line", (box.x + box.width, box.middle), (edge - 14, None), (None, at), (edge, None))
    right = COLUMNS["net"][0] + COLUMNS["net"][1] + GAP
    for box in serving:
        if box.panel.key in ("storage", "backup", "registry", "key"):
            yield _path(
                "line", (right, max(box.middle, top + 12)), (right + 12, None), (None, box.middle), (box.x, None)
            )
        if box.panel.key in ("log", "monitor") and box.middle < end:
            yield _path("soft", (right, box.middle), (box.x, None))
    world = beside["world"]
    over = TOP - 14
    yield _path("line", (right - 40, top), (None, over), (world.x + world.width / 2, over), (None, world.y))
    yield _text("dim", right - 210, over - 6, "out to the web, by one address")


def _path(style: str, start: tuple[float, float], *steps: tuple[float | None, float | None]) -> str:
    """Draw straight lines by way of `steps`, each of which names what changes."""
    (x, y), path = start, f"M{start[0]:g} {start[1]:g}"
    for across, down in steps:
        if across is not None and across != x:
            x, path = across, f"{path}H{across:g}"
        if down is not None and down != y:
            y, path = down, f"{path}V{down:g}"
    return f'<path class="{style}" d="{path}"/>'


def _rect(style: str, x: float, y: float, width: float, height: float) -> str:
    return f'<rect class="{style}" x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="6"/>'


def _text(style: str, x: float, y: float, words: str) -> str:
    kind = f' class="{style}"' if style else ""
    indent = 10 if words.startswith("  ") else 0
    return f'<text{kind} x="{x + indent:g}" y="{y:g}">{escape(words.strip())}</text>'


def _page(city: City, height: float, parts: Iterable[str]) -> str:
    title = f"{city.name} ({city.wilayah}): the estate in the cloud"
    heads = "\n".join(
        f'    <marker id="{name}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" '
        f'orient="auto"><path d="M0 0L10 5L0 10z" fill="{colour}"/></marker>'
        for name, colour in (("head", "#4a5568"), ("soft", "#b7791f"))
    )
    body = "\n".join(f"  {part}" for part in parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:g}" font-family="system-ui, sans-serif" '
        f'font-size="13" role="img" aria-label="{escape(title)}">\n'
        f"  <style>{STYLE}\n  </style>\n  <defs>\n{heads}\n  </defs>\n"
        f'  <rect class="page" width="{WIDTH}" height="{height:g}" rx="8"/>\n'
        f"  {_text('title', 16, 34, title)}\n{body}\n</svg>\n"
    )
