"""The life of a connection: closed at once when nobody listens, kept when it can serve again, shared with nobody."""

import asyncio
import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from providers.adapters import exchange
from providers.adapters.http import make_client
from providers.errors import ConnectionFailed
from providers.events import Finish, TextDelta
from providers.types import Endpoint
from tests.providers.adapters.loopback import (
    ASK,
    DONE,
    END,
    HEAD,
    HELLO,
    PATIENCE,
    STOP,
    answering,
    ask,
    failure_of,
    piece,
    read_request,
    serving,
)
from tests.providers.adapters.protocols import PROTOCOLS
from tests.providers.adapters.reading import gathered


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and a certificate for 127.0.0.1, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "loopback")])
    start = datetime.now(UTC) - timedelta(hours=1)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "loopback.pem"
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    path.write_bytes(made.public_bytes(pem) + key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
    return path


def server_side(certificate: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    return context


async def test_a_certificate_that_nobody_vouches_for(client: httpx.AsyncClient, certificate: Path) -> None:
    async with serving(answering(HEAD), server_side(certificate)) as port:
        failure = await failure_of(ask(client, port, scheme="https"))
    assert type(failure) is ConnectionFailed
    assert not failure.retryable
    assert "certificate" in str(failure)


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("flood", [False, True], ids=["silent", "flooding"])
@pytest.mark.parametrize("way", ["close", "cancel"])
async def test_closing_the_iterator_closes_the_connection_at_once(
    way: str, flood: bool, scheme: str, certificate: Path
) -> None:
    gone = asyncio.Event()

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(HEAD + HELLO)
        try:
            while flood:
                writer.write(piece(b": more\n\n" * 1000))
                await writer.drain()
            assert await reader.read() == b""
        finally:
            gone.set()

    trust = ssl.create_default_context(cafile=str(certificate))
    tls = server_side(certificate) if scheme == "https" else None
    async with make_client(ssl_context=trust) as client, serving(handler, tls) as port:
        stream = ask(client, port, scheme=scheme)
        started = asyncio.Event()

        async def read() -> None:
            async for event in stream:
                if event == TextDelta("Hello"):
                    started.set()

        if way == "cancel":
            task = asyncio.create_task(read())
            await asyncio.wait_for(started.wait(), PATIENCE)
            task.cancel()
            await asyncio.wait([task], timeout=PATIENCE)
            assert task.cancelled()
        else:
            async for event in stream:
                if event == TextDelta("Hello"):
                    break
            await asyncio.wait_for(stream.aclose(), PATIENCE)  # type: ignore[attr-defined]
        await asyncio.wait_for(gone.wait(), PATIENCE)  # while the client is still open


async def test_cancelling_before_the_head_closes_the_connection() -> None:
    asked, gone = asyncio.Event(), asyncio.Event()

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        asked.set()
        assert await reader.read() == b""
        gone.set()

    async with make_client() as client, serving(handler) as port:
        task = asyncio.create_task(gathered(ask(client, port)))
        await asyncio.wait_for(asked.wait(), PATIENCE)
        task.cancel()
        await asyncio.wait_for(gone.wait(), PATIENCE)
        await asyncio.wait([task])
        assert task.cancelled()


async def counted(client: httpx.AsyncClient, *parts: bytes) -> tuple[int, list[dict[str, str]]]:
    """How many connections two answers, one after the other, took; and the headers of the requests."""
    connections, requests = 0, list[dict[str, str]]()

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        while True:
            requests.append((await read_request(reader))[1])
            writer.write(b"".join(parts))

    async with serving(handler) as port:
        for _ in range(2):
            _, failure = await asyncio.wait_for(gathered(ask(client, port, "localhost")), PATIENCE)
            assert failure is None
    return connections, requests


async def test_a_connection_serves_again_after_an_answer_that_was_read_to_its_end(client: httpx.AsyncClient) -> None:
    assert (await counted(client, HEAD + HELLO + STOP + DONE + END))[0] == 1


async def test_the_end_may_come_a_moment_after_done(client: httpx.AsyncClient) -> None:
    connections, finished = 0, asyncio.Event()

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        while True:
            await read_request(reader)
            writer.write(HEAD + HELLO + STOP + DONE)
            await finished.wait()
            writer.write(END)

    async with serving(handler) as port:
        for _ in range(2):
            finished.clear()
            async for event in ask(client, port):
                if isinstance(event, Finish):
                    finished.set()
    assert connections == 1


async def test_a_kept_connection_that_dies_when_it_is_used_again_is_replaced(client: httpx.AsyncClient) -> None:
    connections = 0

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        await read_request(reader)
        writer.write(HEAD + HELLO + STOP + DONE + END)
        await read_request(reader)  # and close

    async with serving(handler) as port:
        for count in (1, 2, 3):
            _, failure = await asyncio.wait_for(gathered(ask(client, port)), PATIENCE)
            assert failure is None
            assert connections == count


async def test_nothing_is_asked_twice_on_a_new_connection(client: httpx.AsyncClient) -> None:
    connections = 0

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        await read_request(reader)

    async with serving(handler) as port:
        assert type(await failure_of(ask(client, port))) is ConnectionFailed
    assert connections == 1


async def test_a_connection_left_open_after_done_is_given_up(client: httpx.AsyncClient) -> None:
    assert (await counted(client, HEAD + HELLO + STOP + DONE))[0] == 2


ENDED = {
    "openai_chat": HELLO + STOP,
    "openai_responses": piece(b'data: {"type":"response.completed","response":{"status":"completed","output":[]}}\n\n'),
    "anthropic": piece(b'data: {"type":"message_delta","delta":{"stop_reason":"end_turn"}}\n\n'),
}


@pytest.mark.parametrize("protocol", ENDED)
async def test_a_server_that_has_said_all_and_stays_is_not_waited_for(
    protocol: str, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchange, "BOOKKEEPING", 0.05)
    left = asyncio.Event()

    async def stays(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(HEAD + ENDED[protocol])
        await reader.read()
        left.set()

    async with asyncio.timeout(PATIENCE), serving(stays) as port:
        endpoint = Endpoint("Acme", f"http://127.0.0.1:{port}/v1", api_key="k")
        events, failure = await gathered(PROTOCOLS[protocol].adapter.stream(ASK, endpoint, client))
        assert (type(events[-1]), failure) == (Finish, None)
        await left.wait()


async def test_cookies_are_not_kept_and_proxies_of_the_environment_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    head = HEAD.replace(b"\r\n", b"\r\nset-cookie: who=alice; Path=/\r\n", 1)
    async with make_client() as client:
        _, requests = await counted(client, head + HELLO + STOP + DONE + END)
    assert [headers.get("cookie") for headers in requests] == [None, None]
    assert requests[0]["user-agent"] == "chatsite"
    assert requests[0]["accept-encoding"] == "identity"
    assert requests[0]["authorization"] == "Bearer k-secret"


async def test_many_streams_are_open_at_the_same_time(client: httpx.AsyncClient) -> None:
    at_once, everybody = 200, asyncio.Event()
    waiting = 0

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal waiting
        await read_request(reader)
        waiting += 1
        if waiting == at_once:
            everybody.set()
        await everybody.wait()
        writer.write(HEAD + HELLO + STOP + END)
        await writer.drain()

    async with serving(handler) as port:
        answers = await asyncio.wait_for(asyncio.gather(*(gathered(ask(client, port)) for _ in range(at_once))), 30)
    assert all(failure is None for _, failure in answers)
