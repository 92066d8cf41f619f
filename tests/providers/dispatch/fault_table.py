"""What each fault of a provider leads to, as data. docs/faults.md tells people the same, and a test compares the two.

A line of calls, such as `first! retry! fallback`, names them in order; `!` marks those that fail. `whole` is a retry
that asks for the answer without streaming.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from providers.types import Timeouts

PATIENT = Timeouts(first_token=5, stall=5, total=20)
HASTY = Timeouts(first_token=0.3, stall=5, total=20)
RESTLESS = Timeouts(first_token=5, stall=0.3, total=20)


@dataclass(frozen=True, slots=True)
class Course:
    """What is done about a failure, as four lines of calls: `alone`, with nobody else to ask; `once`, the same where
    only the first call fails; `second`, with another deployment of the model; `other`, with another model behind it.

    `pauses` before the retries of `alone`, in seconds rounded down. `staff`: they are told, and the deployment rests.
    """

    name: str
    alone: str
    once: str
    second: str
    other: str
    pauses: tuple[int, ...] = ()
    staff: bool = False

    def cells(self) -> list[str]:
        return [self.name, *(f"`{line}`" for line in (self.alone, self.once, self.second, self.other))]


ANSWERS = Course("answers", "first", "first", "first", "first")
AGAIN = Course(
    "tries again",
    alone="first! retry! retry!",
    once="first! retry",
    second="first! fallback",
    other="first! retry! retry! fallback",
    pauses=(1, 2),
)
WAITS = Course(
    "waits as told",
    alone="first! retry!",
    once="first! retry",
    second="first! fallback",
    other="first! retry! fallback",
    pauses=(3,),
)
ELSEWHERE = Course("asks elsewhere", "first!", "first!", second="first! fallback", other="first! fallback")
STAFF = replace(ELSEWHERE, name="asks elsewhere, tells staff", staff=True)
GOES_ON = replace(ELSEWHERE, name="goes on elsewhere")
STOPS = Course("stops", "first!", "first!", "first!", "first!")
WHOLE = Course(
    "asks for the whole",
    alone="first! whole!",
    once="first! whole",
    second="first! whole! fallback",
    other="first! whole! fallback",
)
WHOLE_AGAIN = replace(
    WHOLE,
    name="asks for the whole, again",
    alone="first! whole! whole!",
    other="first! whole! whole! fallback",
    pauses=(2,),
)
COURSES = (ANSWERS, AGAIN, WAITS, ELSEWHERE, STAFF, WHOLE, WHOLE_AGAIN, GOES_ON, STOPS)


@dataclass(frozen=True, slots=True)
class Outcome:
    """`kinds` of error of the calls that fail, the last one standing for all after it; `says` stands in what a person
    reads where nobody answers; `wait` is how many seconds later it is worth another try, where that was told."""

    course: Course
    kinds: str = ""
    says: str = ""
    wait: float | None = None

    @property
    def keeps_text(self) -> bool:
        return self.course is GOES_ON

    def kind_of(self, failure: int) -> str:
        kinds = self.kinds.split()
        return kinds[min(failure, len(kinds) - 1)]

    def cells(self) -> list[str]:
        return [", then ".join(f"`{kind}`" for kind in self.kinds.split()) or "–", self.course.name, self.says or "–"]


@dataclass(frozen=True, slots=True)
class Row:
    """A fault. `model` is what the simulator is asked to do, in the words of its models' names; where it is not even
    reached, `door` is what stands at its address: a `closed port` or a `full backlog`.

    `otherwise`: the protocols that have other words for it. `loses`: what came last may go down with the connection.
    """

    fault: str
    model: str
    outcome: Outcome
    times: Timeouts = PATIENT
    door: str = ""
    loses: bool = False
    otherwise: Mapping[str, Outcome] = field(default_factory=dict)

    def outcome_at(self, protocol: str) -> Outcome:
        return self.otherwise.get(protocol, self.outcome)

    def cells(self) -> list[str]:
        return [self.fault, f"`{self.model}`" if self.model else f"a {self.door}", *self.outcome.cells()]


_KEY = "does not accept the API key. Check the key of this provider."
_CREDIT = "has no credit left or has reached its limit. Add credit or raise the limit."
_FORBIDDEN = "does not allow this with the present key."
_UNKNOWN = "has no such model, or nothing at this address. Check the model's name and the base URL."
_REFUSED = "refuses the request as it is."
_TOO_LONG = "This is too long for the model"
_FILTERED = "blocked the request. Put it differently, or choose another model."
_LIMITED = "gets too many requests from this account. Try again later."
_SLOW = "took too long. Try again later."
_FAILED = "failed to answer. Try again later."
_BUSY = "is overloaded or still loading the model. Try again later."
_PAGE = "sent a web page instead of an answer. Check the base URL."
_NOTHING = "sent no answer, and no error either."
_SILENT = "did not begin to answer within"
_STOPPED = "stopped in the middle for"
_NO_CONNECTION = "connection refused"
_NOT_ACCEPTED = "did not accept the connection in time."
_BROKEN_BEFORE = "broke before an answer came"
_BROKE_OFF = "broke off before its end."
_NO_JSON = "cannot be read: it is no JSON."
_UNREADABLE = "cannot be read"

_OVERLOADED = Outcome(AGAIN, "overloaded", _BUSY)
_UPSTREAM = Outcome(AGAIN, "upstream", _FAILED)
_TOO_SLOW = Outcome(AGAIN, "timeout", _SLOW)
_MUTE = Outcome(ELSEWHERE, "timeout", _SILENT)
_BROKEN = Outcome(WHOLE_AGAIN, "stream_cut connection", _BROKEN_BEFORE)
_CUT = Outcome(GOES_ON, "stream_cut", _BROKE_OFF)
_MIDWAY = Outcome(GOES_ON, "upstream", _FAILED)

NO_CONNECTION = (
    Row("nobody listens there", "", Outcome(AGAIN, "connection", _NO_CONNECTION), door="closed port"),
    Row("the connection is not accepted", "", Outcome(AGAIN, "timeout", _NOT_ACCEPTED), door="full backlog"),
)
REFUSALS = (
    Row("the key is wrong", "fault=401", Outcome(STAFF, "authentication", _KEY)),
    Row("not allowed", "fault=403", Outcome(STAFF, "permission", _FORBIDDEN)),
    Row("no such model", "fault=404", Outcome(STAFF, "model_not_found", _UNKNOWN)),
    Row("no credit", "fault=402", Outcome(STAFF, "quota", _CREDIT)),
    Row(
        "no credit for 3 s",
        "fault=402,retry-after=3",
        Outcome(WAITS, "quota", _CREDIT, wait=3),
        otherwise={"anthropic": Outcome(STAFF, "quota", _CREDIT)},
    ),
    Row("a quota is used up", "fault=quota", Outcome(STAFF, "quota", _CREDIT)),
    Row("too many requests", "fault=429", Outcome(AGAIN, "rate_limit", _LIMITED)),
    Row(
        "too many requests, for 3 s",
        "fault=429,retry-after=3",
        Outcome(WAITS, "rate_limit", "Try again in 3 s.", wait=3),
    ),
    Row(
        "too many requests, for a minute",
        "fault=429,retry-after=60",
        Outcome(ELSEWHERE, "rate_limit", "Try again in 60 s.", wait=60),
    ),
    Row("a bad request", "fault=400", Outcome(ELSEWHERE, "invalid_request", _REFUSED)),
    Row("a request it cannot process", "fault=422", Outcome(ELSEWHERE, "invalid_request", _REFUSED)),
    Row("a request that is too large", "fault=413", Outcome(ELSEWHERE, "context_length", _TOO_LONG)),
    Row("a conversation that is too long", "fault=context", Outcome(ELSEWHERE, "context_length", _TOO_LONG)),
    Row(
        "its content filter",
        "fault=filter",
        Outcome(STOPS, "content_filter", _FILTERED),
        otherwise={"ollama": Outcome(ELSEWHERE, "invalid_request", _REFUSED)},
    ),
)
TROUBLE = (
    Row("an error of its own", "fault=500", _UPSTREAM),
    Row("a bad gateway", "fault=502", _UPSTREAM),
    Row("a proxy's page for an error", "fault=html-502", _UPSTREAM),
    Row("it gave up waiting", "fault=408", _TOO_SLOW),
    Row("a gateway gave up waiting", "fault=504", _TOO_SLOW),
    Row("overloaded", "fault=503", _OVERLOADED),
    Row("overloaded, for 3 s", "fault=503,retry-after=3", Outcome(WAITS, "overloaded", "Try again in 3 s.", wait=3)),
    Row("overloaded, by another number", "fault=529", _OVERLOADED),
    Row("still loading the model", "fault=loading", _OVERLOADED),
)
BEFORE_THE_FIRST_TOKEN = (
    Row("not even a head", "fault=no-head", _MUTE, HASTY),
    Row("silence", "fault=silent", _MUTE, HASTY),
    Row("silence after the opening", "fault=stall@0", _MUTE, HASTY),
    Row("signs of life, but no token in time", "ttft=30s,comments=20ms", _MUTE, HASTY),
    Row("a web page", "fault=html", Outcome(WHOLE, "malformed", _PAGE)),
    Row("nothing at all", "fault=empty", Outcome(WHOLE_AGAIN, "empty", _NOTHING)),
    Row("a reset", "fault=rst@0", _BROKEN),
    Row("the connection is dropped", "fault=drop@0", _BROKEN),
    Row(
        "an end without an answer",
        "fault=cut@0",
        Outcome(WHOLE, "stream_cut malformed", _NO_JSON),
        otherwise={
            "gemini": Outcome(WHOLE, "empty malformed", _NO_JSON),
            "ollama": Outcome(WHOLE_AGAIN, "empty stream_cut", _BROKE_OFF),
        },
    ),
    Row(
        "broken JSON",
        "fault=bad-json@0",
        Outcome(WHOLE, "malformed", _NO_JSON),
        otherwise={"ollama": Outcome(WHOLE_AGAIN, "malformed stream_cut", _BROKE_OFF)},
    ),
    Row("an error in the stream", "fault=error@0", _UPSTREAM),
    Row("an error in the stream, then its end", "fault=done-after-error@0", _UPSTREAM),
)
IN_THE_MIDDLE = (
    Row("it falls silent", "fault=stall@7,comments=20ms", Outcome(GOES_ON, "timeout", _STOPPED), RESTLESS, loses=True),
    Row("a reset in the middle", "fault=rst@4,rate=8", _CUT, loses=True),
    Row("the connection is dropped in the middle", "fault=drop@4,rate=8", _CUT, loses=True),
    Row("an end without a finish", "fault=cut@6", _CUT),
    Row("an error in the middle", "fault=error@7", _MIDWAY),
    Row("an error in the middle, then its end", "fault=done-after-error@7", _MIDWAY),
    Row("broken JSON in the middle", "fault=bad-json@7", Outcome(GOES_ON, "malformed", _UNREADABLE)),
)
NO_FAILURES = (
    Row("no figures", "usage=off", Outcome(ANSWERS)),
    Row("characters cut in two", "text=unicode,split=utf8", Outcome(ANSWERS)),
    Row("a model that has to be loaded", "load=100ms", Outcome(ANSWERS)),
    Row("a first token that comes late", "ttft=100ms,comments=20ms", Outcome(ANSWERS)),
)
SECTIONS: dict[str, tuple[Row, ...]] = {
    "No connection": NO_CONNECTION,
    "Refusals": REFUSALS,
    "Trouble of its own": TROUBLE,
    "Before the first token": BEFORE_THE_FIRST_TOKEN,
    "In the middle": IN_THE_MIDDLE,
    "No failures": NO_FAILURES,
}
ROWS = tuple(row for rows in SECTIONS.values() for row in rows)
