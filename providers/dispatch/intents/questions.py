"""What the form of a question says: it asks of the present, from premises, between two, or for a fact about a name.

The words alone would not tell: "how much is the ball?" is a riddle after a sentence with numbers, a price without.
"""

from collections import defaultdict
from collections.abc import Iterator

from providers.dispatch.intents.message import BEGINNING, Message
from providers.dispatch.intents.shape import has_past_year, names_in, numbers_in
from providers.dispatch.intents.tokens import STOP

Scores = dict[str, float]


def question_signs(message: Message, scores: Scores) -> Iterator[tuple[str, float, str]]:
    """(intent, weight, sign) for a question, nothing for anything else. A sign may be ""."""
    places = defaultdict(list)
    for hit in message.hits:
        places[hit.kind].append(hit.at)
    asks = bool(places["ask"]) and places["ask"][0] <= BEGINNING
    if message.head is not None or not (asks or "?" in message.text or "？" in message.text):
        return
    yield from _premises(message, places, scores)
    if message.explained and scores["when"] < 1.5:
        yield "lookup", -0.7 * scores["lookup"], ""  # why or how it changes, and not how it stands
        return
    if not places["self"] and not scores["work"]:
        yield from _present(places, scores)
        yield from _names(message)


def has_names(message: Message) -> bool:
    return _names_in(message) > 0


def _premises(message: Message, places: dict[str, list[int]], scores: Scores) -> Iterator[tuple[str, float, str]]:
    numbers = numbers_in(message.text) + len(places["number"])
    first_end = message.tokens.index(STOP) if STOP in message.tokens[:-1] else len(message.tokens)
    told = (bool(places["quantity"]) and places["quantity"][-1] > first_end) or (
        numbers >= 2 and first_end < len(message.tokens) - 2 and message.tokens[-1] == STOP
    )
    looked_up = scores["lookup"]
    if told and numbers and not scores["when"]:
        looked_up *= 0.3
        yield "lookup", looked_up - scores["lookup"], ""  # prices and results are premises here
    if message.words > 8 and looked_up < 1.5 and (told or numbers >= 2):
        yield "reasoning", 2.5, "a question about what was told"
    if message.words > 7 and places["choice"] and places["either"]:
        yield "reasoning", 1.5, "a choice between two"


def _present(places: dict[str, list[int]], scores: Scores) -> Iterator[tuple[str, float, str]]:
    lately = 0 in places["perfect"]  # "has anyone …", "hat die Regierung …"
    if lately:
        yield "lookup", 1.0, "what has happened"
    if lately or scores["when"] >= 1 or (scores["live"] >= 1 and places["yesno"]):
        yield "lookup", 1.0, ""


def _names(message: Message) -> Iterator[tuple[str, float, str]]:
    """A question that is full of names wants a fact that few know."""
    names = _names_in(message)
    weight = min(max(names - 1, 0) * 0.5, 2.0) + (1.0 if names >= 2 and has_past_year(message.text) else 0.0)
    if weight:
        yield "lookup", weight, "a fact about a name"


def _names_in(message: Message) -> int:
    return names_in(message.text) if message.language != "german" else 0  # which gives every noun a capital
