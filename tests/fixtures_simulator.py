"""Fixtures around the provider simulator."""

from collections.abc import Iterator

import pytest

from tests.simulator import RunningSimulator


@pytest.fixture(scope="session")
def running_simulator() -> Iterator[RunningSimulator]:
    """One server for all tests; its record is everybody's."""
    running = RunningSimulator()
    yield running
    running.stop()


@pytest.fixture
def simulator(running_simulator: RunningSimulator) -> RunningSimulator:
    """The server with an empty record."""
    running_simulator.clear()
    return running_simulator
