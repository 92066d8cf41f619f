"""Readers that do not read, and clients that mean harm, at the server of production: what they cost it, and others."""

import contextlib
import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.bench.world import Site, World, world
from tests.threads.raw import Raw, framed

pytestmark = pytest.mark.slow

READERS, PROGRAMS = 20, 8
MEBIBYTE = 1024 * 1024 / 1e6  # in the MB that the process's memory is told in
ANSWER = 10.0  # MB that making the answer and reading it may take besides; for good, as Python keeps memory
PATIENCE = 120.0  # seconds
MODELS = {
    "long": "sim:ttft=0ms,rate=6000,tokens=20000",
    "large": "sim:ttft=0ms,rate=max,tokens=100000",
    "quick": "sim:ttft=0ms,rate=max,tokens=20",
}


class Visitor:
    """One of the site's people, by number."""

    def __init__(self, where: World, site: Site, number: int) -> None:
        self.site, self.cookie = site, where.cookies(number)["Cookie"]

    def raw(self, **more: Any) -> Raw:
        return Raw(self.site.origin, cookie=self.cookie, **more)

    def tab(self, **more: Any) -> Raw:
        tab = self.raw(**more)
        assert " 101 " in tab.upgrade()
        return tab

    def ask(self, model: str) -> dict[str, Any]:
        """The `sent` of a question."""
        tab = self.tab(receives=65536)
        tab.say({"type": "send", "id": "1", "text": "hello", "model": model})
        while (frame := tab.hear())["type"] != "sent":
            assert frame["type"] != "error", frame
        tab.close()
        return frame

    def read(self, sent: dict[str, Any]) -> str:
        """The text of an answer, read to its end over HTTP."""
        path = f"{self.site.origin}/api/generations/{sent['request_id']}/events"
        answer = httpx.get(path, headers={"Cookie": self.cookie}, timeout=PATIENCE)
        lines = answer.content.split(b"\n")
        events = [json.loads(line[6:]) for line in lines if line.startswith(b"data: ")]
        assert events[-1]["state"] == "completed"
        return "".join(event["text"] for event in events if set(event) == {"text"})


def _tab(one: Visitor, sent: dict[str, Any]) -> Raw:
    tab = one.tab()
    tab.say({"type": "watch", "id": "w", "thread": sent["thread"], "have": {sent["request_id"]: {}}})
    return tab


def _hasty_tab(one: Visitor, sent: dict[str, Any]) -> Raw:
    """Says that it has read what it has not, so that it is told on and on."""
    tab = _tab(one, sent)
    tab.say(*({"type": "ack", "request_id": sent["request_id"], "seq": 10**6} for _ in range(200)))
    return tab


def _events(one: Visitor, sent: dict[str, Any]) -> Raw:
    raw = one.raw()
    raw.request("GET", f"/api/generations/{sent['request_id']}/events")
    return raw


def _frames(one: Visitor, sent: dict[str, Any]) -> Raw:
    raw = one.raw()
    raw.request("GET", f"/generations/{sent['request_id']}/frames")
    return raw


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, Site]]:
    """A server that has done all this once: what it then keeps for good is not a reader's."""
    with world(tmp_path_factory.mktemp("site"), MODELS) as where, where.site(LIMIT_SOCKETS="100,2000") as site:
        first = Visitor(where, site, 0)
        first.read(first.ask("large"))
        sent = first.ask("long")
        with contextlib.closing(_tab(first, sent)):
            first.read(sent)
        yield where, site


def _growth(site: Site, work: Callable[[], None]) -> float:
    before = site.process.memory()
    work()
    return site.process.memory() - before


@pytest.mark.parametrize(
    ("number", "model", "kind"),
    [(1, "long", _tab), (2, "long", _hasty_tab), (3, "long", _frames), (4, "large", _events)],
    ids=["tab", "tab that acknowledges all", "stream of the page", "stream of the API"],
)
@pytest.mark.parametrize("late", [False, True], ids=["from the beginning", "after the end"])
def test_a_reader_that_stalls_costs_little_and_holds_up_nobody(
    place: tuple[World, Site], number: int, model: str, kind: Callable[[Visitor, dict[str, Any]], Raw], late: bool
) -> None:
    where, site = place
    one = Visitor(where, site, number)
    stalled: list[Raw] = []

    def work() -> None:
        sent = one.ask(model)
        if late:
            one.read(sent)
        stalled.extend(kind(one, sent) for _ in range(READERS))
        assert len(one.read(sent)) > 50_000
        Visitor(where, site, number + 100).read(Visitor(where, site, number + 100).ask("quick"))

    try:
        assert _growth(site, work) < READERS * MEBIBYTE + ANSWER
    finally:
        for raw in stalled:
            raw.close()


def test_a_program_that_stalls_does_not_stall_its_answer(place: tuple[World, Site]) -> None:
    """The log is the buffer: the answer is written on, and the program's connection holds a bounded part of it."""
    where, site = place
    one, stalled = Visitor(where, site, 5), []
    token = "t" * 32
    one.cookie += f"; csrftoken={token}"

    def work() -> None:
        body = {"model": "long", "stream": True, "messages": [{"role": "user", "content": "hello"}]}
        ids = []
        for _ in range(PROGRAMS):
            raw = one.raw()
            raw.request("POST", "/v1/chat/completions", body, **{"X-CSRFToken": token})
            lines = raw.head().lower().splitlines()
            ids.append(next(line.partition(": ")[2] for line in lines if line.startswith("x-request-id")))
            stalled.append(raw)
        with ThreadPoolExecutor(PROGRAMS) as readers:
            for text in readers.map(lambda id: one.read({"request_id": id}), ids):
                assert len(text) > 50_000

    try:
        assert _growth(site, work) < 2 * PROGRAMS * MEBIBYTE + ANSWER  # these are as many answers, too
    finally:
        for raw in stalled:
            raw.close()


# --- who means harm --------------------------------------------------------------------------------------------
def _closed(raw: Raw) -> int:
    """The code that it is closed with, whatever it is told before."""
    while (frame := raw.hear())["type"] != "close":
        pass
    return int(frame["code"])


@pytest.mark.parametrize(
    ("number", "sent", "code"),
    [
        (11, framed(b'{"type":"ack","request_id":"x","seq":1}') * 50_000, 1008),
        (12, framed(b"") * 200_000, 1008),
        (13, framed(b"{", fin=False) + framed(b"", opcode=0, fin=False) * 500_000, 1009),
        (14, framed(b'"' + b"x" * 9_000_000 + b'"'), 1009),
        (15, framed(b"\xff\xfe"), 1007),
        (16, b"\xff" * 100_000, 1002),
    ],
    ids=["many frames", "empty frames", "one frame in pieces without end", "a huge frame", "no text", "no frames"],
)
def test_garbage_is_shown_out(place: tuple[World, Site], number: int, sent: bytes, code: int) -> None:
    where, site = place
    one, codes = Visitor(where, site, number), []

    def work() -> None:
        for _ in range(5):
            tab = one.tab(receives=65536)
            with contextlib.suppress(OSError):  # the server need not take all of it
                tab.socket.sendall(sent)
            with contextlib.suppress(OSError):
                codes.append(_closed(tab))
            tab.close()

    assert _growth(site, work) < 5 * MEBIBYTE
    assert set(codes) <= {code}
    Visitor(where, site, number + 100).read(Visitor(where, site, number + 100).ask("quick"))


def test_two_hundred_sockets_of_one_person(place: tuple[World, Site]) -> None:
    where, site = place
    one, tabs = Visitor(where, site, 20), []
    told: list[dict[str, Any]] = []

    def work() -> None:
        for _ in range(200):
            tabs.append(one.tab())
            told.append(tabs[-1].hear())

    try:
        assert _growth(site, work) < 100 * MEBIBYTE
        assert [frame["type"] for frame in told] == ["hello"] * 100 + ["close"] * 100
        assert {(frame["code"], frame["reason"].isdigit()) for frame in told[100:]} == {(4429, True)}
        tabs.append(Visitor(where, site, 120).tab())
        assert tabs[-1].hear()["type"] == "hello"
    finally:
        for tab in tabs:
            tab.close()
    deadline = time.monotonic() + PATIENCE
    while not _is_let_in(one):  # those that were closed count no more
        assert time.monotonic() < deadline


def _is_let_in(one: Visitor) -> bool:
    with contextlib.closing(one.tab()) as tab:
        return bool(tab.hear()["type"] == "hello")


def test_the_address_that_a_proxy_tells_is_held_to_its_limit(place: tuple[World, Site]) -> None:
    where, _ = place
    with where.site(LIMIT_SOCKETS="0,3") as site, contextlib.ExitStack() as tabs:

        def told(number: int, address: str) -> str:
            tab = Visitor(where, site, number).raw()
            tabs.callback(tab.close)
            tab.upgrade(**{"X-Forwarded-For": address})
            return str(tab.hear()["type"])

        assert [told(number, "203.0.113.7") for number in range(5)] == ["hello"] * 3 + ["close"] * 2
        assert told(5, "198.51.100.1") == "hello"
        assert [told(number, "127.0.0.1") for number in range(5)] == ["hello"] * 5
