"""The parts of the page that travel alone, as HTML: the same templates that the page is made of.

They carry no token and no link to the request, so one rendering serves every tab of a person.
"""

from collections.abc import Sequence
from typing import Any

from django.template.loader import get_template, render_to_string
from django.utils.formats import get_format

from threads.queries import ThreadLine, Turn


def turn(user_turn: Turn, answer_turn: Turn) -> str:
    """A person's message and its answer as far as it goes."""
    return _render("_turn", user_turn=user_turn, answer_turn=answer_turn)


def footer(answer_turn: Turn) -> str:
    """What stands under an answer that has ended: the inside of its `.footer`."""
    return _render("_footer", turn=answer_turn)


def sources(cited: Sequence[dict[str, str]]) -> str:
    """What an answer cites, [{"url", "title"}]: the inside of its `.sources`."""
    return _render("_sources", sources=cited)


def entry(line: ThreadLine, current: bool = False) -> str:
    """A line of the list of conversations; `current` marks the one on show."""
    return _render("_entry", line=line, current=current)


def warm() -> None:
    """Load the templates and what they format with, so that nobody's first turn waits for the disk."""
    for name in ("_turn", "_message", "_footer", "_sources", "_entry"):
        get_template(f"threads/{name}.html")
    get_format("DECIMAL_SEPARATOR")


def _render(name: str, **context: Any) -> str:
    return render_to_string(f"threads/{name}.html", context).strip()
