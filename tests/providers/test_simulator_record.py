"""What the simulator remembers, how it notices a hang-up, how it is started and stopped, and that it is documented."""

import asyncio
import re
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.simulator import record
from providers.simulator.app import MAX_BODY
from providers.simulator.faults import FAULTS
from providers.simulator.options import CITATION_KEYS, FINISHES, OPTIONS, PRESETS, REASONING_KEYS, USAGES, read
from providers.simulator.texts import KINDS
from providers.simulator.tokens import tokenise
from tests.providers.simulator_client import QUESTION, Client, hung_up
from tests.simulator import RunningSimulator

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
async def client(simulator: RunningSimulator) -> AsyncIterator[Client]:
    async with httpx.AsyncClient(base_url=simulator.url, timeout=10) as http:
        yield Client(http)


# --- the record ----------------------------------------------------------------------------------------------------
async def test_the_record_tells_what_was_asked_and_sent(client: Client, simulator: RunningSimulator) -> None:
    client.http.headers["x-simulator-tag"] = "mine"
    streamed = await client.stream("sim-instant:tokens=9,reasoning=2", "Why?")
    (entry,) = simulator.record()
    assert entry["received_at"] <= entry["first_token_at"] <= entry["finished_at"]
    told = {name: entry[name] for name in entry if not name.endswith("_at") and name != "id"}
    assert told == {
        "model": "sim-instant:tokens=9,reasoning=2",
        "tag": "mine",
        "stream": True,
        "prompt": "Why?",
        "prefix": "",
        "status": 200,
        "disconnected": False,
        "tokens": 9,
        "reasoning_tokens": 2,
        "text": streamed.text,
    }
    assert streamed.response.headers["x-request-id"] == f"sim-{entry['id']}"


async def test_the_record_keeps_the_last_question_and_the_prefix(client: Client, simulator: RunningSimulator) -> None:
    roles = [("system", "Be brief."), ("user", "one"), ("assistant", "1"), ("user", "two"), ("assistant", "> You")]
    messages = [{"role": role, "content": content} for role, content in roles]
    await client.whole("sim-instant:tokens=4", messages=messages)
    (entry,) = simulator.record()
    assert (entry["prompt"], entry["prefix"], entry["text"]) == ("two", "> You", " asked:")


async def test_the_record_over_http(client: Client, simulator: RunningSimulator) -> None:
    for tag in ("a", "b", "a"):
        await client.http.post(
            "chat/completions",
            json={"model": "sim-instant:tokens=1", "messages": [{"role": "user", "content": QUESTION}]},
            headers={"x-simulator-tag": tag},
        )
    url = f"{simulator.origin}/_simulator/record"
    everything = (await client.http.get(url)).json()["requests"]
    assert everything == simulator.record()
    first = everything[0]["id"]
    assert [row["id"] for row in (await client.http.get(url, params={"after": first})).json()["requests"]] == [
        first + 1,
        first + 2,
    ]
    assert len((await client.http.get(url, params={"tag": "a"})).json()["requests"]) == 2
    assert (await client.http.get(url, params={"after": "x"})).status_code == 400
    assert (await client.http.post(url)).status_code == 400
    assert (await client.http.delete(url)).status_code == 200
    assert (await client.http.get(url)).json() == {"requests": []}
    await client.whole("sim-instant:tokens=1")
    assert simulator.record()[0]["id"] == first + 3


async def test_a_refused_request_is_kept_too(client: Client, simulator: RunningSimulator) -> None:
    await client.post("sim-instant:fault=429")
    await client.post("nothing")
    assert [(entry["model"], entry["status"], entry["tokens"]) for entry in simulator.record()] == [
        ("sim-instant:fault=429", 429, 0),
        ("nothing", 404, 0),
    ]


def test_the_record_is_bounded() -> None:
    kept = record.Record()
    for _ in range(record.KEPT + 5):
        kept.open("")
    entries = kept.entries()
    assert (len(entries), entries[0]["id"]) == (record.KEPT, 6)


async def test_a_request_too_large(client: Client) -> None:
    response = await client.http.post("chat/completions", content=b" " * (MAX_BODY + 1))
    assert response.status_code == 413


# --- hanging up ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("model", ["sim:ttft=1s", "sim-instant:fault=silent", "sim-instant:rate=20,tokens=5000"])
async def test_a_hang_up_is_noticed(client: Client, simulator: RunningSimulator, model: str) -> None:
    streaming = asyncio.create_task(client.stream(model))
    await simulator.until(lambda requests: bool(requests) and requests[0]["status"] == 200)
    streaming.cancel()
    (entry,) = await simulator.until(hung_up)
    assert entry["finished_at"] is None
    tokens = entry["tokens"]
    await client.whole("sim-instant:tokens=1")
    assert simulator.record()[0]["tokens"] == tokens < 5000


async def test_a_hang_up_during_a_whole_answer_is_noticed(client: Client, simulator: RunningSimulator) -> None:
    asking = asyncio.create_task(client.whole("sim:ttft=1000s"))
    await simulator.until(lambda requests: bool(requests) and requests[0]["model"] == "sim:ttft=1000s")
    asking.cancel()
    await simulator.until(hung_up)


async def test_many_at_once_keep_apart(client: Client, simulator: RunningSimulator) -> None:
    prompts = [f"question {number}" for number in range(40)]
    answers = await asyncio.gather(*(client.stream("sim-fast:text=echo,tokens=30", prompt) for prompt in prompts))
    assert all(set(answer.text.split("\n\n")) >= {prompt} for prompt, answer in zip(prompts, answers, strict=True))
    assert {(entry["prompt"], entry["text"]) for entry in simulator.record()} == {
        (prompt, answer.text) for prompt, answer in zip(prompts, answers, strict=True)
    }


# --- tokens --------------------------------------------------------------------------------------------------------
@given(st.text())
def test_tokens_join_to_the_text(text: str) -> None:
    pieces = tokenise(text)
    assert "".join(pieces) == text
    assert all(pieces)


def test_tokens_are_as_long_as_real_ones() -> None:
    for kind in ("readme", "code"):
        pieces = tokenise(
            (ROOT / f"providers/simulator/answers/{'welcome' if kind == 'readme' else kind}.md").read_text()
        )
        assert 2.5 < sum(map(len, pieces)) / len(pieces) < 5


# --- start and stop ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_command_serves_and_ends_cleanly_with_an_answer_open(number: signal.Signals, tmp_path: Path) -> None:
    command = [sys.executable, str(ROOT / "manage.py"), "simulate_providers", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path) as process:
        assert process.stdout
        assert process.stderr
        ready = re.fullmatch(r"Simulated providers answer at (http://127\.0\.0\.1:\d+/v1)\n", process.stdout.readline())
        assert ready
        body = {"model": "sim-instant:fault=stall@1", "stream": True, "messages": [{"role": "user", "content": "x"}]}
        with (
            httpx.Client(timeout=10) as http,
            http.stream("POST", f"{ready[1]}/chat/completions", json=body) as response,
        ):
            parts = response.iter_raw()
            next(parts)
            process.send_signal(number)
            with pytest.raises(httpx.RemoteProtocolError):
                list(parts)
        assert process.wait(10) == 0
        assert (process.stdout.read(), process.stderr.read()) == ("", "")


def test_the_command_says_that_a_port_is_taken(running_simulator: RunningSimulator) -> None:
    port = running_simulator.origin.rpartition(":")[2]
    command = [sys.executable, str(ROOT / "manage.py"), "simulate_providers", "--port", port]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert f"Cannot listen on 127.0.0.1:{port}" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_the_simulator_knows_neither_django_nor_the_adapters() -> None:
    script = (
        "import sys, providers.simulator.server as _\n"
        "print([name for name in sys.modules if name.startswith(('django.', 'providers.adapters'))])"
    )
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    assert ended.stdout.strip() == "[]"


# --- the document --------------------------------------------------------------------------------------------------
def _rows(heading: str) -> dict[str, str]:
    """First cell (without its backticks) -> the rest, of the table whose head begins with that word."""
    text = (ROOT / "docs/simulator.md").read_text(encoding="utf-8")
    match = re.search(rf"^\| {heading} \|.*\n\|[-|]+\n((?:\|.*\n)+)", text, re.MULTILINE)
    assert match, f"docs/simulator.md has no table of {heading}"
    cells = [row.strip("|").split("|", 1) for row in match[1].splitlines()]
    return {first.strip().strip("`"): rest.strip() for first, rest in cells}


def test_the_document_has_every_option_with_its_words() -> None:
    rows = _rows("Option")
    assert list(rows) == list(OPTIONS)
    for option, words in {
        "text": KINDS,
        "usage": USAGES,
        "finish": FINISHES,
        "reasoning-key": REASONING_KEYS,
        "citations-key": CITATION_KEYS,
    }.items():
        assert [word for word in words if f"`{word}`" not in rows[option]] == []


def test_the_document_has_every_fault() -> None:
    assert list(_rows("Fault")) == [f"{name}@TOKENS" if fault.placed else name for name, fault in FAULTS.items()]


def test_the_document_has_every_preset_as_it_is() -> None:
    rows = _rows("Preset")
    assert list(rows) == list(PRESETS)
    for name, says in rows.items():
        if name != "sim":
            assert read(f"sim:{says.strip('`| ')}") == PRESETS[name]


async def test_the_document_has_every_field_of_the_record(client: Client, simulator: RunningSimulator) -> None:
    await client.whole("sim-instant:tokens=1")
    documented = {name.strip("` ") for first in _rows("Field") for name in first.split(",")}
    assert documented == set(simulator.record()[0])
