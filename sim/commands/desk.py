"""The terminal: how the story, the tables and the questions to a seat look on it.

Styled where somebody is watching, plain where the output goes to a file or a program; wrapped to the width there is.
"""

import datetime
import os
import sys
import textwrap

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from sim.commands.situation import situation
from sim.record.words import day, gist

WIDEST = 110
PLAIN_WIDTH = 100
BAR = 10
SUGGESTED = "*"
WHOLE = {"break_long_words": False, "break_on_hyphens": False}


class Quietly(Console):
    """A console that falls silent when its reader has gone, and lets the work be finished."""

    def on_broken_pipe(self):
        """Sends what is left to say nowhere."""
        self.quiet = True
        os.dup2(os.open(os.devnull, os.O_WRONLY), self.file.fileno())


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


def remark_on(charts):
    """Says on standard error, once, which charts failed and which letters they lack; gives the charts back."""
    from sim.charts.saving import remarks

    for words in remarks(charts):
        print(words, file=sys.stderr)
    return charts


class Desk:
    """What a person at the terminal sees and is asked.

    Parameters
    ----------
    stream : text file, default standard output
    start : datetime.date, first day of the exercise, to turn days into dates
    names : sim.record.words.Names
    """

    def __init__(self, stream=None, start=None, names=None):
        stream = stream or sys.stdout
        self.stream = stream if stream.isatty() else Trimmed(stream)
        self.start, self.names = start, names
        self.console = Quietly(
            file=self.stream, width=_width(self.stream), highlight=False, markup=False, emoji=False, soft_wrap=False
        )

    def say(self, words="", style=None):
        """One paragraph."""
        for line in words.split("\n"):
            self._lines(textwrap.wrap(line, self.console.width, **WHOLE) or [""], style)
        self._through()

    def place(self, words):
        """A line with a path in it, which must not be broken."""
        self._lines(["", words], None)
        self._through()

    def _lines(self, lines, style):
        for line in lines:
            self.console.print(Text(line, style=style or ""), soft_wrap=True)

    def _through(self):
        try:
            self.stream.flush()
        except BrokenPipeError:
            self.console.on_broken_pipe()

    def bullet(self, words, style=""):
        """One point of a list."""
        room = self.console.width
        self._lines(textwrap.wrap(words, room, initial_indent=" · ", subsequent_indent="   ", **WHOLE), style)

    # ------------------------------------------------------------------------------------------------------- the story

    def opening(self, loaded, seed):
        """Which exercise this is."""
        scenario = loaded.scenario
        self.say(scenario.marking, "dim")
        self.say(scenario.title, "bold")
        self.say(gist(scenario.summary, 600))
        turns = scenario.turns
        self.say(f"\n{turns.count} turns of {turns.days} days from {day(scenario.start)}. Seed {seed}.", "dim")

    def turn(self, turn):
        """One turn of the story, at once."""
        self.console.print()
        title = f"Turn {turn.number} · {turn.period}" if turn.number else turn.period.capitalize()
        self.say(title, "dim")
        self.say(turn.heading, "bold")
        for words in turn.sentences[:-1]:
            self.bullet(words)
        for words in turn.sentences[-1:]:
            self.bullet(words, "italic")
        self._through()

    def closing(self, closing, without):
        """The truth, the measures, the scorecard and what to talk about."""
        self.console.print()
        self.say("What was behind it", "bold")
        for words in closing.truth:
            self.bullet(words)
        self._measures(closing.measures, without)
        self._scorecard(closing.principles)
        if closing.questions:
            self.say("\nFor discussion", "bold")
            for words in closing.questions:
                self.bullet(words)
        self._through()

    def _measures(self, rows, without):
        table = self.table("Measure", ">This run", *([">Without the cooperation"] if without else []))
        for row in rows:
            table.add_row(row.label, row.value, *([row.without] if without else []))
        self.show("What came of it", table)

    def _scorecard(self, principles):
        table = self.table("Principle", ">Score", "", "Evidence")
        for principle in principles:
            score = principle.score
            bar = "" if score is None else "■" * round(score * BAR) + "·" * (BAR - round(score * BAR))
            table.add_row(principle.statement, "–" if score is None else f"{score:.2f}", bar, principle.evidence)
        self.show("How it fared by the principles", table)

    # ---------------------------------------------------------------------------------------------------------- tables

    def table(self, *columns):
        """An empty table; a column whose name begins with > holds numbers."""
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim", expand=False)
        for column in columns:
            is_number = column.startswith(">")
            table.add_column(column.lstrip(">"), justify="right" if is_number else "left", no_wrap=is_number)
        return table

    def show(self, heading, table):
        """A table under its heading; nothing when it is empty."""
        if table.row_count:
            self.say(f"\n{heading}", "bold")
            self.console.print(Padding(table, (0, 0, 0, 1)))
            self._through()

    # ------------------------------------------------------------------------------------------------------- questions

    def brief(self, words):
        """What the person in a seat should know and want; shown once."""
        self.say("\nYour brief", "bold")
        self.say(" ".join(words.split()))

    def situation(self, view, actor):
        """What a seat can see now."""
        self.say(f"\nTurn {view['turn']}. You are {self.names.actor(actor)}. This is what you can see.", "bold")
        for heading, lines in situation(view, self.names, self.start):
            self.say(heading, "dim")
            for words in lines:
                self.bullet(words)
        self._through()

    def question(self, question):
        """A question with its options, numbered; the suggested ones carry a star."""
        self.say(f"\n{question.text}", "bold")
        self.say(self._about(question), "dim")
        rows = [
            (
                str(number),
                SUGGESTED if option.id in question.default else "",
                option.label,
                "" if option.cost is None else f"{option.cost:.2f}",
                self._acts(option),
                "; ".join(part for part in (option.note, "a text covers it" if option.covered else "") if part),
            )
            for number, option in enumerate(question.options, start=1)
        ]
        headings = (">", "", "Option", ">Cost", "Acts", "")
        used = [place for place in range(len(headings)) if place < 3 or any(row[place] for row in rows)]
        table = self.table(*(headings[place] for place in used))
        for row in rows:
            table.add_row(*(row[place] for place in used))
        self.console.print(table)
        self._through()

    def _about(self, question):
        """Which act, table or project a question is about."""
        if question.kind == "project":
            return f"About {self.names.project(question.subject)}."
        act, _, form = question.subject.partition("#")[0].partition("/")
        about = self.names.act(act) if self.names.is_act(act) else act.replace("_", " ")
        return f"About {about}, in {self.names.format(form)}." if form else f"About {about}."

    def _acts(self, option):
        if option.acts_day is None:
            return ""
        return f"from {day(self.start + datetime.timedelta(days=option.acts_day))}"

    def ask(self, question):
        """One line from the person; EOFError when there is none."""
        how = "numbers, - for nothing" if question.many else "a number"
        self.console.print(
            Text(f"{how}; Enter keeps the suggestion ({SUGGESTED}); ? the situation; q leaves > "), end=""
        )
        self._through()
        line = sys.stdin.readline()
        if not line:
            raise EOFError
        if not sys.stdin.isatty():
            self.say(line.rstrip("\n"))
        return line

    def advice(self, words):
        """What was wrong with an answer."""
        self.say(words, "yellow")


def _width(stream):
    if stream.isatty():
        return min(os.get_terminal_size(stream.fileno()).columns or PLAIN_WIDTH, WIDEST)
    columns = os.environ.get("COLUMNS", "")
    return max(int(columns), 40) if columns.isdigit() and int(columns) else PLAIN_WIDTH
