"""Which keys the tables of a registry file have, and how each value is read. Looks at one table at a time."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError

from providers import validation as rules

Reading = Callable[[Any], Any]  # gives the value as rows want it, or raises ValidationError


@dataclass(frozen=True, slots=True)
class Problem:
    """`key` is the table's own key; `path` says more where the fault lies inside its value."""

    key: str
    text: str
    path: str = ""


@dataclass(frozen=True, slots=True)
class Key:
    """`read` for a plain value; `inner` for a table inside (`many`: a list of them)."""

    read: Reading | None = None
    required: bool = False
    inner: "Keys | None" = None
    many: bool = False


class Keys(dict[str, Key]):
    """The keys of one kind of table."""

    def read(self, entry: Mapping[str, Any], into: dict[str, Any]) -> Iterator[Problem]:
        """Put every value that is right into `into`; yield what is wrong."""
        known = f" Known: {', '.join(self)}."
        unknown = [key for key in entry if key not in self]
        hints = {key: rules.suggestion(key, list(self)) for key in unknown}
        for key in unknown:
            yield Problem(key, f"this key is not known.{hints[key] or known}")
        for name, wanted in self.items():
            if name not in entry:
                if wanted.required and not any(f'"{name}"' in hint for hint in hints.values()):  # a misspelling
                    yield Problem(name, "this key is missing.")
            elif wanted.inner is None:
                yield from _read_plain(name, wanted, entry[name], into)
            else:
                yield from _read_inner(name, wanted.inner, wanted.many, entry[name], into)


def _read_plain(name: str, key: Key, value: Any, into: dict[str, Any]) -> Iterator[Problem]:
    assert key.read is not None  # noqa: S101  # a key has one of the two
    try:
        into[name] = key.read(value)
    except ValidationError as error:
        yield Problem(name, " ".join(error.messages))


def _read_inner(name: str, keys: Keys, many: bool, value: Any, into: dict[str, Any]) -> Iterator[Problem]:
    entries = value if many else [value]
    if not isinstance(entries, list) or not entries or not all(isinstance(entry, dict) for entry in entries):
        shape = "[{ … }, { … }]" if many else "{ … }"
        yield Problem(name, f"write it as {shape}, with the keys {', '.join(keys)}.")
        return
    read: list[dict[str, Any]] = []
    for number, entry in enumerate(entries, 1):
        values: dict[str, Any] = {}
        for problem in keys.read(entry, values):
            inside = f"{name} {number}" if many else name
            yield Problem(name, problem.text, f"{inside}: {problem.path or problem.key}")
        read.append(values)
    into[name] = read if many else read[0]


def _text(rule: Callable[[str], None], longest: int = 500) -> Reading:
    def read(value: Any) -> str:
        if not isinstance(value, str):
            raise ValidationError("Write a text in quotes.")
        if len(value) > longest:
            raise ValidationError(f"Use at most {longest} characters.")
        rule(value)
        return value

    return read


def _texts(rule: Callable[[Any], None]) -> Reading:
    def read(value: Any) -> tuple[str, ...]:
        rule(value)
        return tuple(value)

    return read


def _whole(rule: Callable[[int], None]) -> Reading:
    def read(value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool):
            raise ValidationError("Write a whole number.")
        rule(value)
        return value

    return read


def _price(value: Any) -> Decimal:
    price = _number(value)
    rules.check_price(price)
    return price


def _seconds(value: Any) -> float:
    seconds = float(_number(value))
    rules.check_seconds(seconds)
    return seconds


def _number(value: Any) -> Decimal:
    if not isinstance(value, int | Decimal) or isinstance(value, bool):
        raise ValidationError("Write a number.")
    return Decimal(value)


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValidationError("Write true or false.")
    return value


def _any(_value: str) -> None:
    """Checked where more is known."""


def _url(value: str) -> None:
    if not value:
        raise ValidationError("Leave this key out to use the preset's own address.")
    rules.check_base_url(value)


def _env_or_key(value: str) -> None:
    if not value.startswith("env:"):
        rules.check_api_key(value)
    elif not value.removeprefix("env:").isidentifier():
        raise ValidationError("Name an environment variable after env:, such as env:OPENAI_API_KEY.")


PROVIDER = Keys(
    name=Key(_text(rules.check_provider_name, 100), required=True),
    preset=Key(_text(rules.check_preset, 50), required=True),
    base_url=Key(_text(_url)),
    api_key=Key(_text(_env_or_key, rules.LONGEST_KEY)),
    adapter=Key(_text(rules.check_adapter, 50)),
    max_concurrency=Key(_whole(rules.check_count)),
)
DEPLOYMENT = Keys(
    provider=Key(_text(_any), required=True),
    upstream=Key(_text(rules.check_one_line, 200), required=True),
    weight=Key(_whole(rules.check_count)),
    keep_alive=Key(_text(rules.check_keep_alive, 20)),
)
MODEL = Keys(
    name=Key(_text(rules.check_model_name, 150), required=True),
    deployments=Key(inner=DEPLOYMENT, many=True, required=True),
    fallbacks=Key(_texts(rules.check_names)),
    capabilities=Key(_texts(rules.check_capabilities)),
    prices=Key(inner=Keys(input=Key(_price), output=Key(_price), cached_input=Key(_price))),
    timeouts=Key(inner=Keys(first_token=Key(_seconds), stall=Key(_seconds), total=Key(_seconds))),
    streaming=Key(_flag),
    hedge_after=Key(_seconds),
)
ROUTE = Keys(
    name=Key(_text(rules.check_provider_name, 100), required=True),
    keywords=Key(_texts(rules.check_keywords)),
    pattern=Key(_text(rules.check_pattern)),
    always=Key(_flag),
    intent=Key(_text(rules.check_intent, 20)),
    model=Key(_text(_any), required=True),
    priority=Key(_whole(rules.check_priority)),
)
SETTINGS = Keys(default_model=Key(_text(_any, 150)))
