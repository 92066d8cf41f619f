"""Builds with a safeguard taken out, on which drills must fail: each patches the process that it is called in.

Part of the harness alone: nothing of the site knows it.
"""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

NEVER = 86_400.0  # seconds


def fencing() -> None:
    """Whoever has something to say says it, whosever the answer is by now; and nobody is told to stop."""
    from django.db.models import Max
    from django.utils import timezone

    from threads.generation import lease, log
    from threads.generation.entries import Entry
    from threads.models import Event

    def commit(batches: list[log.Batch]) -> None:
        for batch in batches:
            generation = batch.appender.generation_id
            last = Event.objects.filter(generation=generation).aggregate(last=Max("seq"))["last"] or 0
            for place, entry in enumerate(batch.entries):
                batch.entries[place] = Entry(last + 1 + place, entry.type, entry.data)
            batch.error, batch.cancelled = None, False
            log.insert([(generation, batch.entries)], timezone.now())
            for row in batch.rows:
                row()

    held = lease.renew

    def renew(worker: str, generations: Any) -> lease.Renewal:
        generations = set(generations)
        return lease.Renewal(generations, held(worker, generations).cancelled)

    _replace(log, "commit", commit)
    _replace(lease, "renew", renew)


def polling() -> None:
    """Hints alone: nobody looks by himself."""
    from threads.generation import lease, tail, worker

    held = lease.renew

    def renew(name: str, generations: Any) -> lease.Renewal:
        return lease.Renewal(
            held(name, generations).held, set()
        )  # nor does the heartbeat see that a stop was asked for

    _replace(tail, "POLL", NEVER)
    _replace(worker, "POLL", NEVER)
    _replace(lease, "renew", renew)


def takeover() -> None:
    """What a worker has begun stays its own, whatever becomes of it."""
    from threads.generation import lease

    _replace(lease, "LEASE", timedelta(days=365))
    _replace(lease, "release", lambda *_: None)


def patience() -> None:
    """What the database does not take at once is thrown away, as by a writer that tries once."""
    from django.db import Error

    from threads import database

    held = database.write_log

    async def write_log(function: Any, batches: Any) -> Any:
        try:
            return await held(function, batches)
        except Error:
            for batch in batches:
                batch.error = None

    _replace(database, "write_log", write_log)


def flow() -> None:
    """Frames are thrown at a socket whether it takes them or not, and nobody waits for an acknowledgement."""
    from threads import consumers, outbox

    send = consumers.Tab._send_text
    under_way: set[asyncio.Task[None]] = set()

    async def throw(tab: consumers.Tab, text: str) -> None:
        task = asyncio.create_task(send(tab, text))
        under_way.add(task)
        task.add_done_callback(under_way.discard)

    _replace(consumers.Tab, "_send_text", throw)
    _replace(outbox, "UNACKNOWLEDGED", 10**9)


def leak() -> None:
    """Every tab leaves something behind: some memory, and a task that waits for nothing."""
    from threads import consumers

    held, left = consumers.Tab.leave, []

    def leave(tab: consumers.Tab) -> None:
        held(tab)
        left.append((b"x" * 300_000, asyncio.ensure_future(asyncio.sleep(NEVER))))

    _replace(consumers.Tab, "leave", leave)


def waste() -> None:
    """Telling other processes takes ten times as long."""
    import time

    from threads.generation.relay import ChannelRelay

    held = ChannelRelay.publish

    def publish(relay: ChannelRelay, topic: str, message: Any) -> None:
        until = time.perf_counter() + 0.002
        while time.perf_counter() < until:
            pass
        held(relay, topic, message)

    _replace(ChannelRelay, "publish", publish)


def _replace(owner: Any, name: str, value: Any) -> None:
    """Fails where the name is gone: a sabotage that does nothing would prove nothing."""
    getattr(owner, name)
    setattr(owner, name, value)


SABOTAGES: dict[str, Callable[[], None]] = {
    "fencing": fencing,
    "polling": polling,
    "takeover": takeover,
    "patience": patience,
    "flow": flow,
    "leak": leak,
    "waste": waste,
}
