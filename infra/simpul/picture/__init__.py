"""The picture of a city's estate, from what its program registers: `python -m simpul.picture` draws it anew.

place   where each of the vendor's types stands, and how it is told
panel   what stands in each panel: a city and its recording enter, lines of text leave
draw    the panels side by side, as SVG
"""
