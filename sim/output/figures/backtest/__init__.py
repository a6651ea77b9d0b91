"""Charts of a back-test, and what they share: who and what is called how, in which order, and what stands below."""

import datetime

from sim.output.figures import style
from sim.output.figures.actor_style import ActorStyle
from sim.phrases import capital, first_words
from sim.scenario import group_members, load_library
from sim.validation.cases import head_of
from sim.validation.replay import scenario_of

FIVE_EYES, ALLIES, BODIES, PARTNERS = "Five Eyes", "Allies and EU", "Bodies", "Partners"
BY_ROLE = {"ally": ALLIES, "eu_member": ALLIES}


class Past:
    """The words and the order of a back-test, with the library that ships if none is given."""

    def __init__(self, backtest, library=None):
        self.library = library or load_library()
        self.backtest = backtest
        self.cases = {case.id: case for case in backtest.cases.cases}
        self.episodes = {episode.id: episode for episode in backtest.cases.outcomes}
        self.styles = ActorStyle(scenario_of(backtest.cases.cases[0], self.library))
        self.kinds = self.library.codebook.responses

    def kind(self, kind):
        """A kind of act in a sentence: 'public attribution'."""
        return self.kinds[kind].name

    def scope(self, scope):
        """A scope of scores, which is "all", a kind of act, or with a kind of case, on a label: 'All together'."""
        kind, _, case_kind = scope.partition(", ")
        words = capital(self.kind(kind)) if kind in self.kinds else "All together"
        return words + (f", {self.case_kind(case_kind)}" if case_kind else "")

    def case_kind(self, kind):
        """A kind of case on a label: 'economic coercion'."""
        return self.library.codebook.kinds[kind].name

    def when(self, case_id):
        """The day on which a case became known, or a coercion began."""
        if case_id in self.cases:
            return self.cases[case_id].disclosure_date
        return self.episodes[case_id].start

    def name(self, case_id):
        """What a case is called in a sentence, with its year."""
        return f"{self.cases[case_id].name} ({self.when(case_id).year})"

    def label(self, case_id, room, size=style.SMALL):
        """The year and the head of a case's name, in so many inches."""
        return in_short(f"{self.when(case_id).year} {head_of(self.cases[case_id].name)}", room, size)

    def by_kind(self):
        """Cases in order of date, grouped by kind of case, the group with the earliest case first: (kind, [id])."""
        order = sorted(self.cases, key=lambda name: (self.when(name), name))
        groups = {}
        for name in order:
            groups.setdefault(self.cases[name].kind, []).append(name)
        return list(groups.items())

    def by_group(self):
        """Actors coded in any case, grouped: (group, [code]), in the order of the file."""
        codes = list(dict.fromkeys(code for case in self.cases.values() for code in case.actors))
        last = max((self.when(name) for name in self.cases), default=datetime.date.today())
        eyes = group_members("five_eyes", self.library, last) if "five_eyes" in self.library.groups else set()
        groups = {name: [] for name in (FIVE_EYES, ALLIES, BODIES, PARTNERS)}
        for code in codes:
            groups[self._group(code, eyes)].append(code)
        return [(name, members) for name, members in groups.items() if members]

    def _group(self, code, eyes):
        if self.styles.is_body(code):
            return BODIES
        return FIVE_EYES if code in eyes else BY_ROLE.get(self.styles.role(code), PARTNERS)

    def caption(self, units, note=""):
        """What stands under a chart of a back-test."""
        backtest, cases = self.backtest, len(self.cases)
        played = f"{cases} case{'s' * (cases != 1)}, {backtest.runs:,} run{'s' * (backtest.runs != 1)} of each"
        about = f"{backtest.cases.title}: {played}, seed {backtest.seed}"
        return style.in_sentences(note, f"Units: {units}", about)


def in_short(words, room, size=style.SMALL):
    """As many whole words from the start as fit into so many inches, not ending in a small one.

    >>> in_short("2014 Sony Pictures destructive hack and leak", 1.6)
    '2014 Sony Pictures'
    """
    return style.cut(first_words(words, lambda said: style.text_width(said, size) <= room), room, size)
