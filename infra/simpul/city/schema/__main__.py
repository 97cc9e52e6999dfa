"""Write the JSON Schema anew: `python -m simpul.city.schema`."""

from simpul.city.schema import SCHEMA, render

SCHEMA.write_text(render(), "utf-8")
