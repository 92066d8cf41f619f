"""Whether a name will be answered: by the provider's list, by the makers' retirements, by both."""

from datetime import UTC, date, datetime

import pytest

from providers.models import Deployment, Model, Offering, Provider
from providers.standing import Finding, Listed, finding, findings, judge

TODAY = date(2026, 11, 20)
READ = datetime(2026, 11, 19, 8, tzinfo=UTC)
LIST = Listed(
    "acme",
    {
        "gpt-6-luna": None,
        "gpt-4o": date(2027, 1, 14),
        "old": date(2026, 11, 20),
        "gpt-4-turbo": None,
        "qwen3:latest": None,
        "openai/gpt-6-luna": None,
        "claude-opus-4-1-20250805": None,
        "gpt-5": None,
    },
    READ.date(),
)

CASES = [
    # without a list only the maker's retirements are known, and only of the maker
    ("gpt-6-luna", "openai", None, None),
    ("gpt-4-turbo", "openai", None, Finding("gpt-4-turbo was retired on 2026-10-23; use gpt-6-luna.", retired=True)),
    ("gpt-4-turbo", "", None, None),
    ("gpt-4o", "openai", None, Finding("gpt-4o retires on 2027-01-14; then use gpt-6-luna.")),
    ("models/o1", "openai", None, Finding("o1 was retired on 2026-10-23; use gpt-6.1-sol.", retired=True)),
    # the list's own date, with the maker's advice where there is any
    ("gpt-4o", "openai", LIST, Finding("gpt-4o retires on 2027-01-14; then use gpt-6-luna.")),
    ("gpt-4o", "", LIST, Finding("gpt-4o retires on 2027-01-14.")),
    ("old", "", LIST, Finding("old was retired on 2026-11-20.", retired=True)),
    # listed
    ("gpt-6-luna", "openai", LIST, None),
    ("qwen3", "", LIST, None),
    ("openai/gpt-6-luna:online", "", LIST, None),
    ("claude-opus-4-1", "", LIST, None),
    # listed, and yet retired or about to be
    (
        "gpt-4-turbo",
        "openai",
        LIST,
        Finding("gpt-4-turbo was retired on 2026-10-23; use gpt-6-luna. The list of acme still names it."),
    ),
    ("gpt-5", "openai", LIST, Finding("gpt-5 retires on 2026-12-11; then use gpt-6.1-sol.")),
    # not listed
    ("o1", "openai", LIST, Finding("o1 was retired on 2026-10-23; use gpt-6.1-sol.", retired=True)),
    (
        "gpt-6-lunar",
        "openai",
        LIST,
        Finding('acme does not list a model called "gpt-6-lunar" (read on 2026-11-19). Did you mean "gpt-6-luna"?'),
    ),
    ("zzz", "", LIST, Finding('acme does not list a model called "zzz" (read on 2026-11-19).')),
]  # fmt: skip


@pytest.mark.parametrize(("upstream", "vendor", "listed", "found"), CASES, ids=lambda value: str(value)[:40])
def test_what_speaks_against_a_name(upstream: str, vendor: str, listed: Listed | None, found: Finding | None) -> None:
    assert judge(upstream, vendor, listed, TODAY) == found


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("values", "judged"),
    [
        ({}, True),
        ({"base_url": "https://api.openai.com/v2"}, True),
        ({"base_url": "https://gateway.example/v1"}, False),
        ({"preset": "openai-compatible", "base_url": "https://api.example/v1"}, False),
        ({"preset": "gone"}, False),
    ],
)
def test_only_the_makers_endpoint_is_judged_by_the_makers_table(values: dict[str, str], judged: bool) -> None:
    row = Provider.objects.create(**{"name": "p", "preset": "openai", **values})
    assert (finding(row, "gpt-4-turbo", TODAY) is not None) is judged


@pytest.mark.django_db
def test_deployments_are_judged_by_what_is_stored() -> None:
    openai = Provider.objects.create(name="openai", preset="openai")
    other = Provider.objects.create(name="other", preset="openai-compatible", base_url="https://x.example/v1")
    Offering.objects.create(provider=other, upstream="gpt-1", seen_at=READ)
    Offering.objects.create(provider=other, upstream="gpt-2", seen_at=READ, ends=date(2026, 12, 24))
    model = Model.objects.create(name="fast")
    for provider, upstream in (
        (openai, "gpt-6-luna"),
        (openai, "gpt-4"),
        (other, "gpt-1"),
        (other, "gpt-2"),
        (other, "gpt-3"),
    ):
        Deployment.objects.create(model=model, provider=provider, upstream=upstream)
    rows = Deployment.objects.select_related("model", "provider")
    assert findings(rows, TODAY) == [
        "model fast at openai: gpt-4 was retired on 2026-10-23; use gpt-6-luna.",
        "model fast at other: gpt-2 retires on 2026-12-24.",
        'model fast at other: other does not list a model called "gpt-3" (read on 2026-11-19). Did you mean "gpt-2"?',
    ]
