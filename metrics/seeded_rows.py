"""Storing invented answers (`metrics.seeding`): people, organisations, and many rows at once."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import connection, transaction
from django.db.models import AutoField, DateTimeField, DecimalField, Model, UUIDField

from accounts.models import Membership, Organization, User
from accounts.services import personal_organization
from metrics.rows import Answered
from metrics.seeding import SeededAnswer, SeededCall
from metrics.spans import DAY, HOUR, floor, steps
from metrics.tally import USD, Answer, Call
from threads.models import Attempt, Generation

AT_ONCE = 25_000  # answers in one transaction
CACHE = 400_000  # KiB for SQLite's pages while it stores: ids are random, so each row touches others
PEOPLE = 8
ADDRESS = "person-{}@seed.example"
Owners = list[tuple[User, Organization]]
DayOver = Callable[[datetime, Mapping[datetime, Sequence[Answered]]], None]  # with what ended in each of its hours

_GENERATION = (
    *("id", "organization_id", "user_id", "requested_model", "state", "epoch", "takeovers", "cancel_requested_at"),
    *("created_at", "started_at", "first_token_at", "finished_at", "finish_reason", "error_kind", "error_message"),
    *("model", "provider", "prompt_tokens", "completion_tokens", "total_tokens", "usage_estimated", "cost_usd"),
)
_ATTEMPT = (
    *("generation_id", "number", "epoch", "kind", "provider", "model", "upstream", "state", "sent_at", "opened_at"),
    *("first_token_at", "last_token_at", "finished_at", "http_status", "finish_reason", "error_kind", "error_message"),
    *("deltas", "prompt_tokens", "completion_tokens", "cached_tokens", "usage_source", "cost_usd", "longest_gap_s"),
)


def people() -> Owners:
    """Eight, who cannot sign in: six in one organisation, two by themselves."""
    team, _ = Organization.objects.get_or_create(slug="seed-team", defaults={"name": "Seed team"})
    found = []
    for number in range(PEOPLE):
        user = User.objects.filter(email=ADDRESS.format(number)).first()
        if user is None:
            user = User(email=ADDRESS.format(number), name=f"Person {number}")
            user.set_unusable_password()
            user.save()
        own = personal_organization(user=user)
        if number < PEOPLE - 2:
            Membership.objects.get_or_create(user=user, organization=team)
        found.append((user, team if number < PEOPLE - 2 else own))
    return found


def store(answers: Iterable[SeededAnswer], owners: Owners, day_over: DayOver | None = None) -> tuple[int, int]:
    """Returns how many answers and calls there were. `day_over` is called for each day of which all is stored."""
    counted = calls = 0
    source, hours = iter(answers), _Hours(owners)
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA cache_size=-{CACHE}")
    while batch := list(islice(source, AT_ONCE)):
        generations = [_generation(one, owners) for one in batch]
        attempts = [_attempt(one, number, call) for one in batch for number, call in enumerate(one.calls, start=1)]
        with transaction.atomic():
            _insert(Generation(), _GENERATION, generations)
            _insert(Attempt(), _ATTEMPT, attempts)
        counted, calls = counted + len(batch), calls + len(attempts)
        if day_over is not None:
            hours.add(batch)
            for day, ended in hours.over(batch[-1].created_at):
                day_over(day, ended)
    return counted, calls


class _Hours:
    """What was stored, by the hour in which it ended, until the day is over."""

    def __init__(self, owners: Owners) -> None:
        self._owners = owners
        self._hours: defaultdict[datetime, list[Answered]] = defaultdict(list)

    def add(self, answers: Iterable[SeededAnswer]) -> None:
        for one in answers:
            assert one.finished_at is not None  # noqa: S101 - all of them have ended
            self._hours[one.finished_at.replace(minute=0, second=0, microsecond=0)].append(_answered(one, self._owners))

    def over(self, now: datetime) -> Iterator[tuple[datetime, Mapping[datetime, Sequence[Answered]]]]:
        """Days before the one in which the last question came: whatever comes later ends later."""
        for day in sorted({floor(hour, DAY) for hour in self._hours}):
            if day + DAY <= now:
                ended = {hour: self._hours.pop(hour, []) for hour in steps(day, day + DAY, HOUR)}
                yield day, {hour: sorted(some, key=_end) for hour, some in ended.items()}


def _end(one: Answered) -> datetime:
    return one[0].finished_at


def _answered(one: SeededAnswer, owners: Owners) -> Answered:
    """As `metrics.rows` reads it."""
    user, organization = owners[one.person]
    answering, first = _answering(one), _first_token(one)
    assert one.finished_at is not None  # noqa: S101 - all of them have ended
    answer = Answer(
        one.id, organization.pk, user.pk, one.state, answering.machine.provider, answering.machine.model,
        one.error_kind, one.takeovers, one.created_at, first, one.finished_at, one.cancel_requested_at,
    )  # fmt: skip
    return answer, [
        Call(
            one.id, call.kind, call.machine.provider, call.machine.model, call.state, call.sent_at, call.opened_at,
            call.first_token_at, call.last_token_at, call.finished_at, call.http_status, call.error_kind,
            call.prompt_tokens, call.completion_tokens, None, call.cached_tokens, call.usage_source,
            None if call.cost_usd is None else round(call.cost_usd * USD), call.longest_gap_s,
        )
        for call in one.calls
    ]  # fmt: skip


def _answering(answer: SeededAnswer) -> SeededCall:
    return next((call for call in answer.calls if call.state == "completed"), answer.calls[-1])


def _first_token(answer: SeededAnswer) -> datetime | None:
    return min((call.first_token_at for call in answer.calls if call.first_token_at is not None), default=None)


def _insert(pattern: Model, varying: Sequence[str], rows: list[tuple[object, ...]]) -> None:
    """What `insert_alike` does, for many more rows: by COPY where there is one, else by one short statement for all."""
    fields = [field for field in pattern._meta.concrete_fields if not isinstance(field, AutoField)]
    alike = [field for field in fields if field.attname not in varying]
    fixed = [field.get_db_prep_save(getattr(pattern, field.attname), connection) for field in alike]
    names = [*varying, *(str(field.column) for field in alike)]  # of these two tables, columns are attributes
    table, columns = pattern._meta.db_table, ", ".join(names)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row([*row, *fixed])
        else:
            marks = ", ".join(["%s"] * len(names))
            stored = [pattern._meta.get_field(name) for name in varying]
            moving = [
                (at, told)
                for at, field in enumerate(stored)
                for kind, told in _TOLD
                if isinstance(getattr(field, "target_field", field), kind)
            ]
            cursor.executemany(
                f"INSERT INTO {table} ({columns}) VALUES ({marks})",  # noqa: S608 - names of models
                [[*_told(row, moving), *fixed] for row in rows],
            )


# What SQLite stores in place of a moment (without its offset, which is that of UTC), an amount and an id.
_TOLD: tuple[tuple[type[Any], Callable[[Any], str]], ...] = (
    (DateTimeField, lambda moment: moment.isoformat(" ")[:-6]),
    (DecimalField, str),
    (UUIDField, lambda number: number.hex),
)


def _told(row: Sequence[Any], moving: Sequence[tuple[int, Callable[[Any], str]]]) -> list[Any]:
    told = list(row)
    for at, convert in moving:
        if told[at] is not None:
            told[at] = convert(told[at])
    return told


def settle() -> None:
    """Tell the database what it holds now, so that it finds the quick ways."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _generation(answer: SeededAnswer, owners: Owners) -> tuple[object, ...]:
    user, organization = owners[answer.person]
    told = [call for call in answer.calls if call.prompt_tokens is not None]
    answering, first = _answering(answer), _first_token(answer)
    prompt = sum(call.prompt_tokens or 0 for call in told) if told else None
    completion = sum(call.completion_tokens or 0 for call in told) if told else None
    return (
        answer.id, organization.pk, user.pk, "auto", answer.state, 1 + answer.takeovers, answer.takeovers,
        answer.cancel_requested_at, answer.created_at, answer.calls[0].sent_at, first, answer.finished_at,
        {"completed": "stop", "failed": "error"}.get(answer.state, ""), answer.error_kind, _words(answer.error_kind),
        answering.machine.model, answering.machine.provider, prompt, completion,
        None if prompt is None or completion is None else prompt + completion,
        any(call.usage_source == "estimated" for call in told),
        sum(call.cost_usd or 0 for call in told) if told else None,
    )  # fmt: skip


def _attempt(answer: SeededAnswer, number: int, call: SeededCall) -> tuple[object, ...]:
    machine = call.machine
    return (
        answer.id, number, 1 + (call.kind == "takeover"), call.kind, machine.provider, machine.model,
        f"seed-{machine.model}", call.state, call.sent_at, call.opened_at, call.first_token_at, call.last_token_at,
        call.finished_at, call.http_status, "stop" if call.state == "completed" else "", call.error_kind,
        _words(call.error_kind), call.completion_tokens or 0, call.prompt_tokens, call.completion_tokens,
        call.cached_tokens, call.usage_source, call.cost_usd, call.longest_gap_s,
    )  # fmt: skip


def _words(kind: str) -> str:
    return f"An invented failure: {kind.replace('_', ' ')}." if kind else ""
