"""The frames of `threads.frames` that are made of rows: a new turn, a line of the list, the end of an answer.

Knows nothing of who is connected; the caller has looked at who is asking.
"""

from typing import Any
from uuid import UUID

from accounts.models import User
from threads import fragments, queries
from threads.generation.fold import Answer
from threads.generation.questions import Begun


def turn(thread_id: UUID, generation_id: UUID) -> dict[str, Any] | None:
    """A question and its answer as far as it goes, None when they are gone."""
    pair = queries.pair_of(generation_id)
    if pair is None:
        return None
    return _turn(thread_id, generation_id, *pair)


def _turn(thread_id: UUID, generation_id: UUID, question: queries.Turn, answer: queries.Turn) -> dict[str, Any]:
    return {
        "type": "turn",
        "thread": str(thread_id),
        "request_id": str(generation_id),
        "message_id": str(answer.message.pk),
        "html": fragments.turn(question, answer),
    }


def begun(answer: Begun) -> dict[str, Any]:
    """The same for an answer begun this moment, without asking the database."""
    question, empty = queries.beginning(answer)
    return _turn(answer.started.thread_id, answer.started.generation_id, question, empty)


def entry(user: User, thread_id: UUID) -> dict[str, Any]:
    """A thread's line in this person's list; `gone` where there is none."""
    line = queries.thread_line(user, thread_id)
    if line is None:
        return gone(thread_id)
    return {"type": "entry", "thread": str(thread_id), "html": fragments.entry(line), "gone": False}


def gone(thread_id: UUID) -> dict[str, Any]:
    return {"type": "entry", "thread": str(thread_id), "gone": True}


def end(generation_id: UUID, answer: Answer) -> dict[str, Any]:
    """An answer that is gone has no footer."""
    turn = queries.ending(generation_id, answer)
    return {
        "type": "end",
        "request_id": str(generation_id),
        "seq": answer.seq,
        "state": answer.state,
        "footer": fragments.footer(turn) if turn is not None else "",
    }
