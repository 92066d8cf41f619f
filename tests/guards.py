"""What no test may do: reach beyond this machine, or block the event loop. A pytest plugin, loaded by conftest."""

import ipaddress
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from blockbuster import BlockBuster

PACKAGES = ["accounts", "chatsite", "metrics", "providers", "threads"]
# Read once and then kept, at the first use of a template, a type or a lexer: that is no habit of blocking.
MAY_READ = [
    ("whitenoise/middleware.py", {"__init__"}),  # a test's client builds its middleware on the loop
    ("redis/utils.py", {"get_lib_version"}),
    ("prometheus_client/process_collector.py", {"collect"}),  # with the URLs, where a test's first request loads them
    ("django/core/handlers/asgi.py", {"read_body"}),  # no habit of ours: Django keeps large bodies on disk
    ("django/template/loaders/filesystem.py", {"get_contents"}),
    ("django/utils/translation/trans_real.py", {"_new_gnu_trans", "translation_catalog_exists"}),
    ("django/template/engine.py", {"find_template"}),
]


class NetworkRefusedError(RuntimeError):
    """A test tried to reach beyond this machine."""


def _is_local(host: object) -> bool:
    if host in {None, "", b"", "localhost", b"localhost", "localhost.localdomain"}:
        return True
    text = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host)
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return text.endswith(".localhost")
    return address.is_loopback or address.is_unspecified


def _is_literal(host: object) -> bool:
    """Whether resolving `host` needs no network."""
    text = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host)
    try:
        ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return _is_local(host)
    return True


def _audit(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "socket.getaddrinfo" and not _is_literal(arguments[0]):
        raise NetworkRefusedError(f"A test looked up the host {arguments[0]!r}; only loopback addresses are allowed.")
    if event in {"socket.connect", "socket.sendto"} and isinstance(arguments[1], tuple):
        host = arguments[1][0]
        if not _is_local(host):
            raise NetworkRefusedError(f"A test connected to {host!r}; only loopback addresses are allowed.")


def pytest_configure() -> None:
    sys.addaudithook(_audit)  # sees asyncio's and every library's sockets, and cannot be patched away


@pytest.fixture(scope="session")
def _detector() -> BlockBuster:
    detector = BlockBuster(PACKAGES)
    for function in detector.functions.values():
        for file, names in MAY_READ:
            function.can_block_in(file, names)
    return detector


@pytest.fixture(autouse=True)
def _nothing_blocks_the_loop(request: pytest.FixtureRequest, _detector: BlockBuster) -> Iterator[None]:
    """A blocking call on a running event loop, made by this project's code, raises BlockingError.

    Not in browser tests: Playwright's own loop runs in the thread of the test, where blocking is right.
    """
    if request.node.get_closest_marker("browser"):
        yield
        return
    _detector.activate()
    try:
        yield
    finally:
        _detector.deactivate()
