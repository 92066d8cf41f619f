"""The whole suite, pass by pass: on SQLite, again on PostgreSQL and with Redis where they answer, and in a browser.

    python tests/run.py [--quick] [pytest's own arguments]

TEST_DATABASE_URL and TEST_REDIS_URL name the servers, else the usual local ports are tried; CHROMIUM names the browser.
What could not run is said at the end; with REQUIRE_ALL=1 that is a failure.
"""

import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import redis

ROOT = Path(__file__).resolve().parent.parent
# The process id keeps two runs on one machine apart. The database itself need not exist: tests make their own.
POSTGRES = [f"postgres://{login}@127.0.0.1:5432/chatsite_{os.getpid()}" for login in ("postgres", "postgres:postgres")]
REDIS = ["redis://127.0.0.1:6379/0"]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
NO_TESTS = 5  # pytest's exit code
SLOW = 15
# Many tests wait now and then, so one process more than there are processors keeps these busy. Each process costs the
# seconds of its start, and with many more of them what a test waits for would come late.
WORKERS = max(2, min(5, (os.cpu_count() or 2) + 1))
SPREAD = ["-n", str(WORKERS), "--dist", "worksteal"]
BROWSERS_AT_ONCE = 2


@dataclass(frozen=True, kw_only=True)
class Pass:
    """One run of pytest: its arguments, what it needs in the environment, and why it cannot run, if so."""

    name: str
    arguments: list[str]
    environment: dict[str, str] = field(default_factory=dict)
    left_out: str = ""


@dataclass(frozen=True, kw_only=True)
class Result:
    name: str
    text: str
    failed: bool


def answering_postgres() -> tuple[str, str]:
    """(URL, "") of the first PostgreSQL that lets us make databases, or ("", why there is none)."""
    told = os.environ.get("TEST_DATABASE_URL", "")
    why = ""
    for url in [told] if told else POSTGRES:
        try:
            with psycopg.connect(f"{url.rpartition('/')[0]}/postgres", connect_timeout=3) as connection:
                may = connection.execute("select rolcreatedb or rolsuper from pg_roles where rolname = current_user")
                if may.fetchone() == (True,):
                    return url, ""
                why = "this role may not make databases"
        except psycopg.Error as error:
            why = str(error).strip().splitlines()[0]
    return "", f"PostgreSQL: {why} (set TEST_DATABASE_URL=postgres://user:password@host:port/name)"


def answering_redis() -> tuple[str, str]:
    """(URL, "") of the first Redis that answers, or ("", why there is none)."""
    told = os.environ.get("TEST_REDIS_URL", "")
    why = ""
    for url in [told] if told else REDIS:
        try:
            with redis.Redis.from_url(url, socket_timeout=3, socket_connect_timeout=3) as client:
                client.ping()
        except (redis.RedisError, ValueError) as error:
            why = str(error)
        else:
            return url, ""
    return "", f"Redis: {why} (set TEST_REDIS_URL=redis://host:port/number)"


def storage_passes() -> list[Pass]:
    """PostgreSQL with Redis; what is missing becomes a pass of its own that is left out."""
    database, no_database = answering_postgres()
    hints, no_hints = answering_redis()
    named = {"TEST_DATABASE_URL": database, "TEST_REDIS_URL": hints}
    found = {name: url for name, url in named.items() if url}
    names = " and ".join(name for name, url in (("PostgreSQL", database), ("Redis", hints)) if url)
    missing = [Pass(name=why.partition(":")[0], arguments=[], left_out=why) for why in (no_database, no_hints) if why]
    if not found:
        return missing
    arguments = [*SPREAD, "-m", "not browser", "--storage-only"]
    return [Pass(name=names, arguments=arguments, environment=found), *missing]


def browser_pass() -> Pass:
    browser = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), "")
    why = "" if browser and Path(browser).exists() else "no Chromium (install it, or set CHROMIUM=/path/to/chromium)"
    # A file's tests share what is made for them: a site with its figures, say.
    spread = ["-n", str(BROWSERS_AT_ONCE), "--dist", "loadfile"]
    return Pass(name="browser", arguments=[*spread, "-m", "browser"], environment={"CHROMIUM": browser}, left_out=why)


def compiled_once(environment: dict[str, str]) -> dict[str, str]:
    """Where Python was told to leave no bytecode beside the sources, keep it among pytest's own files: else each of the
    many processes of a run would compile everything anew, which takes longer than most of them live."""
    if not environment.get("PYTHONDONTWRITEBYTECODE"):
        return environment
    kept = {name: value for name, value in environment.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {"PYTHONPYCACHEPREFIX": str(ROOT / ".pytest_cache" / "bytecode"), **kept}


def run(one: Pass, arguments: list[str]) -> Result:
    if one.left_out:
        return Result(name=one.name, text=f"LEFT OUT  {one.left_out}", failed=os.environ.get("REQUIRE_ALL") == "1")
    environment = {
        name: value for name, value in os.environ.items() if name not in {"TEST_DATABASE_URL", "TEST_REDIS_URL"}
    }
    command = [sys.executable, "-m", "pytest", "-q", f"--durations={SLOW}", "--durations-min=1"]
    print(f"\n===== {one.name} =====", flush=True)
    began = time.monotonic()
    environment = compiled_once({**environment, **one.environment})
    code = subprocess.call([*command, *one.arguments, *arguments], cwd=ROOT, env=environment)
    took = f"{time.monotonic() - began:.0f} s"
    if code == NO_TESTS and arguments:
        return Result(name=one.name, text=f"no tests  with {' '.join(arguments)}", failed=False)
    return Result(
        name=one.name, text=f"passed    {took}" if code == 0 else f"FAILED    {took}, code {code}", failed=code != 0
    )


def main(arguments: list[str]) -> int:
    quick = "--quick" in arguments
    rest = [argument for argument in arguments if argument != "--quick"]
    unit = "not browser and not slow" if quick else "not browser"
    passes = [Pass(name="SQLite", arguments=[*SPREAD, "-m", unit])]
    if not quick:
        passes += [*storage_passes(), browser_pass()]
    try:
        results = [run(one, rest) for one in passes]
    except KeyboardInterrupt:
        return 130
    print("\n===== in all =====")
    for result in results:
        print(f"{result.name:<22} {result.text}")
    if quick:
        print("left out               PostgreSQL, Redis, the browser and slow tests: `make test` has them")
    return int(any(result.failed for result in results))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
