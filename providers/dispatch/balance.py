"""Which of several deployments gets a call. Pure: loads and lots come in."""

from collections.abc import Callable, Sequence
from random import Random

from providers.dispatch.targets import Target

Load = tuple[float, float]  # how full it is, then how long its first tokens take


def best(targets: Sequence[Target], load: Callable[[Target], Load], chance: Random) -> Target | None:
    """Of two drawn by lot among those to be tried first, the less loaded. Asking for the least of all would send
    everybody who asks at the same moment to the same one."""
    if not targets:
        return None
    first = min(one.order for one in targets)
    return min(_two([one for one in targets if one.order == first], chance), key=load)


def _two(targets: list[Target], chance: Random) -> list[Target]:
    """Weights that differ ask for a share of the calls: then the lots decide alone where both fall on the same."""
    weights = [max(one.weight, 1) for one in targets]
    if len(set(weights)) > 1:
        return chance.choices(targets, weights, k=2)
    return chance.sample(targets, 2) if len(targets) > 1 else targets
