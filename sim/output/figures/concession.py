"""Coercion: how likely the model thought it that the target would give in, beside what came of it."""

from sim.experiments.estimate import wilson
from sim.output.figures import style
from sim.output.figures.forest import frame, middles, on_the_left, on_the_right
from sim.phrases import listed, percent
from sim.validation import claims
from sim.validation.cases import head_of

ROOM, RIGHT, ROW, HEAD = 2.6, 0.62, 0.29, 0.36
GROUPS = (
    (1, "Gave in", "#B45F06", "s"),
    ("partial", "Gave in partly", "#8A6D00", "D"),
    (0, "Held out", "#0072B2", "o"),
)
NOTE = (
    "Lines are 95 % intervals of the model's draws (Wilson), not of whether the model is right. Of most of these "
    "coercions only the outcome is known, so the model knows target, adversary, date and how long it went on, and "
    "takes the usual severity"
)


@style.styled
def compose(past):
    """Each coercion with the model's probability, those that gave in first."""
    rows = past.backtest.outcomes
    caption = past.caption("probability that the target gives in within the time played", NOTE + _left_out(past))
    if not len(rows):
        return style.empty_page(
            "conceding",
            "no coercion whose outcome is known",
            caption,
            "None of these cases demanded anything of a target the library knows.",
        )
    groups = [(group, _rows_of(rows, group[0])) for group in GROUPS]
    groups = [(group, found) for group, found in groups if found]
    page = style.open_page(
        "conceding", claims.coercion(rows), caption, sum(HEAD + ROW * len(found) for _, found in groups) + 0.42
    )
    _draw(page, past, groups)
    page.alt = "The model's probability that the target gave in, and the record. " + " ".join(
        f"{words}: {listed([f'{_label(past, row)} {percent(row.chance)}' for row in found], 40)}."
        for (_, words, *_), found in groups
    )
    return page


def _rows_of(rows, conceded):
    found = [row for row in rows.itertuples() if row.conceded == conceded]
    return sorted(found, key=lambda row: -row.chance)


def _left_out(past):
    known = set(past.backtest.outcomes.case)
    lost = [
        name for name, episode in past.episodes.items() if episode.target_conceded is not None and name not in known
    ]
    return f". Left out, as the library does not know the target: {listed(lost)}" if lost else ""


def _label(past, row):
    case = past.cases.get(row.case)
    if case is not None:
        return f"{past.when(row.case).year} {head_of(case.name)}"
    codes = row.target.split(", ")
    name = past.styles.name(codes[0]) + (f", {len(codes) - 1} more" if len(codes) > 1 else "")
    return f"{past.when(row.case).year} {name}"


def _draw(page, past, groups):
    total = sum(HEAD + ROW * len(found) for _, found in groups)
    axes = page.axes(ROOM, 0.36, style.WIDTH - ROOM - RIGHT, total)
    frame(axes, -0.03, 1.03, total, most=1)
    axes.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0", "25", "50", "75", "100\N{NO-BREAK SPACE}%"])
    for at, words in enumerate(axes.get_xticklabels()):
        words.set_ha("right" if at == 4 else "center")
    for share in (0.25, 0.5, 0.75, 1):
        axes.axvline(share, color=style.FAINT, linewidth=0.7, zorder=0)
    start = 0.0
    for (_, words, colour, marker), found in groups:
        y = page.body - 0.06 - start - 0.24
        page.write(style.MARGIN, y, f"{words} ({len(found)})", style.HEAD, weight="bold", color=style.ink_of(colour))
        for row, middle in zip(found, middles([ROW] * len(found)), strict=True):
            y = start + HEAD + middle
            likely = wilson(row.chance, past.backtest.runs)
            axes.plot([likely.low, likely.high], [y, y], color=colour, linewidth=2, solid_capstyle="butt", zorder=2)
            axes.plot(
                [row.chance], [y], marker=marker, markersize=8, color=colour, markeredgecolor=style.PAPER, zorder=3,
                clip_on=False,
            )  # fmt: skip
            on_the_left(axes, y, [style.cut(_label(past, row), ROOM - style.MARGIN - 0.12)])
            on_the_right(axes, y, percent(row.chance))
        start += HEAD + ROW * len(found)
