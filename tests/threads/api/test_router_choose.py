"""Which model would answer, told without asking anybody."""

from collections.abc import Awaitable, Callable
from decimal import Decimal

from providers.models import Model, Route
from tests.simulator import RunningSimulator
from tests.threads.api.conftest import Caller
from tests.threads.api.reading import error_of
from threads import database
from threads.models import Generation

MakeModel = Callable[[str], Awaitable[str]]
ONE, OTHER = "sim:tokens=1", "sim:tokens=2"


async def test_the_choice_and_what_was_considered(
    caller: Caller, model: MakeModel, simulator: RunningSimulator
) -> None:
    def prepare() -> None:
        news = Model.objects.get(name=OTHER)
        Model.objects.filter(pk=news.pk).update(price_input=Decimal(1), price_output=Decimal(2))
        Route.objects.create(name="news", model=news, keywords=["news"], priority=10)

    await model(ONE)
    await model(OTHER)
    await database.write(prepare)
    response = await caller.post("router/choose", {"message": "What is the news?"})
    assert response.status_code == 200, response.content
    body = response.json()
    assert (body["provider"], body["model"]) == ("simulator", OTHER)
    assert "news" in body["reason"]
    assert set(body) == {"provider", "model", "reason", "candidates"}
    first, second = body["candidates"]
    assert (first["model"], first["reason"]) == (OTHER, body["reason"])
    assert first["estimated_cost_usd"] > 0
    assert (second["model"], second["provider"], second["estimated_cost_usd"]) == (ONE, "simulator", None)
    assert (await caller.post("router/choose", {"message": "hello"})).json()["model"] == ONE
    assert simulator.record() == []
    assert await database.read(Generation.objects.count) == 0


async def test_a_model_that_is_asked_for_by_name(caller: Caller, model: MakeModel) -> None:
    await model(ONE)
    await model(OTHER)
    body = (await caller.post("router/choose", {"message": "hello", "model": OTHER})).json()
    assert (body["model"], body["reason"]) == (OTHER, "asked for by name")


async def test_where_there_is_no_choice(caller: Caller, model: MakeModel) -> None:
    error_of(await caller.post("router/choose", {"message": "hello"}), 422, "model_unavailable")
    await model(ONE)
    body = {"message": "hello", "model": "sim:tokens"}
    error = error_of(await caller.post("router/choose", body), 422, "model_unavailable")
    assert ONE in error["message"]
    error_of(await caller.post("router/choose", {}), 422, "invalid")
