"""Composes an answer: what is said, in which order, and when. Knows no wire format and keeps no time."""

import json
import math
import random
from collections.abc import Iterator

from providers.simulator import texts
from providers.simulator.beats import (
    Ask,
    Beat,
    Call,
    Cite,
    Counts,
    End,
    Finish,
    FinishReason,
    Open,
    Page,
    Reasoning,
    Script,
    Text,
    Usage,
)
from providers.simulator.faults import FAULTS
from providers.simulator.options import Options
from providers.simulator.tokens import tokenise

_ARGUMENT = 80  # characters of the prompt that a tool is called with


def compose(ask: Ask, options: Options, chance: random.Random) -> Script:
    """The whole script of one answer, spoilt by its fault where it has one. `chance` moves timings, never words.

    `options.load` is how long this request waits for the model to be loaded.
    """
    script = _reply(ask, options) if ask.reply else _answer(ask, options, chance)
    if options.fault is None:
        return script
    return FAULTS[options.fault.name].spoil(script, options.fault.tokens, options.retry_after)


def _reply(ask: Ask, options: Options) -> Script:
    page = Page(200, "application/json", ask.reply)
    return Script(beginning=page, head_at=0.0 if ask.keep_alive == 0 else options.load)


def _answer(ask: Ask, options: Options, chance: random.Random) -> Script:
    calls = list(_calls(ask, options))
    reasoning = texts.think(options.reasoning)
    whole = () if calls else texts.say(options.text, ask.prompt, options.seed, options.tokens)
    full = texts.continued(whole, ask.prefix)
    said = full if ask.max_tokens is None else full[: max(0, ask.max_tokens - len(reasoning))]
    reason = _reason(options, bool(calls), cut_short=len(said) < len(full))
    spoken = len(said) + len(calls)
    counts = Counts(ask.prompt_tokens, len(reasoning) + spoken, len(reasoning))

    first = max(options.head, options.load + _first_token(options, chance))
    step = 0.0 if options.rate is None else 1 / options.rate
    paced: list[Beat] = [*map(Reasoning, reasoning), *map(Text, said), *calls]
    beats: list[tuple[float, Beat]] = [(first, Open())]
    beats += [(first + step * place, beat) for place, beat in enumerate(paced)]
    last = beats[-1][0]
    beats += [(last, beat) for beat in _ending(ask, options, reason, counts)]
    return Script(tuple(beats), head_at=options.head)


def _ending(ask: Ask, options: Options, reason: FinishReason, counts: Counts) -> Iterator[Beat]:
    if options.citations:
        yield Cite(texts.sources(options.citations))
    yield Finish(reason, counts if options.usage == "on" else None)
    if options.usage == "late" or (options.usage == "asked" and (ask.wants_usage or not ask.stream)):
        yield Usage(counts)
    yield End()


def _reason(options: Options, calls: bool, *, cut_short: bool) -> FinishReason:
    if options.finish:
        return options.finish
    if calls:
        return "tool_calls"
    return "length" if cut_short else "stop"


def _first_token(options: Options, chance: random.Random) -> float:
    """Seconds to the first token. `late` is the chance that it is `late_ttft`; otherwise `tail` widens it to a
    log-normal whose median stays what `ttft` says."""
    if options.late and chance.random() < options.late:
        return options.late_ttft
    return options.ttft * math.exp(options.tail * chance.gauss(0, 1)) if options.tail else options.ttft


def _calls(ask: Ask, options: Options) -> Iterator[Call]:
    """The tool calls in pieces: the first piece names the tool, the others are tokens of its arguments."""
    if ask.tool_answered:
        return
    for index in range(options.tools):
        name = ask.tools[index % len(ask.tools)] if ask.tools else "lookup"
        yield Call(index, f"call_sim_{index}", name, "")
        arguments = json.dumps({"query": ask.prompt[:_ARGUMENT]}, ensure_ascii=False)
        for piece in tokenise(arguments):
            yield Call(index, "", "", piece)
