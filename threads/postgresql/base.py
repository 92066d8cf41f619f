"""What Django looks for in a database backend: its own for PostgreSQL, with `Connections` in between."""

from functools import partial
from typing import Any

from django.db.backends.base.base import NO_DB_ALIAS
from django.db.backends.postgresql import base
from django.utils.asyncio import async_unsafe
from psycopg import IsolationLevel

from threads.postgresql.connections import MOST, Connection, Connections

_pools: dict[tuple[str, ...], Connections] = {}  # by alias and place


class DatabaseWrapper(base.DatabaseWrapper):
    _from: Connections | None = None  # whose the present connection is

    def get_connection_params(self) -> dict[str, Any]:
        return {name: value for name, value in super().get_connection_params().items() if name != "connections"}

    @async_unsafe
    def get_new_connection(self, conn_params: dict[str, Any]) -> Connection:
        self.isolation_level = IsolationLevel.READ_COMMITTED
        if self.alias == NO_DB_ALIAS:
            return Connection.connect(**conn_params)
        self._from = self._connections(conn_params)
        return self._from.take()

    def _connections(self, conn_params: dict[str, Any]) -> Connections:
        key = self.alias, *(str(conn_params.get(part)) for part in ("host", "port", "dbname"))
        if key not in _pools:
            most = self.settings_dict["OPTIONS"].get("connections", MOST)
            _pools.setdefault(key, Connections(partial(Connection.connect, **conn_params), most))
        return _pools[key]

    def _close(self) -> None:
        if self.connection is None:
            return
        with self.wrap_database_errors:
            if self._from is None:
                self.connection.close()
            else:
                self._from.give_back(self.connection)

    def close_pool(self) -> None:
        """Django calls it before it makes and drops databases."""
        for (alias, *_), connections in tuple(_pools.items()):
            if alias == self.alias:
                connections.close()
