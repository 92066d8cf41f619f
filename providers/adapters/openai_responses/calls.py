"""Tool calls out of their pieces. Knows how servers differ in telling which call a piece belongs to.

A call is known by its place in the output, not by the id of its item: some servers give that a new one in every event.
Where all places are the same or none is told, the call's own id tells.
"""

from dataclasses import dataclass, field
from typing import Any

from providers.events import ToolCallDelta
from providers.text import storable


@dataclass(slots=True)
class _Call:
    slot: int
    id: str
    told: list[str] = field(default_factory=list)  # pieces of the arguments
    ended: bool = False


class Calls:
    """The tool calls of one answer. Indexes in the events count from 0 in order of appearance.

    Gateways that run tools themselves send one response after another. They have answered the calls of all but the
    last, so calls that come after a response has ended wait for the very end, and the last at each place counts.
    """

    def __init__(self) -> None:
        self._count = 0
        self._calls: list[_Call] = []  # of the present response
        self._at: dict[int | None, _Call] = {}
        self._waiting: dict[int | None, dict[str, Any]] | None = None

    def __len__(self) -> int:
        return self._count

    def begin(self, *, again: bool) -> None:
        """Another response begins: places count from 0 again. `again`: one has ended before it."""
        self._calls, self._at = [], {}
        if again and self._waiting is None:
            self._waiting = {}

    def open(self, place: int | None, item: dict[str, Any]) -> ToolCallDelta | None:
        """A call is about to be told. One without a name is left to the item that ends it."""
        if self._waiting is not None or not item.get("name") or self._find(place, item):
            return None
        return self._add(place, item, ended=False)

    def piece(self, place: int | None, arguments: object) -> ToolCallDelta | None:
        call = self._at.get(place)
        return self._tell(call, _string(arguments)) if call else None

    def whole(self, place: int | None, arguments: object) -> ToolCallDelta | None:
        """All arguments, once more: adds what was missing."""
        call, text = self._at.get(place), _string(arguments)
        told = "".join(call.told) if call else ""
        return self._tell(call, text[len(told) :]) if call and text.startswith(told) else None

    def end(self, place: int | None, item: dict[str, Any]) -> ToolCallDelta | None:
        """A call has been told: adds what was missing of it, all of it where nothing was told."""
        if self._waiting is not None:
            self._waiting[place] = item
            return None
        call = self._find(place, item)
        if call is None:
            return self._add(place, item, ended=True)
        call.ended, self._at[place] = True, call
        return self.whole(place, item.get("arguments"))

    def output(self, items: list[dict[str, Any]]) -> list[ToolCallDelta]:
        """The finished calls of the present response, once more: all of them where none was told."""
        if self._calls or self._waiting:
            return []
        return [delta for place, item in enumerate(items) if (delta := self.end(place, item))]

    def close(self) -> list[ToolCallDelta]:
        """The calls that waited."""
        items, self._waiting = self._waiting or {}, None
        return [self._add(place, item, ended=True) for place, item in items.items()]

    def _add(self, place: int | None, item: dict[str, Any], *, ended: bool) -> ToolCallDelta:
        arguments = _string(item.get("arguments")) if ended else ""
        call = _Call(self._count, _string(item.get("call_id")) or _string(item.get("id")), [arguments], ended)
        self._count += 1
        self._calls.append(call)
        self._at[place] = call
        return ToolCallDelta(call.slot, call.id, _string(item.get("name")), arguments)

    def _find(self, place: int | None, item: dict[str, Any]) -> _Call | None:
        told_id, here = _string(item.get("call_id")), self._at.get(place)
        if here and (told_id in ("", here.id) or (place is not None and not here.ended)):
            return here
        return next((call for call in self._calls if told_id and call.id == told_id), None)

    @staticmethod
    def _tell(call: _Call, arguments: str) -> ToolCallDelta | None:
        if not arguments:
            return None
        call.told.append(arguments)
        return ToolCallDelta(call.slot, arguments=arguments)


def _string(value: object) -> str:
    return storable(value) if isinstance(value, str) else ""
