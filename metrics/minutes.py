"""Which minutes are kept as sums: those of the blocks of five in which so many answers ended that reading them one by
one would take long. Of all others the rows are read, and figures are exact.

So that what a range costs is bounded, however busy the site is: at most `DENSE` rows for each block.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from metrics import counting
from metrics.counting import Where
from metrics.figures import Filters
from metrics.models import Rollup
from metrics.rows import Answered
from metrics.spans import BLOCK, MINUTE
from metrics.tally import Cell

_MINUTES = BLOCK // MINUTE  # of a block
DENSE = 100  # answers of the site, or of an organisation, in a block
Key = tuple[str, Any, Any, str, str]  # scope, organisation, person, provider, model
Cells = dict[tuple[datetime, Key], Cell]  # by their beginning
Scope = Rollup.Scope


def of(answered: Iterable[Answered]) -> Cells:
    """The minutes to keep, of the site and of each organisation that was busy by itself. `answered`: whole blocks."""
    blocks: defaultdict[datetime, list[Answered]] = defaultdict(list)
    for one in answered:
        at = one[0].finished_at
        blocks[at.replace(minute=at.minute - at.minute % _MINUTES, second=0, microsecond=0)].append(one)
    cells: defaultdict[tuple[datetime, Key], Cell] = defaultdict(Cell)
    for some in blocks.values():
        if len(some) >= DENSE:
            _add(cells, some)
    return dict(cells)


def _add(cells: dict[tuple[datetime, Key], Cell], block: Sequence[Answered]) -> None:
    for organization, some in _by_organization(block):
        for (at, provider, model), cell in counting.count(some, Filters(), _minute).items():
            cell.compress()
            if organization is not None:
                cells[at, (Scope.ORGANIZATION, organization, None, provider, model)] = cell
            cells[at, (Scope.SITE, None, None, provider, model)].merge(cell)


def _by_organization(block: Sequence[Answered]) -> Iterator[tuple[Any, Sequence[Answered]]]:
    """Those that were busy one by one, and what is left as None."""
    found: defaultdict[Any, list[Answered]] = defaultdict(list)
    for one in block:
        found[one[0].organization].append(one)
    yield from ((organization, some) for organization, some in found.items() if len(some) >= DENSE)
    yield None, [one for some in found.values() if len(some) < DENSE for one in some]


def _minute(where: Where) -> tuple[datetime, str, str]:
    return where.at.replace(second=0, microsecond=0), where.provider, where.model
