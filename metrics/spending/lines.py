"""What a line of costs is called, and what it leads to. Pure.

A conversation's title is a word of it: it is told to its owner, others read whose it is and the beginning of its id.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from metrics.costs import By, Line
from metrics.spending.asked import Asked

Told = Mapping[tuple[str, Any], str]  # what is said beside the name of a person or an organisation, by kind and id

_REST = {
    "others": "All others",
    "deleted": "Deleted chats",
    "outside": "Outside any chat",
    "gone": "Deleted accounts",
}
# What a line leads to: this page with it alone, by something else.
_MORE: Mapping[By, tuple[str, By]] = {
    "model": ("model", "day"),
    "provider": ("provider", "model"),
    "organization": ("org", "user"),
    "user": ("user", "model"),
}


@dataclass(frozen=True, slots=True)
class Named:
    """`address` is "" where there is no more to see; `inside`: it leads to another view of this page. `foreign`: it is
    somebody's conversation, whose owner is the `detail`."""

    name: str
    detail: str = ""
    address: str = ""
    inside: bool = False
    foreign: bool = False


def named(line: Line, by: By, asked: Asked, reader: Any, told: Told) -> Named:
    """`reader`: whose own page it is, by id; None for staff's."""
    if line.rest:
        return Named(_REST[line.rest])
    if by != "thread":
        return Named(line.key, told.get((by, line.id), ""), _more(line, by, asked, own=reader is not None), inside=True)
    if reader is None or line.owner != reader:
        return Named(line.key[:8], line.email, foreign=True)
    return Named(line.title or "New chat", address=reverse("threads:thread", args=[line.key]))


def _more(line: Line, by: By, asked: Asked, *, own: bool) -> str:
    if by == "day":
        day = {"range": "custom", "from": line.key, "to": line.key}
        return asked.address(**day, by="model", order="")
    field, then = _MORE[by]
    then = "model" if own and then == "user" else then
    return asked.address(**{field: line.key}, by=then, order="")
