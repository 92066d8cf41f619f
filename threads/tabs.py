"""The application at `/ws/`: who is let in, and the loop that hands what a tab says to its `Tab`."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, cast

from accounts.models import User
from threads.consumers import SIGNED_OUT, TOO_SLOW, Send, Tab
from threads.generation import runtime
from threads.generation.errors import Refused
from threads.quotas import Caller

TOO_MANY = 4429  # a close code: come back later; the reason is after how many seconds

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]


async def socket(scope: Scope, receive: Receive, send: Send) -> None:
    """`scope` has Channels' user and session."""
    await receive()  # websocket.connect
    await send({"type": "websocket.accept"})
    user = scope["user"]
    if not user.is_authenticated:
        await send({"type": "websocket.close", "code": SIGNED_OUT})
        return
    caller = Caller(user.pk, (scope.get("client") or ("",))[0])
    try:
        place = runtime.current().quotas.enter(caller)
    except Refused as refusal:
        await send({"type": "websocket.close", "code": TOO_MANY, "reason": str(round(refusal.retry_after or 0))})
        return
    tab = Tab(cast("User", user), caller, scope["session"].session_key, send)
    left = runtime.current().readers.enter(tab.send_away)
    try:
        tab.open()
        while (message := await receive())["type"] == "websocket.receive":
            if not tab.take(message.get("text")):
                await tab.close(TOO_SLOW)
    finally:
        tab.leave()
        left()
        place()
