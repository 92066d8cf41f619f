"""Gemini's function calls as tool calls. Nearly always a call comes whole; Vertex can send its arguments in pieces,
each with the path of its place. Knows nothing of the rest of an answer.
"""

import json
import re
from typing import Any

from providers.events import ToolCallDelta
from providers.text import storable

_STEP = re.compile(r"\.(?P<name>[^.\[\]]+)|\[(?P<place>\d{1,6})\]|\[(?P<mark>['\"])(?P<quoted>.*?)(?P=mark)\]")
_MOST_STEPS = 64  # of a path; arguments that anybody wrote are not as deep
_VALUES = ("stringValue", "numberValue", "boolValue")


class Calls:
    """The tool calls of one answer. Indexes in the events count from 0 in order of appearance."""

    def __init__(self) -> None:
        self._count = 0
        self._open: dict[str, Any] | None = None  # the arguments so far of a call that goes on
        self._path = ""  # of the text that goes on

    def take(self, call: object) -> list[ToolCallDelta]:
        """Empty where `call` says nothing that can be passed on yet."""
        if not isinstance(call, dict):
            return []
        told_id, name, args = call.get("id"), call.get("name"), call.get("args")
        if not isinstance(name, str) or not name:
            return [] if self._open is None else self._go_on(self._open, call)
        deltas = self.close()
        index, self._count = self._count, self._count + 1
        told_id, name = storable(told_id) if isinstance(told_id, str) else "", storable(name)
        args = args if isinstance(args, dict) else {}
        if call.get("willContinue") is not True and not call.get("partialArgs"):
            return [*deltas, ToolCallDelta(index, told_id, name, _written(args))]
        self._open = args
        return [*deltas, ToolCallDelta(index, told_id, name), *self._go_on(args, call)]

    def close(self) -> list[ToolCallDelta]:
        """The arguments of a call whose end was not told."""
        if self._open is None:
            return []
        args, self._open, self._path = self._open, None, ""
        return [ToolCallDelta(self._count - 1, arguments=_written(args))]

    def _go_on(self, args: dict[str, Any], call: dict[str, Any]) -> list[ToolCallDelta]:
        pieces = call.get("partialArgs")
        for piece in pieces if isinstance(pieces, list) else ():
            if isinstance(piece, dict) and isinstance(path := piece.get("jsonPath"), str):
                value = next((piece[key] for key in _VALUES if key in piece), None)  # none of them: null
                _put(args, _steps(path)[:_MOST_STEPS], value, joined=path == self._path)
                self._path = path if piece.get("willContinue") is True else ""
        return [] if call.get("willContinue") is True else self.close()


def _steps(path: str) -> list[str | int]:
    """`$.rows[0].name` as its steps: names, and places in lists."""
    return [int(m["place"]) if m["place"] else m["name"] or m["quoted"] or "" for m in _STEP.finditer(path)]


def _put(here: object, steps: list[str | int], value: object, *, joined: bool) -> object:
    """`here` with `value` where the steps lead, making what is missing on the way. `joined`: it is more of the text
    that stands there."""
    if not steps:
        return here + value if joined and isinstance(here, str) and isinstance(value, str) else value
    step, rest = steps[0], steps[1:]
    if isinstance(step, str):
        members = here if isinstance(here, dict) else {}
        members[step] = _put(members.get(step), rest, value, joined=joined)
        return members
    items = here if isinstance(here, list) else []
    if step <= len(items):  # a gap would have to be filled with what nobody said
        items[step : step + 1] = [_put(items[step] if step < len(items) else None, rest, value, joined=joined)]
    return items


def _written(args: dict[str, Any]) -> str:
    return storable(json.dumps(args, ensure_ascii=False))
