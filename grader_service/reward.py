"""Components -> base -> reward. Pure; every number comes from the settings."""

import math

from codearena.v1 import grader_pb2
from grader_service.settings import Settings

_WORSE_FROM_PLATEAUS = 2.0


def pass_ratio(passed: int, total: int) -> float:
    """Passed tests over all of them; 0 of 0 is never a pass."""
    return passed / total if total > 0 else 0.0


def efficiency_score(ratio: float, plateau_ratio: float, zero_ratio: float) -> float:
    """Score in [0, 1] of an attempt that used `ratio` times the reference's CPU time.

    1 up to `plateau_ratio`, so that noise between two equally good programs does not move it; from there it falls with
    the logarithm of the ratio, since a growth class costs a factor and not a difference, to 0 at `zero_ratio`:

        1 - ln(ratio / plateau_ratio) / ln(zero_ratio / plateau_ratio)    clamped to [0, 1]

    Raises:
        ValueError: ratio is not a positive number.
    """
    if not ratio > 0:
        raise ValueError(f"not a ratio of times: {ratio}")
    fallen = math.log(ratio / plateau_ratio) / math.log(zero_ratio / plateau_ratio)
    return min(1.0, max(0.0, 1.0 - fallen))


def optimal_class_score(by_ratio: float, floor: float) -> float:
    """efficiency_score of an attempt of the optimal class: at least `floor`, and the ratio decides the rest."""
    return floor + (1 - floor) * by_ratio


def class_cap(excess_order: int, worse_class_cap: float) -> float:
    """Most efficiency_score of an attempt whose growth exceeds the optimum by so many powers of n.

    1 for none; `worse_class_cap` for one, half of it for two, a third of it for three. A ratio taken at one size cannot
    know what the next size would cost; the class can. Logarithmic factors are left to the ratio.
    """
    return 1.0 if excess_order <= 0 else worse_class_cap / excess_order


def worse_class_score(ratio: float, excess_order: int, settings: Settings) -> float:
    """efficiency_score of an attempt of a worse class: `class_cap` up to twice the plateau, then falling.

    It is 0 at the same ratio as any other. The scale is shorter by the cap, and noise moves it as much less.
    """
    from_ratio = min(_WORSE_FROM_PLATEAUS * settings.probe_plateau_ratio, settings.zero_ratio / 2)
    by_ratio = efficiency_score(ratio, from_ratio, settings.zero_ratio)
    return class_cap(excess_order, settings.worse_class_cap) * by_ratio


def base(components: grader_pb2.Components, settings: Settings) -> float:
    """The weighted sum, in [0, 1]. An unscored dimension (absent) counts as nothing.

    With `renormalise_unscored` it is left out instead: the sum is divided by the share of the weights that are present.
    """
    terms = _terms(components, settings)
    return min(1.0, max(0.0, math.fsum(terms.values()) / _share_present(components, settings)))


def contributions(components: grader_pb2.Components, settings: Settings) -> grader_pb2.Contributions:
    """What each component adds to `base`; an unscored one adds nothing."""
    share = _share_present(components, settings)
    terms = _terms(components, settings)
    return grader_pb2.Contributions(**{name: term / share for name, term in terms.items()})


def _terms(components: grader_pb2.Components, settings: Settings) -> dict[str, float]:
    """Each component, weighted. An absent optional field reads as 0."""
    return {
        "compile_score": settings.weight_compile * components.compile_score,
        "test_pass_ratio": settings.weight_tests * components.test_pass_ratio,
        "efficiency_score": settings.weight_efficiency * components.efficiency_score,
        "llm_correctness": settings.weight_correctness * components.llm_correctness,
        "llm_security": settings.weight_security * components.llm_security,
        "llm_quality": settings.weight_quality * components.llm_quality,
    }


def _share_present(components: grader_pb2.Components, settings: Settings) -> float:
    """1, unless what is unscored is to be left out; more than 0, since the tests and the compiler always score.

    An efficiency that could not be measured is not left out, else an attempt could gain by being hard to measure.
    """
    if not settings.renormalise_unscored:
        return 1.0
    judged = {
        "llm_correctness": settings.weight_correctness,
        "llm_security": settings.weight_security,
        "llm_quality": settings.weight_quality,
    }
    always = settings.weight_compile + settings.weight_tests + settings.weight_efficiency
    whole = always + math.fsum(judged.values())
    missing = math.fsum(weight for name, weight in judged.items() if not components.HasField(name))  # type: ignore[arg-type]
    return (whole - missing) / whole if 0 < missing < whole else 1.0


def penalties(step: int, identical: bool, settings: Settings) -> grader_pb2.Penalties:
    """What is taken off base. step: from 1; identical: the episode has seen this fix."""
    return grader_pb2.Penalties(
        step=settings.penalty_step * step,
        identical=settings.penalty_identical if identical else 0.0,
    )


def reward(base_score: float, taken_off: grader_pb2.Penalties, settings: Settings) -> float:
    """base less the penalties, clamped to [reward_min, reward_max]."""
    raw = base_score - taken_off.step - taken_off.identical
    return min(settings.reward_max, max(settings.reward_min, raw))
