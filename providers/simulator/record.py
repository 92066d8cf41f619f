"""What the simulator was asked and what it sent: the witness for tests and the benchmark. Knows no wire format."""

import time
from collections import Counter, deque
from dataclasses import dataclass, field
from typing import Any

from providers.simulator.beats import Ask, Beat, Reasoning, Text

KEPT = 10_000


@dataclass(slots=True)
class Entry:
    """One request. Moments are `time.time()`; those that have not come are None. The key that was sent is not kept."""

    id: int
    model: str = ""
    tag: str = ""
    stream: bool = False
    prompt: str = ""
    prefix: str = ""
    received_at: float = field(default_factory=time.time)
    status: int | None = None  # of the response's head, once sent
    first_token_at: float | None = None
    finished_at: float | None = None  # the simulator has said all it meant to
    disconnected_at: float | None = None  # the client hung up before that
    tokens: int = 0
    reasoning_tokens: int = 0
    pieces: list[str] = field(default_factory=list)  # of the text; joined to one when the answer is over

    def asked(self, ask: Ask) -> None:
        self.model, self.stream, self.prompt, self.prefix = ask.model, ask.stream, ask.prompt, ask.prefix

    def sent(self, beat: Beat) -> None:
        """Notes a token that has been written to the connection; other beats are no tokens."""
        if isinstance(beat, Text):
            self.pieces.append(beat.text)
            self.tokens += 1
        elif isinstance(beat, Reasoning):
            self.reasoning_tokens += 1
        else:
            return
        if self.first_token_at is None:
            self.first_token_at = time.time()

    def finished(self) -> None:
        if self.finished_at is None and self.disconnected_at is None:
            self.pieces = ["".join(self.pieces)]
            self.finished_at = time.time()

    def hung_up(self) -> None:
        if self.finished_at is None and self.disconnected_at is None:
            self.pieces = ["".join(self.pieces)]
            self.disconnected_at = time.time()

    def as_dict(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "model": self.model,
            "tag": self.tag,
            "stream": self.stream,
            "prompt": self.prompt,
            "prefix": self.prefix,
            "received_at": self.received_at,
            "status": self.status,
            "first_token_at": self.first_token_at,
            "finished_at": self.finished_at,
            "disconnected_at": self.disconnected_at,
            "disconnected": self.disconnected_at is not None,
            "tokens": self.tokens,
            "reasoning_tokens": self.reasoning_tokens,
            "text": "".join(self.pieces),
        }


class Record:
    """The last `KEPT` requests, oldest first. May be read from another thread than the one that serves."""

    def __init__(self) -> None:
        self._entries: deque[Entry] = deque(maxlen=KEPT)
        self._asked: Counter[str] = Counter()
        self._last_id = 0

    def open(self, tag: str) -> Entry:
        self._last_id += 1
        entry = Entry(self._last_id, tag=tag)
        self._entries.append(entry)
        return entry

    def count(self, model: str) -> int:
        """How often this exact model was asked since the last clearing, this time included."""
        self._asked[model] += 1
        return self._asked[model]

    def entries(self, *, after: int = 0, tag: str | None = None) -> list[dict[str, Any]]:
        """Requests with a greater id than `after`, of that tag alone where one is given. Ids are never used again."""
        kept = list(self._entries)
        return [entry.as_dict() for entry in kept if entry.id > after and tag in (None, entry.tag)]

    def clear(self) -> None:
        self._entries.clear()
        self._asked.clear()
