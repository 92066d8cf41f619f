"""What every adapter is. Knows types, events and errors; knows neither Django nor any vendor."""

from collections.abc import AsyncGenerator
from typing import Protocol

import httpx

from providers.events import Event
from providers.types import ChatRequest, Endpoint


class Adapter(Protocol):
    """One wire protocol. Stateless: one instance serves every provider that speaks it."""

    def stream(
        self, request: ChatRequest, endpoint: Endpoint, client: httpx.AsyncClient
    ) -> AsyncGenerator[Event, None]:
        """Ask and yield events as `providers.events` lays down; `request.stream` False asks for a whole answer
        and yields the same events from it. Closing the iterator closes the provider's connection at once.

        Timeouts between tokens are the caller's; the adapter keeps none but the connect timeout.
        Raises `ProviderError`, and nothing else but cancellation.
        """
        ...
