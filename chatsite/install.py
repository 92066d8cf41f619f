"""Installs what the lock names into `.venv`. Runs on the machine's own Python before anything else exists here.

    python3 chatsite/install.py            what serving needs
    python3 chatsite/install.py --otel     also what OpenTelemetry needs
    python3 chatsite/install.py --dev      also what testing and checking need

Owns the virtual environment and nothing else; imports the standard library alone and nothing of this project.
Installing again is free: a stamp keeps the digest of the lock. An installation that was interrupted is begun anew. What
was installed once is brought up to date with the rest and never taken away.
The lock names no index. Files come from the index this machine is set up with (pip's and uv's own settings) and are
held to the lock's hashes.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

LEAST = (3, 11)
UV = "0.13.8"
ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
UNFINISHED = VENV / ".unfinished"
REQUIREMENTS = VENV / "requirements.txt"
# What can be asked for: its name in words, and what uv then takes from the lock. Each contains those before it.
KINDS = {
    "": ("what serving needs", ["--no-dev"]),
    "otel": ("what serving with OpenTelemetry needs", ["--no-dev", "--extra", "otel"]),
    "dev": ("the development environment", ["--all-groups", "--all-extras"]),
}


def say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


def fail(text: str) -> None:
    say(f"install: {text}")
    raise SystemExit(1)


def digest() -> str:
    """Changes with anything that should make `.venv` be brought up to date."""
    parts = [str(ROOT), UV, *((ROOT / name).read_text("utf-8") for name in ("uv.lock", "pyproject.toml"))]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def stamp(kind: str) -> Path:
    return VENV / (f".installed-{kind}" if kind else ".installed")


def containing(kind: str) -> "list[str]":
    """The kinds that serve where `kind` is wanted, itself first."""
    kinds = list(KINDS)
    return kinds[kinds.index(kind) :]


def is_current(kind: str, wanted: str) -> bool:
    """Whether everything is there already; an environment that has more also serves."""
    marks = [stamp(one) for one in containing(kind)]
    return PYTHON.exists() and any(mark.exists() and mark.read_text("ascii") == wanted for mark in marks)


def kept(kind: str) -> str:
    """`kind`, or what was installed before where that is more: never take away what somebody works with."""
    return [one for one in containing(kind) if one == kind or stamp(one).exists()][-1]


def run(*command: object, env: "dict[str, str] | None" = None, quiet: bool = False) -> int:
    output = subprocess.DEVNULL if quiet else None
    words = [str(part) for part in command]
    return subprocess.run(words, env=env, stdout=output, stderr=output, check=False).returncode


def is_sound() -> bool:
    """Whether `.venv` can be built upon: complete, made at this place, its Python starts and is new enough."""
    if not PYTHON.exists() or UNFINISHED.exists() or str(VENV) not in (VENV / "pyvenv.cfg").read_text("utf-8"):
        return False
    return run(PYTHON, "-c", f"import sys, pip; sys.exit(sys.version_info < {LEAST!r})", quiet=True) == 0


def make_environment() -> None:
    if VENV.exists():
        say("install: .venv is unfinished, was moved or lost its Python: making it anew")
        shutil.rmtree(VENV)
    VENV.mkdir()
    UNFINISHED.touch()
    if run(sys.executable, "-m", "venv", VENV) != 0:
        fail(
            "this Python cannot make virtual environments. On Debian and Ubuntu: apt install python3-venv. "
            "Elsewhere install a complete Python 3.11 or newer and name it: make run PYTHON=/path/to/python3"
        )


def uv_settings() -> "dict[str, str]":
    """The environment for uv: never fetch an interpreter, and use the index pip is set up with."""
    settings = {**os.environ, "UV_PYTHON_DOWNLOADS": "never", "VIRTUAL_ENV": str(VENV)}
    if "UV_DEFAULT_INDEX" in settings or "UV_INDEX_URL" in settings:
        return settings
    for key in (":env:.index-url", "install.index-url", "global.index-url"):
        answer = subprocess.run(
            [str(PYTHON), "-m", "pip", "config", "get", key], capture_output=True, text=True, check=False
        )
        if answer.returncode == 0 and answer.stdout.strip():
            return {**settings, "UV_DEFAULT_INDEX": answer.stdout.strip()}
    return settings


def install_locked(kind: str) -> None:
    uv = VENV / "bin" / "uv"
    if run(PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", f"uv=={UV}") != 0:
        fail("uv could not be installed with pip: see pip's message above (is a package index within reach?)")
    env, (_, parts) = uv_settings(), KINDS[kind]
    export = ["export", "--quiet", "--frozen", *parts, "--no-emit-project", "--no-annotate", "--no-header"]
    export += ["--format", "requirements-txt", "-o", str(REQUIREMENTS)]
    if run(uv, "--project", ROOT, *export, env=env, quiet=True) != 0:
        fail("uv.lock and pyproject.toml do not fit together: run `make lock`")
    if run(uv, "pip", "sync", "--quiet", "--python", PYTHON, "--require-hashes", REQUIREMENTS, env=env) == 0:
        return
    say("install: uv could not install the packages; trying pip")
    if run(PYTHON, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", REQUIREMENTS) != 0:
        fail("the packages could not be installed: see the message above")


def main(arguments: "list[str]") -> None:
    if sys.version_info < LEAST:
        fail(f"needs Python {LEAST[0]}.{LEAST[1]} or newer; this is {sys.version.split()[0]} at {sys.executable}")
    kinds = [argument.removeprefix("--") for argument in arguments]
    if set(arguments) - {f"--{kind}" for kind in KINDS if kind}:
        fail(f"does not know {arguments}; the options are --otel and --dev")
    with (ROOT / "pyproject.toml").open() as lock:  # two installations at once would spoil each other
        fcntl.flock(lock, fcntl.LOCK_EX)
        wanted = digest()
        kind = [one for one in KINDS if not one or one in kinds][-1]
        if is_current(kind, wanted):
            return
        kind = kept(kind)
        began = time.monotonic()
        if not is_sound():
            make_environment()
        say(f"install: installing {KINDS[kind][0]} into .venv")
        UNFINISHED.touch()
        install_locked(kind)
        stamp(kind).write_text(wanted, "ascii")
        UNFINISHED.unlink()
        say(f"install: done in {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main(sys.argv[1:])
