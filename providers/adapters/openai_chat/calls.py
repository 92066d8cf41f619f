"""Tool calls out of their pieces. Knows how servers differ in telling which call a piece belongs to."""

import json

from providers.events import ToolCallDelta
from providers.text import storable


class Calls:
    """The tool calls of one answer. Indexes in the events count from 0 in order of appearance."""

    def __init__(self) -> None:
        self._ids: list[str] = []
        self._names: list[str] = []
        self._at: dict[int | None, int] = {}  # the provider's index -> ours

    def __len__(self) -> int:
        return len(self._ids)

    def take(self, piece: object) -> ToolCallDelta | None:
        """None where the piece says nothing new."""
        function = piece.get("function") if isinstance(piece, dict) else None
        if not isinstance(piece, dict) or not isinstance(function, dict):
            return None
        told_id, told_name = _string(piece.get("id")), _string(function.get("name"))
        slot = self._slot(piece.get("index"), told_id, told_name)
        new_id = "" if self._ids[slot] else told_id
        new_name = "" if self._names[slot] else told_name
        self._ids[slot] = self._ids[slot] or told_id
        self._names[slot] = self._names[slot] or told_name
        arguments = _arguments(function.get("arguments"))
        return ToolCallDelta(slot, new_id, new_name, arguments) if new_id or new_name or arguments else None

    def _slot(self, index: object, told_id: str, told_name: str) -> int:
        """A new id with a name begins a call even under a known index: some servers number every call 0."""
        if isinstance(index, int):
            slot = self._at.get(index)
            if slot is not None and not (told_id and told_name and self._ids[slot] not in ("", told_id)):
                return slot
        elif told_id and told_id in self._ids:
            return self._ids.index(told_id)
        elif self._ids and not told_name:
            return len(self._ids) - 1
        self._at[index if isinstance(index, int) else None] = len(self._ids)
        self._ids.append("")
        self._names.append("")
        return len(self._ids) - 1


def _string(value: object) -> str:
    return storable(value) if isinstance(value, str) else ""


def _arguments(value: object) -> str:
    """Nearly always JSON text in pieces; some servers send the finished object."""
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    return _string(value)
