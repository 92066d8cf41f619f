"""The names figures have outside, after OpenTelemetry's semantic conventions for generative AI. Names alone.

The conventions are still in development. Everything that may change with them stands here, so that following them is
a change of this file. They are at github.com/open-telemetry/semantic-conventions-genai, where they moved from
open-telemetry/semantic-conventions; followed are `docs/gen-ai/gen-ai-spans.md` at commit 002c8a6e ("Inference") and
`docs/gen-ai/gen-ai-metrics.md` at commit 004902b8.
"""

from enum import StrEnum


class Metric(StrEnum):
    """Histograms of clients. Durations in seconds, token usage in tokens."""

    OPERATION_DURATION = "gen_ai.client.operation.duration"
    TIME_TO_FIRST_CHUNK = "gen_ai.client.operation.time_to_first_chunk"
    TIME_PER_OUTPUT_CHUNK = "gen_ai.client.operation.time_per_output_chunk"
    TOKEN_USAGE = "gen_ai.client.token.usage"  # noqa: S105 - a name


class Attribute(StrEnum):
    """What a figure is told apart by."""

    OPERATION = "gen_ai.operation.name"
    PROVIDER = "gen_ai.provider.name"
    REQUEST_MODEL = "gen_ai.request.model"
    REQUEST_STREAM = "gen_ai.request.stream"
    RESPONSE_ID = "gen_ai.response.id"
    RESPONSE_MODEL = "gen_ai.response.model"
    FINISH_REASONS = "gen_ai.response.finish_reasons"
    RESPONSE_TIME_TO_FIRST_CHUNK = "gen_ai.response.time_to_first_chunk"
    TOKEN_TYPE = "gen_ai.token.type"  # noqa: S105 - a name
    INPUT_TOKENS = "gen_ai.usage.input_tokens"
    OUTPUT_TOKENS = "gen_ai.usage.output_tokens"
    CACHED_TOKENS = "gen_ai.usage.cache_read.input_tokens"  # part of the input
    REASONING_TOKENS = "gen_ai.usage.reasoning.output_tokens"  # part of the output
    CONVERSATION = "gen_ai.conversation.id"
    SERVER_ADDRESS = "server.address"
    SERVER_PORT = "server.port"
    HTTP_STATUS = "http.response.status_code"
    ERROR_TYPE = "error.type"


class TokenType(StrEnum):
    """Values of `Attribute.TOKEN_TYPE`."""

    INPUT = "input"
    OUTPUT = "output"


class Operation(StrEnum):
    """Values of `Attribute.OPERATION`."""

    CHAT = "chat"


# Values of `Attribute.PROVIDER` that the conventions know, by preset. Others go by the name they have here.
KNOWN_PROVIDERS = {"openai": "openai", "anthropic": "anthropic", "gemini": "gcp.gemini", "perplexity": "perplexity"}


class SiteAttribute(StrEnum):
    """What the conventions have no name for, of answers and of calls. Names are those of the registry here."""

    REQUEST_ID = "chatsite.request.id"
    REQUESTED_MODEL = "chatsite.requested_model"
    MODEL = "chatsite.model"
    PROVIDER = "chatsite.provider"
    STATE = "chatsite.state"
    CALLS = "chatsite.calls"
    TAKEOVERS = "chatsite.takeovers"
    CALL_NUMBER = "chatsite.call.number"
    CALL_KIND = "chatsite.call.kind"
    USAGE_ESTIMATED = "chatsite.usage.estimated"
    COST = "chatsite.cost.usd"


class Happening(StrEnum):
    """Events of spans. A further call is told as an event of the answer, under its kind."""

    FIRST_TOKEN = "chatsite.first_token"  # noqa: S105 - a name
    OPENED = "chatsite.opened"
    STOP = "chatsite.stop_requested"
    RETRY = "chatsite.retry"
    FALLBACK = "chatsite.fallback"
    HEDGE = "chatsite.hedge"
    TAKEOVER = "chatsite.takeover"


class SiteMetric(StrEnum):
    """What the conventions have no name for: answers, of however many calls."""

    TIME_TO_FIRST_TOKEN = "chatsite.answer.time_to_first_token"  # noqa: S105 - a name
    ANSWER_DURATION = "chatsite.answer.duration"
    QUEUE_DURATION = "chatsite.answer.queue.duration"
    STOP_DURATION = "chatsite.answer.stop.duration"
    ANSWERS = "chatsite.answers"
    CALLS = "chatsite.calls"
    CALL_ERRORS = "chatsite.call.errors"
    COST = "chatsite.cost.usd"
    RUNNING = "chatsite.answers.running"
    QUEUED = "chatsite.answers.queued"


# Bounds of histograms: seconds, tokens. Others would break the lines that somebody has drawn already.
DURATION_BOUNDS = (0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92)
FIRST_BOUNDS = (0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0)
CHUNK_BOUNDS = (0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1.0, 2.5)
TOKEN_BOUNDS = tuple(4**power for power in range(14))


def prometheus(name: str, unit: str = "") -> str:
    """The name as Prometheus writes it: underscores, the unit at the end."""
    return "_".join(part for part in (name.replace(".", "_"), unit) if part)
