"""A running site tells its answers by itself; and what is in the way of that is told at the start."""

import os
import subprocess
import sys
import threading

import pytest
from django.conf import LazySettings
from django.core.checks import run_checks

from accounts.models import User
from chatsite import engine as serving
from chatsite.checks import TAG
from metrics.models import Telemetry
from metrics.telemetry import exporter, turn
from metrics.telemetry.wanted import Wanted, wanted
from tests.fixtures_engine import Ask, ended, until
from tests.metrics.collector import Collector, attributes
from tests.metrics.telemetry_world import collector
from tests.project_files import ROOT
from tests.simulator import RunningSimulator
from tests.threads.generation import candidates
from threads import database
from threads.generation import service
from threads.generation.runtime import Runtime
from threads.models import Attempt, Event

__all__ = ["collector"]
SAYS = "ttft=0ms,rate=max,tokens=60,text=lorem"
MODELS = {"first": ["sim:fault=401"], "second": [f"sim:{SAYS},fault=503,times=1"]}
QUICK = "sim:ttft=0ms,rate=max,tokens=3"
QUESTION = "Rumpelstiltskin guards treasures"


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch, settings: LazySettings, collector: Collector) -> None:
    """Telemetry is asked for, and sends what has ended without waiting."""
    settings.OTEL_EXPORTER_OTLP_ENDPOINT = f"{collector.url}/"
    monkeypatch.setattr(exporter, "FIRST", 0)
    monkeypatch.setattr(exporter, "EVERY", 0.02)
    monkeypatch.setattr(exporter, "LAG", exporter.timedelta(0))


async def _begun(engine: Runtime) -> None:
    exporter.start(engine)
    await until(lambda: Telemetry.objects.filter(sent_until__isnull=False).exists())


async def test_an_answer_is_told_and_no_word_of_it(
    engine: Runtime, ask: Ask, user: User, simulator: RunningSimulator, collector: Collector, at_once: None
) -> None:
    await database.write(candidates.make, simulator, MODELS)
    await _begun(engine)
    generation = await ended(await ask(QUESTION, model="first"))
    await until(lambda: len(collector.roots()) == 1)
    await exporter.stop(engine)  # sends the histograms
    assert generation.state == "completed"
    told = [attributes(span.attributes) for _, span in collector.spans()]
    root, *calls = sorted(told, key=lambda one: one.get("chatsite.call.number", 0))
    assert (root["chatsite.request.id"], root["gen_ai.conversation.id"]) == (
        str(generation.pk), str(generation.thread_id),
    )  # fmt: skip
    kinds = [(call["chatsite.call.kind"], call["chatsite.provider"], call.get("error.type")) for call in calls]
    assert kinds == [
        ("first", "first-1", "authentication"),
        ("fallback", "second-1", "overloaded"),
        ("retry", "second-1", None),
    ]
    assert calls[-1]["gen_ai.usage.output_tokens"] == 60
    assert {point.count for point in collector.points("gen_ai.client.token.usage")} == {1}
    errors = await database.read(lambda: list(Attempt.objects.exclude(error_message="").values_list("error_message")))
    assert generation.message is not None
    said = {word for word in generation.message.text.split() if len(word) > 4} - {"lorem", "Lorem"}
    secret = {*QUESTION.split(), *said, *(message for (message,) in errors), user.email}
    raw = b"".join(body for _, _, body in collector.asked)
    assert len(secret) > 10
    assert [word for word in secret if word.encode() in raw] == []


async def test_a_stop_is_told(engine: Runtime, ask: Ask, user: User, collector: Collector, at_once: None) -> None:
    await _begun(engine)
    started = await ask(model="sim:ttft=0ms,rate=50,tokens=5000")
    await until(lambda: Event.objects.filter(generation=started.generation_id, type="delta").exists())
    assert collector.taken == [], "it has not ended"
    await service.cancel(user=user, request_id=started.generation_id)
    generation = await ended(started)
    await until(lambda: len(collector.roots()) == 1)
    [root] = collector.roots()
    [stop] = [event for event in root.events if event.name == "chatsite.stop_requested"]
    assert generation.cancel_requested_at is not None
    assert stop.time_unix_nano // 1000 == round(generation.cancel_requested_at.timestamp() * 1e6)
    assert attributes(root.attributes)["chatsite.state"] == "cancelled"
    await exporter.stop(engine)


async def test_answers_go_on_while_the_collector_does_not_answer(
    engine: Runtime, ask: Ask, collector: Collector, at_once: None
) -> None:
    collector.held = threading.Event()
    await _begun(engine)
    first = await ended(await ask(model=QUICK))
    await until(lambda: len(collector.asked) == 1)  # and gets no answer
    more = [await ended(await ask(model=QUICK)) for _ in range(3)]
    assert {row.state for row in [first, *more]} == {"completed"}
    assert len(collector.asked) == 1
    assert collector.taken == []
    collector.held.set()
    await until(lambda: len(collector.roots()) == 4)
    await exporter.stop(engine)


async def test_the_end_waits_for_no_collector(
    engine: Runtime, ask: Ask, collector: Collector, at_once: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporter, "PATIENCE", 0.05)
    collector.held = threading.Event()
    await _begun(engine)
    running = engine.extras["telemetry"]
    assert isinstance(running, exporter.Exporter)
    await ended(await ask(model=QUICK))
    await until(lambda: len(collector.asked) == 1)
    await exporter.stop(engine)  # returns, while it is still held
    assert (running._thread.is_alive(), running._thread.daemon) == (True, True)
    assert "telemetry" not in engine.extras
    collector.held.set()
    await until(lambda: not running._thread.is_alive())


async def test_who_ends_lets_others_go_on(engine: Runtime, collector: Collector, at_once: None) -> None:
    await _begun(engine)
    exporter.start(engine)  # again is once
    assert await database.read(lambda: Telemetry.objects.get().held_by) == engine.extras["telemetry"]._who  # type: ignore[attr-defined]
    await exporter.stop(engine)
    assert await database.read(lambda: Telemetry.objects.get().held_until) is None
    assert await database.write(turn.take, "another", exporter.datetime.now(exporter.UTC))


async def test_a_serving_process_runs_it(engine: Runtime, collector: Collector, at_once: None) -> None:
    serving.start()
    assert isinstance(engine.extras["telemetry"], exporter.Exporter)
    await serving.stop()
    assert "telemetry" not in engine.extras


async def test_it_is_off_unless_asked_for(engine: Runtime, settings: LazySettings) -> None:
    exporter.start(engine)
    assert "telemetry" not in engine.extras
    await exporter.stop(engine)


# --- what the environment says ---------------------------------------------------------------------------------------
BASE = "http://collector:4318"


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, Wanted(f"{BASE}/v1/traces", f"{BASE}/v1/metrics", "a=b")),
        ({"OTEL_SDK_DISABLED": "true"}, Wanted()),
        ({"OTEL_TRACES_EXPORTER": "none"}, Wanted("", f"{BASE}/v1/metrics", "a=b")),
        ({"OTEL_METRICS_EXPORTER": "none", "OTEL_TRACES_EXPORTER": "otlp"}, Wanted(f"{BASE}/v1/traces", "", "a=b")),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://x/t"}, Wanted("http://x/t", f"{BASE}/v1/metrics", "a=b")),
        ({"OTEL_EXPORTER_OTLP_HEADERS": "a=b"}, Wanted(f"{BASE}/v1/traces", f"{BASE}/v1/metrics")),
    ],
)
def test_what_is_wanted(settings: LazySettings, environ: dict[str, str], expected: Wanted) -> None:
    settings.OTEL_EXPORTER_OTLP_ENDPOINT, settings.OTEL_EXPORTER_OTLP_HEADERS = BASE, "a=b"
    assert wanted(environ) == expected
    settings.OTEL_EXPORTER_OTLP_ENDPOINT = ""
    assert not wanted(environ)


@pytest.mark.parametrize(
    ("endpoint", "environ", "ids"),
    [
        ("", {"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}, []),
        (BASE, {}, []),
        (BASE, {"OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf"}, []),
        (BASE, {"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}, ["chatsite.W009"]),
        ("collector:4318", {}, ["chatsite.E007"] * 2),
        ("http://collector:none", {}, ["chatsite.E007"] * 2),
        ("https://", {"OTEL_TRACES_EXPORTER": "none"}, ["chatsite.E007"]),
    ],
)
def test_what_cannot_be_done_is_told_at_the_start(
    settings: LazySettings, monkeypatch: pytest.MonkeyPatch, endpoint: str, environ: dict[str, str], ids: list[str]
) -> None:
    settings.OTEL_EXPORTER_OTLP_ENDPOINT = endpoint
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    found = run_checks(tags=[TAG])
    assert [message.id for message in found] == ids
    assert all(message.hint for message in found)


WITHOUT = """
import sys
from importlib.abc import MetaPathFinder

class Missing(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] == "opentelemetry":
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Missing())
import chatsite.asgi
from django.core.management import call_command
call_command("check")
import asyncio
from metrics.telemetry import exporter
from threads.generation import runtime

async def site():
    engine = runtime.start(work=False)
    exporter.start(engine)
    print("started:", sorted(engine.extras))
    await exporter.stop(engine)
    await runtime.stop()

asyncio.run(site())
"""


@pytest.mark.slow
@pytest.mark.django_db
def test_without_the_extra() -> None:
    """The site starts all the same, and says what to install."""
    asked = {"OTEL_EXPORTER_OTLP_ENDPOINT": BASE}
    command = [sys.executable, "-c", WITHOUT]
    done = subprocess.run(command, env={**os.environ, **asked}, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "started: []" in done.stdout
    assert "chatsite.W008" in done.stderr
    assert done.stderr.count("python3 chatsite/install.py --otel") == 2, "in the check, and in the log"
