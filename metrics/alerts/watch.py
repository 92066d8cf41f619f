"""One look at the whole site: how the targets, the breakers and the budgets are at this moment. Only reads."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.urls import reverse

from metrics import queries, targets
from metrics.alerts.findings import Finding, State
from metrics.alerts.models import Alert, Rules
from metrics.figures import Figures, Filters, Verdict, Window
from metrics.models import Targets
from providers import health_table
from providers.dispatch.health import Health, Key
from providers.models import Deployment
from threads import budgets
from threads.budgets import Standing

LEAST_CALLS = 5  # of a deployment, below which it is not blamed
_ERROR_WORDS = 300  # characters of a provider's own words that are passed on

_MEASURED: Mapping[str, Callable[[Figures], int]] = {
    "ttft_p95": lambda answers: answers.ttft.count,
    "latency_p95": lambda answers: answers.latency.count,
    "latency_p50": lambda answers: answers.latency.count,
    "error_rate": lambda answers: answers.count,
    "cancel_p95": lambda answers: answers.cancel.count,
}
_SLOW = "See which deployment is slow: switch it off, or give its model another one. Or change the target."
_ADVICE = {
    "ttft_p95": _SLOW,
    "latency_p95": _SLOW,
    "latency_p50": _SLOW,
    "error_rate": "The dashboard lists what fails and why. A model with a second deployment or a fallback fails less.",
    "cancel_p95": "Stops are slow when the machine or the database is busy: look at their load.",
}
_RESTS = (
    "Nobody waits for it: calls go to the model's other deployments and fallbacks, where it has any. "
    "If it stays away, switch it off."
)
_STAFF = "It does not mend itself: correct the key or the address, then «Test connection» in the admin."


def look(rules: Rules, now: datetime) -> list[Finding]:
    return [*_targets(rules, now), *_breakers(), *_budgets()]


# --- targets -----------------------------------------------------------------------------------------------------
def _targets(rules: Rules, now: datetime) -> list[Finding]:
    minutes, wanted = rules.missed_minutes, targets.current()
    seen = queries.totals(Filters(), Window(now - timedelta(minutes=minutes), now))
    verdicts = targets.verdicts(seen.answers, wanted)
    return [
        _target(name, verdict, _MEASURED[name](seen.answers), rules, _worst(name, seen.by_deployment, wanted))
        for name, verdict in verdicts.items()
    ]


def _target(name: str, verdict: Verdict, measured: int, rules: Rules, worst: str) -> Finding:
    state: State = "unknown"
    what = ""
    if verdict.actual is not None and measured >= rules.least_answers:
        state = "fine" if verdict.passing else "bad"
        of = f"This is of {measured} in {rules.missed_minutes} min."
        told = targets.WORDS[name].format(verdict.target, verdict.actual)
        what = f"{told} {of}" if state == "bad" else f"Now {say(name, verdict.actual)}. {of}"
    return Finding(
        Alert.Kind.TARGET, name, state, title=label(name), what=what, worst=worst, advice=_ADVICE[name],
        path=f"{reverse('metrics:dashboard')}?range=1h", actual=verdict.actual, target=verdict.target,
    )  # fmt: skip


def label(name: str) -> str:
    """A target's, as it stands in the admin."""
    [field] = [field for field in Targets._meta.fields if field.name == name]
    return str(field.verbose_name)


def say(name: str, value: float) -> str:
    return f"{value:.1%}" if name == "error_rate" else f"{value:.2f} s"


def _worst(name: str, deployments: Mapping[tuple[str, str], Figures], wanted: Targets) -> str:
    """By what was measured of its calls. Nobody is blamed where nobody misses the target."""
    found = []
    for (provider, model), calls in deployments.items():
        verdict = targets.verdicts(calls, wanted)[name]
        if _MEASURED[name](calls) >= LEAST_CALLS and verdict.actual is not None and not verdict.passing:
            found.append((verdict.actual, provider, model))
    if not found:
        return ""
    value, provider, model = max(found)
    return f"Worst: {model} at {provider}, {say(name, value)}."


# --- breakers ----------------------------------------------------------------------------------------------------
def _breakers() -> list[Finding]:
    """Of deployments that are called, and of those that rested until somebody removed them or switched them off."""
    rows = Deployment.objects.filter(enabled=True, model__enabled=True, provider__enabled=True)
    names = rows.values_list("provider__name", "model__name", "upstream", "pk")
    called: dict[Key, str] = {(provider, model, upstream): str(pk) for provider, model, upstream, pk in names}
    by_key: dict[Key, list[Health]] = {}
    for one in health_table.stored():
        by_key.setdefault((one.provider, one.model, one.upstream), []).append(one)
    found = [_breaker(called[key], several) for key, several in by_key.items() if key in called]
    return [*found, *_gone(Alert.Kind.BREAKER, called.values(), "It was removed or switched off.")]


def _breaker(subject: str, seen: list[Health]) -> Finding:
    """Open in any process is bad. On trial says nothing yet, unless only staff can mend it and it answers nobody."""
    [one] = health_table.together(seen)
    staff = one.needs_staff if all(each.state != "closed" for each in seen) else ""
    states: dict[str, State] = {"open": "bad", "half_open": "bad" if staff else "unknown", "closed": "fine"}
    where = f"{one.upstream} at {one.provider}"
    title = where if one.model == one.upstream else f"{where} (model {one.model})"
    words = (one.needs_staff or one.last_error_message)[:_ERROR_WORDS]
    address = urlencode({"range": "1h", "provider": one.provider})
    return Finding(
        Alert.Kind.BREAKER, subject, states[one.state], title=title,
        what="It answers again." if one.state == "closed" else f"{title} fails too often and is not called.",
        worst=f"Its last error: {words}" if words else "",
        advice=_STAFF if staff else _RESTS, path=f"{reverse('metrics:dashboard')}?{address}#providers",
    )  # fmt: skip


# --- budgets -----------------------------------------------------------------------------------------------------
def _budgets() -> list[Finding]:
    standings = budgets.standings()
    there = [str(one.budget.pk) for one in standings]
    return [*map(_budget, standings), *_gone(Alert.Kind.BUDGET, there, "The budget was removed.")]


def _budget(standing: Standing) -> Finding:
    budget, spent, amount = standing.budget, float(standing.spent_usd), float(standing.budget.amount_usd)
    used = f"${spent:,.2f} of ${amount:,.2f} ({int(standing.share * 100)} %) are spent"
    renews = f"It starts anew on {standing.renews_at:%Y-%m-%d} (UTC)."
    reached = "No more questions are taken." if budget.hard else "Questions go on being answered."
    after = {"ok": "", "warned": f" {renews}", "reached": f" {reached} {renews}"}[standing.state]
    return Finding(
        Alert.Kind.BUDGET, str(budget.pk), "fine" if standing.state == "ok" else "bad",
        title=f"budget of {budget.organization or budget.user}",
        what=f"The budget of {budget.organization or budget.user}: {used}.{after}",
        advice="Raise it in the admin, or see on the dashboard what costs so much.",
        path=reverse("admin:accounts_budget_change", args=[budget.pk]), actual=spent, target=amount,
        level=2 if standing.state == "reached" else 1,
    )  # fmt: skip


def _gone(kind: Alert.Kind, there: Iterable[str], words: str) -> list[Finding]:
    """Of what an alert is about, and is there no more."""
    told = Alert.objects.filter(kind=kind, recovered_at=None).values_list("subject", flat=True)
    return [Finding(kind, subject, "gone", what=words) for subject in sorted({*told} - {*there})]
