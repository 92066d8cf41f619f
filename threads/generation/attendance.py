"""An answer outside any thread, and whoever waits for it: one who leaves before its end stops it.

Doors that answer programs read through here. Knows no form that entries are sent in.
"""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

from threads.generation import runtime, service
from threads.generation.entries import Entry
from threads.generation.fold import Answer
from threads.generation.questions import BegunCompletion
from threads.generation.tail import Tail


async def entries(begun: BegunCompletion, *, idle: float | None = None) -> AsyncGenerator[Sequence[Entry], None]:
    """The log from its first entry to `done`, or to where the process ends; `idle` as in `Tail`. To be read from at
    once: only then is it known who leaves."""
    engine, ended = runtime.current(), False
    rest = _rest(begun, engine, idle)
    leave = engine.programs.enter(rest.stop, begun.generation.pk)
    try:
        yield begun.entries
        async for batch in rest:
            ended = bool(batch) and batch[-1].type == "done"
            yield batch
    finally:
        leave()
        if not ended:
            service.forsake(begun.generation.pk, engine)


async def whole(begun: BegunCompletion) -> Answer:
    """The answer at its end. Raises `Refused` when the process ends before it."""
    answer = Answer()
    async with aclosing(entries(begun)) as batches:
        async for batch in batches:
            for entry in batch:
                answer.apply(entry)
    if not answer.ended and runtime.current().closing:
        raise service.restarting()
    return answer


def _rest(begun: BegunCompletion, engine: runtime.Runtime, idle: float | None) -> Tail:
    seq, generation_id = begun.entries[-1].seq, begun.generation.pk
    tail = Tail(engine.hub, generation_id, seq, idle=idle)
    runner = engine.worker.runners.get(generation_id) if engine.worker is not None else None
    if runner is not None and runner.seq == seq:
        tail.expect()
    return tail
