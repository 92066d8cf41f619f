"""What local servers have in memory, asked when somebody wants to know, and kept for a moment.

Owns the copy and its age. Knows rows and endpoints; what a server says is `listing.loaded`'s.
"""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import httpx

from providers.encryption import EncryptionError
from providers.errors import ProviderError
from providers.listing.loaded import TELLS, Loaded, loaded
from providers.models import Provider
from providers.registry import ConfigurationError, base_url_of, endpoint_for, preset_of
from providers.types import Endpoint

KEEP = 3.0  # seconds


@dataclass(frozen=True, slots=True)
class Server:
    """A provider that can tell what it has in memory. `endpoint.base_url` is what `TELLS` builds on."""

    protocol: str
    endpoint: Endpoint


def servers() -> list[Server]:
    """Among the providers that are switched on. Reads rows."""
    rows = Provider.objects.filter(enabled=True)
    return [server for row in rows if (server := _server(row)) is not None]


def _server(row: Provider) -> Server | None:
    """The vendor's own protocol may be another than the one it is called by: an Ollama speaks OpenAI's, too."""
    try:
        spoken = [row.adapter, *(wire.adapter for wire in preset_of(row).wires)]
        protocol = next((one for one in spoken if one in TELLS), None)
        if protocol is None:
            return None
        called = endpoint_for(row)
    except (ConfigurationError, EncryptionError):
        return None
    base_url = base_url_of(row.preset, protocol, row.base_url).removesuffix("/v1")
    return Server(protocol, Endpoint(called.name, base_url, called.api_key, called.auth, called.headers))


class Residents:
    """One a process, used on its event loop. `clock` in seconds."""

    def __init__(self, client: httpx.AsyncClient, clock: Callable[[], float] = time.monotonic) -> None:
        self._client, self._clock = client, clock
        self._known: dict[Endpoint, tuple[float, asyncio.Task[tuple[Loaded, ...] | None]]] = {}

    async def at(self, asked: list[Server]) -> Mapping[str, tuple[Loaded, ...] | None]:
        """By provider, what is in memory there; None where it does not say. All are asked at once, each once in
        `KEEP` seconds however many want to know."""
        now = self._clock()
        self._known = {one: known for one, known in self._known.items() if now - known[0] < KEEP}
        for server in asked:
            if server.endpoint not in self._known:
                self._known[server.endpoint] = now, asyncio.create_task(self._ask(server))
        tasks = {server.endpoint.name: self._known[server.endpoint][1] for server in asked}
        if tasks:
            await asyncio.wait(tasks.values())  # who leaves meanwhile takes the answer from nobody else
        return {name: task.result() for name, task in tasks.items()}

    async def _ask(self, server: Server) -> tuple[Loaded, ...] | None:
        try:
            return await loaded(server.protocol, server.endpoint, self._client)
        except ProviderError:
            return None
