"""The drills, a file each. Explicit, in the order in which they are told."""

from tests.drills.drill import Drill
from tests.drills.faults import kill, postgres_away, redis_away, rolling, scale, soak, stalled, stop, zombie

DRILLS: tuple[Drill, ...] = (
    kill.DRILL,
    zombie.DRILL,
    rolling.DRILL,
    redis_away.DRILL,
    postgres_away.DRILL,
    stop.DRILL,
    stalled.DRILL,
    scale.DRILL,
    soak.DRILL,
)
