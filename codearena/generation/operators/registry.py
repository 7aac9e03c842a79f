"""Every bug operator there is."""

from codearena.generation.operators import (
    arithmetic,
    comparison,
    complexity,
    flow,
    naming,
    security,
    state,
    syntax,
    types,
)
from codearena.generation.operators.operator import Operator

OPERATORS: tuple[Operator, ...] = (
    *comparison.OPERATORS,
    *arithmetic.OPERATORS,
    *naming.OPERATORS,
    *flow.OPERATORS,
    *state.OPERATORS,
    *types.OPERATORS,
    *complexity.OPERATORS,
    *security.OPERATORS,
    *syntax.OPERATORS,
)
BY_NAME = {operator.name: operator for operator in OPERATORS}
