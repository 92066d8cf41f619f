"""Streamed answers of the Responses protocol, written for the tests, and what each of them means."""

from tests.providers.adapters.openai_responses_events import (
    COUNTED,
    CREATED,
    Said,
    added,
    annotated,
    argued,
    argued_all,
    call,
    cited,
    delta,
    done,
    ended,
    event,
    found,
    incomplete,
    message,
    refused,
    response,
    said,
    start,
    thought,
    used,
    without_places,
)
from tests.providers.adapters.reading import Result

HELLO = Result("Hello", usage=COUNTED, finish="stop")
CALLED = Result(tools=[["c1", "now", '{"z": 1}']], usage=COUNTED, finish="tool_calls")
TWO = Result(tools=[["c1", "now", '{"z": 1}'], ["c2", "then", "{}"]], usage=COUNTED, finish="tool_calls")
SOURCES = ["https://a.example/", "https://b.example/"]
FIRST, SECOND = call("c1", arguments='{"z": 1}'), call("c2", "then", "{}")

# Name -> what is sent, and what it means.
ANSWERS: dict[str, tuple[list[Said], Result]] = {
    # --- text ------------------------------------------------------------------------------------------------------
    "plain": ([*start(), *said("Hel", "", "lo"), ended(output=[message("Hello")])], HELLO),
    "text in the last event alone": ([*start(), ended(output=[message("Hel", "lo")])], HELLO),
    "text in an item alone": ([*start(), done(message("Hello")), ended()], HELLO),
    "content that is a string": ([*start(), ended(output=[{"type": "message", "content": "Hello"}])], HELLO),
    "the end of the text in the last event alone": ([*start(), delta("Hel"), ended(output=[message("Hello")])], HELLO),
    "a text that is told again in other words": (
        [*start(), delta("Hello"), ended(output=[message("HELLO THERE")])],
        HELLO,
    ),
    "two messages": (
        [*start(), *said("Hel", place=0), *said("lo", place=1), ended(output=[message("Hel"), message("lo")])],
        HELLO,
    ),
    "an end without a response": (
        [*start(), *said("Hello"), event("completed")],
        Result("Hello", finish="stop"),
    ),
    "nothing said": ([*start(), ended()], Result(usage=COUNTED, finish="stop")),
    "half a character": (
        [*start(), delta("a\ud83d"), delta("\ude80b\x00"), delta("\ud83d"), ended()],
        Result("a🚀b\ufffd\ufffd", usage=COUNTED, finish="stop"),
    ),
    "a response without events around it": (
        [response("completed", output=[message("Hello")])],
        Result("Hello", finish="stop"),
    ),
    "thinking between tags": (
        [
            *start(),
            delta("<think>Hm"),
            delta("m.</th"),
            delta("ink>\n\nYes."),
            ended(output=[message("<think>Hmm.</think>\n\nYes.")]),
        ],
        Result("Yes.", "Hmm.", usage=COUNTED, finish="stop"),
    ),
    # --- reasoning and refusal -------------------------------------------------------------------------------------
    "a summary of the reasoning": (
        [
            *start(),
            event("reasoning_summary_part.added", output_index=0, part={"type": "summary_text", "text": ""}),
            delta("Hm", "reasoning_summary_text"),
            delta("m.", "reasoning_summary_text"),
            event("reasoning_summary_text.done", text="Hmm."),
            done(thought(summary=("Hmm.",))),
            *said("Yes.", place=1),
            ended(output=[thought(summary=("Hmm.",)), message("Yes.")]),
        ],
        Result("Yes.", "Hmm.", usage=COUNTED, finish="stop"),
    ),
    "the reasoning itself": (
        [*start(), delta("Hmm.", "reasoning_text"), *said("Yes."), ended(output=[thought(content=("Hmm.",))])],
        Result("Yes.", "Hmm.", usage=COUNTED, finish="stop"),
    ),
    "reasoning in the last event alone": (
        [*start(), ended(output=[thought(content=("H", "m."), summary=("Short.",)), message("Yes.")])],
        Result("Yes.", "Hm.", usage=COUNTED, finish="stop"),
    ),
    "a refusal": (
        [*start(), delta("No", "refusal"), delta("pe.", "refusal"), ended(output=[refused("Nope.")])],
        Result(refusal="Nope.", usage=COUNTED, finish="stop"),
    ),
    "a refusal in the last event alone": (
        [*start(), ended(output=[refused("Nope.")])],
        Result(refusal="Nope.", usage=COUNTED, finish="stop"),
    ),
    # --- sources ---------------------------------------------------------------------------------------------------
    "annotations": (
        [
            *start(),
            delta("Hello"),
            annotated(cited(SOURCES[0])),
            annotated(cited(SOURCES[0], "The same")),
            annotated({"type": "file_citation", "file_id": "f", "filename": "x.pdf"}),
            annotated(None),
            ended(output=[message("Hello", annotations=(cited(SOURCES[0]), cited(SOURCES[1])))]),
        ],
        Result("Hello", citations=SOURCES, usage=COUNTED, finish="stop"),
    ),
    "annotations as chat completions write them": (
        [*start(), delta("Hello"), annotated({"type": "url_citation", "url_citation": cited(SOURCES[0])}), ended()],
        Result("Hello", citations=SOURCES[:1], usage=COUNTED, finish="stop"),
    ),
    "a search of Perplexity's": (
        [
            *start(),
            event("reasoning.started", thought="Let me see."),
            event("reasoning.search_queries", queries=["q"], thought=" Searching."),
            event("reasoning.search_results", results=found(SOURCES[0]), usage=used(3, 0)),
            event("reasoning.fetch_url_queries", urls=["https://c.example/"], thought=" Reading."),
            event("reasoning.fetch_url_results", contents=found("https://c.example/")),
            event("reasoning.stopped"),
            done({"type": "search_results", "queries": ["q"], "results": found(*SOURCES)}),
            *said("Hello", place=1),
            ended(
                output=[{"type": "search_results", "results": found(*SOURCES)}, message("Hello")],
                usage={**used(), "cost": {"currency": "USD", "input_cost": 0.001, "total_cost": 0.0052}},
            ),
        ],
        Result(
            "Hello",
            "Let me see. Searching. Reading.",
            citations=SOURCES,
            usage=[9, 5, 14, None, None, 0.0052],
            finish="stop",
        ),
    ),
    # --- tool calls ------------------------------------------------------------------------------------------------
    "calls side by side, with ids that change": (
        [
            *start(),
            added(call("c1", item_id="x1"), 1),
            added(call("c2", "then", item_id="x2"), 3),
            argued('{"z"', 1, "x3"),
            argued("{}", 3, "x4"),
            argued(": 1}", 1, "x5"),
            argued_all('{"z": 1}', 1),
            done({**FIRST, "id": "x6"}, 1),
            done({**SECOND, "id": "x7"}, 3),
            ended(output=[{**FIRST, "id": "x8"}, {**SECOND, "id": "x9"}]),
        ],
        TWO,
    ),
    "arguments in one piece at their end": ([*start(), added(call("c1")), argued_all('{"z": 1}'), ended()], CALLED),
    "arguments in the item alone": ([*start(), added(call("c1")), done(FIRST), ended(output=[FIRST])], CALLED),
    "arguments whose end is in the item alone": (
        [*start(), added(call("c1")), argued('{"z"'), done(FIRST), ended()],
        CALLED,
    ),
    "a call that was never begun": ([*start(), argued('{"z"'), done(FIRST), ended(output=[FIRST])], CALLED),
    "a call whose name comes at its end": (
        [*start(), added({**call("c1"), "name": None}), done(FIRST), ended()],
        CALLED,
    ),
    "calls in the last event alone": ([*start(), ended(output=[thought(), FIRST, SECOND])], TWO),
    "calls without places": (
        without_places(
            *start(),
            added(call("c1")),
            argued('{"z": 1}'),
            done(FIRST),
            added(call("c2", "then")),
            argued("{}"),
            done(SECOND),
            ended(output=[FIRST, SECOND]),
        ),
        TWO,
    ),
    "calls that all stand at the same place": (
        [
            *start(),
            added(call("c1")),
            argued('{"z": 1}'),
            done(FIRST),
            added(call("c2", "then")),
            argued("{}"),
            done(SECOND),
            ended(output=[FIRST, SECOND]),
        ],
        TWO,
    ),
    "arguments that are told again in other words": (
        [
            *start(),
            added(call("c1")),
            argued('{"z": 1}'),
            argued_all('{ "z" : 1 }'),
            done(call("c1", arguments='{ "z" : 1 }')),
            ended(),
        ],
        CALLED,
    ),
    "a call whose own id changes at the end": (
        [*start(), added(call("c1"), 1), argued('{"z": 1}', 1), done(FIRST, 1), ended(output=[thought(), call("c8")])],
        CALLED,
    ),
    "a call whose item has lost its place": (
        [*start(), added(call("c1"), 1), *without_places(done(FIRST)), ended()],
        CALLED,
    ),
    "a call without arguments": (
        [*start(), added(call("c1")), done(call("c1")), ended()],
        Result(tools=[["c1", "now", ""]], usage=COUNTED, finish="tool_calls"),
    ),
    "tools that the provider runs itself": (
        [
            *start(),
            added({"type": "web_search_call", "id": "ws", "status": "in_progress"}),
            event("web_search_call.searching", output_index=0),
            done({"type": "web_search_call", "id": "ws", "action": {"type": "search", "sources": found(*SOURCES)}}),
            added({"type": "custom_tool_call", "call_id": "x", "name": "look", "input": ""}, 1),
            event("custom_tool_call_input.delta", output_index=1, delta="{}"),
            added({"type": "mcp_call", "name": "ask", "arguments": ""}, 2),
            event("mcp_call_arguments.delta", output_index=2, delta="{}"),
            *said("Hello", place=3),
            ended(),
        ],
        HELLO,
    ),
    "one response after another, by a gateway that runs the tools": (
        [
            *start(),
            *(added(thought()), added(call("c1"), 1), argued('{"z": 1}', 1), done(FIRST, 1)),
            ended(output=[thought(), FIRST]),
            *start(),
            *(added(call("c9", "gone")), argued("{}"), done(call("c9", "gone", "{}"))),
            ended(output=[call("c9", "gone", "{}")], usage=used(1, 1)),
            *start(),
            *(added(call("c2", "then")), argued("{}"), done(SECOND)),
            ended(output=[SECOND], usage=used(2, 2)),
            *start(),
            *said("Hello"),
            ended(output=[message("Hello")]),
        ],
        Result("Hello", tools=TWO.tools, usage=COUNTED, finish="tool_calls"),
    ),
    "one response after another, each in its last event alone": (
        [*start(), ended(output=[message("Hel")], usage=used(1, 1)), *start(), ended(output=[message("lo")])],
        HELLO,
    ),
    # --- ends ------------------------------------------------------------------------------------------------------
    "too long": (
        [*start(), delta("Hello"), incomplete("max_output_tokens")],
        Result("Hello", usage=COUNTED, finish="length"),
    ),
    "filtered": (
        [*start(), delta("Hello"), incomplete("content_filter")],
        Result("Hello", usage=COUNTED, finish="content_filter"),
    ),
    "incomplete, and nobody says why": (
        [*start(), delta("Hello"), incomplete(None)],
        Result("Hello", usage=COUNTED, finish="length"),
    ),
    "too long, and the text is in the last event alone": (
        [*start(), incomplete("max_output_tokens", output=[message("Hello")])],
        Result("Hello", usage=COUNTED, finish="length"),
    ),
    "a call that was cut short is none": (
        [*start(), added(call("c1")), argued('{"z"'), incomplete("server_timeout")],
        Result(tools=[["c1", "now", '{"z"']], usage=COUNTED, finish="length"),
    ),
    "incomplete, under the name of completed": (
        [*start(), delta("Hello"), event("completed", response=response("incomplete", usage=used()))],
        Result("Hello", usage=COUNTED, finish="length"),
    ),
    "waiting for the tools": (
        [CREATED, done(FIRST), event("completed", response=response("requires_action", usage=used()))],
        CALLED,
    ),
    "an end called done": (
        [*start(), delta("Hello"), event("done", response=response("completed", usage=used()))],
        HELLO,
    ),
    "cut": ([*start(), *said("Hello")], Result("Hello", failure="stream_cut")),
    "cut before the first word": (start(), Result(failure="stream_cut")),
    "cut in the second response": (
        [*start(), *said("Hel"), ended(), *start(), delta("lo")],
        Result("Hello", usage=COUNTED, failure="stream_cut"),
    ),
}
