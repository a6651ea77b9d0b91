"""How a run did by the principles of the article: the scorecard."""

from collections.abc import Mapping

import numpy as np

from sim.record.record import Principle


def scorecard(measures: Mapping[str, float], baseline: Mapping[str, float] | None = None) -> list[Principle]:
    """How a run did by the principles of the article; a score is None where the run says nothing about it.

    `baseline` has the measures of the same run without the cooperation portfolio.
    """
    return [
        _concrete(measures),
        _need(measures, baseline),
        _affordable(measures),
        _complementary(measures),
        _open(measures),
        _core_mission(measures),
    ]


def _known(*values):
    return [value for value in values if value is not None and np.isfinite(value)]


def _score(*values):
    known = _known(*values)
    return float(np.clip(np.mean(known), 0, 1)) if known else None


def _concrete(m):
    failed, delivered_count = m["projects_failed"], m["projects_delivered"]
    share = delivered_count / (delivered_count + failed) if delivered_count + failed else None
    return Principle(
        "concrete",
        "Concrete and efficient first; no moonshots",
        _score(m["spending_delivered"], share),
        f"{delivered_count:.0f} projects deliver, {failed:.0f} failed or were blocked"
        + (
            f"; {m['spending_delivered']:.0%} of the spending is in projects that deliver"
            if _known(m["spending_delivered"])
            else ""
        ),
    )


def _need(m, baseline):
    statement = "Meet a need that would otherwise go unmet; better for all"
    if baseline is None:
        return Principle("need", statement, None, "no cooperation in this exercise to compare with")
    gains = []
    said = []
    for name, scale, label in (
        ("harm", None, "harm"),
        ("days_to_joint_text", 60, "days to the joint text"),
        ("confidence_at_decision", -0.2, "confidence"),
    ):
        one, other = m[name], baseline[name]
        if not (np.isfinite(one) and np.isfinite(other)):
            continue
        size = max(other, 0.1) * 0.2 if scale is None else scale
        gains.append(np.clip((other - one) / size, 0, 1))  # no better than without it: no need met
        said.append(f"{label} {one:.2f} against {other:.2f} without")
    return Principle("need", statement, _score(*gains), "; ".join(said) or "nothing to compare")


def _affordable(m):
    cost = float(np.clip(1 - m["cost"], 0, 1))
    space = None if not _known(m["space_share"]) else 1 - m["space_share"]
    evidence = (
        f"{m['cost']:.2f} of a year's political capital spent by the mean state; "
        f"EUR {m['cooperation_cost']:.1f} million on the portfolio"
    )
    if space is not None:
        evidence += f", {m['space_share']:.0%} of it on space"
    return Principle("affordable", "Sustainable with the resources there are", _score(cost, space), evidence)


def _complementary(m):
    duplicated = None if not _known(m["duplication"]) else 1 - m["duplication"]
    evidence = "nobody called a consultation"
    if _known(m["best_placed"]):
        evidence = (
            f"{m['best_placed']:.0%} of consultations in a best-placed format; "
            f"{m['duplication']:.0%} beside another that does the same"
        )
    return Principle(
        "complementary",
        "Complement other bodies; the best-placed format leads",
        _score(min(_known(m["best_placed"], duplicated), default=None)),
        evidence,
    )


def _open(m):
    outside = min(m["joiners_outside"] / 4, 1)
    return Principle(
        "open",
        "Shared values, openness to the like-minded and to the public",
        _score(m["standing"], m["transparency"], outside, 1 - m["narrative"]),
        f"standing {m['standing']:.2f}, transparency {m['transparency']:.2f}, "
        f"{m['joiners_outside']:.0f} states from outside the bodies did more than speak, "
        f"the adversary's narrative at {m['narrative']:.2f}",
    )


def _core_mission(m):
    return Principle(
        "core_mission",
        "NATO's core mission protected; no overreach, no misperception",
        _score(m["readiness"], 1 - m["overreach"], 1 - m["perceived_threat"]),
        f"readiness {m['readiness']:.2f}, overreach {m['overreach']:.2f}, "
        f"threat perceived by third parties {m['perceived_threat']:.2f}",
    )
