"""Servers on loopback that behave as a test wants, and the way the tests ask them."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import httpx

from providers.adapters.openai_chat import OpenAIChat
from providers.errors import (
    ProviderError,
)
from providers.events import Event
from providers.types import ChatRequest, Endpoint, Message
from tests.providers.adapters.reading import gathered

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
ASK = ChatRequest("m", (Message("user", "Hi"),))
HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
PATIENCE = 10  # seconds before a test gives up


def piece(text: bytes) -> bytes:
    """One chunk of a chunked body."""
    return b"%x\r\n%b\r\n" % (len(text), text)


HELLO = piece(b'data: {"choices":[{"index":0,"delta":{"content":"Hello"}}]}\n\n')
STOP = piece(b'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n')
DONE = piece(b"data: [DONE]\n\n")
END = b"0\r\n\r\n"


@asynccontextmanager
async def serving(handler: Handler, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """The port of a server that hands each connection, after the request on it was read, to `handler`."""

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            await handler(reader, writer)
        writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


async def read_request(reader: asyncio.StreamReader) -> tuple[str, dict[str, str], bytes]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    line, *fields = head.strip().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (field.partition(":") for field in fields)}
    return line, headers, await reader.readexactly(int(headers.get("content-length", 0)))


def answering(*parts: bytes, abort: bool = False) -> Handler:
    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        for part in parts:
            writer.write(part)
            await writer.drain()
        if abort:
            linger = b"\x01\0\0\0\0\0\0\0"  # on, 0 seconds: closing sends a reset
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            writer.transport.abort()

    return handler


def ask(client: httpx.AsyncClient, port: int, host: str = "127.0.0.1", scheme: str = "http") -> AsyncIterator[Event]:
    return OpenAIChat().stream(ASK, Endpoint("Acme", f"{scheme}://{host}:{port}/v1", api_key="k-secret"), client)


async def failure_of(stream: AsyncIterator[Event]) -> ProviderError:
    events, failure = await asyncio.wait_for(gathered(stream), PATIENCE)
    assert failure is not None, events
    assert "k-secret" not in str(failure)
    return failure
