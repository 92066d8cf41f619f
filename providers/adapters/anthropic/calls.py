"""Tool calls out of content blocks. Knows how their arguments come: in pieces, at once, or not at all."""

import json
from dataclasses import dataclass
from typing import Any

from providers.events import ToolCallDelta
from providers.text import storable


@dataclass(slots=True)
class _Open:
    """A call whose arguments may still come. `given`: those that stood in its first event."""

    slot: int
    given: str
    said: bool = False


class Calls:
    """The tool calls of one answer. Indexes in the events count from 0 in order of appearance; a block's `index`
    counts every kind of block, and may be any JSON."""

    def __init__(self) -> None:
        self._number = 0
        self._open: dict[str, _Open] = {}

    def __len__(self) -> int:
        return self._number

    def begin(self, index: object, block: dict[str, Any]) -> ToolCallDelta:
        """A block of the type `tool_use`."""
        call = self._open[_key(index)] = _Open(self._number, _json(block.get("input")))
        self._number += 1
        return ToolCallDelta(call.slot, _string(block.get("id")), _string(block.get("name")))

    def piece(self, index: object, arguments: object) -> ToolCallDelta | None:
        """None where nothing is said, or by a tool that the server calls itself."""
        call = self._open.get(_key(index))
        if call is None or not (text := _string(arguments)):
            return None
        call.said = True
        return ToolCallDelta(call.slot, arguments=text)

    def end(self, index: object) -> ToolCallDelta | None:
        """The block has ended. Where no piece of arguments came, they are what its first event said."""
        call = self._open.pop(_key(index), None)
        return None if call is None or call.said else ToolCallDelta(call.slot, arguments=call.given)

    def close(self) -> list[ToolCallDelta]:
        """The answer has ended, and with it the blocks that never did."""
        return [delta for key in list(self._open) if (delta := self.end(key))]


def _key(index: object) -> str:
    return index if isinstance(index, str) else str(index) if isinstance(index, int) else ""


def _json(given: object) -> str:
    try:
        return storable(json.dumps(given, ensure_ascii=False)) if isinstance(given, dict) else "{}"
    except RecursionError:  # what could just be read may be too deep to be written
        return "{}"


def _string(value: object) -> str:
    return storable(value) if isinstance(value, str) else ""
