"""Make the table of area codes from its source, the npm package that SOURCE.md names.

The unpacked package's folder `data` enters, `table.gz` leaves:

    npm pack idn-area-data@3.1.2 && tar xzf idn-area-data-3.1.2.tgz
    python -m simpul.city.area.make package/data
"""

from __future__ import annotations

import csv
import gzip
import sys
from pathlib import Path

from simpul.city.area import TABLE

SOURCES = ("provinces.csv", "regencies.csv", "districts.csv", "villages.csv")


def make(folder: Path) -> bytes:
    """Give the compressed table of the four lists in `folder`; the same lists always give the same lines."""
    lines: list[str] = []
    for source in SOURCES:
        # The source never quotes a field, and some names have a quotation mark in them.
        rows = csv.DictReader((folder / source).read_text("utf-8").splitlines(), quoting=csv.QUOTE_NONE)
        lines.extend(f"{row['code']}\t{row['name']}" for row in rows)
    text = "\n".join(sorted(lines)) + "\n"
    return gzip.compress(text.encode(), compresslevel=9, mtime=0)


if __name__ == "__main__":
    TABLE.write_bytes(make(Path(sys.argv[1])))
