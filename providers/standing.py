"""Whether a model's upstream name will be answered at its provider, as far as can be told without asking.

Looks at the provider's own list, where it was read, and at the makers' retirements. Where the two disagree it is said
and not refused: some lists go on naming what is gone (recorded of Gemini's), and some models outlive their date.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from providers.models import Deployment, Offering, Provider
from providers.presets import PRESETS
from providers.registry import base_url_of
from providers.retirements import retirement_at
from providers.validation import origin, suggestion

_RELEASE = re.compile(r"-(\d{4}-\d{2}-\d{2}|20\d{6})$")


@dataclass(frozen=True, slots=True)
class Finding:
    """`retired`: a call cannot succeed. Otherwise it may, and `text` says what speaks against it."""

    text: str
    retired: bool = False


@dataclass(frozen=True, slots=True)
class Listed:
    """A provider's list: the last day of each name where one is told, and when it was read."""

    provider: str
    ends: Mapping[str, date | None]
    read_on: date

    def knows(self, upstream: str) -> bool:
        """Also by the names a list leaves out: Ollama's without a tag, OpenRouter's variants, aliases of releases."""
        base = upstream.rpartition(":")[0]
        return (
            upstream in self.ends
            or f"{upstream}:latest" in self.ends
            or bool(base and base in self.ends)
            or any(_RELEASE.sub("", name) == upstream for name in self.ends)
        )


def judge(upstream: str, vendor: str, listed: Listed | None, today: date) -> Finding | None:
    """What speaks against the name. `vendor` is the preset whose own endpoint it is, or ""; `listed` None: not read."""
    upstream = upstream.removeprefix("models/")
    if listed is not None and (ends := listed.ends.get(upstream)):
        return _ending(upstream, vendor, ends, today)
    known = listed is not None and listed.knows(upstream)
    retirement = retirement_at(vendor, upstream)
    if retirement is not None:
        gone, words = retirement.ends <= today, retirement.words(today, upstream)
        if gone and known and listed is not None:
            return Finding(f"{words}. The list of {listed.provider} still names it.")
        return Finding(f"{words}.", retired=gone)
    if listed is None or known:
        return None
    return Finding(
        f'{listed.provider} does not list a model called "{upstream}" (read on {listed.read_on}).'
        f"{suggestion(upstream, list(listed.ends))}"
    )


def finding(provider: Provider, upstream: str, today: date | None = None) -> Finding | None:
    """`judge` for a row, with what is stored."""
    return judge(upstream, _vendor(provider), _listed(provider), today or datetime.now(UTC).date())


def findings(deployments: Iterable[Deployment], today: date | None = None) -> list[str]:
    """A sentence for each of `deployments` that something speaks against. Reads every list once."""
    today = today or datetime.now(UTC).date()
    lists: dict[str, Listed | None] = {}
    told: list[str] = []
    for row in deployments:
        if row.provider.name not in lists:
            lists[row.provider.name] = _listed(row.provider)
        found = judge(row.upstream, _vendor(row.provider), lists[row.provider.name], today)
        if found is not None:
            told.append(f"model {row.model.name} at {row.provider.name}: {found.text}")
    return told


def _ending(upstream: str, vendor: str, ends: date, today: date) -> Finding:
    """The list's own date, with the replacement where the makers name one."""
    told = retirement_at(vendor, upstream)
    use = f"; use {told.replacement}" if told else ""
    if ends <= today:
        return Finding(f"{upstream} was retired on {ends}{use}.", retired=True)
    return Finding(f"{upstream} retires on {ends}{use.replace('; use', '; then use')}.")


def _vendor(provider: Provider) -> str:
    """The row's preset where its address is the vendor's own, else ""."""
    if provider.preset not in PRESETS:
        return ""
    theirs = base_url_of(provider.preset, provider.adapter, "")
    if not provider.base_url or (theirs and origin(provider.base_url) == origin(theirs)):
        return provider.preset
    return ""


def _listed(provider: Provider) -> Listed | None:
    rows = list(Offering.objects.filter(provider=provider).values_list("upstream", "ends", "seen_at"))
    if not rows:
        return None
    return Listed(provider.name, {upstream: ends for upstream, ends, _ in rows}, max(seen for *_, seen in rows).date())
