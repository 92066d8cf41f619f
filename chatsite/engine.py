"""What a serving process runs beside its requests. Begun and ended with it."""

from threads.generation import runtime


def start() -> None:
    runtime.current()


async def stop() -> None:
    await runtime.stop()
