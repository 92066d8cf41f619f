"""How much one person, and one address, may have: questions and new sockets a minute, sockets and streams at once.

Owns what is counted and the words of a refusal. Knows nothing of doors. An address of the machine itself is not
counted: it is that of a proxy which does not tell whose request it passes on, or of somebody who needs no limits.
"""

import asyncio
import ipaddress
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import structlog
from django.conf import settings
from limits import RateLimitItemPerMinute

from threads.generation.errors import Refused
from threads.rates import Rates

log = structlog.get_logger(__name__)

WAIT = 10.0  # seconds that who has too much open is asked to wait: it is not known when something is closed


@lru_cache(4096)
def network(address: str) -> str:
    """What is counted as one address: of IPv6 the 64 bits that a household or a machine has; "" is not counted."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return ""  # a Unix socket has none
    if isinstance(found, ipaddress.IPv6Address):
        found = found.ipv4_mapped or found
    if found.is_loopback:
        return ""
    return str(found) if found.version == 4 else str(ipaddress.ip_network((found, 64), strict=False))


@dataclass(frozen=True, slots=True)
class Caller:
    """`address` as the server tells it; "" where it does not."""

    user: int
    address: str = ""

    @property
    def names(self) -> tuple[str, str]:
        """As which they are counted, as a person and by their address."""
        where = network(self.address)
        return f"user:{self.user}", f"address:{where}" if where else ""


class Quota:
    """`most` is for a person and for an address; 0 is no limit. `what` completes "too many …"."""

    def __init__(self, name: str, what: str, most: tuple[int, int]) -> None:
        self.name, self.most = name, most
        self._what = what

    def refusal(self, caller: Caller, name: str, retry_after: float) -> Refused:
        log.info("limit_reached", limit=self.name, who=name, user=caller.user)
        whose = "from you" if name.startswith("user:") else "from your network"
        words = f"Too many {self._what} {whose}. Try again in {retry_after:.0f} seconds."
        return Refused(429, "rate_limited", words, retry_after=retry_after)


class PerMinute(Quota):
    """So many a minute."""

    def __init__(self, name: str, what: str, most: tuple[int, int], rates: Rates) -> None:
        super().__init__(name, f"{what} within a minute", most)
        self._rates = rates
        self._items = [RateLimitItemPerMinute(each, namespace=name) if each else None for each in most]

    def spend(self, caller: Caller) -> None:
        """Count one more. Raises `Refused`."""
        for name, item in zip(caller.names, self._items, strict=True):
            if name and item is not None and (wait := self._rates.hit(item, name)) is not None:
                raise self.refusal(caller, name, wait)


class AtOnce(Quota):
    """So many at once, in this process."""

    def __init__(self, name: str, what: str, most: tuple[int, int]) -> None:
        super().__init__(name, f"{what} at once", most)
        self._taken: Counter[str] = Counter()

    def take(self, caller: Caller) -> Callable[[], None]:
        """Have one more, until what is returned is called (on the event loop; twice does no harm). Raises `Refused`."""
        names = [name for name in caller.names if name]
        for name, most in zip(names, self.most, strict=False):
            if most and self._taken[name] >= most:
                raise self.refusal(caller, name, WAIT)
        self._taken.update(names)
        held = list(names)

        def leave() -> None:
            self._taken.subtract(held)
            for name in held:
                if not self._taken[name]:
                    del self._taken[name]
            held.clear()

        return leave

    def hold(self, caller: Caller) -> None:
        """Have one more for as long as the task of this request runs, which also sends its response."""
        leave = self.take(caller)
        request: asyncio.Task[Any] | None = asyncio.current_task()
        if request is not None:
            request.add_done_callback(lambda _: leave())


class Quotas:
    """All of them, for one event loop; `stop` ends what runs behind them."""

    def __init__(self) -> None:
        self._rates = Rates(settings.REDIS_URL, f"{settings.REDIS_PREFIX}-limits")
        self.questions = PerMinute("questions", "questions", settings.LIMIT_QUESTIONS, self._rates)
        self.connects = PerMinute("connects", "new connections", settings.LIMIT_CONNECTS, self._rates)
        self.sockets = AtOnce("sockets", "tabs open", settings.LIMIT_SOCKETS)
        self.streams = AtOnce("streams", "streams open", settings.LIMIT_STREAMS)

    def enter(self, caller: Caller) -> Callable[[], None]:
        """A socket opens; call what is returned when it has closed. Raises `Refused`."""
        self.connects.spend(caller)
        return self.sockets.take(caller)

    async def stop(self) -> None:
        await self._rates.stop()
