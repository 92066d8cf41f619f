"""Who may read `/metrics`: by the token, by an address, by neither; and what METRICS_ALLOW may say."""

from typing import Any

import httpx
import pytest
from asgiref.sync import ThreadSensitiveContext
from django.conf import LazySettings
from django.core.asgi import get_asgi_application
from django.core.checks import run_checks
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from chatsite.checks import TAG
from metrics import scrapers
from threads.generation.runtime import Runtime

TOKEN = "a-token-for-tests"
HERE, INSIDE, OUTSIDE, PROXY = "127.0.0.1", "10.1.2.3", "203.0.113.9", "10.9.9.9"


async def _get(address: str, **headers: str) -> httpx.Response:
    """As uvicorn passes on what comes from `address`, with `PROXY` in FORWARDED_ALLOW_IPS."""
    application: Any = ProxyHeadersMiddleware(get_asgi_application(), PROXY)
    transport = httpx.ASGITransport(application, client=(address, 4000))
    async with ThreadSensitiveContext(), httpx.AsyncClient(transport=transport) as client:
        return await client.get("http://localhost/metrics", headers=headers)


@pytest.mark.parametrize(
    ("token", "allow", "address", "given", "status"),
    [
        ("", [], HERE, "", 404),
        ("", [], HERE, "Bearer ", 404),
        (TOKEN, [], INSIDE, "", 403),
        (TOKEN, [], INSIDE, f"Bearer {TOKEN}", 200),
        ("", ["10.1.0.0/16"], INSIDE, "", 200),
        ("", ["10.1.0.0/16"], OUTSIDE, "", 403),
        ("", ["10.1.0.0/16"], OUTSIDE, "Bearer ", 403),
        ("", ["10.1.0.0/16"], HERE, "", 403),
        ("", ["127.0.0.1"], HERE, "", 200),
        (TOKEN, ["10.1.0.0/16"], INSIDE, "Bearer wrong", 200),
        (TOKEN, ["10.1.0.0/16"], OUTSIDE, "Bearer wrong", 403),
        (TOKEN, ["10.1.0.0/16"], OUTSIDE, f"Bearer {TOKEN}", 200),
    ],
)
async def test_the_token_or_an_address_opens_it(
    engine: Runtime, settings: LazySettings, token: str, allow: list[str], address: str, given: str, status: int
) -> None:
    settings.METRICS_TOKEN, settings.METRICS_ALLOW = token, allow
    assert (await _get(address, Authorization=given)).status_code == status


async def test_what_a_request_says_of_itself_does_not_count(engine: Runtime, settings: LazySettings) -> None:
    settings.METRICS_TOKEN, settings.METRICS_ALLOW = "", [INSIDE]
    claims = {"X-Forwarded-For": INSIDE, "X-Real-IP": INSIDE, "Forwarded": f"for={INSIDE}"}
    assert (await _get(OUTSIDE, **claims)).status_code == 403


async def test_behind_a_proxy(engine: Runtime, settings: LazySettings) -> None:
    settings.METRICS_TOKEN, settings.METRICS_ALLOW = "", [INSIDE]
    assert (await _get(PROXY, **{"X-Forwarded-For": INSIDE})).status_code == 200, "it is trusted, and tells"
    assert (await _get(PROXY, **{"X-Forwarded-For": f"{INSIDE}, {OUTSIDE}"})).status_code == 403, "whom it saw"
    settings.METRICS_ALLOW = [PROXY]
    assert (await _get(PROXY, **{"X-Forwarded-For": OUTSIDE})).status_code == 403
    assert (await _get(PROXY)).status_code == 200, "one that tells nothing is everybody"


async def test_a_refusal_says_what_would_do(engine: Runtime, settings: LazySettings) -> None:
    settings.METRICS_TOKEN, settings.METRICS_ALLOW = "", [INSIDE]
    said = (await _get(OUTSIDE)).text
    assert OUTSIDE in said
    assert "METRICS_TOKEN" not in said, "there is none"
    settings.METRICS_TOKEN, settings.METRICS_ALLOW = TOKEN, []
    said = (await _get(OUTSIDE)).text
    assert "Bearer" in said
    assert TOKEN not in said


@pytest.mark.parametrize(
    ("entry", "address", "allowed"),
    [
        ("10.0.0.7", "10.0.0.7", True),
        ("10.0.0.7", "10.0.0.8", False),
        ("10.0.0.7/8", "10.9.9.9", True),  # as PRIVATE_PROVIDER_HOSTS is read
        ("10.0.0.7", "::ffff:10.0.0.7", True),  # as a socket for both families tells it
        ("10.0.0.7", "2002:0a00:0007::1", False),  # such addresses carry what their owner likes
        ("10.0.0.7", "64:ff9b::a00:7", False),
        ("[::1]", "::1", True),
        ("fe80::/10", "fe80::1%eth0", True),
        ("::/0", "10.0.0.7", False),
        ("0.0.0.0/0", "", False),  # of a Unix socket
        ("0.0.0.0/0", "testserver", False),
    ],
)
def test_addresses_and_networks(entry: str, address: str, allowed: bool) -> None:
    assert scrapers.allows([entry], address) is allowed
    assert scrapers.allows(["192.0.2.1", entry], address) is allowed


@pytest.mark.parametrize("entry", ["localhost", "10.0.0.0/33", "10.0.0", "*", "10.0.0.1-10.0.0.9", "10.0.0.1:9090"])
def test_a_bad_entry_stops_the_start(settings: LazySettings, entry: str) -> None:
    settings.METRICS_ALLOW = ["10.0.0.7", entry]
    [found] = run_checks(tags=[TAG])
    assert (found.id, found.is_serious()) == ("chatsite.E006", True)
    assert repr(entry) in found.msg
    assert "METRICS_ALLOW=" in str(found.hint)
    settings.METRICS_ALLOW = ["10.0.0.7", "::1"]
    assert run_checks(tags=[TAG]) == []
