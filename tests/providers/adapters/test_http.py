"""How connections to real servers on loopback fail, and which may not be opened at all."""

import asyncio
import socket

import httpx
import pytest

from providers.adapters.http import headers_for, make_client
from providers.adapters.openai_chat import OpenAIChat
from providers.addresses import AddressRefused
from providers.errors import (
    AuthenticationFailed,
    ConnectionFailed,
    InvalidRequest,
    MalformedAnswer,
    StreamCut,
    TimedOut,
)
from providers.events import Finish, Opened, TextDelta
from providers.types import Endpoint
from tests.providers.adapters.loopback import (
    ASK,
    END,
    HEAD,
    HELLO,
    PATIENCE,
    STOP,
    answering,
    ask,
    failure_of,
    serving,
)
from tests.providers.adapters.reading import gathered, without_keep_alives


async def test_a_refused_connection(client: httpx.AsyncClient) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        failure = await failure_of(ask(client, port))
    assert type(failure) is ConnectionFailed
    assert failure.retryable
    assert str(failure) == f"No connection to Acme (127.0.0.1:{port}): connection refused."


@pytest.mark.parametrize("abort", [True, False])
async def test_a_connection_that_ends_before_the_head(client: httpx.AsyncClient, abort: bool) -> None:
    for parts in ((), (b"HTTP/1.1 200 O",)):
        async with serving(answering(*parts, abort=abort)) as port:
            failure = await failure_of(ask(client, port))
        assert type(failure) is ConnectionFailed
        assert failure.retryable


async def test_a_server_that_speaks_something_else(client: httpx.AsyncClient) -> None:
    async with serving(answering(b"220 mail.test ESMTP\r\n\r\n")) as port:
        failure = await failure_of(ask(client, port))
    assert type(failure) is MalformedAnswer


@pytest.mark.parametrize("abort", [True, False])
async def test_a_connection_that_ends_in_the_middle(client: httpx.AsyncClient, abort: bool) -> None:
    async with serving(answering(HEAD + HELLO, abort=abort)) as port:
        events, failure = await asyncio.wait_for(gathered(ask(client, port)), PATIENCE)
    assert type(failure) is StreamCut
    assert failure.retryable
    if not abort:  # a reset may overtake what was sent before it
        assert without_keep_alives(events) == [Opened(200), TextDelta("Hello")]


async def test_a_body_shorter_than_promised(client: httpx.AsyncClient) -> None:
    head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n"
    async with serving(answering(head + b'{"choices":[')) as port:
        assert type(await failure_of(ask(client, port))) is StreamCut


async def test_an_answer_that_was_over_before_the_connection_broke_is_whole(client: httpx.AsyncClient) -> None:
    async with serving(answering(HEAD + HELLO + STOP)) as port:
        events, failure = await asyncio.wait_for(gathered(ask(client, port)), PATIENCE)
    assert failure is None
    assert without_keep_alives(events)[1:] == [TextDelta("Hello"), Finish("stop", "stop")]


async def test_a_server_that_does_not_finish_the_handshake_in_time() -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async with make_client(connect_timeout=0.2) as client, serving(silent) as port:
        failure = await failure_of(ask(client, port, scheme="https"))
    assert type(failure) is TimedOut
    assert failure.retryable


async def test_there_is_no_limit_on_reading(client: httpx.AsyncClient) -> None:
    assert client.timeout == httpx.Timeout(None, connect=5.0, pool=5.0)


@pytest.mark.parametrize("url", ["", "acme.test/v1", "ftp://acme.test", "http://", "http://[::1", "http://a:b/v1"])
async def test_a_base_url_that_is_none(client: httpx.AsyncClient, url: str) -> None:
    failure = await failure_of(OpenAIChat().stream(ASK, Endpoint("Acme", url, api_key="k-secret"), client))
    assert type(failure) is ConnectionFailed
    assert not failure.retryable
    assert "base URL" in str(failure)


@pytest.mark.parametrize(
    ("host", "name"), [("127.0.0.1",) * 2, ("localhost",) * 2, ("[::ffff:127.0.0.1]", "::ffff:7f00:1")]
)
async def test_the_address_policy_is_asked_before_connecting(host: str, name: str) -> None:
    asked: list[tuple[str, str]] = []
    connected = asyncio.Event()

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connected.set()

    def allow(name: str, ip: str) -> None:
        asked.append((name, ip))
        raise AddressRefused(f"{name} may not be used.")

    async with make_client(allow) as client, serving(handler) as port:
        failure = await failure_of(ask(client, port, host))
        assert str(failure) == f"{name} may not be used."
    assert type(failure) is ConnectionFailed
    assert not failure.retryable
    assert {called for called, _ in asked} == {name}
    assert all(ip in ("127.0.0.1", "::1", "::ffff:7f00:1") for _, ip in asked)
    assert not connected.is_set()


async def test_only_the_allowed_addresses_of_a_name_are_connected_to() -> None:
    def allow(name: str, ip: str) -> None:
        if ip != "127.0.0.1":
            raise AddressRefused("no")

    async with make_client(allow) as client, serving(answering(HEAD + HELLO + STOP + END)) as port:
        _, failure = await asyncio.wait_for(gathered(ask(client, port, "localhost")), PATIENCE)
    assert failure is None


@pytest.mark.parametrize("host", ["127.1", "2130706433"])
async def test_disguised_addresses_do_not_pass(host: str) -> None:
    def allow(name: str, ip: str) -> None:
        if ip.startswith("127."):
            raise AddressRefused("no")

    async with make_client(allow) as client, serving(answering(HEAD + HELLO + STOP + END)) as port:
        assert type(await failure_of(ask(client, port, host))) is ConnectionFailed


async def test_redirects_are_not_followed(client: httpx.AsyncClient) -> None:
    other = asyncio.Event()

    async def elsewhere(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        other.set()

    async with serving(elsewhere) as elsewhere_port:
        head = f"HTTP/1.1 307 Go\r\nlocation: http://127.0.0.1:{elsewhere_port}/x\r\ncontent-length: 0\r\n\r\n"
        async with serving(answering(head.encode())) as port:
            failure = await failure_of(ask(client, port))
    assert type(failure) is InvalidRequest
    assert f"moved to http://127.0.0.1:{elsewhere_port}/x" in str(failure)
    assert not other.is_set()


def test_headers_for_every_way_to_send_a_key() -> None:
    def headers(auth: str, key: str = " k \n") -> dict[str, str]:
        return headers_for(Endpoint("A", "http://a", api_key=key, auth=auth, headers=(("X-Title", "t"),)))  # type: ignore[arg-type]

    assert headers("bearer") == {"x-title": "t", "authorization": "Bearer k"}
    assert headers("api-key") == {"x-title": "t", "api-key": "k"}
    assert headers("x-api-key") == {"x-title": "t", "x-api-key": "k"}
    assert headers("x-goog-api-key") == {"x-title": "t", "x-goog-api-key": "k"}
    assert headers("none") == headers("bearer", "") == {"x-title": "t"}


@pytest.mark.parametrize("key", ["k-sec\nret", "k-seçret", "k-sec\x00ret"])
def test_a_key_that_cannot_be_sent_is_refused_without_being_told(key: str) -> None:
    with pytest.raises(AuthenticationFailed) as caught:
        headers_for(Endpoint("Acme", "http://a", api_key=key))
    assert "sec" not in str(caught.value)
    with pytest.raises(InvalidRequest):
        headers_for(Endpoint("Acme", "http://a", headers=(("x-team", key),)))
