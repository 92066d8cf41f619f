"""The drills' proxy does to a connection what it is told."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.drills.proxy import Proxy

WITHIN = 10.0  # seconds
BURST = 65536


@pytest.fixture
async def proxy() -> AsyncIterator[Proxy]:
    """Before a server that sends back what it is sent."""

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(BURST):
            writer.write(data)
        writer.close()

    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    made = await Proxy(server.sockets[0].getsockname()[1]).start()
    yield made
    made.close()
    server.close()


async def _open(proxy: Proxy) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection("127.0.0.1", proxy.port)


async def _echoed(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, data: bytes) -> bytes:
    writer.write(data)
    async with asyncio.timeout(WITHIN):
        return await reader.readexactly(len(data))


async def test_it_passes_on_what_comes(proxy: Proxy) -> None:
    reader, writer = await _open(proxy)
    data = b"x" * 4 * BURST
    assert await _echoed(reader, writer, data) == data
    writer.close()


async def test_a_stalled_connection_says_nothing_and_goes_on_afterwards(proxy: Proxy) -> None:
    reader, writer = await _open(proxy)
    await _echoed(reader, writer, b"before")
    proxy.stall()
    writer.write(b"meanwhile")
    late = asyncio.create_task(reader.readexactly(9))
    await asyncio.wait([late], timeout=0.3)
    assert not late.done()
    await proxy.resume()
    async with asyncio.timeout(WITHIN):
        assert await late == b"meanwhile"
    writer.close()


async def test_a_cut_breaks_connections_and_refuses_new_ones_until_it_resumes(proxy: Proxy) -> None:
    reader, writer = await _open(proxy)
    await _echoed(reader, writer, b"before")
    proxy.cut()
    with pytest.raises(OSError):  # noqa: PT011 - reset or aborted, as the system calls it
        async with asyncio.timeout(WITHIN):
            await reader.readexactly(1)
    writer.close()
    with pytest.raises(ConnectionRefusedError):
        await _open(proxy)
    await proxy.resume()
    reader, writer = await _open(proxy)
    assert await _echoed(reader, writer, b"after") == b"after"
    writer.close()


async def test_a_throttled_connection_is_slow_and_complete(proxy: Proxy) -> None:
    reader, writer = await _open(proxy)
    proxy.throttle(BURST * 4)
    began = asyncio.get_running_loop().time()
    data = b"x" * BURST
    assert await _echoed(reader, writer, data) == data
    assert await _echoed(reader, writer, data) == data
    assert asyncio.get_running_loop().time() - began > 0.1
    writer.close()
