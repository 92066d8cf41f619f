"""What Google's errors say beside their message: the `details` of google.rpc. Reads them, decides nothing.

https://google.aip.dev/193 lays down the shapes. Google tells the time to wait here alone, never in a header.
"""

import math
import re
from dataclasses import dataclass
from typing import Any

_RETRY_IN = re.compile(r"\bretry in ((?:[\d.]+(?:ms|[hms]))+)")
_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|[hms])")
_SECONDS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}


@dataclass(frozen=True, slots=True)
class Details:
    """`reason` as in API_KEY_INVALID; `retry_after` in seconds; `daily`: the quota of a day is used up."""

    reason: str = ""
    retry_after: float | None = None
    daily: bool = False


def details_of(error: dict[str, Any]) -> Details:
    """From the object that stands under `error`, of whatever shape."""
    listed = error.get("details")
    reason, wait, daily = "", None, False
    for detail in listed if isinstance(listed, list) else ():
        if not isinstance(detail, dict):
            continue
        kind = str(detail.get("@type")).rpartition(".")[2]
        if kind == "ErrorInfo" and isinstance(detail.get("reason"), str):
            reason = detail["reason"]
        elif kind == "RetryInfo":
            wait = _duration(detail.get("retryDelay"))
        elif kind == "QuotaFailure":
            daily = daily or _daily(detail.get("violations"))
    if wait is None and (told := _RETRY_IN.search(str(error.get("message")))):
        wait = _duration(told[1])
    return Details(reason, wait, daily)


def _duration(value: object) -> float | None:
    """Seconds, from `48s` or, as messages put it, `1h2m3.5s`."""
    parts = _PART.findall(value) if isinstance(value, str) else []
    seconds = sum(float(number) * _SECONDS[unit] for number, unit in parts)
    return seconds if parts and math.isfinite(seconds) else None


def _daily(violations: object) -> bool:
    ids = [v.get("quotaId") for v in violations if isinstance(v, dict)] if isinstance(violations, list) else []
    return any("PerDay" in quota for quota in ids if isinstance(quota, str))
