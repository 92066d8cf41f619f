"""Why this model answers: the little that is kept of a choice with its generation, where it was left to the site.

Its form is `[{"model", "reason", "cost_usd"?, "passed_over"?}]`, the chosen one first: texts, costs in US dollars.
"""

from typing import Any

from providers.dispatch.router import AUTO, Choice, Ranked

KEPT = 4  # models; the row is written again every second while the answer runs
LONGEST = 200  # characters of a reason


def kept(requested: str, choice: Choice) -> list[dict[str, Any]] | None:
    """None where somebody asked for the model by its name."""
    return [_line(one) for one in choice.ranking[:KEPT]] if requested in ("", AUTO) else None


def _line(one: Ranked) -> dict[str, Any]:
    line = {"model": one.model, "reason": _short(one.reason)}
    if one.cost_usd is not None:
        line["cost_usd"] = f"{one.cost_usd:.3g}"
    if one.passed_over:
        line["passed_over"] = _short(one.passed_over)
    return line


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
