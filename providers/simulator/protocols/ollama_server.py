"""What an Ollama server tells about itself: installed and loaded models, one model, its version."""

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from providers.simulator import options
from providers.simulator.memory import Resident
from providers.simulator.protocols.base import Request
from providers.simulator.protocols.ollama_request import model_of, refused

VERSION = "0.40.12"
WINDOW = 32_768  # tokens
_INSTALLED = "2026-01-01T00:00:00Z"
_FOR_EVER = datetime(2318, 1, 1, tzinfo=UTC)
_BYTES = 4_000_000_000
_DETAILS = {
    "parent_model": "",
    "format": "gguf",
    "family": "simulator",
    "families": ["simulator"],
    "parameter_size": "8.0B",
    "quantization_level": "Q4_K_M",
}


def tags(names: Iterable[str]) -> bytes:
    """`GET /api/tags`: what is installed."""
    return _models({**_row(name), "modified_at": _INSTALLED} for name in names)


def loaded(_request: Request, residents: Sequence[Resident]) -> bytes:
    """`GET /api/ps`: what is in memory, and until when."""
    return _models(
        {
            **_row(resident.name),
            "expires_at": _moment(resident.expires_at),
            "size_vram": _BYTES,
            "context_length": WINDOW,
        }
        for resident in residents
    )


def version(_request: Request, _residents: Sequence[Resident]) -> bytes:
    """`GET /api/version`."""
    return _json({"version": VERSION})


def show(request: Request, _residents: Sequence[Resident]) -> bytes:
    """`POST /api/show`: one model, if there is such a preset with such options."""
    name = model_of(request.json())
    try:
        options.read(name)
    except (options.UnknownModelError, options.BadOptionError):
        raise refused(f"model '{name}' not found", 404) from None
    return _json(
        {
            "details": _DETAILS,
            "model_info": {"general.architecture": "simulator", "simulator.context_length": WINDOW},
            "capabilities": ["completion", "tools", "thinking", "vision"],
            "modified_at": _INSTALLED,
        }
    )


def _row(name: str) -> dict[str, Any]:
    return {
        "name": name,
        "model": name,
        "size": _BYTES,
        "digest": sha256(name.encode()).hexdigest(),
        "details": _DETAILS,
    }


def _moment(seconds: float) -> str:
    """RFC 3339. A model that stays for ever has a date all the same, far away."""
    when = _FOR_EVER if seconds >= _FOR_EVER.timestamp() else datetime.fromtimestamp(seconds, UTC)
    return when.isoformat().replace("+00:00", "Z")


def _models(rows: Iterable[dict[str, Any]]) -> bytes:
    return _json({"models": list(rows)})


def _json(value: Any) -> bytes:
    return json.dumps(value).encode()
