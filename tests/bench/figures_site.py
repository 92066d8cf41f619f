"""Run as a program in a folder of its own (VAR_DIR): `WHAT ROWS DAYS`. Invents answers where there are none, asks for
the pages as a browser does, and prints what they took as JSON: milliseconds, of the clock and of this process's CPU."""

import asyncio
import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

CALLS_OF_AN_ANSWER = 1.02  # as `metrics.seeding` invents them
ROUNDS = 5
BUSY = 4000  # answers a minute: 200 streams at once, each of 3 s
INDEXES = ("generation_ended", "generation_failed", "attempt_failed", "attempt_recent")  # and those that begin so


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "chatsite.settings"
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    settings.ALLOWED_HOSTS = ["*"]
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    what, rows, days = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    print(json.dumps(_pages(rows, days) if what == "pages" else _upkeep()))


def _pages(rows: int, days: int) -> dict[str, Any]:
    from threads.models import Attempt

    seeded = None
    if not Attempt.objects.exists():
        wall, cpu = _seed(days, rows)
        seeded = {"calls": Attempt.objects.count(), "wall": wall, "cpu": cpu}
    return {"seeded": seeded, "pages": asyncio.run(_asked())}


def _seed(days: int, rows: int, until: datetime | None = None) -> tuple[float, float]:
    from django.core.management import call_command

    began = time.perf_counter(), time.process_time()
    moment = (until or datetime.now(UTC)).isoformat()
    per_day = round(rows / days / CALLS_OF_AN_ANSWER)
    call_command("seed_metrics", "--days", str(days), "--per-day", str(per_day), "--until", moment, stdout=sys.stderr)
    return time.perf_counter() - began[0], time.process_time() - began[1]


async def _asked() -> dict[str, dict[str, float]]:
    from django.test import AsyncClient

    from accounts.models import User
    from metrics.dashboard.asked import RANGES

    staff, _ = await User.objects.aget_or_create(email="bench@example.org", defaults={"is_staff": True})
    client = AsyncClient()
    await client.aforce_login(staff)
    end = await asyncio.to_thread(_last_end)
    ranges = [(label, length, timedelta(0)) for _, label, length, _ in RANGES]
    ranges += [
        ("6 h of the day before", timedelta(hours=6), timedelta(days=1)),
        ("400 d", timedelta(days=400), timedelta(0)),
    ]
    found = {}
    for label, length, ago in ranges:  # up to the last answer, however long ago that was invented
        last = end - ago
        window = f"from={last - length:%Y-%m-%dT%H:%M}&to={last:%Y-%m-%dT%H:%M}"
        found[label] = await _took(client, f"/metrics/dashboard/?range=custom&{window}")
    found["last_n=100"] = await _took(client, "/api/metrics/performance?last_n=100")
    return found


def _last_end() -> datetime:
    from threads.models import Generation

    last = Generation.objects.exclude(finished_at=None).order_by("-finished_at").first()
    assert last is not None
    assert last.finished_at is not None
    return last.finished_at


async def _took(client: Any, address: str) -> dict[str, float]:
    walls, cpus = [], []
    for _ in range(ROUNDS):
        wall, cpu = time.perf_counter(), time.process_time()
        response = await client.get(address)
        walls.append((time.perf_counter() - wall) * 1e3)
        cpus.append((time.process_time() - cpu) * 1e3)
        assert response.status_code == 200, f"{address}: {response.status_code}"
    return {"first": walls[0], "wall": statistics.median(walls), "cpu": statistics.median(cpus)}


def _upkeep() -> dict[str, float]:
    """Per answer, in microseconds of CPU: an hour of a busy site, in which figures are kept up to date each minute."""
    from metrics import rollups, rows
    from metrics.models import Progress, Rollup
    from metrics.spans import DAY, HOUR, MINUTE, floor, steps

    until = floor(datetime.now(UTC), HOUR)
    _seed(1, BUSY * 30, until)
    start = max(steps(until - DAY + HOUR, until - 2 * HOUR, HOUR), key=lambda hour: rows.number(hour, hour + HOUR))
    Rollup.objects.all().delete()
    Progress.objects.update(rolled_until=start)
    rollups.roll_up(start + HOUR, _rest)

    def hour() -> None:  # in which the one before is added up, the one before that once more
        for minute in steps(start + HOUR, start + 2 * HOUR, MINUTE):
            rollups.roll_up(minute + MINUTE, _rest)

    adding = _cpu(hour) / rows.number(start + HOUR, start + 2 * HOUR)
    idle = min(_cpu(lambda: rollups.roll_up(start + 2 * HOUR, _rest)) for _ in range(5))
    return {"adding": adding * 1e6, "indexes": _indexes() * 1e6, "idle": idle * 1e3, "per_minute": BUSY}


def _rest() -> None:
    """Nobody else wants to do anything."""


def _indexes() -> float:
    """Seconds of CPU for an answer: what ending it takes with the indexes of figures, and without."""
    from django.db import connection

    from threads.models import Attempt, Generation

    with_them = _ending()
    drop = [index for model in (Generation, Attempt) for index in model._meta.indexes if index.name.startswith(INDEXES)]
    with connection.schema_editor() as editor:
        for index in drop:
            editor.remove_index(Generation if index.name.startswith("generation") else Attempt, index)
    return max(0.0, with_them - _ending())


def _ending(answers: int = 4000) -> float:
    """CPU of this process, in which SQLite works, too."""
    from django.db import transaction
    from django.utils import timezone

    from threads.models import Generation

    ids = list(Generation.objects.values_list("pk", flat=True)[:answers])
    Generation.objects.filter(pk__in=ids[:1]).update(finished_at=None)

    def end() -> None:
        for begin in range(0, len(ids), 20):
            with transaction.atomic():
                for pk in ids[begin : begin + 20]:
                    Generation.objects.filter(pk=pk).update(finished_at=timezone.now(), provider="bench", model="m")

    return min(_cpu(end) for _ in range(3)) / len(ids)


def _cpu(job: Callable[[], object]) -> float:
    began = time.process_time()
    job()
    return time.process_time() - began


if __name__ == "__main__":
    main()
