"""The registry file: TOML in, a checked plan out. Writes nothing and asks no database; `registry_load` carries it out.

Everything is checked before anything is told, so one reading shows all that is wrong, each with its line.
"""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError

from providers import validation as rules
from providers.presets import PRESETS
from providers.registry import ADAPTERS, base_url_of
from providers.registry_keys import MODEL, PROVIDER, ROUTE, SETTINGS, Keys
from providers.toml_lines import TomlLines
from providers.variables import secret_from

KINDS: dict[str, Keys] = {"provider": PROVIDER, "model": MODEL, "route": ROUTE}


class RegistryFileError(Exception):
    """The file cannot be used. `lines` are its faults in order, each "line N: …"."""

    def __init__(self, problems: list[tuple[int, str]]) -> None:
        self.lines = [f"line {line}: {text}" for line, text in sorted(problems)]
        super().__init__("\n".join(self.lines))


@dataclass(frozen=True, slots=True)
class ProviderPlan:
    """`api_key` None: the file does not say, keep what is stored. "" removes it."""

    name: str
    preset: str
    base_url: str = ""
    adapter: str = ""
    api_key: str | None = field(default=None, repr=False)
    key_source: str = ""
    max_concurrency: int | None = None


@dataclass(frozen=True, slots=True)
class DeploymentPlan:
    provider: str
    upstream: str
    weight: int = 1
    keep_alive: str = ""


@dataclass(frozen=True, slots=True)
class ModelPlan:
    name: str
    deployments: tuple[DeploymentPlan, ...]
    fallbacks: tuple[str, ...] = ()
    capabilities: tuple[str, ...] = ()
    prices: Mapping[str, Decimal] = field(default_factory=dict)  # input, output, cached_input
    timeouts: Mapping[str, float] = field(default_factory=dict)  # first_token, stall, total
    streaming: bool = True
    hedge_after: float | None = None


@dataclass(frozen=True, slots=True)
class RoutePlan:
    name: str
    model: str
    keywords: tuple[str, ...] = ()
    pattern: str = ""
    always: bool = False
    priority: int = 0
    intent: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    providers: tuple[ProviderPlan, ...] = ()
    models: tuple[ModelPlan, ...] = ()
    routes: tuple[RoutePlan, ...] = ()
    default_model: str | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What is registered already: a file may refer to it. `key_origins`: the origin each stored key was given for."""

    providers: frozenset[str] = frozenset()
    models: frozenset[str] = frozenset()
    fallbacks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    key_origins: Mapping[str, str] = field(default_factory=dict)


def read(text: str, known: Known, environ: Mapping[str, str]) -> Plan:
    """The plan in `text`. `environ` answers `env:NAME`. Raises RegistryFileError with every fault found."""
    try:
        tables = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise RegistryFileError([_syntax(error, text)]) from None
    return _Reader(tables, TomlLines.of(text), known, environ).plan()


@dataclass(slots=True)
class _Table:
    """One table as read: `values` holds the keys that are right, `given` all that were written."""

    kind: str
    index: int
    name: str
    given: Mapping[str, Any]
    values: dict[str, Any]


class _Reader:
    def __init__(self, tables: dict[str, Any], lines: TomlLines, known: Known, environ: Mapping[str, str]) -> None:
        self._lines, self._known, self._environ = lines, known, environ
        self._problems: list[tuple[int, str]] = []
        self._check_kinds(tables)
        self._tables = {kind: self._read_all(kind, keys, tables.get(kind, [])) for kind, keys in KINDS.items()}
        self._settings = self._read_settings(tables.get("settings", {}))
        self._providers = known.providers | {table.name for table in self._tables["provider"]}
        self._models = known.models | {table.name for table in self._tables["model"]}

    def plan(self) -> Plan:
        for table in self._tables["provider"]:
            self._check_provider(table)
        for table in self._tables["model"]:
            self._check_model(table)
        self._check_circles()
        for table in self._tables["route"]:
            self._check_route(table)
        default = self._settings.values.get("default_model")
        if default is not None and default != rules.AUTO:
            self._refer(self._settings, "default_model", default, "model", self._models)
        if self._problems:
            raise RegistryFileError(self._problems)
        return Plan(
            providers=tuple(ProviderPlan(**table.values) for table in self._tables["provider"]),
            models=tuple(_model_plan(table.values) for table in self._tables["model"]),
            routes=tuple(RoutePlan(**table.values) for table in self._tables["route"]),
            default_model=default,
        )

    # --- reading tables ----------------------------------------------------------------------------------------

    def _check_kinds(self, tables: Mapping[str, Any]) -> None:
        names = [*KINDS, "settings"]
        for kind in tables:
            if kind not in names:
                self._problems.append(
                    (self._lines.table(kind), f'no table is called "{kind}".{rules.suggestion(kind, names)}')
                )

    def _read_all(self, kind: str, keys: Keys, entries: object) -> list[_Table]:
        if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
            self._problems.append(
                (self._lines.table(kind), f"write [[{kind}]] with two brackets, once for each {kind}.")
            )
            return []
        tables = [self._read_table(kind, index, keys, entry) for index, entry in enumerate(entries)]
        first: dict[str, int] = {}
        for table in tables:
            line = self._lines.table(kind, table.index)
            if table.name and first.setdefault(table.name, line) != line:
                self._add(table, "name", f"this name was used at line {first[table.name]} already.")
        return tables

    def _read_settings(self, entry: object) -> _Table:
        if isinstance(entry, dict):
            return self._read_table("settings", 0, SETTINGS, entry)
        self._problems.append((self._lines.table("settings"), "write [settings] with single brackets, once."))
        return _Table("settings", 0, "", {}, {})

    def _read_table(self, kind: str, index: int, keys: Keys, entry: Mapping[str, Any]) -> _Table:
        name = entry.get("name")
        table = _Table(kind, index, name if isinstance(name, str) else "", entry, {})
        for problem in keys.read(entry, table.values):
            self._add(table, problem.key, problem.text, problem.path)
        return table

    # --- what the keys say together ------------------------------------------------------------------------------

    def _check_provider(self, table: _Table) -> None:
        values = table.values
        preset, adapter, base_url = values.get("preset", ""), values.get("adapter", ""), values.get("base_url", "")
        if "api_key" in values:
            self._resolve_key(table)
        if preset not in PRESETS or (adapter and adapter not in ADAPTERS):
            return
        if "base_url" in table.given and "base_url" not in values:
            return
        self._try(table, "base_url", rules.check_address_given, preset, adapter, base_url)
        stored_for = self._known.key_origins.get(table.name)
        if stored_for is None or "api_key" in table.given:
            return
        if (address := base_url_of(preset, adapter, base_url)) and rules.origin(address) != stored_for:
            self._add(
                table,
                "base_url",
                f"the stored key was given for {stored_for}: give api_key again to send it elsewhere.",
            )

    def _resolve_key(self, table: _Table) -> None:
        source = table.values["api_key"]
        if source.startswith("env:"):
            secret = secret_from(self._environ, source.removeprefix("env:"))
            if secret is None:
                del table.values["api_key"]
                self._add(table, "api_key", f"the environment variable {source.removeprefix('env:')} is not set.")
                return
            table.values |= {"api_key": secret, "key_source": source}
        self._try(table, "api_key", rules.check_api_key, table.values["api_key"])

    def _check_model(self, table: _Table) -> None:
        seen: set[tuple[str, str]] = set()
        for deployment in table.values.get("deployments", ()):
            place = (deployment.get("provider", ""), deployment.get("upstream", ""))
            if place[0]:
                self._refer(table, "deployments", place[0], "provider", self._providers)
            if all(place) and place in seen:
                self._add(table, "deployments", f"{place[1]} at {place[0]} is listed twice.")
            seen.add(place)
        for name in table.values.get("fallbacks", ()):
            self._refer(table, "fallbacks", name, "model", self._models)

    def _check_circles(self) -> None:
        chains = {
            **self._known.fallbacks,
            **{table.name: table.values.get("fallbacks", ()) for table in self._tables["model"]},
        }
        for table in self._tables["model"]:
            self._try(table, "fallbacks", rules.check_no_circle, chains, table.name)

    def _check_route(self, table: _Table) -> None:
        values = table.values
        if not {"keywords", "pattern", "always", "intent"} & (table.given.keys() - values.keys()):  # else told already
            given = (values.get("keywords", ()), values.get("pattern", ""), values.get("always", False))
            self._try(table, "name", rules.check_route, *given, values.get("intent", ""))
        if model := values.get("model"):
            self._refer(table, "model", model, "model", self._models)

    def _refer(self, table: _Table, key: str, name: str, what: str, names: frozenset[str]) -> None:
        if name not in names:
            self._add(table, key, f'no {what} is called "{name}".{rules.suggestion(name, sorted(names))}')

    def _try(self, table: _Table, key: str, rule: Callable[..., None], *values: Any) -> bool:
        try:
            rule(*values)
        except ValidationError as error:
            self._add(table, key, " ".join(error.messages))
            return False
        return True

    def _add(self, table: _Table, key: str, text: str, path: str = "") -> None:
        title = "[settings]" if table.kind == "settings" else f"[[{table.kind}]] {table.name or '(no name)'}"
        self._problems.append((self._lines.key(table.kind, table.index, key), f"{title}: {path or key}: {text}"))


def _model_plan(values: dict[str, Any]) -> ModelPlan:
    deployments = tuple(DeploymentPlan(**deployment) for deployment in values["deployments"])
    return ModelPlan(**{**values, "deployments": deployments})


def _syntax(error: tomllib.TOMLDecodeError, text: str) -> tuple[int, str]:
    """Line and words; the parser puts the place at the end of its message."""
    message, _, place = str(error).rpartition(" (at ")
    digits = place.removeprefix("line ").partition(",")[0]
    line = int(digits) if digits.isdigit() else len(text.splitlines()) or 1
    return line, f"this is not TOML: {message or error}."
