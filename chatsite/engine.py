"""What a serving process runs beside its requests: the engine, and the upkeep of figures. Begun and ended together."""

from metrics import upkeep
from threads.generation import runtime


def start() -> None:
    upkeep.start(runtime.current())


async def stop() -> None:
    await upkeep.stop(runtime.current())
    await runtime.stop()
