"""What it costs to render an answer anew while it grows: the open block alone, as the page gets it."""

import time

from tests.bench.table import Measure
from threads.render import Rendering

SECONDS = 0.4  # for each text
PIECE = 12  # characters between two renderings: what 50 ms bring at 50 tokens a second
TEXTS = {
    "paragraph (1,200 characters, emphasis, links, code)": (
        "Some *words* of `code`, **strong** ones and [a link](https://example.org/page) stand in one long paragraph. "
        * 11
    ),
    "list (40 items, two levels)": "".join(
        f"- item number {number} with *some* words\n{'  - and a part of it' if number % 3 == 0 else '- another'}\n"
        for number in range(20)
    ),
    "fence (60 lines of Python)": "```python\n"
    + "".join(f"def function_{number}(value: int) -> int:\n    return value * {number}\n" for number in range(30)),
    "table (30 rows)": "| name | value | note |\n|---|---:|---|\n"
    + "".join(f"| row {number} | {number * 7} | some **words** |\n" for number in range(30)),
}


def measure() -> list[Measure]:
    return [Measure(f"render anew: {name}", f"{_cost(text):,.0f} µs a time") for name, text in TEXTS.items()]


def _cost(text: str) -> float:
    """Microseconds of CPU for one look at the blocks, on average from the first piece to the last."""
    looks, began = 0, time.process_time()
    while (spent := time.process_time() - began) < SECONDS:
        rendering = Rendering()
        for start in range(0, len(text), PIECE):
            rendering.append(text[start : start + PIECE])
            rendering.blocks()
            looks += 1
    return spent / looks * 1e6
