"""How the providers are doing: health, load, and what is in memory. Nobody is told an address or a key."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts import services
from accounts.models import User
from providers.models import Deployment, DeploymentHealth, Model, Provider
from tests.fixtures_engine import until
from tests.simulator import RunningSimulator
from tests.threads.api.conftest import Caller
from threads import database
from threads.generation.runtime import Runtime
from threads.models import Event

MakeModel = Callable[[str], Awaitable[str]]
SLOW = "sim:ttft=0ms,rate=50,tokens=5000"


async def _status(caller: Caller) -> dict[str, Any]:
    response = await caller.get("team/status")
    assert response.status_code == 200, response.content
    body: dict[str, Any] = response.json()
    return body


async def test_health_and_load_of_a_provider(caller: Caller, model: MakeModel) -> None:
    name = await model(SLOW)
    await database.write(Provider.objects.update, max_concurrency=4)
    [provider] = (await _status(caller))["providers"]
    assert (provider["name"], provider["health"], provider["in_flight"], provider["load"]) == (
        *("simulator", "unknown", 0),
        0.0,
    )
    asking = asyncio.create_task(caller.post("chat", {"message": "hello", "model": name}))
    await until(lambda: Event.objects.filter(type="delta").exists())
    status = await _status(caller)
    [provider], [deployment] = status["providers"], status["deployments"]
    assert (provider["in_flight"], provider["limit"], provider["load"]) == (1, 4, 0.25)
    assert (deployment["model"], deployment["upstream"], deployment["in_flight"]) == (name, name, 1)
    assert (provider["health"], deployment["health"]) == ("healthy", "healthy")
    assert deployment["first_token_s"] > 0
    asking.cancel()
    await asyncio.wait([asking])


async def test_what_other_processes_saw_counts(caller: Caller, model: MakeModel) -> None:
    name = await model(SLOW)

    def another() -> None:
        row = Deployment.objects.get(model__name=name)
        now = timezone.now()
        more = {"breaker": "open", "open_until": now + timedelta(seconds=20), "in_flight": 3, "updated_at": now}
        DeploymentHealth.objects.create(process="another", deployment=row, **more)

    await database.write(another)
    status = await _status(caller)
    [provider], [deployment] = status["providers"], status["deployments"]
    assert (provider["in_flight"], deployment["in_flight"], deployment["health"]) == (3, 3, "resting")
    assert 10 < deployment["rest_s"] <= 20


async def test_what_is_wrong_is_told_to_staff_in_words(
    caller: Caller, model: MakeModel, staff_user: User, engine: Runtime
) -> None:
    bad, good = await model("sim:fault=401"), await model("sim:ttft=0ms,rate=max,tokens=2")
    for name in (bad, good):
        await caller.post("chat", {"message": "hello", "model": name})
    status = await _status(caller)
    ill, well = status["deployments"]
    assert (ill["health"], ill["last_error"], ill["rest_s"] > 0) == ("resting", "authentication", True)
    assert (ill["last_error_message"], ill["needs_staff"]) == (None, None)
    assert (well["health"], well["last_error"]) == ("healthy", None)
    assert status["providers"][0]["health"] == "degraded"

    def staff_key() -> str:
        organization = services.personal_organization(user=staff_user)
        return services.create_api_key(user=staff_user, organization=organization, name="t", staff=True)[1]

    told = (await _status(Caller(await database.write(staff_key))))["deployments"][0]
    assert told["last_error_message"]
    assert told["needs_staff"]


async def test_what_is_in_memory_and_no_secret(caller: Caller, engine: Runtime, simulator: RunningSimulator) -> None:
    """Of an Ollama, also where it is called by OpenAI's protocol; of others it is not known."""

    def register() -> None:
        local = Provider(name="gpu-2", preset="ollama", base_url=simulator.origin)
        local.set_api_key("very-secret")
        local.save()
        other = Provider.objects.create(name="other", preset="openai-compatible", base_url=simulator.url)
        off = Provider.objects.create(name="off", preset="ollama", base_url="http://127.0.0.1:1", enabled=False)
        for provider in (local, other, off):
            row = Model.objects.create(name=f"at-{provider.name}")
            Deployment.objects.create(model=row, provider=provider, upstream="sim:ttft=0ms,rate=max,tokens=2")

    await database.write(register)
    assert (await caller.post("chat", {"message": "hello", "model": "at-gpu-2"})).status_code == 200
    response = await caller.get("team/status")
    body = response.json()
    local, other = body["providers"]
    assert [one["name"] for one in local["loaded_models"]] == ["sim:ttft=0ms,rate=max,tokens=2"]
    assert local["loaded_models"][0]["size_bytes"] > 0
    assert local["loaded_models"][0]["expires_at"]
    assert other["loaded_models"] is None
    assert [one["provider"] for one in body["deployments"]] == ["gpu-2", "other"]
    for secret in ("very-secret", simulator.origin, "base_url", "api_key"):
        assert secret not in response.content.decode()
