"""Why a model was chosen, where that was left to the site: kept with the answer, told live, reloaded, by the API."""

import asyncio
import re
from decimal import Decimal

import pytest

from accounts.models import Organization, User
from providers.dispatch.catalogue import Catalogue, DeploymentEntry, ModelEntry, RouteEntry
from providers.dispatch.router import choose
from providers.models import Model, RegistrySettings, Route
from providers.snapshot import Snapshots
from tests.fixtures_engine import Ask, ended
from tests.simulator import RunningSimulator
from tests.threads.api.conftest import Caller
from tests.threads.conftest import OpenTab
from tests.threads.generation import candidates
from threads import database, fragments, queries
from threads.generation import beginning, reasons
from threads.generation.beginning import Claimant
from threads.generation.questions import Begun, Question
from threads.generation.runtime import Runtime
from threads.models import Generation

QUICK = f"sim:{candidates.SAYS}"


def _routes(simulator: RunningSimulator, *, news: str = QUICK) -> None:
    candidates.make(simulator, {"sonar": [news], "small": [QUICK]})
    Model.objects.filter(name="sonar").update(price_input=Decimal(1), price_output=Decimal(2))
    Route.objects.create(name="news", keywords=["latest"], model=Model.objects.get(name="sonar"), priority=10)
    RegistrySettings(default_model="small").save()


def _footer(request_id: object) -> str:
    row = Generation.objects.select_related("thread").get(pk=request_id)
    assert row.thread is not None
    return fragments.footer(queries.transcript(row.thread)[-1])


def _rows(footer: str) -> list[list[str]]:
    found = re.search(r'<details class="attempts why">.*?</details>', footer, re.DOTALL)
    assert found is not None, footer
    rows = re.findall(r"<tr><td>(.*?)</td></tr>", found[0])
    return [row.split("</td><td>") for row in rows]


async def test_the_reasons_are_the_same_live_and_after_a_reload(
    engine: Runtime, open_tab: OpenTab, user: User, simulator: RunningSimulator
) -> None:
    await database.write(_routes, simulator)
    tab = await open_tab(user)
    await tab.say("send", id="one", text="What is the latest?", model="auto")
    request_id = str((await tab.hear("sent", id="one"))["request_id"])
    shown = await tab.end_of(request_id)
    assert shown.end is not None
    first, second = _rows(shown.end["footer"])
    assert first[:2] == ["sonar", "route news: the message says &quot;latest&quot;"]
    assert re.fullmatch(r"≈ \$0\.00\d+", first[2])
    assert second == ["small", "default model", "unknown"]
    assert "Chosen automatically: <strong>sonar</strong>." in shown.end["footer"]
    assert "in its place" not in shown.end["footer"]
    assert await database.read(_footer, request_id) == shown.end["footer"]


async def test_who_answered_in_place_of_the_chosen_is_told(
    caller: Caller, engine: Runtime, simulator: RunningSimulator
) -> None:
    await database.write(_routes, simulator, news="sim:fault=401")
    answer = await caller.post(f"threads/{await caller.thread()}/messages", {"text": "The latest?", "model": "auto"})
    footer = await database.read(_footer, answer.json()["request_id"])
    assert "<strong>sonar</strong>. <strong>small</strong> answered in its place." in footer


async def test_nothing_is_kept_for_a_model_asked_for_by_name(engine: Runtime, ask: Ask, caller: Caller) -> None:
    generation = await ended(await ask(model="sim:tokens=2"))
    assert generation.choice is None
    assert "Why this model?" not in await database.read(_footer, generation.pk)
    body = (await caller.get(f"threads/{generation.thread_id}")).json()
    assert [message["choice"] for message in body["messages"]] == [None, None]


async def test_the_api_tells_it_with_the_message(caller: Caller, engine: Runtime, simulator: RunningSimulator) -> None:
    await database.write(_routes, simulator)
    thread = await caller.thread()
    answer = (await caller.post(f"threads/{thread}/messages", {"text": "The latest?", "model": "auto"})).json()
    chosen, other = answer["message"]["choice"]
    assert (chosen["model"], chosen["reason"]) == ("sonar", 'route news: the message says "latest"')
    assert 0 < chosen["cost_usd"] < 0.1
    assert other == {"model": "small", "reason": "default model", "cost_usd": None, "passed_over": None}
    body = (await caller.get(f"threads/{thread}")).json()
    assert body["messages"][1]["choice"] == answer["message"]["choice"]
    assert body["messages"][0]["choice"] is None


async def test_each_of_several_questions_at_once_keeps_its_own(
    transactional_db: None, user: User, organization: Organization, simulator: RunningSimulator
) -> None:
    def begin() -> list[list[str] | None]:
        _routes(simulator)
        asked = [("small", "one"), ("auto", "two"), ("auto", "the latest")]
        questions = [Question(user, organization, text, model=model) for model, text in asked]
        begun = beginning.begin(questions, Snapshots(), Claimant("worker", 0))
        rows = [Generation.objects.get(pk=one.generation.pk) for one in begun if isinstance(one, Begun)]
        return [row.choice and [one["model"] for one in row.choice] for row in rows]

    assert await database.write(begin) == [None, ["small", "sonar"], ["sonar", "small"]]
    await asyncio.to_thread(database.close)


@pytest.mark.parametrize("requested", ["", "auto"])
def test_only_the_first_few_are_kept_and_in_short(requested: str) -> None:
    models = [ModelEntry(f"m{at}", deployments=(DeploymentEntry(at, f"m{at}", "p", "u"),)) for at in range(9)]
    route = RouteEntry("long", "m8", keywords=("x" * 500,))
    choice = choose("x" * 500, requested, Catalogue({one.name: one for one in models}, (route,)))
    kept = reasons.kept(requested, choice)
    assert kept is not None
    assert [one["model"] for one in kept] == ["m8", "m0", "m1", "m2"]
    assert len(kept[0]["reason"]) == reasons.LONGEST
    assert reasons.kept("m8", choice) is None
