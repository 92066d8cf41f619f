"""What a message wants: the weights of its cues, of its shape and of its question, added up. Pure, and fast."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from providers.dispatch.intents.message import Message
from providers.dispatch.intents.questions import Scores, has_names, question_signs
from providers.dispatch.intents.shape import code_in, maths_in

ENOUGH = 2.0  # of a score, to be taken for an intent
HARDLY = 1.5  # for a short question: a model that searches errs less, where in doubt
SHORT = 14  # words: as long as a simple question may be
_SURELY_SMALL = 3.0  # of "small": in half as many words it is that, whatever else they name
_SUBJECT, _BROUGHT = 0.4, 0.15  # what a cue still counts for in a subject, in a text brought along
_MOST = {"when": 2.0, "live": 2.5, "work": 3.0}
# Where two are equally strong the first is taken.
_STRONG = ("creative", "code", "reasoning", "lookup")
_SPEAKS_FOR = {
    "lookup": "lookup", "live": "lookup", "when": "lookup", "creative": "creative", "verse": "creative", "code": "code",
    "reasoning": "reasoning", "small": "simple", "work": "general", "handle": "general", "letter": "general",
}  # fmt: skip
_SIGNS_TOLD = 4


@dataclass(frozen=True, slots=True)
class Reading:
    """`intent` is one of `providers.intents.INTENTS`, or "" for none of them; `signs` are what spoke for it."""

    intent: str
    signs: tuple[str, ...] = ()


def read(text: str) -> Reading:
    """What `text` wants. Looks at its beginning and its end only."""
    message = Message.of(text)
    scores: Scores = defaultdict(float)
    signs: dict[str, list[str]] = defaultdict(list)
    for kind, weight, sign in _cues(message):
        scores[kind] = min(scores[kind] + weight, _MOST.get(kind, 9.0))
        if weight >= 0.5:
            signs[_SPEAKS_FOR[kind]].append(f'"{sign}"')
    _add_up(message, scores)
    for rules in (_shapes(message), question_signs(message, scores)):
        for intent, weight, sign in rules:
            scores[intent] += weight
            signs[intent] += [sign] if sign else []
    intent = _decide(message, scores)
    return Reading(intent, tuple(dict.fromkeys(signs[intent]))[:_SIGNS_TOLD])


def _cues(message: Message) -> Iterator[tuple[str, float, str]]:
    """(kind, weight, phrase) of every cue, each phrase once."""
    seen: set[tuple[str, str]] = set()
    head = message.head
    for hit in message.hits:
        intent = _SPEAKS_FOR.get(hit.kind)
        # "hello" and "ok" are small talk at the beginning only
        if intent is None or (hit.kind == "small" and hit.weight < 3 and hit.at > 2):
            continue
        if (hit.kind, hit.phrase) in seen:
            continue
        seen.add((hit.kind, hit.phrase))
        if hit.at in message.brought:
            yield hit.kind, hit.weight * _BROUGHT, hit.phrase
        elif head is not None and hit.at >= head.at and intent != head.intent:
            yield hit.kind, hit.weight * _SUBJECT, hit.phrase
        else:
            yield hit.kind, hit.weight, hit.phrase


def _add_up(message: Message, scores: Scores) -> None:
    if scores["live"] and message.words <= 3:
        scores["live"] += 0.5  # "nvidia stock" has no room for "today"
    scores["lookup"] += scores["live"] + scores["when"]
    wanted = message.head.intent if message.head else ""
    if wanted == "creative":
        scores["creative"] += scores["verse"] + 2.0
    elif wanted == "code":
        scores["code"] += 1.5


def _shapes(message: Message) -> Iterator[tuple[str, float, str]]:
    code, code_signs = code_in(message.text)
    for sign in code_signs:
        yield "code", code / len(code_signs), sign
    maths, maths_signs = maths_in(message.text) if code < ENOUGH else (0.0, ())
    for sign in maths_signs:
        yield "reasoning", maths / len(maths_signs), sign
    if message.tokens.count("than") >= 2:
        yield "reasoning", 2.0, "comparisons"


def _decide(message: Message, scores: Scores) -> str:
    best = max(_STRONG, key=lambda intent: scores[intent])
    if scores[best] >= ENOUGH and scores[best] > scores["small"] - 1:
        return best
    if scores["small"] >= _SURELY_SMALL and message.words <= SHORT // 2:
        return "simple"
    if message.sentences > 2 or message.head is not None or message.words > SHORT:
        return ""
    if scores["small"] >= 2:
        return "simple"
    kinds = {hit.kind for hit in message.hits}
    plain = "self" not in kinds and scores["work"] < 1  # a short question about the world
    # A name in a question that no cue knows the answer of is better looked up.
    asked = message.text.rstrip().endswith(("?", "？")) and not message.how
    named = asked and "settled" not in kinds and has_names(message)
    if plain and ((scores["lookup"] >= HARDLY and not message.explained) or named):
        return "lookup"
    fact = "fact" in kinds and message.words <= SHORT - 2 and not message.how
    return "simple" if plain and (fact or message.words <= 3 or (asked and message.words <= 5)) else ""
