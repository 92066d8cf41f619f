"""`/api/router/choose`: which model would answer a message, and why. Asks nobody and stores nothing."""

from collections import Counter

from django.http import HttpRequest
from ninja import Router, Schema

from providers.dispatch.plan import Plan
from providers.dispatch.router import Choice, Ranked
from providers.snapshot import Snapshots
from providers.types import Message as Turn
from threads import database
from threads.api.schemas import Name, Words
from threads.generation import preparation, runtime
from threads.generation.asks import Asking

router = Router(tags=["providers"])


class Message(Schema):
    """`model` "" and "auto" leave the choice to the routes."""

    message: Words
    model: Name = ""


class CandidateOut(Schema):
    provider: str
    model: str
    reason: str
    estimated_cost_usd: float | None
    passed_over: str | None

    @classmethod
    def of(cls, one: Ranked) -> "CandidateOut":
        return cls(
            provider=one.provider,
            model=one.model,
            reason=one.reason,
            estimated_cost_usd=None if one.cost_usd is None else float(one.cost_usd),
            passed_over=one.passed_over or None,
        )


class ChoiceOut(Schema):
    provider: str
    model: str
    reason: str
    candidates: list[CandidateOut]


@router.post("/router/choose", response=ChoiceOut, summary="Which model would answer")
async def choose(request: HttpRequest, body: Message) -> ChoiceOut:
    """The model for a message, and those considered beside it, the chosen one first."""
    snapshots = runtime.current().snapshots
    choice, plan = await database.read(preparation.choose, snapshots, body.model, _asking(body.message))
    return ChoiceOut(
        provider=_provider(snapshots, plan),
        model=plan.candidates[0].model,
        reason=choice.reason,
        candidates=_candidates(choice),
    )


def _asking(message: str) -> Asking:
    """As the beginning of a new conversation."""
    return Asking((Turn("user", message),), stream=True, question=message)


def _provider(snapshots: Snapshots, plan: Plan) -> str:
    """Where it would be called at this moment."""
    targets = plan.candidates[0].targets
    return (snapshots.board.suggest(targets, Counter()) or targets[0]).provider


def _candidates(choice: Choice) -> list[CandidateOut]:
    return [CandidateOut.of(one) for one in choice.ranking]
