"""What was seen at one look. Whether that is worth telling is `incidents`' to decide. Pure."""

from dataclasses import dataclass
from typing import Literal

# bad and fine are seen; unknown: too little was measured to say; gone: there is nothing to be wrong with any more.
State = Literal["bad", "fine", "unknown", "gone"]


@dataclass(frozen=True, slots=True)
class Finding:
    """`subject` is unique in its kind and stays the same. `what` is a sentence on how it is, well or not."""

    kind: str  # metrics.alerts.models.Alert.Kind
    subject: str
    state: State
    title: str = ""  # what it is about, in a few words
    what: str = ""
    worst: str = ""  # who is to blame, in a sentence
    advice: str = ""
    path: str = ""  # where to look on this site
    actual: float | None = None
    target: float | None = None
    level: int = 1  # what gets worse is told again
