"""What a run is judged by: the measures, and the scorecard of the article's principles.

`MEASURES` is the catalogue: a name that YAML, charts and tables use, a label, a unit, and which way is better. How each
is read off a world stands in `sim/model/steps/outcome.py`.
"""

import math
from dataclasses import dataclass

import numpy as np

from sim.record.record import Principle


@dataclass(frozen=True)
class Measure:
    """One number a run is judged by.

    better : "higher", "lower", or None where it is neither.
    may_be_missing : whether a run can say nothing about it, such as how sure those were who accused when nobody did.
    """

    name: str
    label: str
    unit: str
    better: str | None
    description: str
    may_be_missing: bool = False

    @property
    def limits(self):
        """The lowest and the highest value that it can have, where it applies at all."""
        return (0.0, 1.0) if self.unit in OF_ONE else (0.0, math.inf)


OF_ONE = ("0 to 1", "ladder, 0 to 1", "probability", "share")  # units of what lies between nothing and all


def _catalogue(*measures):
    return {measure.name: measure for measure in measures}


MEASURES = _catalogue(
    Measure(
        "harm", "Harm to victims", "severity-months", "lower", "severity borne by all victims, added up over months"
    ),
    Measure(
        "held",
        "Victims that held",
        "share",
        "higher",
        "share of coerced victims that did not give in",
        may_be_missing=True,
    ),
    Measure(
        "days_to_first_response",
        "Days to the first response",
        "days",
        "lower",
        "from the first incident to the first visible response by anybody",
        may_be_missing=True,
    ),
    Measure(
        "days_to_joint_text",
        "Days to the first joint text",
        "days",
        "lower",
        "from the incident to the first joint text of solidarity or more",
        may_be_missing=True,
    ),
    Measure(
        "joint_share",
        "Capability behind the joint text",
        "share",
        "higher",
        "share of capability that stood behind the strongest text",
    ),
    Measure(
        "strongest_text",
        "Strongest text reached",
        "ladder, 0 to 1",
        None,
        "0 silence, 0.1 concern, 0.3 solidarity, 0.5 naming, 0.75 measures",
    ),
    Measure(
        "confidence_at_decision",
        "Confidence at decision",
        "probability",
        "higher",
        "mean confidence of those who accused, when they decided",
        may_be_missing=True,
    ),
    Measure("joiners", "States that did more than speak", "states", None, "states that joined a response beyond words"),
    Measure(
        "cohesion_nato",
        "Cohesion within NATO",
        "0 to 1",
        "higher",
        "1 less twice the mean distance of allies' positions",
        may_be_missing=True,
    ),
    Measure(
        "cohesion_eu",
        "Cohesion within the EU",
        "0 to 1",
        "higher",
        "1 less twice the mean distance of members' positions",
        may_be_missing=True,
    ),
    Measure(
        "cohesion_oceans",
        "Cohesion across the oceans",
        "0 to 1",
        "higher",
        "1 less the distance between allies' and the four partners' mean positions",
        may_be_missing=True,
    ),
    Measure("silences_broken", "Silences broken", "breaks", "lower", "times a member broke silence on a text"),
    Measure("peak_tension", "Peak tension", "0 to 1", "lower", "highest tension in any turn"),
    Measure(
        "pressure",
        "Pressure on adversaries",
        "0 to 1",
        None,
        "pressure felt at the end by the adversary that feels most",
    ),
    Measure("stopped", "Acts that stopped", "share", "higher", "share of incidents that their author called off"),
    Measure(
        "cost",
        "Political capital spent",
        "capital a state",
        "lower",
        "capital spent on consultations and responses, mean over states",
    ),
    Measure(
        "cooperation_cost", "Spent on cooperation", "EUR million", "lower", "spent on the portfolio during the exercise"
    ),
    Measure("readiness", "Readiness for the core mission", "0 to 1", "higher", "at the end"),
    Measure("overreach", "Overreach perceived", "0 to 1", "lower", "NATO speaking on matters far from its area"),
    Measure(
        "perceived_threat",
        "Threat perceived by third parties",
        "0 to 1",
        "lower",
        "at the end; the real part is a coefficient",
    ),
    Measure("narrative", "Adversary narrative", "0 to 1", "lower", "how far the story of a bloc has taken hold"),
    Measure("standing", "Standing with third parties", "0 to 1", "higher", "at the end"),
    Measure(
        "transparency", "Transparency of cooperation", "0 to 1", "higher", "at the end, with the projects that raise it"
    ),
    Measure(
        "projects_delivered", "Projects that deliver", "projects", "higher", "with at least some output at the end"
    ),
    Measure(
        "projects_failed",
        "Projects failed or blocked",
        "projects",
        "lower",
        "blocked by a member, or agreed and without output",
    ),
    Measure(
        "spending_delivered",
        "Spending that delivered",
        "share",
        "higher",
        "share of the portfolio's cost in projects that deliver",
        may_be_missing=True,
    ),
    Measure(
        "space_share",
        "Space in the spending",
        "share",
        None,
        "share of the portfolio's cost that goes to space",
        may_be_missing=True,
    ),
    Measure(
        "best_placed",
        "Led by the best-placed format",
        "share",
        "higher",
        "share of consultations opened in a best-placed format",
        may_be_missing=True,
    ),
    Measure(
        "duplication",
        "Duplicated consultations",
        "share",
        "lower",
        "share of consultations beside another that does the same",
        may_be_missing=True,
    ),
    Measure(
        "joiners_outside",
        "Joiners outside the bodies",
        "states",
        "higher",
        "states in neither NATO nor the EU that did more than speak",
    ),
)


# ------------------------------------------------------------------------------------------------- principles


def scorecard(measures, without=None):
    """How a run did by the principles of the article.

    Parameters
    ----------
    measures : dict of name to number, of the run
    without : the same run without the cooperation portfolio, or None

    Returns
    -------
    list of Principle; a score is None where the run says nothing about it
    """
    return [
        _concrete(measures),
        _need(measures, without),
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


def _need(m, without):
    statement = "Meet a need that would otherwise go unmet; better for all"
    if without is None:
        return Principle("need", statement, None, "no cooperation in this exercise to compare with")
    gains = []
    said = []
    for name, scale, label in (
        ("harm", None, "harm"),
        ("days_to_joint_text", 60, "days to the joint text"),
        ("confidence_at_decision", -0.2, "confidence"),
    ):
        one, other = m[name], without[name]
        if not (np.isfinite(one) and np.isfinite(other)):
            continue
        size = max(other, 0.1) * 0.2 if scale is None else scale
        gains.append(0.5 + 0.5 * np.clip((other - one) / size, -1, 1))
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
        _score(m["best_placed"], duplicated),
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
