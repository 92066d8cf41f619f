"""What tests of the log share: appenders of new answers, and what became of what they said."""

from collections.abc import Awaitable, Callable

from threads import database
from threads.generation import log
from threads.generation.appender import Appender
from threads.generation.entries import Entry
from threads.generation.log import Writer

OpenLog = Callable[[int], Awaitable[list[Appender]]]


def heard_of(writer: Writer, appender: Appender) -> list[Entry]:
    """What is published of it from now on."""
    heard: list[Entry] = []
    writer._hub.subscribe(appender.topic, heard.extend)
    return heard


async def stored(appender: Appender) -> list[Entry]:
    """Its log behind `started`."""
    return (await database.read(log.entries, appender.generation_id))[1:]
