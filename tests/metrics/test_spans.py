"""Which part of a window is read from where: everything once, and nothing from a sum that is not there yet."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from metrics.spans import DAY, HOUR, floor, spans, steps

START = datetime(2024, 1, 1, tzinfo=UTC)
MOMENTS = st.timedeltas(timedelta(0), timedelta(days=366)).map(lambda later: START + later)
LENGTHS = {"hour": HOUR, "day": DAY}


@given(MOMENTS, MOMENTS, st.none() | MOMENTS.map(lambda moment: floor(moment, HOUR)), st.sampled_from([HOUR, DAY]))
def test_a_window_is_covered_once(
    one: datetime, other: datetime, rolled_until: datetime | None, coarsest: timedelta
) -> None:
    start, end = sorted((one, other))
    parts = spans(start, end, rolled_until, coarsest=coarsest)
    assert [part.start for part in parts] == [start, *(part.end for part in parts[:-1])][: len(parts)]
    assert (parts[-1].end if parts else start) == end
    for part in parts:
        if part.source != "rows":
            length = LENGTHS[part.source]
            assert length <= coarsest
            assert floor(part.start, length) == part.start
            assert floor(part.end, length) == part.end
            assert rolled_until is not None
            assert part.end <= rolled_until
        elif rolled_until is not None and part.end <= rolled_until:
            assert part.end - part.start < HOUR, "rows are for what is left over"


def test_days_in_the_middle() -> None:
    start, end = datetime(2024, 5, 1, 22, 30, tzinfo=UTC), datetime(2024, 5, 4, 3, 10, tzinfo=UTC)
    found = [(part.source, part.start.isoformat()[8:16]) for part in spans(start, end, end.replace(hour=2, minute=0))]
    assert found == [
        ("rows", "01T22:30"),
        ("hour", "01T23:00"),
        ("day", "02T00:00"),
        ("hour", "04T00:00"),
        ("rows", "04T02:00"),
    ]


def test_steps_have_no_gap() -> None:
    start, end = datetime(2024, 5, 1, 22, 30, tzinfo=UTC), datetime(2024, 5, 2, 1, 0, tzinfo=UTC)
    assert [step.hour for step in steps(start, end, HOUR)] == [22, 23, 0]
