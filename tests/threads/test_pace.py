"""How fast somebody may talk."""

from threads.pace import Pace


def test_so_much_at_once_and_then_so_much_a_second() -> None:
    now = 0.0
    pace = Pace(3, 2, lambda: now)
    assert [pace.allows() for _ in range(4)] == [True, True, True, False]
    now = 0.4
    assert not pace.allows()
    now = 0.6
    assert [pace.allows() for _ in range(2)] == [True, False]
    now = 1000.0
    assert [pace.allows() for _ in range(4)] == [True, True, True, False]
