"""Derivatives of any outcome by every kernel and vector of an equilibrium: one transposed solve."""

from __future__ import annotations

from buju.decide.marginal.outcomes import Outcome
from buju.simulate import Equilibrium, Sensitivity, sensitivity


def slopes(equilibrium: Equilibrium, outcome: Outcome) -> Sensitivity:
    """Derivatives of an outcome by everything that enters an equilibrium.

    Raises
    ------
    NotCertified
        The equilibrium is not certified, or its gap is too small.
    ParameterError
        The outcome depends on the numeraire, or the model has no such outcome.

    Examples
    --------
    >>> from buju.decide import Welfare
    >>> from buju.simulate import Baseline, CommutingTrade, Shocks, counterfactual
    >>> twins = Baseline(commuting=[[0.4, 0.1], [0.1, 0.4]], trade=[[0.7, 0.3], [0.3, 0.7]],
    ...                  wage=[1, 1], income=[1, 1], jobs=[50, 50], residents=[50, 50])
    >>> now = counterfactual(CommutingTrade(alpha=0.7, epsilon=3, sigma=4), twins, Shocks())
    >>> slopes(now, Welfare()).by_shock("commuting_cost").round(6).tolist()
    [[-0.4, -0.1], [-0.1, -0.4]]
    """
    labels = equilibrium.baseline.labels
    return sensitivity(
        equilibrium,
        of=lambda model, state, world: outcome.of(model, state, world, labels),
        name=outcome.name,
    )
