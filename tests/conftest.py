"""How the suite runs: what runs where, and the last word on what was left out. The fixtures are in the plugins."""

import gc
import os
from collections.abc import Iterator
from typing import Any

import pytest
from asgiref.sync import SyncToAsync
from django.conf import settings
from django.db import connections
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

pytest_plugins = ["tests.guards", "tests.fixtures_people", "tests.fixtures_simulator", "tests.fixtures_engine"]
pytest_plugins += ["tests.fixtures_outages", "tests.fixtures_database", "tests.fixtures_clients"]

STORAGE_FIXTURES = {"db", "transactional_db", "django_db_reset_sequences", "django_db_serialized_rollback"}
# Recorded answers of providers live beside the project and are no service that could be started.
MAY_BE_ABSENT = "recordings"

_slow = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
hypothesis_settings.register_profile("dev", max_examples=50, deadline=None, suppress_health_check=_slow)
hypothesis_settings.register_profile(
    "ci", max_examples=200, deadline=None, suppress_health_check=_slow, print_blob=True
)
hypothesis_settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "dev"))


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> Iterator[None]:
    """Connections of threads that asynchronous code reaches the database by would outlive the test database."""
    yield
    from threads import database  # with the settings that pytest-django has loaded by now

    database.close()
    SyncToAsync.single_thread_executor.submit(connections.close_all).result()


# --- what runs where -------------------------------------------------------------------------------------------
def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--storage-only", action="store_true", help="leave out tests that use neither database nor Redis")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "browser: drives a real browser")
    config.addinivalue_line("markers", "postgres: needs PostgreSQL; left out where the database is another")
    config.addinivalue_line("markers", "redis: needs Redis; left out where there is none")
    config.addinivalue_line("markers", "slow: takes seconds; left out of make test-quick")


def _is_wanted(item: pytest.Item, *, storage_only: bool) -> bool:
    if item.get_closest_marker("postgres") and not settings.DATABASES["default"]["ENGINE"].endswith("postgresql"):
        return False
    if item.get_closest_marker("redis") and not settings.REDIS_URL:
        return False
    if not storage_only or item.get_closest_marker("redis"):
        return True
    return bool(item.get_closest_marker("django_db") or STORAGE_FIXTURES & set(getattr(item, "fixturenames", ())))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests of other storage are left out, not skipped: another pass of tests/run.py runs them. Browsers come last."""
    storage_only = config.getoption("--storage-only")
    left_out = [item for item in items if not _is_wanted(item, storage_only=storage_only)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
    kept = [item for item in items if item not in set(left_out)]
    items[:] = sorted(kept, key=lambda item: item.get_closest_marker("browser") is not None)


def pytest_collection_finish() -> None:
    """What is there before the first test stays to the last: no search for garbage walks through it again."""
    gc.freeze()


# --- what was left out -----------------------------------------------------------------------------------------
def _skipped(config: pytest.Config) -> list[tuple[str, str]]:
    """(test, reason) of every test that was skipped in this run."""
    reporter: Any = config.pluginmanager.get_plugin("terminalreporter")
    reports = reporter.stats.get("skipped", []) if reporter else []
    return [
        (report.nodeid, str(report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr))
        for report in reports
    ]


def _not_allowed(skipped: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(test, reason) for test, reason in skipped if MAY_BE_ABSENT not in reason.lower()]


def pytest_sessionfinish(session: pytest.Session) -> None:
    """With REQUIRE_ALL=1 a run in which a test was skipped has failed."""
    if os.environ.get("REQUIRE_ALL") == "1" and _not_allowed(_skipped(session.config)) and session.exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    skipped = _skipped(config)
    if not skipped:
        return
    reasons: dict[str, int] = {}
    for _test, reason in skipped:
        reasons[reason] = reasons.get(reason, 0) + 1
    terminalreporter.section("left out")
    for reason, number in reasons.items():
        terminalreporter.line(f"{number} skipped: {reason.removeprefix('Skipped: ')}")
    if os.environ.get("REQUIRE_ALL") == "1" and _not_allowed(skipped):
        terminalreporter.line("REQUIRE_ALL=1: nothing may be skipped here, so this run has failed.", red=True)
