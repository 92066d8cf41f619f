"""Is this process alive, and can it serve? For load balancers and supervisors; no sign-in, no secrets."""

from django.conf import settings
from django.db import Error as DatabaseError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from redis import Redis, RedisError

from threads import database
from threads.generation import runtime

_NOW = {"Cache-Control": "no-store"}


async def healthz(request: HttpRequest) -> JsonResponse:
    """200 while the process answers at all."""
    return JsonResponse({"status": "ok"}, headers=_NOW)


async def readyz(request: HttpRequest) -> JsonResponse:
    """200 when requests can be served; 503 with what is missing, and Retry-After.

    `?without=redis` is for proxies: Redis is away for all processes at once, who serve without it, and a proxy that
    took them all out of service would make an outage of what is none.
    """
    checks = {"database": await database.read(_database), "redis": await database.read(_redis)}
    checks["draining"] = "the process is shutting down" if runtime.current().draining else ""
    missing = {name: reason for name, reason in checks.items() if reason}
    if missing.keys() - ({"redis"} if request.GET.get("without") == "redis" else set()):
        headers = {**_NOW, "Retry-After": "5"}
        return JsonResponse({"status": "unavailable", "missing": missing}, status=503, headers=headers)
    return JsonResponse({"status": "ok"} | ({"missing": missing} if missing else {}), headers=_NOW)


def _database() -> str:
    try:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as error:
        connection.close()
        return f"the database does not answer ({type(error).__name__})"
    return f"{len(waiting)} migrations are not applied: run manage.py migrate" if waiting else ""


def _redis() -> str:
    if not settings.REDIS_URL:
        return ""
    try:
        with Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1) as client:
            client.ping()
    except RedisError as error:
        return f"Redis does not answer ({type(error).__name__})"
    return ""
