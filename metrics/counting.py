"""From answers and their calls to cells, by whatever they are grouped by. Reads nothing by itself."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from metrics.figures import Filters
from metrics.rows import Answered
from metrics.tally import Cell

K = TypeVar("K", bound=Hashable)


class Where(NamedTuple):
    """Where a cell belongs. `at`: the moment of a row, the beginning of a minute, an hour or a day."""

    at: datetime
    organization: Any
    user: Any
    provider: str
    model: str


def into(
    cells: dict[K, Cell], answered: Iterable[Answered], filters: Filters, group: Callable[[Where], K]
) -> dict[K, Cell]:
    """Add them to `cells`, which makes its own: a defaultdict."""
    everything = not filters.provider and not filters.model
    for answer, calls in answered:
        at, organization, user, provider, model = (
            answer.finished_at, answer.organization, answer.user, answer.provider, answer.model,
        )  # fmt: skip
        cell = None
        if everything or filters.fits(provider, model):
            cell = cells[group(Where(at, organization, user, provider, model))]
            cell.answers.answer(answer, calls)
        for call in calls:
            if call.provider == provider and call.model == model:  # as of most answers: of its only call
                if cell is not None:
                    cell.calls.call(call, answer)
            elif everything or filters.fits(call.provider, call.model):
                cells[group(Where(at, organization, user, call.provider, call.model))].calls.call(call, answer)
    return cells


def count(answered: Iterable[Answered], filters: Filters, group: Callable[[Where], K]) -> dict[K, Cell]:
    return dict(into(defaultdict(Cell), answered, filters, group))
