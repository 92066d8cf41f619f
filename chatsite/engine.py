"""What a serving process runs beside its requests: the engine, the upkeep of figures, telemetry."""

from metrics import upkeep
from metrics.telemetry import exporter
from threads.generation import runtime


def start() -> None:
    upkeep.start(runtime.current())
    exporter.start(runtime.current())


async def stop() -> None:
    await exporter.stop(runtime.current())
    await upkeep.stop(runtime.current())
    await runtime.stop()
