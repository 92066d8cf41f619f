"""Every fault in every protocol: what comes of it, with and without somebody to fall back to. See `fault_table`.

With `-s` the table of what was found is printed at the end.
"""

import asyncio
import re
import sys
from collections import defaultdict
from collections.abc import Iterator

import pytest

from providers import events
from providers.dispatch import policy
from providers.dispatch.steps import AttemptEnded, AttemptStarted, Status
from providers.simulator.faults import FAULTS
from tests.project_files import read
from tests.providers.adapters.protocols import PROTOCOLS
from tests.providers.dispatch.fault_runs import FAULTY, SCENARIOS, Play, Run
from tests.providers.dispatch.fault_table import COURSES, ROWS, SECTIONS, Outcome, Row
from tests.simulator import RunningSimulator

Found = dict[tuple[str, str, str], list[str]]  # (fault, scenario, what came of it) -> protocols


@pytest.fixture(scope="module")
def found() -> Iterator[Found]:
    found: Found = defaultdict(list)
    yield found
    for (fault, scenario, story), protocols in found.items():
        where = "all" if len(protocols) == len(PROTOCOLS) else ", ".join(protocols)
        sys.stdout.write(f"\n{fault:40} {scenario:7} {where:50} {story}")


OTHERS = [pytest.param(name, marks=pytest.mark.slow) for name in list(PROTOCOLS)[1:]]


def _calls(outcome: Outcome, scenario: str) -> list[tuple[str, str]]:
    """As `Run.calls` has them."""
    words = getattr(outcome.course, scenario).split()
    failed = [word for word in words if word.endswith("!")]
    kinds = [outcome.kind_of(number) for number in range(len(failed))]
    return [(word.rstrip("!"), kinds.pop(0) if word.endswith("!") else "") for word in words]


@pytest.mark.parametrize("protocol", [next(iter(PROTOCOLS)), *OTHERS])
@pytest.mark.parametrize("row", ROWS, ids=lambda row: (row.model or row.door).replace("fault=", ""))
async def test_a_fault(row: Row, protocol: str, simulator: RunningSimulator, found: Found) -> None:
    outcome = row.outcome_at(protocol)
    runs = await asyncio.gather(*(Play(row, protocol, scenario, simulator).run() for scenario in SCENARIOS))
    for scenario, run in zip(SCENARIOS, runs, strict=True):
        found[row.fault, scenario, run.story].append(protocol)
        assert run.calls == _calls(outcome, scenario), f"{scenario}: {run.story}"
        _is_accounted_for(run, row)
        _is_told(run)
        if run.told.error is None:
            _is_complete(run, figures=row.model != "usage=off")
        else:
            _is_failed(run, row, outcome)
    alone, _, second, other = runs
    assert [int(seconds) for seconds in alone.slept] == list(outcome.course.pauses)
    assert {bool(run.health[FAULTY].needs_staff) for run in (alone, second, other)} == {outcome.course.staff}
    if outcome.keeps_text:
        _is_gone_on_with(second, other)


def _is_accounted_for(run: Run, row: Row) -> None:
    """Each call has one record, settled once, and the provider was asked no more often than that. What was given up
    after a blink may not have reached it."""
    steps, records = run.told.steps, run.told.records
    assert [id(record) for record in run.told.ended] == [id(record) for record in records]
    assert [record.number for record in records] == list(range(1, len(records) + 1))
    edges = [type(step) for step in steps if isinstance(step, AttemptStarted | AttemptEnded)]
    assert edges == [AttemptStarted, AttemptEnded] * len(records)
    for record in records:
        assert record.finished_at is not None
        assert bool(record.finish_reason) != bool(record.error_kind)
        assert bool(record.error_message) == bool(record.error_kind)
    sent = [record for record in records if not (row.door and record.error_kind)]
    in_time = [record for record in sent if record.http_status or record.error_kind != "timeout"]
    assert [request["stream"] for request in run.asked] in [[one.streaming for one in ones] for ones in (sent, in_time)]
    for record, request in zip(sent, run.asked, strict=False):
        assert record.http_status == request["status"] or record.error_kind == "timeout"
    assert run.in_flight == 0


def _is_told(run: Run) -> None:
    """A person is told, once before each further call, why it is made."""
    why: list[list[tuple[str, object]]] = []
    for step in run.told.steps:
        if isinstance(step, AttemptStarted):
            why.append([])
        elif isinstance(step, Status):
            why[-1].append((step.state, step.detail["reason"]))
    states = {"retry": "retrying", "whole": "retrying", "fallback": "falling_back"}
    further = zip(run.calls, run.calls[1:], strict=False)
    assert why == [*([(states[kind], failure)] for (_, failure), (kind, _) in further), []]


def _is_complete(run: Run, *, figures: bool) -> None:
    last = run.told.records[-1]
    assert run.told.text == run.expected
    assert [type(step) for step in run.told.steps].count(events.Finish) == 1
    assert isinstance(run.told.steps[-2], events.Finish)
    assert (last.finish_reason, last.usage is not None) == ("stop", figures)


def _is_failed(run: Run, row: Row, outcome: Outcome) -> None:
    """In words, with what had come, and not as if it were complete."""
    error, last = run.told.error, run.told.records[-1]
    assert error is not None
    assert (error.kind, error.retry_after, str(error)) == (last.error_kind, outcome.wait, last.error_message)
    assert not [step for step in run.told.steps if isinstance(step, events.Finish)]
    assert run.told.resets == []
    assert (run.told.text != "") == outcome.keeps_text
    assert run.before.startswith(run.told.text) if row.loses else run.told.text == run.before
    assert run.told.text != run.expected
    assert outcome.says in str(error)


def _is_gone_on_with(second: Run, other: Run) -> None:
    """Anew, in place of what stood there, by who cannot continue it; from there by who can."""
    assert second.kept
    assert (second.told.resets, second.asked[-1]["prefix"]) == ([0], "")
    begun = other.kept.rstrip()
    assert other.asked[-1]["prefix"] == begun != ""
    assert other.told.resets == ([] if begun == other.kept else [len(begun)])
    assert begun + other.asked[-1]["text"] == other.expected


# --- the table -----------------------------------------------------------------------------------------------------
def test_every_fault_of_the_simulator_is_in_the_table() -> None:
    named = re.findall(r"fault=([\w-]+)(@?)", " ".join(row.model for row in ROWS))
    assert {(name, bool(placed)) for name, placed in named} == {(name, one.placed) for name, one in FAULTS.items()}


def test_every_kind_of_failure_is_in_the_table() -> None:
    outcomes = [outcome for row in ROWS for outcome in (row.outcome, *row.otherwise.values())]
    assert {kind for outcome in outcomes for kind in outcome.kinds.split()} == set(policy.RULES)


# --- the document --------------------------------------------------------------------------------------------------
def _table(heading: str) -> list[list[str]]:
    """The cells of the first table under that heading, without its head."""
    section = re.search(rf"^## {heading}\n(.*?)(?=^## |\Z)", read("docs/faults.md"), re.MULTILINE | re.DOTALL)
    assert section, f"docs/faults.md has no heading {heading}"
    rows = [line for line in section[1].splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows[2:]]


@pytest.mark.parametrize("heading", SECTIONS)
def test_the_document_tells_of_every_fault(heading: str) -> None:
    assert _table(heading) == [row.cells() for row in SECTIONS[heading]]


def test_the_document_tells_what_is_done() -> None:
    assert _table("What is done") == [course.cells() for course in COURSES]


def test_the_document_tells_where_protocols_differ() -> None:
    differing = [(row, name, outcome) for row in ROWS for name, outcome in row.otherwise.items()]
    assert _table("Where protocols differ") == [[row.fault, name, *one.cells()] for row, name, one in differing]
