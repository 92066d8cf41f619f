"""The simulator as an ASGI application: which path is answered how, who asked what, and who hung up.

A response is played in a task of its own while the connection is listened to, so that a client that hangs up is noticed
at once, also while nothing is being said. Two things only this project's own server gives it (`server`): a way to reset
or close the connection, under `EXTENSION` in the scope's extensions.
"""

import asyncio
import json
import random
from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs

from providers.simulator import faults, options, script, texts
from providers.simulator.beats import Ask, Failure, Refuse, Script
from providers.simulator.memory import Memory
from providers.simulator.options import Options
from providers.simulator.player import HangUpNow, Player, Send
from providers.simulator.protocols import ROUTES, UNROUTED, Route
from providers.simulator.protocols.base import About, Request, Tell, UnreadableError, WireFormat
from providers.simulator.record import Entry, Record

EXTENSION = "chatsite.simulator.hang_up"
MAX_BODY = 32 * 1024 * 1024  # bytes
_RECORD = "/_simulator/record"

Receive = Callable[[], Awaitable[dict[str, Any]]]


class Simulator:
    """`record` is what `GET /_simulator/record` tells, `memory` which models are loaded; `stop` ends all that is being
    said, for a server that goes."""

    def __init__(self) -> None:
        self.record = Record()
        self.memory = Memory()
        self._playing: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise RuntimeError(f"The simulator speaks HTTP alone, not {scope['type']}.")
        if scope["path"] == _RECORD:
            await self._tell_record(scope, send)
            return
        route, match = _route(scope["method"], scope["path"], _headers(scope))
        if route is None:
            failure = Failure(404, "no-such-path", f"There is nothing at {scope['method']} {scope['path']}.")
            await _json(send, 404, UNROUTED.refusal(failure))
        elif route.action == "models":
            await _json(send, 200, route.speaks.models(options.PRESETS))
        elif route.action == "answer":
            await self._answer(route.speaks, match, scope, receive, send)
        else:
            await self._tell(route.action, route.speaks, match, scope, receive, send)

    async def _tell(
        self,
        tell: Tell,
        speaks: WireFormat,
        match: dict[str, str],
        scope: dict[str, Any],
        receive: Receive,
        send: Send,
    ) -> None:
        body = await _read(receive)
        if body is None:
            return
        request = Request(scope["method"], scope["path"], _headers(scope), match, body)
        try:
            await _json(send, 200, tell(request, self.memory.residents()))
        except UnreadableError as error:
            await _json(send, error.failure.status, speaks.refusal(error.failure))

    async def _answer(
        self, speaks: WireFormat, match: dict[str, str], scope: dict[str, Any], receive: Receive, send: Send
    ) -> None:
        begun, headers = asyncio.get_running_loop().time(), _headers(scope)
        entry = self.record.open(headers.get("x-simulator-tag", ""))
        await asyncio.sleep(0)  # of requests that come together, all arrivals are noted before any answer is composed
        body = await _read(receive)
        if body is None:
            entry.hung_up()
            return
        query = scope["query_string"].decode("latin-1")
        request = Request(scope["method"], scope["path"], headers, match, body, query)
        ask, said, chosen = self._prepare(speaks, request, entry)
        about = About(
            id=entry.id,
            model=ask.model,
            created=int(entry.received_at),
            sources=texts.sources(chosen.citations),
            options=chosen,
            prompt_tokens=ask.prompt_tokens,
            form=ask.form,
        )
        hang_up = scope.get("extensions", {}).get(EXTENSION, _cannot_hang_up)
        refused = isinstance(said.beginning, Refuse)  # then nothing is loaded
        loading = nullcontext() if refused else self.memory.using(ask.model, chosen.load, ask.keep_alive)
        with loading as spoken:
            send = _noticing(send, spoken) if spoken else send
            player = Player(said, speaks=speaks, about=about, send=send, hang_up=hang_up, entry=entry, begun=begun)
            await self._perform(player, stream=ask.stream, receive=receive, entry=entry, hang_up=hang_up)

    def stop(self) -> None:
        for task in self._playing:
            task.cancel()

    def _prepare(self, speaks: WireFormat, request: Request, entry: Entry) -> tuple[Ask, Script, Options]:
        """The request as an ask, and what to play. Whatever is wrong with it is a script that refuses it."""
        ask, plain = Ask(model="", stream=False, prompt=""), Options()
        if len(request.body) > MAX_BODY:
            return ask, _refuse(Failure(413, "413", f"The request is larger than {MAX_BODY} bytes.")), plain
        try:
            ask = speaks.read(request)
            entry.asked(ask)
            chosen = options.read(ask.model)
        except UnreadableError as error:
            return ask, _refuse(error.failure), plain
        except options.UnknownModelError as error:
            return ask, _refuse(Failure(404, "404", str(error), param="model")), plain
        except options.BadOptionError as error:
            return ask, _refuse(Failure(400, "invalid", str(error), param="model")), plain
        if chosen.key and ask.key != chosen.key:
            return ask, _refuse(faults.failure_named("401")), plain
        chance = random.Random(f"{chosen.seed}\0{entry.id}")  # noqa: S311 - not a secret
        chosen = replace(self._spared(ask, chosen, chance), load=self.memory.wait(ask.model, chosen.load))
        return ask, script.compose(ask, chosen, chance), chosen

    def _spared(self, ask: Ask, chosen: Options, chance: random.Random) -> Options:
        """The same without its fault, where it strikes only some requests and not this one."""
        if chosen.fault is None:
            return chosen
        late = chosen.times is not None and self.record.count(ask.model) > chosen.times
        lucky = chance.random() >= chosen.chance
        return replace(chosen, fault=None) if late or lucky else chosen

    async def _perform(
        self, player: Player, *, stream: bool, receive: Receive, entry: Entry, hang_up: HangUpNow
    ) -> None:
        playing = asyncio.create_task(player.play(stream=stream))
        listening = asyncio.create_task(_until_gone(receive))
        self._playing.add(playing)
        try:
            await asyncio.wait({playing, listening}, return_when=asyncio.FIRST_COMPLETED)
            if not playing.done():
                entry.hung_up()
            elif playing.cancelled():  # the server goes: what was never finished is closed, not ended
                entry.finished()
                hang_up(False)
                await listening
            else:
                playing.result()
        finally:
            self._playing.discard(playing)
            for task in (playing, listening):
                task.cancel()
            await asyncio.gather(playing, listening, return_exceptions=True)

    async def _tell_record(self, scope: dict[str, Any], send: Send) -> None:
        if scope["method"] == "DELETE":
            self.record.clear()
            self.memory.clear()
            await _json(send, 200, b"{}")
            return
        query = parse_qs(scope["query_string"].decode("latin-1"))
        after = query.get("after", ["0"])[-1]
        if scope["method"] != "GET" or not after.isdecimal():
            message = f"Use GET {_RECORD}?after=ID&tag=TAG (ID is a whole number) or DELETE {_RECORD}."
            await _json(send, 400, json.dumps({"error": {"message": message}}).encode())
            return
        entries = self.record.entries(after=int(after), tag=query["tag"][-1] if "tag" in query else None)
        await _json(send, 200, json.dumps({"requests": entries}).encode())


def _headers(scope: dict[str, Any]) -> dict[str, str]:
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}


def _route(method: str, path: str, headers: dict[str, str]) -> tuple[Route | None, dict[str, str]]:
    for route in ROUTES:
        if route.method == method and (match := route.path.fullmatch(path)) and route.header in ("", *headers):
            return route, match.groupdict()
    return None, {}


def _refuse(failure: Failure) -> Script:
    return Script(beginning=Refuse(failure))


def _noticing(send: Send, spoken: Callable[[], None]) -> Send:
    """`spoken` is called just before the last of a body goes out: what the client asks next finds it noted."""

    async def sending(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.body" and not message.get("more_body"):
            spoken()
        await send(message)

    return sending


def _cannot_hang_up(_reset: bool) -> None:
    raise RuntimeError("This fault needs the simulator's own server: manage.py simulate_providers.")


async def _read(receive: Receive) -> bytes | None:
    """The request's body, cut soon after `MAX_BODY`; None where the client went before its end."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        if len(body) <= MAX_BODY:
            body += message.get("body", b"")
        if not message.get("more_body"):
            return bytes(body)


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _json(send: Send, status: int, body: bytes) -> None:
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
