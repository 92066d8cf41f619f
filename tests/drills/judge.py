"""The judge: holds what every reader has, the log, the message and the ledger against the simulator's own record.

Reads rows past the site. Knows what was promised, not which fault there was.
"""

import bisect
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from typing import Any

import psycopg

from providers.simulator.tokens import tokenise
from tests.drills.reader import Reader
from threads.generation.entries import Entry
from threads.generation.fold import Answer
from threads.render import Rendering, render

Row = dict[str, Any]
UNSENT = {"lost", "cancelled", "failed"}  # states of calls that need not have reached the provider


@dataclass(slots=True)
class Case:
    """All there is about one answer. `said` is what an undisturbed run of its model says."""

    reader: Reader
    generation: Row
    entries: list[Entry]
    attempts: list[Row]
    message: str
    requests: list[Row]  # the simulator's record
    said: str

    @property
    def taken_over(self) -> bool:
        return bool(self.generation["takeovers"])

    @property
    def pause(self) -> float:
        """The longest time without more text, from the first to the end."""
        moments = [at for at, _ in self.reader.changes] + ([self.reader.ended_at] if self.reader.ended_at else [])
        return max((later - one for one, later in pairwise(moments)), default=0.0)

    def delays(self) -> list[tuple[float, float]]:
        """(when, seconds from the provider's saying the oldest new token to its being on the screen) of each change;
        for answers of one call, whose tokens are due at known times."""
        if len(self.requests) != 1:
            return []
        options = dict(part.split("=", 1) for part in self.requests[0]["model"].partition(":")[2].split(","))
        first = self.requests[0]["received_at"] + float(options["ttft"].removesuffix("ms")) / 1000
        ends = list(accumulate(len("".join(token.split())) for token in tokenise(self.said)))
        had, found = 0, []
        for at, letters in self.reader.changes:
            token = bisect.bisect_right(ends, had)  # the first that was not there whole
            found.append((at, at - first - token / float(options["rate"])))
            had = letters
        return found


@dataclass(slots=True)
class Verdict:
    """How many answers, and of these: `finished` as they should, with text `lost`, `doubled` or `stale` (on a screen or
    in the log). `faults` says which and why."""

    answers: int = 0
    finished: int = 0
    lost: int = 0
    doubled: int = 0
    stale: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        return self.answers > 0 and self.finished == self.answers and not (self.lost or self.doubled or self.stale)

    def add(self, other: "Verdict") -> None:
        self.answers += other.answers
        self.finished += other.finished
        self.lost += other.lost
        self.doubled += other.doubled
        self.stale += other.stale
        self.faults += other.faults


def judge(cases: Iterable[Case], expected: Mapping[str, str] | None = None) -> Verdict:
    """`expected`: the state in which an answer should have ended, by its prompt; completed where it is not named."""
    verdict = Verdict()
    for case in cases:
        should = (expected or {}).get(case.reader.prompt, "completed")
        found: dict[str, list[str]] = defaultdict(list)
        for kind, why in _faults(case, should):
            found[kind].append(why)
        verdict.answers += 1
        verdict.finished += not found["unfinished"]
        verdict.lost += bool(found["lost"])
        verdict.doubled += bool(found["doubled"])
        verdict.stale += bool(found["stale"])
        name = f"{case.reader.model} {case.generation.get('id', case.reader.prompt)}"
        verdict.faults += [f"{name}: {kind}: {why}" for kind, reasons in found.items() for why in reasons]
    return verdict


def _faults(case: Case, should: str) -> Iterable[tuple[str, str]]:
    reader, generation = case.reader, case.generation
    if not generation:
        yield "unfinished", f"was never begun ({', '.join(reader.refusals) or 'no word'})"
        return
    if generation["state"] != should:
        yield "unfinished", f"is {generation['state']} ({generation['error_kind'] or 'no reason'}), not {should}"
        return
    if reader.state != should:
        yield "unfinished", f"the reader was told {reader.state or 'no end'}, not {should}"
    yield from _log_faults(case)
    yield from _text_faults(case, should)
    yield from _screen_faults(case)
    yield from _ledger_faults(case)


def _log_faults(case: Case) -> Iterable[tuple[str, str]]:
    answer = Answer()
    try:
        for entry in case.entries:
            if answer.ended:
                yield "stale", f"{entry.type} {entry.seq} is written behind the end"
                return
            answer.apply(entry)
    except ValueError as error:
        yield "lost", f"the log has a gap: {error}"
        return
    if answer.state != case.generation["state"]:
        yield "lost", f"the log ends {answer.state}, the generation is {case.generation['state']}"
    if answer.text != case.message:
        yield "lost", f"the log's text has {len(answer.text)} characters, the message {len(case.message)}"


def _text_faults(case: Case, should: str) -> Iterable[tuple[str, str]]:
    text, said = case.message, case.said
    if text == said if should == "completed" else said.startswith(text):
        return
    common = next((n for n, (a, b) in enumerate(zip(text, said, strict=False)) if a != b), min(len(text), len(said)))
    kind = "doubled" if len(text) > len(said) else "lost"
    yield kind, f"the message ({len(text)} characters) leaves what was to be said ({len(said)}) at {common}"


def _screen_faults(case: Case) -> Iterable[tuple[str, str]]:
    reader = case.reader
    if reader.state and reader.blocks != render(case.message):
        kind = "doubled" if reader.letters > len("".join(case.message.split())) else "lost"
        yield kind, f"the screen shows {reader.letters} letters, the message has another text"
    resets = [entry.seq for entry in case.entries if entry.type == "reset"]
    for seq in reader.rewinds:
        if not any(reset <= seq for reset in resets):
            yield "stale", f"text was taken back at {seq} without a reset"
    if reader.late_patches:
        yield "stale", f"{reader.late_patches} patches came behind the end"
    for sample in reader.samples:
        rendering, answer = Rendering(), Answer()
        for entry in case.entries[: sample.seq]:
            answer.apply(entry)
        rendering.append(answer.text)
        if tuple(rendering.blocks()[: len(sample.blocks)]) != sample.blocks:
            yield "stale", f"at {sample.seq} the screen showed what the log does not hold"


def _ledger_faults(case: Case) -> Iterable[tuple[str, str]]:
    """Each request that the provider received has one row, made before it; what was called and settled stays so."""
    rows, requests = list(case.attempts), list(case.requests)
    by_id = {row["upstream_id"]: row for row in rows if row["upstream_id"]}
    known = [request for request in requests if any(_names(name, request["id"]) for name in by_id)]
    unknown = [row for row in rows if not row["upstream_id"]]
    if len(requests) - len(known) > len(unknown):
        yield "doubled", f"{len(requests)} requests reached the provider, the ledger has {len(rows)} calls"
    spare = len(unknown) - (len(requests) - len(known))
    if spare > sum(row["state"] in UNSENT for row in unknown):
        yield "lost", f"the ledger has {len(rows)} calls, {len(requests)} requests reached the provider"
    for state, number in Counter(row["state"] for row in rows).items():
        if state == "running":
            yield "lost", f"{number} calls were never settled"
    if rows and requests and min(row["sent_at"].timestamp() for row in rows) > requests[0]["received_at"] + 1:
        yield "lost", "the first call's row is younger than the request"


def _names(upstream_id: str, number: int) -> bool:
    return upstream_id.rpartition("-")[2] == str(number)


# --- gathering the evidence ---------------------------------------------------------------------------------------
_GENERATIONS = """select g.id::text, g.idempotency_key, g.state, g.takeovers, g.epoch, g.error_kind,
    g.finished_at, m.text from threads_generation g left join threads_message m on m.id = g.message_id
    where g.idempotency_key = any(%s)"""
_EVENTS = """select generation_id::text, seq, type, data from threads_event
    where generation_id = any(%s::uuid[]) order by seq"""
_ATTEMPTS = """select generation_id::text, number, epoch, kind, state, sent_at, opened_at, upstream_id, finished_at,
    usage_source from threads_attempt where generation_id = any(%s::uuid[]) order by number"""


async def gather(
    database: psycopg.AsyncConnection[Any], readers: Sequence[Reader], record: Sequence[Row], said: Mapping[str, str]
) -> list[Case]:
    """`record`: the simulator's, of these prompts. `said`: what it says undisturbed, by prompt."""
    generations = {
        row["idempotency_key"]: row
        for row in await _rows(database, _GENERATIONS, [reader.prompt for reader in readers])
    }
    ids = [row["id"] for row in generations.values()]
    entries, attempts, requests = defaultdict(list), defaultdict(list), defaultdict(list)
    for row in await _rows(database, _EVENTS, ids):
        entries[row["generation_id"]].append(Entry(row["seq"], row["type"], row["data"]))
    for row in await _rows(database, _ATTEMPTS, ids):
        attempts[row["generation_id"]].append(row)
    for row in record:
        requests[row["prompt"]].append(row)
    cases = []
    for reader in readers:
        generation = generations.get(reader.prompt, {})
        pk = generation.get("id", "")
        text = generation.get("text") or ""
        cases.append(
            Case(reader, generation, entries[pk], attempts[pk], text, requests[reader.prompt], said[reader.prompt])
        )
    return cases


async def _rows(database: psycopg.AsyncConnection[Any], query: str, keys: list[str]) -> list[Row]:
    cursor = await database.execute(query, [keys])
    names = [column.name for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in await cursor.fetchall()]
