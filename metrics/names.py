"""The names figures have outside, after OpenTelemetry's semantic conventions for generative AI. Names alone.

The conventions are still in development. Everything that may change with them stands here, so that following them is
a change of this file.
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
    RESPONSE_MODEL = "gen_ai.response.model"
    FINISH_REASONS = "gen_ai.response.finish_reasons"
    TOKEN_TYPE = "gen_ai.token.type"  # noqa: S105 - a name
    INPUT_TOKENS = "gen_ai.usage.input_tokens"
    OUTPUT_TOKENS = "gen_ai.usage.output_tokens"
    CONVERSATION = "gen_ai.conversation.id"
    SERVER_ADDRESS = "server.address"
    SERVER_PORT = "server.port"
    ERROR_TYPE = "error.type"


class TokenType(StrEnum):
    """Values of `Attribute.TOKEN_TYPE`."""

    INPUT = "input"
    OUTPUT = "output"


class Operation(StrEnum):
    """Values of `Attribute.OPERATION`."""

    CHAT = "chat"
