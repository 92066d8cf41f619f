"""What stands between the engine and its storage, for tests to take it away. A pytest plugin, loaded by conftest."""

from collections.abc import Iterator

import pytest
from asgiref.sync import SyncToAsync
from django.db import connection, connections

from tests.tcp_proxy import TcpProxy


@pytest.fixture
def line(transactional_db: None) -> Iterator[TcpProxy]:
    """Between the engine and PostgreSQL. The test's own connection goes past it."""
    connection.ensure_connection()
    known = connections.settings["default"]
    usual = known["HOST"], known["PORT"]
    with TcpProxy((usual[0] or "127.0.0.1", int(usual[1] or 5432))) as proxy:
        known["HOST"], known["PORT"] = "127.0.0.1", proxy.port
        yield proxy
        known["HOST"], known["PORT"] = usual
        SyncToAsync.single_thread_executor.submit(connections.close_all).result()
