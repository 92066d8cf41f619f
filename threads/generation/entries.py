"""An entry of the event log, as it travels: its number, its type, its JSON. Knows nothing of where it is stored."""

import json
from typing import Any


class Entry:
    """`data` is the compact JSON text that is stored and sent; `payload` the same parsed, when it is asked for."""

    __slots__ = ("_payload", "data", "seq", "type")

    def __init__(self, seq: int, type: str, data: str, payload: dict[str, Any] | None = None) -> None:
        self.seq, self.type, self.data, self._payload = seq, type, data, payload

    @classmethod
    def of(cls, seq: int, type: str, payload: dict[str, Any]) -> "Entry":
        return cls(seq, type, encode(payload), payload)

    @property
    def payload(self) -> dict[str, Any]:
        if self._payload is None:
            self._payload = json.loads(self.data)
        return self._payload

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Entry) and (self.seq, self.type, self.data) == (other.seq, other.type, other.data)

    def __hash__(self) -> int:
        return hash((self.seq, self.type, self.data))

    def __repr__(self) -> str:
        return f"Entry({self.seq}, {self.type}, {self.data})"


_encoder = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def encode(payload: dict[str, Any]) -> str:
    return _encoder.encode(payload)
