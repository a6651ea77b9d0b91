"""The terminal: how the story, the tables and the questions to a seat look on it.

Styled where somebody is watching, plain where the output goes to a file or a program; wrapped to the width there is.
"""

import json
import os
import sys
import textwrap

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from sim.cli.streams import print_json
from sim.letters import visible, whole
from sim.output.narrative.decisions import acts_from, label, note, question, situation
from sim.output.narrative.injects import by_when, enclosed
from sim.phrases import capital, day, gist, lines_kept, period, stopped, turns_in_words
from sim.scenario.calendar import from_iso

WIDEST = 110
PLAIN_WIDTH, WIDEST_PLAIN = 100, 1000
HEIGHT = 25
BAR = 10
SHORT_SUMMARY, LONG_SUMMARY = 220, 600  # characters of what a scenario is about
LONGEST_ANSWER = 10_000  # characters; what is longer is not typed by anybody
SUGGESTED = "*"
CHANNELS = {"in_person": "in person", "social": "on social media"}  # the others: by cable, by email and so on
WHOLE = {"break_long_words": False, "break_on_hyphens": False}


class Progress:
    """Runs done, rate and time left, on standard error, where somebody is watching."""

    def __init__(self, runs):
        from tqdm import tqdm

        self.done = 0
        how = {"unit": " runs", "unit_scale": True, "leave": False, "mininterval": 0.2}
        self.bar = tqdm(total=runs, file=sys.stderr, disable=not sys.stderr.isatty(), **how)

    def __enter__(self):
        return self

    def __call__(self, more):
        """Notes that so many more runs are done."""
        self.done += more
        self.bar.update(more)

    def __exit__(self, *_):
        self.bar.close()


class Trimmed:
    """A text file that keeps no blanks at the ends of lines: for output that is read later, or by a program."""

    def __init__(self, file):
        self.file = file
        self.begun = ""

    def write(self, words):
        """Writes whole lines, and keeps what is begun."""
        *lines, self.begun = (self.begun + words).split("\n")
        self.file.writelines(f"{line.rstrip(' ')}\n" for line in lines)

    def flush(self):
        """Writes what is begun, too."""
        self.file.write(self.begun)
        self.begun = ""
        self.file.flush()

    def __getattr__(self, name):
        return getattr(self.file, name)


def drawn(kind, folder, *about, **shapes):
    """Every chart of one kind, saved: `draw_all`. Which of them failed and what they lack is said on standard error."""
    from sim.output.figures import draw_all
    from sim.output.figures.saving import remarks

    charts = draw_all(kind, folder, *about, **shapes)
    for words in remarks(charts.values()):
        print(words, file=sys.stderr)
    return charts


def answer(options, path, document, tell, begin="", ui=None):
    """How a command that keeps results ends: in one JSON document, in their folder alone, or in words and where all is.

    `document`, as plain data or as JSON, and `tell` are called only where they are asked for; to `begin` with is a page
    in the folder, where charts are drawn. On a `ui` that told the story in short the folder stands close to it.
    """
    if options.as_json:
        said = document()
        print_json(said if isinstance(said, str) else json.dumps(said, ensure_ascii=False, allow_nan=False))
    elif options.quiet:
        print(path or "", end="\n" if path else "")
    else:
        tell(ui or TerminalUI())
        if path:
            where = f"Everything is in {path}/" + (f"; begin with {begin}" if begin and options.charts else "")
            (ui or TerminalUI()).place(where, is_close=ui is not None and not ui.is_full)


class TerminalUI:
    """What a person at the terminal sees and is asked: all that happened, or the story in short.

    The calendar says when each turn is, and turns days into dates; without a stream it is standard output.
    """

    def __init__(self, stream=None, calendar=None, names=None, is_full=False):
        stream, self.is_full = stream or sys.stdout, is_full
        self.stream = stream if stream.isatty() else Trimmed(stream)
        self.calendar, self.names = calendar, names
        size = {"width": _width(self.stream), "height": HEIGHT}  # both, or it reads them from the environment
        self.console = Console(file=self.stream, **size, highlight=False, markup=False, emoji=False, soft_wrap=False)

    def say(self, words="", style=None):
        """One paragraph."""
        for line in words.split("\n"):
            self._lines(textwrap.wrap(line, self.console.width, **WHOLE) or [""], style)
        self.stream.flush()

    def place(self, words, is_close=False):
        """A line with a path in it, which must not be broken."""
        self._lines([words] if is_close else ["", words], None)
        self.stream.flush()

    def row(self, words):
        """One line of a list, whole, for programs that read line by line."""
        self._lines([words], None)

    def _lines(self, lines, style):
        for line in lines:
            self.console.print(Text(visible(line), style=style or ""), soft_wrap=True)

    def bullet(self, words, style="", opening=" · "):
        """One point of a list, with the lines and paragraphs it has."""
        for line in words.split("\n"):
            indents = {"initial_indent": opening, "subsequent_indent": "   "}
            self._lines(textwrap.wrap(line, self.console.width, **indents, **WHOLE) or [""], style)
            opening = "   "

    # ------------------------------------------------------------------------------------------------------- the story

    def opening(self, loaded, seed):
        """Which exercise this is."""
        scenario = loaded.scenario
        when = f"{turns_in_words(scenario)} from {day(scenario.calendar.start)}"
        self.say(f"{scenario.marking} · {when} · seed {seed}", "dim")
        self.say(scenario.title, "bold")
        self.say(gist(scenario.summary, LONG_SUMMARY if self.is_full else SHORT_SUMMARY))

    def turn(self, turn):
        """One turn of the story, at once."""
        self.console.print()
        title = f"Turn {turn.number} · {turn.period}" if turn.number else turn.period.capitalize()
        if not self.is_full:
            self.say(f"{title} · {turn.heading}", "bold")
            self.say(" ".join(turn.short))
            return
        self.say(title, "dim")
        self.say(turn.heading, "bold")
        for words in turn.sentences[:-1]:
            self.bullet(words)
        for words in turn.sentences[-1:]:
            self.bullet(words, "italic")
        self.stream.flush()

    def hot_wash(self, hot_wash, baseline):
        """The truth, the measures, the scorecard and what to talk about; or the outcome in few sentences."""
        self.console.print()
        if not self.is_full:
            self.say("What came of it", "bold")
            self.say(" ".join(hot_wash.outcome))
            self._scorecard(hot_wash.principles)
            return
        if hot_wash.truth:
            self.say("What was behind it", "bold")
        for words in hot_wash.truth:
            self.bullet(words)
        self._measures(hot_wash.measures, baseline)
        self._scorecard(hot_wash.principles)
        if hot_wash.questions:
            self.say("\nFor discussion", "bold")
            for words in hot_wash.questions:
                self.bullet(words)
        self.stream.flush()

    def for_control(self, entries, notes):
        """What lies behind the incidents and injects of a turn: what they are for, when they come, how they stood."""
        if entries or notes:
            self.say("For control", "dim")
        for incident, words in notes:
            self.bullet(f"{capital(incident)}: {lines_kept(words)}")
        for entry in entries:
            self.bullet(f"{stopped(entry.title)} {capital(entry.stood)}; to {entry.to}; {entry.kind}.", "bold")
            for heading, words in (
                ("Comes only", entry.condition),
                ("Expected:", lines_kept(entry.expects)),
                ("Notes:", lines_kept(entry.notes)),
                ("Serves:", ", ".join(entry.objectives)),
            ):
                if words:
                    self.bullet(f"{heading} {words}", opening="   ")
        self.stream.flush()

    def run_sheet(self, entries, objectives):
        """Every inject of the exercise in one table, and what served each objective."""
        table = self.table(">Turn", "When", "Inject", "To", "How it stood")
        for entry in entries:
            table.add_row(str(entry.turn), entry.when, entry.title, entry.to, entry.stood)
        self.show("Run sheet, for control", table)
        if objectives:
            self.say("\nWhat the exercise was for", "bold")
        for objective in objectives:
            by = "; ".join(f"{entry.title}, turn {entry.turn}: {entry.stood}" for entry in objective.served_by)
            self.bullet(f"{stopped(objective.text)} {stopped(by or 'No inject serves it')}")
        self.stream.flush()

    def _measures(self, rows, baseline):
        table = self.table("Measure", ">This run", *([">Without the cooperation"] if baseline else []))
        for row in rows:
            table.add_row(row.label, row.value, *([row.baseline] if baseline else []))
        self.show("What came of it", table)

    def _scorecard(self, principles):
        table = self.table("Principle", ">Score", "", *(["Evidence"] if self.is_full else []))
        table.show_header = self.is_full
        for principle in principles:
            score = principle.score
            bar = "" if score is None else "■" * round(score * BAR) + "·" * (BAR - round(score * BAR))
            if self.is_full:
                table.add_row(principle.statement, "–" if score is None else f"{score:.2f}", bar, principle.evidence)
            elif score is not None:
                table.add_row(principle.statement, f"{score:.2f}", bar)
        self.show("How it fared by the principles", table, is_close=not self.is_full)

    # ---------------------------------------------------------------------------------------------------------- tables

    def table(self, *columns):
        """An empty table; a column whose name begins with > holds numbers, one with = labels of one line."""
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim", expand=False)
        for column in columns:
            is_number = column.startswith(">")
            justify, is_one_line = "right" if is_number else "left", column.startswith((">", "="))
            table.add_column(column.lstrip(">="), justify=justify, no_wrap=is_one_line)
        return table

    def show(self, heading, table, is_close=False):
        """A table under its heading, close to what stands before it or not; nothing when it is empty."""
        if table.row_count:
            self.say(heading if is_close else f"\n{heading}", "bold")
            self.console.print(Padding(table, (0, 0, 0, 1)))
            self.stream.flush()

    # ------------------------------------------------------------------------------------------------------- questions

    def brief(self, words):
        """What the person in a seat should know and want; shown once."""
        self.say("\nYour brief", "bold")
        self.say(lines_kept(words))

    def hand_over(self, actor):
        """A page between two seats at one screen: the next one reads only once the last has gone."""
        self.say(f"\nHand over to {self.names.actor(actor)}, please, who presses Enter to go on.", "bold")
        self.stream.flush()
        _line(sys.stdin)
        if self.stream.isatty():
            self.console.clear()

    def messages(self, injects, heading):
        """What reached a seat, the earliest first."""
        if not injects:
            return
        self.say(heading, "dim")
        for inject in injects:
            how = CHANNELS.get(inject["channel"], f"by {inject['channel']}")
            when = f", {day(from_iso(inject['date']))}" if "date" in inject else ""
            where = f"turn {inject['turn']}{when}, from {inject['from']}, {how}"
            self.bullet(f"{stopped(inject['title'])} ({where})", "bold")
            until = [enclosed(**one) for one in inject.get("attachments", ())]
            until += [by_when(inject["by"], inject["otherwise"])] if "by" in inject else []
            self.bullet("\n".join([lines_kept(inject["text"]), *until]), opening="   ")
        self.stream.flush()

    def situation(self, view, actor):
        """What a seat can see now."""
        self.say(f"\n{self._where(view['turn'])}. You are {self.names.actor(actor)}. This is what you can see.", "bold")
        for heading, lines in situation(view, self.names, self.calendar.start):
            self.say(heading, "dim")
            for words in lines:
                self.bullet(words)
        self.stream.flush()

    def _where(self, turn):
        return f"Turn {turn}, {period(*self.calendar.span(turn))}"

    def decision(self, decision):
        """A decision with its options, numbered; the suggested ones carry a star."""
        self.say(f"\n{question(decision, self.names)}", "bold")
        if decision.budget is not None:
            self.say(f"Political capital for all you decide now: {decision.budget:.2f}.", "dim")
        rows = [
            (
                str(number),
                SUGGESTED if option.id in decision.default else "",
                label(option, decision, self.names),
                "" if option.cost is None else f"{option.cost:.2f}",
                acts_from(option, self.calendar.start),
                note(option),
            )
            for number, option in enumerate(decision.options, start=1)
        ]
        headings = (">", "", "Option", ">Cost", "Acts", "")
        used = [place for place in range(len(headings)) if place < 3 or any(row[place] for row in rows)]
        table = self.table(*(headings[place] for place in used))
        for row in rows:
            table.add_row(*(row[place] for place in used))
        self.console.print(table)
        self.stream.flush()

    def ask(self, decision):
        """One line from the person; EOFError when there is none, or no end to it."""
        how = ("a number" if decision.most == 1 else "numbers") + (", - for nothing" if decision.many else "")
        keys = f"Enter keeps the suggestion ({SUGGESTED}); ? the situation; m messages; back; q leaves"
        self.say(f"{self.names.actor(decision.actor)}. {self._where(decision.turn)}. {keys}.", "dim")
        self.console.print(Text(f"{how} > "), end="")
        self.stream.flush()
        line = _line(sys.stdin)
        if not sys.stdin.isatty():
            self.say(line.rstrip("\n"))
        return line

    def advice(self, words):
        """What was wrong with an answer."""
        self.say(words, "yellow")


def _line(stream):
    try:
        line = stream.readline(LONGEST_ANSWER)
    except OSError:  # nobody can be read any more: the terminal is gone
        line = ""
    if not line or len(line) == LONGEST_ANSWER:
        raise EOFError
    return line


def _width(stream):
    if stream.isatty():
        return min(os.get_terminal_size(stream.fileno()).columns or PLAIN_WIDTH, WIDEST)
    columns = whole(os.environ.get("COLUMNS", ""))
    return min(max(columns, 40), WIDEST_PLAIN) if columns else PLAIN_WIDTH
