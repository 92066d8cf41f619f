"""The frames of the WebSocket `/ws/`: JSON objects, one a message, told apart by `type`. One socket serves a tab.

From the page. `id` is the page's own word for a request and comes back in its answer or error.

| type | fields | answer |
|---|---|---|
| `send` | `id`, `text`, `thread`? (absent: a new thread), `model`?, `key`? (idempotency) | `sent`, then as if watched |
| `cancel` | `id`, `request_id` | `cancelled` |
| `watch` | `id`?, `thread`, `have`? `{request_id: {seq, blocks}}` | `watching`, then `turn`, `patch`, `end` |
| `unwatch` | `thread` | |
| `ack` | `request_id`, `seq` | (lets further patches through) |
| `ping` | `id`? | `pong` |

From the server.

| type | fields |
|---|---|
| `hello` | `user` (id), `version` |
| `sent` | `id`, `thread`, `request_id`, `message_id`, `repeated` (the key was known: nothing new was begun) |
| `cancelled` | `id`, `request_id`, `state` |
| `watching` | `id`, `thread`, `running` (request ids that are not ended) |
| `turn` | `thread`, `request_id`, `message_id`, `html` (the question and the answer so far, as the page has them) |
| `patch` | `request_id`, `after`, `seq`, `from`, `blocks`, `stable`, `reasoning`?, `status`?, `sources`? |
| `end` | `request_id`, `seq`, `state`, `footer` (html), `title`? |
| `entry` | `thread`, `html` (the thread's line in the list, to be put first), `gone` (true: take it out) |
| `error` | `id`?, `request_id`?, `error: {type, message, retry_after?}` |
| `pong` | `id`? |
| `restart` | `retry_in_ms` (the server closes the socket with 1012 now; come back after so long, with `watch`) |

A `patch` brings a reader that knows the answer up to `after` to `seq`. `blocks` are the answer's HTML blocks from
number `from` (0 is the first) to the end: the reader drops what it has from there and appends these. The first
`stable` blocks of the answer will not change again. `reasoning` is `{from, text}`: plain text that replaces what
stands from that character (a count of UTF-16 units) on. `status` is `{state, text}` or null to clear it; `sources`
is HTML. A reader applies a patch only if `after` <= its own seq < `seq`; if `after` is larger it missed something and
says `watch` again with what it has. It acknowledges what it has applied; while eight patches are unacknowledged it gets
no more, then one with the present state. What a resumed reader shows beside the blocks is not known to the server:
its first patch tells reasoning, status and sources anew. The same `patch` and `end` objects travel over SSE and
polling where sockets are blocked.

`have` names the answers that the page shows and may not know to the end, and always the last one it shows: answers
begun after that come as `turn`s. A page that shows none leaves it out.
"""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

VERSION = 1
LARGEST = 1024 * 1024  # characters of a frame from the page
LONGEST_ID = 100
_Id = Annotated[str, Field(max_length=LONGEST_ID)]


class BadFrame(Exception):
    """`id` is the frame's own, where it could be read. `str()` says what is wrong with it."""

    def __init__(self, type: str, message: str, id: str | None = None) -> None:
        super().__init__(message)
        self.type, self.message, self.id = type, message, id


class _Frame(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)
    id: _Id | None = None


class Send(_Frame):
    type: Literal["send"]
    text: str
    thread: UUID | None = None
    model: Annotated[str, Field(max_length=200)] = ""
    key: Annotated[str, Field(max_length=200)] = ""


class Cancel(_Frame):
    type: Literal["cancel"]
    request_id: UUID


class Place(BaseModel):
    """Where a reader stands in an answer."""

    seq: Annotated[int, Field(ge=0)] = 0
    blocks: Annotated[int, Field(ge=0)] = 0


class Watch(_Frame):
    type: Literal["watch"]
    thread: UUID
    have: Annotated[dict[UUID, Place], Field(max_length=50)] = {}


class Unwatch(_Frame):
    type: Literal["unwatch"]
    thread: UUID


class Ack(_Frame):
    type: Literal["ack"]
    request_id: UUID
    seq: Annotated[int, Field(ge=0)]


class Ping(_Frame):
    type: Literal["ping"]


TYPES = ("send", "cancel", "watch", "unwatch", "ack", "ping")
Frame = Send | Cancel | Watch | Unwatch | Ack | Ping
_frames: TypeAdapter[Frame] = TypeAdapter(Annotated[Frame, Field(discriminator="type")])
_anything: TypeAdapter[Any] = TypeAdapter(Any)


def parse(text: str) -> Frame:
    """Raises `BadFrame`, in words."""
    if len(text) > LARGEST:
        raise BadFrame("frame_too_large", f"A frame has at most {LARGEST:,} characters; this one has {len(text):,}.")
    try:
        raw = _anything.validate_json(text)
    except ValidationError:
        raise BadFrame("bad_json", "The frame is not valid JSON.") from None
    if not isinstance(raw, dict):
        raise BadFrame("bad_frame", "A frame is a JSON object with a type.")
    own = raw.get("id")
    try:
        return _frames.validate_python(raw)
    except ValidationError as error:
        short = isinstance(own, str) and len(own) <= LONGEST_ID
        raise BadFrame("bad_frame", _words(error), own if short else None) from None


def _words(error: ValidationError) -> str:
    problem = error.errors(include_url=False, include_input=False)[0]
    if problem["type"].startswith("union_tag"):
        return f"type: use one of {', '.join(TYPES)}."
    where = ".".join(str(part) for part in problem["loc"][1:])  # the first part is the frame's type
    return f"{where}: {problem['msg']}"
