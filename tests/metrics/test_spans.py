"""Which part of a window is read from where: everything once, and nothing from a sum that is not there yet."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from metrics.spans import BLOCK, DAY, HOUR, MINUTE, Span, blocks_of, floor, spans, steps, with_minutes

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


@given(MOMENTS, st.timedeltas(timedelta(microseconds=1), timedelta(hours=3)), st.lists(st.booleans(), min_size=40))
def test_minutes_of_kept_blocks_and_rows_for_the_rest(start: datetime, length: timedelta, kept: list[bool]) -> None:
    part = Span("rows", start, start + length)
    first, last = blocks_of(part)
    blocks = {block for block, keep in zip(steps(first, last, BLOCK), kept, strict=False) if keep}
    found = list(with_minutes(part, blocks))
    assert [one.start for one in found] == [start, *(one.end for one in found[:-1])]
    assert found[-1].end == part.end
    assert all(one.start < one.end for one in found)
    assert [one.source for one in found] == [("rows", "minute")[at % 2 ^ (found[0].source == "minute")]
                                             for at in range(len(found))], "no more reads than needed"  # fmt: skip
    for one in found:
        if one.source == "minute":
            assert floor(one.start, MINUTE) == one.start
            assert floor(one.end, MINUTE) == one.end
            assert {floor(minute, BLOCK) for minute in steps(one.start, one.end, MINUTE)} <= blocks
        else:
            whole = steps(floor(one.start + MINUTE, MINUTE), floor(one.end, MINUTE), MINUTE)
            assert not {floor(minute, BLOCK) for minute in whole} & blocks
