"""What a run is judged by: the measures, and the scorecard of the article's principles.

`MEASURES` is the catalogue: a name that YAML, charts and tables use, a label, a unit, and which way is better. `measured`
reads a world that has been played out, for all runs of a batch at once.
"""

from dataclasses import dataclass

import numpy as np

from sim.record.record import Principle
from sim.rules.attribution import confidence
from sim.world.cooperation import delivered
from sim.world.grid import on_grid
from sim.world.state import BLOCKED, BROKEN, NEVER


@dataclass(frozen=True)
class Measure:
    """One number a run is judged by.

    better : "higher", "lower", or None where it is neither.
    """

    name: str
    label: str
    unit: str
    better: str | None
    description: str


def _catalogue(*measures):
    return {measure.name: measure for measure in measures}


MEASURES = _catalogue(
    Measure("harm", "Harm to victims", "severity-months", "lower", "severity borne by all victims, added up over months"),
    Measure("held", "Victims that held", "share", "higher", "share of coerced victims that did not give in"),
    Measure("days_to_first_response", "Days to the first response", "days", "lower", "from the first act to the first visible response by anybody"),
    Measure("days_to_joint_text", "Days to the first joint text", "days", "lower", "from the act to the first joint text of solidarity or more"),
    Measure("joint_share", "Capability behind the joint text", "share", "higher", "share of capability that stood behind the strongest text"),
    Measure("strongest_text", "Strongest text reached", "ladder, 0 to 1", None, "0 silence, 0.1 concern, 0.3 solidarity, 0.5 naming, 0.75 measures"),
    Measure("confidence_at_decision", "Confidence at decision", "probability", "higher", "mean confidence of those who accused, when they decided"),
    Measure("joiners", "States that did more than speak", "states", None, "states that joined a response beyond words"),
    Measure("cohesion_nato", "Cohesion within NATO", "0 to 1", "higher", "1 less twice the mean distance of allies' positions"),
    Measure("cohesion_eu", "Cohesion within the EU", "0 to 1", "higher", "1 less twice the mean distance of members' positions"),
    Measure("cohesion_oceans", "Cohesion across the oceans", "0 to 1", "higher", "1 less the distance between allies' and the four partners' mean positions"),
    Measure("silences_broken", "Silences broken", "breaks", "lower", "times a member broke silence on a text"),
    Measure("peak_tension", "Peak tension", "0 to 1", "lower", "highest tension in any turn"),
    Measure("pressure", "Pressure on adversaries", "0 to 1", None, "pressure felt at the end by the adversary that feels most"),
    Measure("stopped", "Acts that stopped", "share", "higher", "share of hostile acts that their author called off"),
    Measure("cost", "Political capital spent", "capital a state", "lower", "capital spent on consultations and responses, mean over states"),
    Measure("cooperation_cost", "Spent on cooperation", "EUR million", "lower", "spent on the portfolio during the exercise"),
    Measure("readiness", "Readiness for the core mission", "0 to 1", "higher", "at the end"),
    Measure("overreach", "Overreach perceived", "0 to 1", "lower", "NATO speaking on matters far from its area"),
    Measure("perceived_threat", "Threat perceived by third parties", "0 to 1", "lower", "at the end; the real part is a coefficient"),
    Measure("narrative", "Adversary narrative", "0 to 1", "lower", "how far the story of a bloc has taken hold"),
    Measure("standing", "Standing with third parties", "0 to 1", "higher", "at the end"),
    Measure("transparency", "Transparency of cooperation", "0 to 1", "higher", "at the end, with the projects that raise it"),
    Measure("projects_delivered", "Projects that deliver", "projects", "higher", "with at least some output at the end"),
    Measure("projects_failed", "Projects failed or blocked", "projects", "lower", "blocked by a member, or agreed and without output"),
    Measure("spending_delivered", "Spending that delivered", "share", "higher", "share of the portfolio's cost in projects that deliver"),
    Measure("space_share", "Space in the spending", "share", None, "share of the portfolio's cost that goes to space"),
    Measure("best_placed", "Led by the best-placed format", "share", "higher", "share of consultations opened in a best-placed format"),
    Measure("duplication", "Duplicated consultations", "share", "lower", "share of consultations beside another that does the same"),
    Measure("joiners_outside", "Joiners outside the bodies", "states", "higher", "states in neither NATO nor the EU that did more than speak"),
)


def measured(world):
    """Every measure of a batch that has been played out.

    Parameters
    ----------
    world : World

    Returns
    -------
    dict of name to array (R,); nan where a measure does not apply
    """
    return {
        **_harm(world), **_speed(world), **_texts(world), **_cohesion(world), **_pressure(world), **_standing(world),
        **_cooperation(world), **_formats(world),
    }


def _harm(world):
    setting, state = world.setting, world.state
    coerced = (state.severity > 0) & setting.has_demand[:, None, None]
    count = coerced.sum(axis=(0, -1))
    gave_in = (state.conceded & coerced).sum(axis=(0, -1))
    return {
        "harm": state.harm_months.sum(axis=0),
        "held": np.where(count > 0, 1 - gave_in / np.maximum(count, 1), np.nan),
    }


def _speed(world):
    setting, state = world.setting, world.state
    first_act = (setting.act_begins.min() - 1) * setting.days
    soonest = state.effect_day.min(axis=(0, -1)) if len(setting.options) else np.full(world.runs, NEVER)
    text = state.days_to_text.min(axis=0)
    end = setting.turns * setting.days
    return {
        "days_to_first_response": np.where(soonest <= end, soonest - first_act, np.nan),
        "days_to_joint_text": np.where(text < NEVER, text, np.nan),
    }


def _texts(world):
    setting, state = world.setting, world.state
    accused = state.joined & (setting.accuses > 0) & setting.is_state
    sure = on_grid(confidence(state.belief))[setting.option_act]
    count = accused.sum(axis=(0, -1))
    did = state.joined[setting.is_deed].any(axis=0) & setting.is_state
    strongest = state.table_text >= state.table_text.max(axis=0) if len(setting.tables) else np.zeros((1, world.runs))
    behind = np.where(strongest & (state.table_text > 0), state.table_share, 0.0) if len(setting.tables) else strongest
    return {
        "joint_share": behind.max(axis=0),
        "strongest_text": state.covered.max(axis=(0, -1)),
        "confidence_at_decision": np.where(count > 0, (sure * accused).sum(axis=(0, -1)) / np.maximum(count, 1), np.nan),
        "joiners": did.sum(axis=-1).astype(float),
        "joiners_outside": (did & ~setting.is_nato & ~setting.is_eu).sum(axis=-1).astype(float),
        "silences_broken": state.breaks.astype(float),
    }


def _cohesion(world):
    setting, state = world.setting, world.state
    begun = setting.act_begins <= world.turn
    wants = state.position[begun]
    allies = setting.is_nato & setting.is_state
    partners = setting.is_partner & setting.is_state
    both = allies.any() and partners.any()
    apart = np.abs(_mean(wants, allies) - _mean(wants, partners)).mean(axis=0) if both else np.full(world.runs, np.nan)
    return {
        "cohesion_nato": _closeness(wants, allies),
        "cohesion_eu": _closeness(wants, setting.is_eu & setting.is_state),
        "cohesion_oceans": 1 - apart,
    }


def _mean(values, who):
    return (values * who).sum(axis=-1) / max(who.sum(), 1)


def _closeness(wants, who):
    if who.sum() < 2:
        return np.full(wants.shape[1], np.nan)
    distance = on_grid(np.abs(wants - _mean(wants, who)[..., None]))
    return on_grid(1 - 2 * _mean(distance, who)).mean(axis=0)


def _pressure(world):
    state = world.state
    begun = world.setting.act_begins <= world.turn
    return {
        "peak_tension": state.peak_tension,
        "pressure": state.pressure.max(axis=0),
        "stopped": state.stopped[begun].mean(axis=0),
        "cost": (on_grid(state.spent) * world.setting.is_state).sum(axis=-1) / max(world.setting.is_state.sum(), 1),
    }


def _standing(world):
    from sim.turn.adversary import transparency

    state = world.state
    return {
        "readiness": state.readiness,
        "overreach": state.overreach,
        "perceived_threat": state.threat,
        "narrative": state.narrative,
        "standing": state.standing,
        "transparency": transparency(world) + np.zeros(world.runs),
    }


def _cooperation(world):
    setting, state = world.setting, world.state
    gives = delivered(world) > 0
    cost = state.project_spent.sum(axis=0)
    useful = (state.project_spent * gives).sum(axis=0)
    space = (state.project_spent * setting.project_space[:, None]).sum(axis=0)
    any_cost = np.maximum(cost, 1e-9)
    return {
        "cooperation_cost": cost,
        "projects_delivered": gives.sum(axis=0).astype(float),
        "projects_failed": np.isin(state.project_state, (BLOCKED, BROKEN)).sum(axis=0).astype(float),
        "spending_delivered": np.where(cost > 0, useful / any_cost, np.nan),
        "space_share": np.where(cost > 0, space / any_cost, np.nan),
    }


def _formats(world):
    state = world.state
    called = np.maximum(state.called, 1)
    return {
        "best_placed": np.where(state.called > 0, state.called_best / called, np.nan),
        "duplication": np.where(state.called > 0, state.duplication / called, np.nan),
    }


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
        "concrete", "Concrete and efficient first; no moonshots", _score(m["spending_delivered"], share),
        f"{delivered_count:.0f} projects deliver, {failed:.0f} failed or were blocked"
        + (f"; {m['spending_delivered']:.0%} of the spending is in projects that deliver" if _known(m["spending_delivered"]) else ""),
    )


def _need(m, without):
    statement = "Meet a need that would otherwise go unmet; better for all"
    if without is None:
        return Principle("need", statement, None, "no cooperation in this exercise to compare with")
    gains = []
    said = []
    for name, scale, label in (("harm", None, "harm"), ("days_to_joint_text", 60, "days to the joint text"), ("confidence_at_decision", -0.2, "confidence")):
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
    evidence = f"{m['cost']:.2f} of a year's political capital spent by the mean state; EUR {m['cooperation_cost']:.1f} million on the portfolio"
    if space is not None:
        evidence += f", {m['space_share']:.0%} of it on space"
    return Principle("affordable", "Sustainable with the resources there are", _score(cost, space), evidence)


def _complementary(m):
    duplicated = None if not _known(m["duplication"]) else 1 - m["duplication"]
    evidence = "nobody called a consultation"
    if _known(m["best_placed"]):
        evidence = f"{m['best_placed']:.0%} of consultations in a best-placed format; {m['duplication']:.0%} beside another that does the same"
    return Principle("complementary", "Complement other bodies; the best-placed format leads", _score(m["best_placed"], duplicated), evidence)


def _open(m):
    outside = min(m["joiners_outside"] / 4, 1)
    return Principle(
        "open", "Shared values, openness to the like-minded and to the public",
        _score(m["standing"], m["transparency"], outside, 1 - m["narrative"]),
        f"standing {m['standing']:.2f}, transparency {m['transparency']:.2f}, {m['joiners_outside']:.0f} states from outside the bodies did more than speak, "
        f"the adversary's narrative at {m['narrative']:.2f}",
    )


def _core_mission(m):
    return Principle(
        "core_mission", "NATO's core mission protected; no overreach, no misperception",
        _score(m["readiness"], 1 - m["overreach"], 1 - m["perceived_threat"]),
        f"readiness {m['readiness']:.2f}, overreach {m['overreach']:.2f}, threat perceived by third parties {m['perceived_threat']:.2f}",
    )
