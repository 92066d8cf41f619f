"""The items of a finished output, which say once more, and whole, what the events told in pieces. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Output:
    """What the items hold, each kind in their order. `sources` and `calls` are the objects as they came."""

    text: str = ""
    refusal: str = ""
    reasoning: str = ""
    sources: list[dict[str, Any]] = field(default_factory=list)
    calls: list[dict[str, Any]] = field(default_factory=list)


def read(items: object) -> Output:
    """Items that the provider has dealt with itself (its searches, its programs) say nothing."""
    output = Output()
    for item in objects(items):
        match item.get("type"):
            case "message":
                _message(item.get("content"), output)
            case "reasoning":
                output.reasoning += _joined(item.get("content")) or _joined(item.get("summary"))
            case "search_results":
                output.sources += objects(item.get("results"))
            case "function_call":
                output.calls.append(item)
    return output


def objects(value: object) -> Iterator[dict[str, Any]]:
    """Those of a list; nothing of anything else."""
    return (item for item in value if isinstance(item, dict)) if isinstance(value, list) else iter(())


def _message(content: object, output: Output) -> None:
    if isinstance(content, str):
        output.text += content
    for part in objects(content):
        if part.get("type") == "refusal":
            output.refusal += _string(part.get("refusal"))
        else:
            output.text += _string(part.get("text"))
        output.sources += objects(part.get("annotations"))


def _joined(parts: object) -> str:
    return "".join(_string(part.get("text")) for part in objects(parts))


def _string(value: object) -> str:
    return value if isinstance(value, str) else ""
