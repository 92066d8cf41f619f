"""The guards of the suite itself: what they must refuse, and what they must let through."""

import asyncio
import os
import socket
import time
from pathlib import Path
from types import CodeType
from typing import Any

import pytest
from blockbuster import BlockingError
from django.conf import settings

from tests.guards import NetworkRefusedError

DOCUMENTATION_ADDRESS = "192.0.2.1"  # routed nowhere, so that a broken guard reaches nobody


def test_connections_beyond_this_machine_are_refused() -> None:
    with socket.socket() as connection:
        connection.settimeout(1)
        with pytest.raises(NetworkRefusedError, match=DOCUMENTATION_ADDRESS):
            connection.connect((DOCUMENTATION_ADDRESS, 80))


async def test_asynchronous_connections_beyond_this_machine_are_refused() -> None:
    with pytest.raises(NetworkRefusedError):
        await asyncio.wait_for(asyncio.open_connection(DOCUMENTATION_ADDRESS, 80), 5)


def test_names_are_not_looked_up() -> None:
    with pytest.raises(NetworkRefusedError, match=r"example\.invalid"):
        socket.getaddrinfo("example.invalid", 80)


def test_loopback_is_allowed() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(("localhost", server.getsockname()[1])),
    ):
        server.accept()[0].close()


def _as_our_code(source: str) -> dict[str, Any]:
    """`source` run as if it stood in a file of this project's packages."""
    namespace: dict[str, Any] = {}
    code: CodeType = compile(source, str(Path(settings.BASE_DIR) / "threads" / "pretended.py"), "exec")
    exec(code, namespace)  # noqa: S102 - the source stands in this file
    return namespace


async def test_code_of_ours_may_not_block_the_loop() -> None:
    ours = _as_our_code("import time\ndef wait(): time.sleep(0.01)\nasync def answer(): wait()\n")
    with pytest.raises(BlockingError):
        await ours["answer"]()
    await asyncio.to_thread(ours["wait"])  # a thread may


def test_without_a_loop_our_code_may_block() -> None:
    _as_our_code("import time\ndef wait(): time.sleep(0.01)\n")["wait"]()


async def test_code_of_others_is_not_judged() -> None:
    time.sleep(0.01)


def test_nothing_of_this_machine_is_configured() -> None:
    variable_folder = str(settings.VAR)
    assert "chatsite-tests-" in variable_folder
    assert os.environ["VAR_DIR"] == variable_folder
    assert "OPENAI_API_KEY" not in os.environ
    assert os.environ["DJANGO_SETTINGS_MODULE"] == "chatsite.settings"
    name = settings.DATABASES["default"]["NAME"]
    assert str(name).startswith(variable_folder) or "test" in str(name)
