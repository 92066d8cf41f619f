"""What the engine refuses, in words for a person. Doors turn it into their own form of error."""


class Refused(Exception):
    """`status` is the HTTP status, `type` a stable word for programs, `str(error)` a sentence that says what to do."""

    def __init__(self, status: int, type: str, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.status, self.type, self.message, self.retry_after = status, type, message, retry_after


class Fenced(Exception):
    """This owner's epoch is over (or the generation is gone): it may append nothing more."""


def unavailable() -> Refused:
    """The database is away, full or locked."""
    words = "Nothing can be stored at the moment. Try again in a few seconds."
    return Refused(503, "unavailable", words, retry_after=5)
