"""From a deployment's row to the request that is sent to it."""

import pytest

from providers.models import Deployment, Model, Provider
from providers.snapshot import Snapshots
from providers.types import Message
from threads.generation.asks import Asking, prompting
from threads.generation.prompts import Prompt


@pytest.mark.django_db
@pytest.mark.parametrize(("upstream", "searches"), [("perplexity/sonar", True), ("gpt-6-luna", False)])
def test_a_model_that_answers_from_the_web_is_told_to_search(upstream: str, searches: bool) -> None:
    provider = Provider.objects.create(name="p", preset="perplexity")
    Deployment.objects.create(model=Model.objects.create(name="m"), provider=provider, upstream=upstream)
    [target] = Snapshots().choose("hello", "m")[1].candidates[0].targets
    assert Asking((Message("user", "hello"),), stream=True)(target, "").search is searches
    assert prompting(Prompt((Message("user", "hello"),)))(target, "").search is searches
