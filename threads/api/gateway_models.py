"""The models as OpenAI's clients list them. Reads rows; to be called on a database thread."""

from typing import Any

from providers import queries as registry
from providers.dispatch import router


def listed() -> list[dict[str, Any]]:
    """Those that can be asked now, the oldest first, behind `auto`, which chooses among them."""
    usable = [model for model in registry.catalogue().models.values() if model.usable]
    added = registry.models_added()
    first = min(added.values(), default=0)
    auto = [_model("auto", "Automatic", "chatsite", first)] if usable else []
    return auto + [
        _model(model.name, model.label or model.name, router.rank(model)[0].provider, added.get(model.name, first))
        for model in usable
    ]


def _model(name: str, label: str, owner: str, created: int) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": created, "owned_by": owner, "name": label}
