"""Storing invented answers (`metrics.seeding`): people, organisations, and many rows at once."""

from collections.abc import Iterable, Sequence
from itertools import islice

from django.db import connection, transaction
from django.db.models import AutoField, Model

from accounts.models import Membership, Organization, User
from accounts.services import personal_organization
from metrics.seeding import SeededAnswer, SeededCall
from threads.inserts import insert_alike
from threads.models import Attempt, Generation

AT_ONCE = 1000
PEOPLE = 8
ADDRESS = "person-{}@seed.example"

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


def people() -> list[tuple[User, Organization]]:
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


def store(answers: Iterable[SeededAnswer], owners: list[tuple[User, Organization]]) -> tuple[int, int]:
    """Returns how many answers and calls there were."""
    counted = calls = 0
    source = iter(answers)
    while batch := list(islice(source, AT_ONCE)):
        generations = [_generation(one, owners) for one in batch]
        rows = [_attempt(one, number, call) for one in batch for number, call in enumerate(one.calls, start=1)]
        with transaction.atomic():
            _insert(Generation(), _GENERATION, generations)
            _insert(Attempt(), _ATTEMPT, rows)
        counted, calls = counted + len(batch), calls + len(rows)
    return counted, calls


def _insert(pattern: Model, varying: Sequence[str], rows: list[tuple[object, ...]]) -> None:
    """By COPY where there is one: it takes a tenth of the time."""
    if connection.vendor != "postgresql":
        insert_alike(pattern, varying, rows)
        return
    fields = [field for field in pattern._meta.concrete_fields if not isinstance(field, AutoField)]
    alike = [field for field in fields if field.attname not in varying]
    fixed = [getattr(pattern, field.attname) for field in alike]
    columns = ", ".join(
        [*varying, *(str(field.column) for field in alike)]
    )  # of these two tables, columns are attributes
    with connection.cursor() as cursor, cursor.copy(f"COPY {pattern._meta.db_table} ({columns}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row([*row, *fixed])


def settle() -> None:
    """Tell the database what it holds now, so that it finds the quick ways."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _generation(answer: SeededAnswer, owners: list[tuple[User, Organization]]) -> tuple[object, ...]:
    user, organization = owners[answer.person]
    told = [call for call in answer.calls if call.prompt_tokens is not None]
    answering = next((call for call in answer.calls if call.state == "completed"), answer.calls[-1])
    first = min((call.first_token_at for call in answer.calls if call.first_token_at is not None), default=None)
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
