"""Tool calls, which come complete and often without an id. Knows their shape alone."""

import json
from hashlib import blake2b

from providers.events import ToolCallDelta
from providers.text import storable

_ID_BYTES = 8


class Calls:
    """The tool calls of one answer, counted from 0 as they come: the server's own `index` may be 0 for all."""

    def __init__(self) -> None:
        self._ids: set[str] = set()

    def take(self, call: object, moment: str) -> ToolCallDelta | None:
        """None where `call` is none, or one that came before. `moment` is when the server says it said so."""
        function = call.get("function") if isinstance(call, dict) else None
        if not isinstance(call, dict) or not isinstance(function, dict):
            return None
        name, arguments = function.get("name"), _arguments(function.get("arguments"))
        if not isinstance(name, str) or not name:
            return None
        index = len(self._ids)
        told = call.get("id")
        call_id = storable(told) if isinstance(told, str) and told else _id_for(index, name, arguments, moment)
        if call_id in self._ids:
            return None
        self._ids.add(call_id)
        return ToolCallDelta(index, call_id, storable(name), arguments)


def _id_for(index: int, name: str, arguments: str, moment: str) -> str:
    """The same answer gives the same ids however it is cut, and the next answer of a thread gives others."""
    words = json.dumps([index, name, arguments, moment]).encode()
    return f"call_{blake2b(words, digest_size=_ID_BYTES).hexdigest()}"


def _arguments(value: object) -> str:
    """JSON text. The server sends an object; some that imitate it send its text, or nothing for no arguments."""
    if isinstance(value, str):
        return storable(value) or "{}"
    if not isinstance(value, dict):
        return "{}"
    try:
        return storable(json.dumps(value, ensure_ascii=False))
    except RecursionError:
        return "{}"
