"""How a row of the fault table is played: one request at the simulator over real HTTP, and what came of it."""

import asyncio
import socket
import ssl
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from providers.adapters.http import make_client
from providers.dispatch import attempts
from providers.dispatch.health import Health
from providers.dispatch.plan import Plan
from providers.dispatch.steps import AttemptStarted
from providers.dispatch.targets import Target
from providers.presets import PROTOCOL_AUTH, PROTOCOL_HEADERS
from providers.simulator import options, texts
from providers.types import Endpoint
from tests.providers.adapters.protocols import PROTOCOLS
from tests.providers.dispatch.fault_table import PATIENT, Row
from tests.providers.dispatch.plans import Clock, Told, ask, plan, target, told
from tests.simulator import Requests, RunningSimulator

SCENARIOS = ("alone", "once", "second", "other")  # the fields of a Course
FAULTY, HEALTHY = "faulty", "healthy"  # providers
_SAYS = "sim-instant:tokens=14"  # enough to break off in the middle of
_PATHS = {"gemini": "/v1beta", "ollama": ""}
_NO_ROOM = 3  # connections that more than fill a listener with room for none


@dataclass(frozen=True, slots=True)
class Run:
    """`asked` is the simulator's record; `expected` is what a healthy provider says, and `before` how much of it comes
    before the fault; `slept` are the pauses made."""

    told: Told
    slept: list[float]
    in_flight: int
    health: dict[str, Health]  # by provider
    asked: Requests
    expected: str
    before: str

    @property
    def calls(self) -> list[tuple[str, str]]:
        """(first, retry, whole or fallback; kind of error) of each."""
        return [
            ("whole" if record.kind == "retry" and not record.streaming else record.kind, record.error_kind)
            for record in self.told.records
        ]

    @property
    def kept(self) -> str:
        """The text as it stood when the second call began."""
        _, second = (at for at, step in enumerate(self.told.steps) if isinstance(step, AttemptStarted))
        return Told(self.told.steps[:second]).text

    @property
    def story(self) -> str:
        calls = " ".join(f"{kind}:{error}" if error else kind for kind, error in self.calls)
        if self.told.error is None:
            return f"{calls} → completed"
        kept = f", {len(self.told.text)} characters kept" if self.told.text else ""
        return f"{calls} → failed ({self.told.error.kind}){kept}"


@dataclass(frozen=True, slots=True)
class Play:
    """One row at one protocol, in one of the `SCENARIOS`."""

    row: Row
    protocol: str
    scenario: str
    simulator: RunningSimulator

    async def run(self) -> Run:
        async with AsyncExitStack() as stack:
            clock, origin = Clock(), self.simulator.origin
            if self.row.door:
                door = Door(origin, full=self.row.door == "full backlog")
                stack.push_async_callback(door.close)
                clock, origin = Opening(door) if self.scenario == "once" else clock, door.origin
            board = clock.board()
            no_trust = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # is made at once, and nothing here speaks TLS
            patience = 0.4 if self.row.door else 5.0
            client = await stack.enter_async_context(make_client(connect_timeout=patience, ssl_context=no_trust))
            found = await told(attempts.stream(self._plan(origin), ask, board, client))
        said = options.read(self._model)
        tokens = texts.say(said.text, "hello", said.seed, said.tokens)
        return Run(
            found,
            clock.slept,
            board.in_flight.total(),
            {one.provider: one for one in board.report()},
            self.simulator.record(tag=self._tag),
            "".join(tokens),
            "".join(tokens[: said.fault.tokens if said.fault is not None else 0]),
        )

    @property
    def _model(self) -> str:
        times = "times=1" if self.scenario == "once" else ""
        return ",".join(part for part in (_SAYS, self.row.model, times) if part)

    @property
    def _tag(self) -> str:
        return f"{self.row.fault} / {self.protocol} / {self.scenario}"

    def _plan(self, origin: str) -> Plan:
        """Whoever helps out says the same. Another deployment begins anew; another model, of another protocol, goes on
        where the text breaks off."""
        faulty = self._target(self.protocol, FAULTY, self._model, origin)
        faulty = replace(faulty, timeouts=self.row.times)
        healthy = f"{_SAYS},text={options.read(self._model).text}"
        if self.scenario == "second":
            return plan([faulty, replace(self._target(self.protocol, HEALTHY, healthy), order=1)])
        if self.scenario == "other":
            names = list(PROTOCOLS)
            helper = self._target(names[(names.index(self.protocol) + 1) % len(names)], HEALTHY, healthy)
            return plan([faulty], [replace(helper, model="other", continues_prefix=True)])
        return plan([faulty])

    def _target(self, protocol: str, provider: str, model: str, origin: str = "") -> Target:
        endpoint = Endpoint(
            provider,
            (origin or self.simulator.origin) + _PATHS.get(protocol, "/v1"),
            "key-123456789",
            PROTOCOL_AUTH[protocol],
            (*PROTOCOL_HEADERS.get(protocol, ()), ("x-simulator-tag", self._tag)),
        )
        made = target(self.simulator, model, provider=provider, endpoint=endpoint, timeouts=PATIENT)
        return replace(made, adapter=PROTOCOLS[protocol].adapter)


class Door:
    """An address where nobody answers: connections are refused, or wait for ever where it is `full`. Once it is open,
    all that comes is passed on to the simulator, and what that answers back. Close it after its clients."""

    def __init__(self, simulator: str, *, full: bool) -> None:
        self._simulator = urlsplit(simulator)
        self._listener = socket.socket()
        self._listener.bind(("127.0.0.1", 0))
        self.origin = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._waiting = [socket.socket() for _ in range(_NO_ROOM if full else 0)]
        if full:
            self._listener.listen(0)
        for one in self._waiting:
            one.setblocking(False)
            one.connect_ex(self._listener.getsockname())
        self._server: asyncio.Server | None = None
        self._passing: set[asyncio.Task[None] | None] = set()

    async def open(self) -> None:
        if self._server is None:
            self._server = await asyncio.start_server(self._pass, sock=self._listener)

    async def close(self) -> None:
        for one in self._waiting:
            one.close()
        if self._server is not None:
            self._server.close()
        self._listener.close()
        if passing := [task for task in self._passing if task is not None]:
            await asyncio.wait(passing)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._passing.add(asyncio.current_task())
        there = await asyncio.open_connection(self._simulator.hostname, self._simulator.port)
        await asyncio.gather(_copy(reader, there[1]), _copy(there[0], writer))


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
    writer.close()


class Opening(Clock):
    """The door opens while somebody waits."""

    def __init__(self, door: Door) -> None:
        super().__init__()
        self._door = door

    async def sleep(self, seconds: float) -> None:
        await super().sleep(seconds)
        await self._door.open()
