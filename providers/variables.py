"""Secrets from the environment: `NAME`, or the file that `NAME_FILE` points to."""

from collections.abc import Mapping
from pathlib import Path


def secret_from(environ: Mapping[str, str], name: str) -> str | None:
    """The secret without the white space around it; None where it is not set, empty, or its file cannot be read."""
    if value := environ.get(name, "").strip():
        return value
    path = environ.get(f"{name}_FILE", "").strip()
    if not path:
        return None
    try:
        return Path(path).read_text(encoding="utf-8").strip() or None
    except (OSError, UnicodeDecodeError):
        return None
