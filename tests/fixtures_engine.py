"""The engine in a test's own event loop, with the simulator as its provider. A pytest plugin, loaded by conftest."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import pytest_asyncio

from accounts.models import Organization, User
from providers.models import Deployment, Model, Provider
from tests.simulator import RunningSimulator
from threads import database
from threads.generation import runtime, service
from threads.generation.runtime import Runtime
from threads.generation.service import Started
from threads.models import Generation, Thread

PATIENCE = 10.0
Ask = Callable[..., Awaitable[Started]]


@pytest.fixture
def registry(transactional_db: None, simulator: RunningSimulator) -> Callable[[str], Model]:
    """`registry("sim:tokens=5")`: a model of that very name at the simulator."""
    provider = Provider.objects.create(name="simulator", preset="openai-compatible", base_url=simulator.url)

    def add(upstream: str) -> Model:
        model = Model.objects.create(name=upstream)
        Deployment.objects.create(model=model, provider=provider, upstream=upstream)
        return model

    return add


@pytest_asyncio.fixture
async def engine(transactional_db: None) -> AsyncIterator[Runtime]:
    """A started engine with a worker; stopped, with its threads, after the test. It makes no pause before a retry."""
    running = runtime.start(work=True)
    running.board.sleep = _at_once
    yield running
    await runtime.stop()


async def _at_once(_: float) -> None:
    await asyncio.sleep(0)


@pytest.fixture
def ask(registry: Callable[[str], Model], user: User, organization: Organization) -> Ask:
    """`await ask("hello", model="sim:tokens=5")`: a question of `user`; the model is made when it is not there."""
    one_by_one = asyncio.Lock()

    async def start(
        text: str = "hello", *, model: str = "sim:tokens=5", thread: Thread | None = None, key: str = ""
    ) -> Started:
        async with one_by_one:
            await database.write(_ensure, registry, model)
        return await service.start(
            user=user, organization=organization, text=text, model=model, thread=thread, idempotency_key=key
        )

    return start


def _ensure(registry: Callable[[str], Model], model: str) -> None:
    if not Model.objects.filter(name=model).exists():
        registry(model)


async def until(holds: Callable[[], bool]) -> None:
    """Return as soon as `holds()`, asked on a database thread; fail if that does not come."""
    deadline = time.monotonic() + PATIENCE
    while not await database.read(holds):
        assert time.monotonic() < deadline, f"Not in {PATIENCE:g} s."
        await asyncio.sleep(0.01)


async def ended(started: Started) -> Generation:
    """The generation once it has ended."""
    await until(lambda: Generation.objects.get(pk=started.generation_id).ended)
    return await database.read(
        lambda: Generation.objects.select_related("message", "thread").get(pk=started.generation_id)
    )
