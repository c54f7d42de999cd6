"""How near a synthetic log comes to the real one: yardsticks, each beside its floor."""

from synthetic.fidelity.compare import Options, compare, halves, only
from synthetic.fidelity.walks import Walks, together
from synthetic.fidelity.yardstick import Measured, Yardstick

__all__ = ["Measured", "Options", "Walks", "Yardstick", "compare", "halves", "only", "together"]
