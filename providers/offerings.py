"""What providers offer: their lists asked for and kept, models made from them, and what they tell of a deployment.

Call it from threads without an event loop. How a list is read is `providers.listing`'s; whether a name is on it,
`providers.standing`'s.
"""

import asyncio
from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.db import transaction

from providers.adapters.http import make_client
from providers.dispatch.targets import Prices
from providers.encryption import EncryptionError
from providers.errors import ProviderError
from providers.listing.fetch import LISTINGS, offers
from providers.listing.offer import Offer
from providers.models import Deployment, Model, Offering, Provider
from providers.prices import UNKNOWN, prices_for
from providers.profiles import profile_for
from providers.registry import ConfigurationError, adapter_name, endpoint_for, preset_of
from providers.types import Endpoint
from providers.validation import address_policy

_NAMED = 5  # names in one report
_FIELDS = (
    *("label", "context_tokens", "output_tokens", "price_input", "price_output", "price_cached_input", "ends"),
    "capabilities",
)


@dataclass(frozen=True, slots=True)
class Report:
    """What came of reading one list: a sentence without secrets."""

    text: str
    ok: bool


@dataclass(frozen=True, slots=True)
class Known:
    """What rows, the provider's list, profiles and published prices say of a deployment together; None: unknown."""

    prices: Prices
    context_tokens: int | None
    output_tokens: int | None


def sync(providers: Iterable[Provider]) -> list[Report]:
    """Read the lists of `providers`, all at once, and store what they say. A list that fails changes nothing."""
    rows = list(providers)
    answers = asyncio.run(_read_all([_place_or_fault(row) for row in rows]))
    now = datetime.now(UTC)
    return [
        store(row, answer, now) if isinstance(answer, tuple) else Report(f"{row.name}: {answer}", ok=False)
        for row, answer in zip(rows, answers, strict=True)
    ]


def store(provider: Provider, found: Sequence[Offer], now: datetime) -> Report:
    """Make the stored list of `provider` the one just read."""
    rows = [
        Offering(
            provider=provider, upstream=one.upstream, seen_at=now, **{name: getattr(one, name) for name in _FIELDS}
        )
        for one in found
    ]
    names = [one.upstream for one in found]
    with transaction.atomic():
        before = set(provider.offerings.values_list("upstream", flat=True))
        Offering.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["provider", "upstream"],
            update_fields=[*_FIELDS, "seen_at"],
        )
        provider.offerings.filter(upstream__in=before - set(names)).delete()
    return Report(f"{provider.name}: {_summary(names, before)}", ok=True)


def add_models(offered: Iterable[Offering]) -> list[str]:
    """Make a model of each, under its upstream name, or `name@provider` where that is taken. Says what was done."""
    return [_add_model(row) for row in offered]


def known_of(row: Deployment) -> Known:
    """For `row` with its model and provider: staff's word first, then the list's, then what is known of the name."""
    preset, model = row.provider.preset, row.model
    said = Offering.objects.filter(provider_id=row.provider_id, upstream=row.upstream).first()
    own = Prices(model.price_input, model.price_output, model.price_cached_input)
    listed = Prices(said.price_input, said.price_output, said.price_cached_input) if said else UNKNOWN
    profile = profile_for(row.upstream, preset)
    # A server that is started with a window of its own lists the model's, which is larger.
    window = None if said is None or profile != profile_for(row.upstream) else said.context_tokens
    return Known(
        prices=prices_for(preset, row.upstream, (own, listed)),
        context_tokens=window or profile.context_tokens,
        output_tokens=(said.output_tokens if said else None) or profile.output_tokens,
    )


def _summary(names: Sequence[str], before: set[str]) -> str:
    """ "offers 3 models; 1 new: a; 2 gone: b, c". Of a first list, nothing is called new."""
    changes = {
        "new": [name for name in names if name not in before] if before else [],
        "gone": sorted(before - set(names)),
    }
    told = [
        f"; {len(those)} {what}: {', '.join(those[:_NAMED])}{', …' if len(those) > _NAMED else ''}"
        for what, those in changes.items()
        if those
    ]
    return f"offers {'1 model' if len(names) == 1 else f'{len(names)} models'}{''.join(told)}"


def _add_model(row: Offering) -> str:
    provider = row.provider
    if present := Deployment.objects.filter(provider=provider, upstream=row.upstream).first():
        return f"{row.upstream} at {provider.name} is there already, as {present.model.name}"
    free = (name for name in (row.upstream, f"{row.upstream}@{provider.name}") if not _taken(name))
    name = next(free, "")
    if not name:
        return f"{row.upstream} at {provider.name}: both names for it are taken; add it by hand"
    profile = profile_for(row.upstream, provider.preset)
    model = Model(name=name, label=row.label if row.label != name else "")
    model.capabilities = [word for word in row.capabilities if not getattr(profile, word, False)]
    try:
        model.full_clean()
    except ValidationError as error:
        return f"{provider.name}: {name} cannot be a model's name: {' '.join(error.messages)}"
    with transaction.atomic():
        model.save()
        Deployment.objects.create(model=model, provider=provider, upstream=row.upstream)
    return f"model {name} added at {provider.name}"


def _taken(name: str) -> bool:
    return Model.objects.filter(name=name).exists()


def _place_or_fault(row: Provider) -> tuple[str, Endpoint] | str:
    try:
        return list_place(row)
    except (ConfigurationError, EncryptionError) as error:
        return str(error)


def list_place(row: Provider) -> tuple[str, Endpoint]:
    """Protocol and endpoint of the list that tells most: the vendor's own rather than a compatible one.

    Raises ConfigurationError or EncryptionError.
    """
    preset = preset_of(row)
    own, bare = row.base_url.rstrip("/"), preset.wire(row.adapter).bare_path
    root = own.removesuffix(bare) if bare else own
    asked = copy(row)
    asked.adapter = adapter_name(row)
    if not own or (bare and not urlsplit(root).path):  # all the vendor's protocols are at one root
        telling = (wire.adapter for wire in preset.wires if LISTINGS[wire.adapter] is not LISTINGS["openai_chat"])
        if found := next(telling, ""):
            asked.adapter, asked.base_url = found, root
    return asked.adapter, endpoint_for(asked)


async def _read_all(places: Sequence[tuple[str, Endpoint] | str]) -> list[tuple[Offer, ...] | str]:
    """For each place its offers, or why there are none."""
    async with make_client(address_policy().check) as client:

        async def read(place: tuple[str, Endpoint] | str) -> tuple[Offer, ...] | str:
            if isinstance(place, str):
                return place
            try:
                return await offers(*place, client)
            except ProviderError as error:
                return str(error)

        return list(await asyncio.gather(*(read(place) for place in places)))
