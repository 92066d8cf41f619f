"""What calls used whose process died before it could say so: estimates from what the log holds of them. Pure.

The provider's count went with the process, but the text that was committed was paid for: truer than nothing, less than
what passed.
"""

from collections import Counter
from collections.abc import Iterable, Mapping

from providers.dispatch import policy
from providers.dispatch.plan import Plan
from providers.dispatch.targets import AttemptRecord, Target
from threads.generation import ledger
from threads.generation.asks import Ask
from threads.generation.entries import Entry
from threads.generation.ledger import Spent
from threads.models import Attempt


def received(entries: Iterable[Entry]) -> Mapping[int, int]:
    """Characters of text and reasoning that the log holds of each call, by its number. Of two calls at once, the later
    one is taken to have spoken."""
    characters: Counter[int] = Counter()
    number = 0
    for entry in entries:
        if entry.type == "attempt":
            number = entry.payload["number"]
        elif entry.type in ("delta", "reasoning"):
            characters[number] += len(entry.payload["text"])
    return characters


def estimated(rows: Iterable[Attempt], entries: Iterable[Entry], plan: Plan, ask: Ask) -> dict[int, Spent]:
    """By number, for those of these calls that are open and of which something came, at a deployment that is known."""
    lost = [row for row in rows if row.state == Attempt.State.RUNNING]
    if not lost:
        return {}
    characters = received(entries)
    targets = {target.deployment_id: target for candidate in plan.candidates for target in candidate.targets}
    spent = {row.number: _spent(row, targets.get(row.deployment_id), characters[row.number], ask) for row in lost}
    return {number: one for number, one in spent.items() if one is not None}


def _spent(row: Attempt, target: Target | None, characters: int, ask: Ask) -> Spent | None:
    if target is None:
        return None
    record = AttemptRecord(row.number, row.kind, target, streaming=row.streaming)
    record.characters, record.prompt_characters = characters, policy.characters(ask(target, ""))
    return ledger.spent_on(record)
