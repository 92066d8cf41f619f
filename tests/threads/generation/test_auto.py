"""A model left open: what the conversation so far has to do with the choice."""

from collections.abc import Awaitable, Callable

import pytest
from django.utils import timezone

from accounts.models import Organization, User
from providers.models import Model, Offering, Provider
from tests.fixtures_engine import Ask, ended
from threads import database
from threads.generation import preparation, service
from threads.generation.runtime import Runtime
from threads.models import Generation, Thread

OTHER, USED = "sim:tokens=3", "sim:tokens=4"
Auto = Callable[[str, Thread], Awaitable[Generation]]


@pytest.fixture
def auto(user: User, organization: Organization) -> Auto:
    """The answer to a text in a thread, by a model of the site's choice."""

    async def answer(text: str, thread: Thread) -> Generation:
        started = await service.start(user=user, organization=organization, text=text, model="auto", thread=thread)
        return await ended(started)

    return answer


async def test_the_conversation_goes_on_with_its_model(
    engine: Runtime, ask: Ask, auto: Auto, registry: Callable[[str], Model]
) -> None:
    await database.write(registry, OTHER)  # the first in the catalogue: what a new conversation begins with
    begun = await ended(await ask("Hello", model=USED))
    assert begun.thread is not None
    went_on = await auto("And in French?", begun.thread)
    assert went_on.model == USED
    assert went_on.choice[0]["reason"] == "the conversation goes on with it"
    # The same for whoever takes it over, from the rows alone.
    prepared = await database.read(preparation.load, went_on.pk, engine.snapshots)
    assert prepared.plan is not None
    assert prepared.plan.candidates[0].model == USED


async def test_a_long_conversation_goes_to_a_model_that_holds_it(
    engine: Runtime, ask: Ask, auto: Auto, registry: Callable[[str], Model]
) -> None:
    await database.write(registry, OTHER)
    begun = await ended(await ask("word " * 1_500, model=USED))
    assert begun.thread is not None
    await database.write(_limit, OTHER, 1_000)
    await database.write(_limit, USED, 100_000)
    await database.read(engine.snapshots.refresh)
    # Said in full, so that neither the last model nor a route decides.
    text = "Please write a proof that there are infinitely many primes, step by step."
    assert (await auto(text, begun.thread)).model == USED
    small = await auto(text, await database.write(_empty_copy, begun.thread))
    assert small.model == OTHER


def _limit(upstream: str, tokens: int) -> None:
    Offering.objects.create(
        provider=Provider.objects.get(), upstream=upstream, context_tokens=tokens, seen_at=timezone.now()
    )


def _empty_copy(thread: Thread) -> Thread:
    return Thread.objects.create(
        organization_id=thread.organization_id,
        owner_id=thread.owner_id,
        created_at=thread.created_at,
        updated_at=thread.updated_at,
    )
