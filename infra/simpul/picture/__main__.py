"""Write docs/picture/estate.svg anew, of the project's own city."""

from __future__ import annotations

from simpul.city import load
from simpul.picture.draw import draw
from simpul.project import ROOT
from simpul.recording import record

PICTURE = ROOT / "docs" / "picture" / "estate.svg"

if __name__ == "__main__":
    city = load(ROOT / "Pulumi.balikpapan.yaml")
    PICTURE.write_text(draw(city, record(city)))
