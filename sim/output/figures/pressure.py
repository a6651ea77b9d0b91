"""Tension, pressure and harm over time: how hot it got, what the adversaries felt, what the victims suffered."""

from sim.output.figures import style
from sim.output.figures.actor_style import ActorStyle
from sim.output.figures.label_layout import label_lines
from sim.output.figures.queries import date_of, joinings_of, keys_of, length_in_days, series_of, start_of
from sim.phrases import count, percent

NAME = "pressure"
PANEL, HEAD, FOOT = 2.1, 0.46, 0.46  # inches
LEFT, RIGHT = 0.5, 1.75  # inches
LINES = ("-", "--", "-.", ":")
GREYS = ("#1A1A1A", "#7A7A7A", "#4D4D4D", "#999999")


@style.styled
def compose(record, loaded):
    """The page of tension, pressure and harm."""
    styles = ActorStyle(loaded)
    caption = style.caption_of(
        record,
        "tension, perceived threat and pressure 0 to 1; harm is severity summed over victims; time is exercise date",
        note="Each point is the end of a turn",
    )
    panels = [
        ("Tension, 0 to 1", _tension(record)),
        ("Pressure on the adversaries, 0 to 1 (ticks: responses)", _pressure(record, styles)),
        ("Harm being done, severity summed over victims", _harm(record, styles)),
    ]
    panels = [(head, lines) for head, lines in panels if lines]
    if not panels:
        return style.empty_page(NAME, "No turn was finished", caption, "No turn of this run came to its end.")
    body = len(panels) * (HEAD + PANEL) + FOOT
    page = style.open_page(NAME, title_of(record, styles), caption, body)
    for at, (head, lines) in enumerate(panels):
        low = body - (at + 1) * (HEAD + PANEL)
        _draw_panel(page, record, styles.names, head, lines, low, is_last=at == len(panels) - 1)
    page.alt = alt_of(record, styles, panels)
    return page


def title_of(record, styles):
    """How hot it got, and what the pressure came to."""
    days, tension = series_of(record, "tension")
    parts = []
    peak = _peak(tension)
    if peak is not None:
        parts.append(f"tension peaked at {tension[peak]:.2f} on {style.day_of(date_of(record, days[peak]))}")
    felt = {code: _top(series_of(record, "pressure", code)[1]) for code in keys_of(record, "pressure")}
    felt = {code: value for code, value in felt.items() if value is not None}
    if felt:
        most = max(sorted(felt), key=felt.get)
        some = f"pressure on {styles.said(most)} reached {felt[most]:.2f}"
        parts.append(some if felt[most] >= 0.01 else "no adversary felt any pressure")
    _, harm = series_of(record, "harm")
    known = [value for value in harm if value == value]
    if known and max(known) > 0:
        change = known[-1] / max(known) - 1
        parts.append(
            "harm never fell"
            if change > -0.01
            else "harm ended"
            if known[-1] < 0.005
            else f"harm fell {percent(-change)} from its worst"
        )
    return "; ".join(parts) or "no turn was finished"


def alt_of(record, styles, panels):
    """Start, peak and end of every line."""
    told = []
    for _, lines in panels:
        for days, values, words, *_ in lines:
            known = [(day, value) for day, value in zip(days, values, strict=True) if value == value]
            if known:
                day, top = max(known, key=lambda pair: pair[1])
                told.append(
                    f"{words}: {known[0][1]:.2f} at first, {top:.2f} at most "
                    f"({style.day_of(date_of(record, day))}), {known[-1][1]:.2f} at the end."
                )
    return f"Lines over {count(record.turns, 'turn')}. {' '.join(told)}"


def _tension(record):
    lines = []
    for name, words, colour, dashes in (
        ("tension", "Tension", style.INK, "-"),
        ("perceived_threat", "Threat others see", "#7A7A7A", "--"),
    ):
        days, values = series_of(record, name)
        if any(value == value for value in values):
            lines.append((days, values, words, colour, dashes, "o"))
    return lines


def _pressure(record, styles):
    lines = []
    for at, code in enumerate(keys_of(record, "pressure")[:5]):
        days, values = series_of(record, "pressure", code)
        lines.append((days, values, styles.name(code), styles.colour(code), LINES[at % 4], styles.marker(code)))
    return lines


def _harm(record, styles):
    """The incidents that hurt most, a line each; what the others did is added up."""
    found = {incident: series_of(record, "harm", incident) for incident in keys_of(record, "harm")}
    order = sorted(found, key=lambda incident: (-(_top(found[incident][1]) or 0.0), incident))
    named = order if len(order) <= len(LINES) else order[: len(LINES) - 1]
    lines = [(*found[incident], style.capital(styles.incident(incident).removeprefix("the "))) for incident in named]
    rest = [found[incident] for incident in order if incident not in named]
    if rest:
        added = [
            sum(value for value in values if value == value)
            for values in zip(*(values for _, values in rest), strict=True)
        ]
        lines.append((rest[0][0], added, count(len(rest), "other incident")))
    return [(*line, GREYS[at], LINES[at], "soDv"[at]) for at, line in enumerate(lines)]


def _draw_panel(page, record, names, head, lines, low, is_last):
    axes = page.axes(LEFT, low, style.WIDTH - LEFT - RIGHT, PANEL)
    page.write(
        style.MARGIN,
        low + PANEL + 0.14,
        style.cut(head, style.WIDTH - 0.3, style.HEAD, bold=True),
        style.HEAD,
        weight="bold",
    )
    top = max([1.0, *(value for _, values, *_ in lines for value in values if value == value)])
    axes.set_xlim(0, length_in_days(record))
    axes.set_ylim(0, top * 1.02)
    axes.set_yticks(
        [0, 0.5, 1] if top <= 1 else [0, top / 2, top],
        ["0", "0.5", "1"] if top <= 1 else ["0", f"{top / 2:.2g}", f"{top:.2g}"],
    )
    axes.grid(axis="y")
    style.set_date_axis(axes, start_of(record), length_in_days(record), most=4)
    if not is_last:
        axes.set_xticklabels([])
    labels = []
    for days, values, words, colour, dashes, marker in lines:
        few = len([value for value in values if value == value]) <= 16
        axes.plot(
            days,
            values,
            color=style.ink_of(colour, ratio=2.2),
            linewidth=2.2,
            linestyle=dashes,
            marker=marker if few else None,
            markersize=6,
            markeredgecolor=style.INK,
            markeredgewidth=0.5,
            clip_on=False,
        )
        last = next((value for value in reversed(values) if value == value), None)
        if last is not None:
            labels.append((last, f"{words} {last:.2f}", colour))
    label_lines(axes, labels, RIGHT, at=days[-1])
    if head.startswith("Pressure"):
        _mark_responses(axes, record, names)


def _mark_responses(axes, record, names):
    """A tick on the time axis for every day on which a response took effect."""
    days = sorted({one.acted_day for one in joinings_of(record, names) if one.acted_day is not None})
    if days:
        axes.plot(days, [0.0] * len(days), linestyle="none", marker="|", markersize=9, color=style.CALM, clip_on=False)


def _peak(values):
    known = [at for at, value in enumerate(values) if value == value]
    return max(known, key=lambda at: values[at]) if known else None


def _top(values):
    return max((value for value in values if value == value), default=None)
