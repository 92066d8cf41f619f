"""The environment, read once and typed. Owns how a setting is read and refused; knows nothing of what it is for.

A value that cannot be used stops the process at start with the setting's name and what would do. Every secret may
come from a file instead: `X_FILE=/path` is read when `X` is not set.
"""

import os
import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

_env = environ.Env()
_ENGINES = {
    "django.db.backends.sqlite3": "django.db.backends.sqlite3",
    "django.db.backends.postgresql": "threads.postgresql",
}


def load(default: Path) -> None:
    """Read the file ENV_FILE names, else `default` where it exists; what the real environment says wins."""
    path = Path(os.environ.get("ENV_FILE", "").strip() or default)
    if path.is_file():
        environ.Env.read_env(path, overwrite=False)


def raw(name: str) -> str | None:
    """The value of `name`, or of the file `NAME_FILE` points to; None where neither is set or both are empty."""
    if value := os.environ.get(name, "").strip():
        return value
    path = os.environ.get(f"{name}_FILE", "").strip()
    if not path:
        return None
    try:
        return Path(path).read_text(encoding="utf-8").strip() or None
    except (OSError, UnicodeDecodeError) as error:
        raise ImproperlyConfigured(f"{name}_FILE={path}: cannot be read ({error}).") from error


def text(name: str, default: str = "") -> str:
    return raw(name) or default


def flag(name: str, default: bool) -> bool:
    value = (raw(name) or ("on" if default else "off")).lower()
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"{name}={value!r}: use on or off.")


def integer(name: str, default: int, *, least: int, most: int) -> int:
    value = raw(name)
    try:
        number = default if value is None else int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name}={value!r}: use a whole number.") from None
    if not least <= number <= most:
        raise ImproperlyConfigured(f"{name}={number}: use a number from {least} to {most}.")
    return number


def number(name: str, default: float, *, least: float, most: float) -> float:
    value = raw(name)
    try:
        found = default if value is None else float(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name}={value!r}: use a number.") from None
    if not least <= found <= most:  # also "nan", which is neither
        raise ImproperlyConfigured(f"{name}={value}: use a number from {least:g} to {most:g}.")
    return found


def pair(name: str, default: tuple[int, int], *, most: int) -> tuple[int, int]:
    """Two whole numbers, as in "300,5000"."""
    found = words(name, map(str, default))
    if len(found) != 2 or not all(one.isascii() and one.isdigit() and int(one) <= most for one in found):
        raise ImproperlyConfigured(f"{name}={raw(name)!r}: use two numbers up to {most}, as {default[0]},{default[1]}.")
    return int(found[0]), int(found[1])


def choice(name: str, default: str, allowed: Iterable[str]) -> str:
    value, allowed = (raw(name) or default).lower(), tuple(allowed)
    if value not in allowed:
        raise ImproperlyConfigured(f"{name}={value!r}: use one of {', '.join(allowed)}.")
    return value


def words(name: str, default: Iterable[str] = ()) -> list[str]:
    value = raw(name)
    return list(default) if value is None else [word.strip() for word in value.split(",") if word.strip()]


def database(default: str) -> dict[str, Any]:
    """DATABASE_URL as Django's dictionary: sqlite:///path or postgres://user:password@host:port/name."""
    url = raw("DATABASE_URL") or default
    try:
        config: dict[str, Any] = dict(_env.db_url_config(url))
    except Exception as error:  # the parser raises whatever its parts do; the message must name the setting
        raise ImproperlyConfigured(f"DATABASE_URL: cannot be read ({type(error).__name__}).") from error
    engine = _ENGINES.get(config.get("ENGINE", ""))
    if engine is None:
        raise ImproperlyConfigured(
            "DATABASE_URL: use sqlite:///path/to/file or postgres://user:password@host:port/name."
        )
    return {**config, "ENGINE": engine}


def redis_url() -> str:
    url = raw("REDIS_URL") or ""
    if url and not url.startswith(("redis://", "rediss://", "unix://")):
        raise ImproperlyConfigured("REDIS_URL: use redis://host:port/number, rediss://… or unix://….")
    return url


def secret(name: str, kept_in: Path) -> str:
    """The secret `name`; where it is not set, one made on the first start and kept in `kept_in` (mode 0600)."""
    if value := raw(name):
        return value
    try:
        return kept_in.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        kept_in.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(kept_in, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:  # another process was quicker
        return kept_in.read_text(encoding="ascii").strip()
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(48))
    return kept_in.read_text(encoding="ascii").strip()
