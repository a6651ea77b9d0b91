"""How things are said: names instead of codes, lists that end, shares and days in words.

The story and the terminal speak through these, so that a state, a format or a probability reads the same everywhere.
"""

import datetime
import math
import re
from collections.abc import Iterable

from sim.scenario import resolve_members
from sim.scenario.calendar import stretch_of
from sim.scenario.hints import MONTHS
from sim.scenario.schema import STATELESS, Scenario

LONGEST_LIST = 6
SIGN = "\N{NO-BREAK SPACE}%"
SHORT_NAME = 36  # characters of an incident's name that a sentence can carry
COUNTS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
TAKES_ARTICLE = re.compile(
    r"^(United|Republic|Netherlands|European|Philippines|North Atlantic|Czech Republic|Holy|Marshall|Solomon)\b"
)
SPOKEN = {  # formats whose short name does not stand in a sentence as it is
    "AUKUS": "AUKUS",
    "Ad hoc coalition": "an ad hoc coalition",
    "Bilateral": "bilateral channels",
    "Combined Space Operations": "the Combined Space Operations initiative",
    "Counter Ransomware": "the Counter Ransomware Initiative",
    "EU Anti-Coercion": "the EU's anti-coercion instrument",
    "EU trade": "the EU's trade policy",
    "NATO-EU": "NATO-EU channels",
    "National": "its own authorities",
    "US-Japan-Korea": "the US-Japan-Korea format",
}
TEXTS = {
    "silence": "a text that takes no position",
    "concern": "a text of concern",
    "solidarity": "a text of solidarity",
    "naming": "a text that names {suspect}",
    "measures": "a text that names {suspect} and announces measures",
}
SEVERITIES = ((0.2, "barely"), (0.4, "lightly"), (0.6, "seriously"), (0.8, "hard"), (math.inf, "very hard"))


class Names:
    """What one scenario's actors, incidents, formats, responses and projects are called."""

    def __init__(self, loaded):
        scenario, library = loaded.scenario, loaded.library
        self._actors = {code: state.name for code, state in library.states.items()}
        self._actors |= {code: body.name for code, body in library.bodies.items()}
        self._actors |= {code: actor.name for code, actor in scenario.actors.items() if actor.name}
        self._adjectives = {word for state in library.states.values() for word in (state.adjective, state.name)}
        self._size = {code: state.gdp_usd_bn.value for code, state in library.states.items() if state.gdp_usd_bn}
        self._bodies = library.bodies
        self._library, self._start, self._as_one = library, scenario.first_day, scenario.bodies_as == "one"
        self._own_groups = {f"group:{name}": group.name for name, group in scenario.groups.items()}
        self._injects = {inject.id: inject for inject in scenario.injects}
        self._formats = {**library.formats, **scenario.own_formats}
        self._responses = {**library.responses, **scenario.own_responses}
        self._projects = library.cooperation
        self._acts = {incident.id: incident for incident in scenario.incidents}
        self._proper = _proper_words(scenario) | self._adjectives

    def is_body(self, code):
        """Whether a code is NATO's or the EU's."""
        return code in self._bodies or code in ("NATO", "EU")

    def actor(self, code):
        """An actor as it stands in a sentence: 'Japan', 'the United States', 'NATO'."""
        if code in ("NATO", "EU"):
            return {"NATO": "NATO", "EU": "the EU"}[code]
        name = re.sub(r"\s*\(.*\)$", "", self._actors.get(code, code))
        return f"the {name}" if TAKES_ARTICLE.match(name) else name

    def behind(self, by):
        """Who or what was behind something: 'Russia was', 'an accident was', 'criminals were'."""
        return f"{STATELESS.get(by) or self.actor(by)} {'were' if by == 'criminals' else 'was'}"

    def culprit(self, incident):
        """Who or what was behind an incident: 'Russia', 'an accident: the anchor dragged'."""
        who = STATELESS.get(incident.by) or self.actor(incident.by)
        if incident.cause is None:
            return who
        return incident.cause if incident.by == "nobody" else f"{who}: {incident.cause}"

    def actors(self, codes, longest=LONGEST_LIST):
        """Several actors as they stand in a sentence, not more than `longest` of them by name."""
        return listed([self.actor(code) for code in codes], longest)

    def leading(self, codes, longest=LONGEST_LIST):
        """Several actors like `actors`, but the largest economies first where not all are named."""
        return self.actors(self._by_size(codes, longest), longest)

    def _by_size(self, codes, longest):
        """Codes as they come, or, where not all can be named, the largest economies first."""
        return codes if len(codes) <= longest + 1 else self.largest(codes)

    def largest(self, codes, most=None):
        """Codes, the largest economies first, `most` of them."""
        return sorted(codes, key=lambda code: -self._size.get(code, 0.0))[:most]

    def recipients(self, inject, reached, longest=LONGEST_LIST):
        """Whom an inject is for as it stands in a sentence: 'all', 'the EU's members and Japan', 'control'.

        Of those whom it `reached` and who belong to no body so many are named; one at least where nobody belongs to
        any.
        """
        meant = self._injects[inject].to if inject in self._injects else reached
        if "all" in meant:
            return "all"
        bodies = [code for code, body in self._bodies.items() if {code, f"group:{body.group}"} & set(meant)]
        bodies = [] if self._as_one else bodies
        own = [name for name in meant if name in self._own_groups]
        inside = set(resolve_members([*bodies, *own], self._library, self._start)) | {"control"}
        rest = [self.actor(code) for code in self._by_size(reached, longest) if code not in inside]
        control = ["control"] if "control" in meant else []
        owners = listed([f"{self.actor(code)}'s" for code in bodies])
        first = [f"{owners} members"] * bool(bodies) + [self._own_groups[name] for name in own] + control
        return listed(first + rest, len(first) + (longest or not first))

    def inject(self, inject_id):
        """An inject by its heading, in quotation marks."""
        return f"'{self._injects[inject_id].title}'"

    def attachments(self, inject_id):
        """What comes with an inject of the scenario."""
        return self._injects[inject_id].attachments if inject_id in self._injects else []

    def question(self, inject_id):
        """The question that an inject puts, as the scenario has it."""
        return self._injects[inject_id].question

    def answer(self, inject_id, option_id):
        """An option of the question that an inject puts, in words."""
        options = self._injects[inject_id].question.options
        return next(option.name for option in options if option.id == option_id)

    def named(self, recipients):
        """Recipients as they are written, in words: 'Estonia, NATO allies and control'."""
        groups = self._library.groups
        return listed([groups[name[6:]].name if name.startswith("group:") else self.actor(name) for name in recipients])

    def incident(self, incident_id):
        """An incident as it stands in a sentence: 'the attack on the grid', or, where its name is long, by its id:
        'the Baltic wiper case'."""
        name = self._bare(incident_id)
        if self.is_short(incident_id):
            return f"the {name if name.split()[0] in self._proper else softly(name)}"
        known = set(re.findall(r"\w+", name)[1:]) | PROPER | self._adjectives
        words = [self._incident_word(word, known) for word in str(incident_id).split("_")]
        return f"the {' '.join(words)} case"

    def _incident_word(self, word, known):
        if word.upper() in self._actors and len(word) == 3:
            return self.actor(word.upper()).removeprefix("the ")
        return next((form for form in (word.upper(), word.capitalize()) if form in known), word)

    def is_short(self, incident_id):
        """Whether an incident's name is short enough to be said in full each time."""
        return 0 < len(self._bare(incident_id)) <= SHORT_NAME

    def _bare(self, incident_id):
        incident = self._acts.get(incident_id)
        return re.sub(r"^(The|A|An) ", "", incident.name.rstrip(".")) if incident else ""

    def suspect(self, incident_id):
        """Whom an incident looks like, by name."""
        code = self.suspect_code(incident_id)
        return self.actor(code) if code else "the culprit"

    def suspect_code(self, incident_id):
        """Whom an incident looks like."""
        incident = self._acts.get(incident_id)
        return (incident.suspect or incident.by) if incident else None

    def format(self, key):
        """A format as it stands in a sentence: 'the G7', 'an ad hoc coalition'."""
        entry = self._formats.get(key)
        name = entry.short if entry else key.replace("_", " ")
        return SPOKEN.get(name) or (name if name.lower().startswith("the ") else f"the {name}")

    def response(self, key):
        """A response as a noun: 'public attribution'."""
        entry = self._responses.get(key)
        return softly(re.sub(r"\s*\(.*\)$|[:,].*$", "", entry.name)) if entry else key.replace("_", " ")

    def phrase(self, key, many=False):
        """A response as what somebody does: 'publicly names the culprit'; for many, 'publicly name the culprit'."""
        entry = self._responses.get(key)
        phrase = entry.phrase if entry else f"decides on {key.replace('_', ' ')}"
        return for_many(phrase) if many else phrase

    def is_inaction(self, key):
        """Whether a response is none."""
        entry = self._responses.get(key)
        return entry is not None and entry.is_inaction

    def weight(self, key):
        """How much a response tells: its signal and pressure, as the library rates them."""
        entry = self._responses.get(key)
        return entry.signal + entry.pressure + 0.5 if entry else 1.0

    def project(self, key):
        """A cooperation project as a noun."""
        entry = self._projects.get(key)
        return softly(entry.short) if entry else key.replace("_", " ")

    def text(self, rung, incident_id):
        """A text by its rung: 'a text that names Russia'."""
        return TEXTS[rung].format(suspect=self.suspect(incident_id))


def listed(words: Iterable[str], longest: int = LONGEST_LIST) -> str:
    """Words as a list in a sentence, cut with a count when it is long.

    >>> listed(["Estonia"])
    'Estonia'
    >>> listed(["Estonia", "Latvia", "Japan"])
    'Estonia, Latvia and Japan'
    >>> listed(["Estonia", "Latvia", "Japan", "Canada", "Spain"], longest=3)
    'Estonia, Latvia, Japan and 2 others'
    """
    words = list(words)
    rest = len(words) - longest
    if rest == 1:  # naming the last one takes no more room than counting it
        rest = 0
    if rest > 0:
        words = words[:longest] + [f"{rest} others"]
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def count(number: int, noun: str) -> str:
    """A number of things, small numbers in words.

    >>> count(1, "state"), count(8, "day"), count(31, "ally")
    ('one state', 'eight days', '31 allies')
    """
    plural = noun[:-1] + "ies" if re.search(r"[^aeiou]y$", noun) else noun + "s"
    return f"{in_words(number)} {noun if number == 1 else plural}"


def lasting(days: float) -> str:
    """A stretch of time: in days, or in hours where it is no whole number of days and shorter than three of them.

    >>> lasting(8), lasting(0.75), lasting(29.5)
    ('eight days', '18 hours', '30 days')
    """
    if days != int(days) and days < 3:
        return count(round(days * 24), "hour")
    return count(round(days), "day")


def in_words(number: int, nothing: str = "no") -> str:
    """A number in words up to twelve.

    >>> in_words(3), in_words(40), in_words(0), in_words(0, "none")
    ('three', '40', 'no', 'none')
    """
    return nothing if not number else COUNTS[number] if number < len(COUNTS) else str(number)


def percent(share: float) -> str:
    """A share as a percentage, never a certainty that it is not. The sign stays with its number at a line's end.

    >>> [percent(share).replace("\\N{NO-BREAK SPACE}", " ") for share in (0.934, 0.9999, 1.0)]
    ['93 %', 'over 99 %', '100 %']
    """
    if 0.99 < share < 1:
        return f"over 99{SIGN}"
    if 0 < share < 0.01:
        return f"under 1{SIGN}"
    return f"{share * 100:.0f}{SIGN}"


def goes_unsaid(unit: str) -> bool:
    """Whether a number tells its unit by itself: a share, a probability, a score from 0 to 1.

    >>> goes_unsaid("share"), goes_unsaid("score, 0 to 1"), goes_unsaid("days")
    (True, True, False)
    """
    return unit in ("", "share", "probability", "dimensionless") or "0 to 1" in unit


def percent_range(shares: Iterable[float]) -> str:
    """The lowest and highest of some shares.

    >>> percent_range([0.76, 0.84, 0.8]).replace("\\N{NO-BREAK SPACE}", " ")
    '76 to 84 %'
    """
    shares = list(shares)
    low, high = percent(min(shares)), percent(max(shares))
    return low if low == high else f"{low.removesuffix(SIGN)} to {high}"


def day(date: datetime.date, year: int | None = None) -> str:
    """A day in words; without its year if that is `year`.

    >>> day(datetime.date(2025, 3, 4)), day(datetime.date(2025, 3, 4), year=2025)
    ('4 March 2025', '4 March')
    >>> day(datetime.datetime(2025, 3, 4, 9, 30))
    '4 March 2025, 09:30'
    """
    clock = f", {date:%H:%M}" if isinstance(date, datetime.datetime) else ""
    return f"{date.day} {MONTHS[date.month - 1]}" + ("" if date.year == year else f" {date.year}") + clock


def period(first: datetime.date, last: datetime.date, year: int | None = None) -> str:
    """A stretch of days in words; without the year if that is `year`.

    >>> period(datetime.date(2025, 3, 4), datetime.date(2025, 3, 17))
    '4 to 17 March 2025'
    >>> period(datetime.date(2025, 3, 20), datetime.date(2025, 4, 2), year=2025)
    '20 March to 2 April'
    >>> period(datetime.datetime(2025, 3, 4, 18), datetime.datetime(2025, 3, 4, 21))
    '4 March 2025, 18:00 to 21:00'
    """
    if first == last:
        return day(first, year)
    if isinstance(first, datetime.datetime) and isinstance(last, datetime.datetime):
        is_same_day = first.date() == last.date()
        if is_same_day:
            return f"{day(first, year)} to {last:%H:%M}"
        return f"{day(first, last.year)} to {day(last, year)}"
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day} to {day(last, year)}"
    return f"{day(first, last.year)} to {day(last, year)}"


def turns_in_words(scenario: Scenario) -> str:
    """How many turns an exercise has, and how long they are.

    >>> from sim.scenario import load
    >>> turns_in_words(load("smallest").scenario)
    'four turns of 30 days'
    """
    turns = scenario.turns if isinstance(scenario.turns, list) else [scenario.turns]
    said = [(number, count(amount, unit.removesuffix("s"))) for number, unit, amount in map(stretch_of, turns)]
    (first, length), *rest = said
    return listed([f"{count(first, 'turn')} of {length}", *(f"{in_words(number)} of {each}" for number, each in rest)])


def severity(share: float) -> str:
    """How hard an incident hits, as an adverb.

    >>> severity(0.7)
    'hard'
    """
    return next(word for limit, word in SEVERITIES if share < limit)


def for_many(phrase: str) -> str:
    """A verb phrase about one, said of many: its verbs lose their ending, and what was its own is theirs.

    >>> for_many("publicly names the culprit")
    'publicly name the culprit'
    >>> for_many("trains and exercises with partners")
    'train and exercise with partners'
    >>> for_many("reinforces its fleet and its posture")
    'reinforce their fleet and their posture'
    """
    words = phrase.split(" ")
    for position, word in enumerate(words):
        starts = position == 0 or words[position - 1] in ("and", "or", "then") or words[position - 1].endswith("ly")
        if word in THEIRS:
            words[position] = THEIRS[word]
        elif starts and _is_verb(words, position):
            words[position] = _plural_verb(word)
    return " ".join(words)


def _is_verb(words, position):
    """Whether a word in -s is a verb: the first that is no adverb, or one after 'and' with something to act on."""
    word = words[position]
    if not re.fullmatch(r"[a-z-]+s", word) or word.endswith("ss"):
        return False
    is_first = all(earlier.endswith("ly") for earlier in words[:position])
    return is_first or (words[position - 1] in ("and", "or", "then") and position + 1 < len(words))


def _plural_verb(word):
    irregular = {"is": "are", "has": "have", "does": "do", "goes": "go"}
    if word in irregular:
        return irregular[word]
    if word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-2] if re.search(r"(ss|sh|ch|x|zz)es$", word) else word[:-1]


def sentence(words: str) -> str:
    """Words as a sentence: a capital first, a full stop last.

    >>> sentence("the United States calls the G7")
    'The United States calls the G7.'
    """
    return stopped(capital(re.sub(r"[ \t\r\n]+", " ", words).strip()))


def capital(words: str) -> str:
    """Words with a capital at their start.

    >>> capital("nine states acted")
    'Nine states acted'
    """
    return words[:1].upper() + words[1:]


def stopped(words: str) -> str:
    """Words with a full stop, unless they have an end already.

    >>> stopped("An Asian NATO?"), stopped("It rains")
    ('An Asian NATO?', 'It rains.')
    """
    return words if words.endswith((".", "!", "?", ".'", ".”", '."', ".)", "…")) else words + "."


def once_by_name(sentences: Iterable[str], name: str) -> list[str]:
    """Sentences in which something is called by its name once, and `it` from then on.

    >>> once_by_name(["The storm begins.", "All talk of the storm."], "the storm")
    ['The storm begins.', 'All talk of it.']
    """
    said, is_known = [], False
    for words in sentences:
        said.append(words.replace(name, "it") if is_known else words)
        is_known = is_known or name in words or capital(name) in words
    return said


def gist(text: str, longest: int = 220) -> str:
    """The beginning of a text: its first sentences and lines, as far as they fit.

    >>> gist("The lights go out. Nobody knows why. More follows.", 40)
    'The lights go out. Nobody knows why.'
    """
    text = lines_kept(text)
    if len(text) <= longest:
        return text
    ends = [match.end() for match in re.finditer(r"(?<!\d)[.!?]['”]?(?=\s)|.(?=\n)", text) if match.end() <= longest]
    return text[: ends[-1]] if ends else re.sub(r"\s\S*$", "", text[:longest]) + " …"


def lines_kept(text: str) -> str:
    r"""A text with its lines and paragraphs as they were written, and no other blanks than those between words.

    >>> lines_kept("Two demands:  \n  - the port\n  - the   cable\n\n\n\nBy Friday.\n")
    'Two demands:\n- the port\n- the cable\n\nBy Friday.'
    """
    return re.sub(r"\n{3,}", "\n\n", "\n".join(" ".join(line.split()) for line in text.strip().split("\n")))


def first_words(words: str, fits) -> str:
    """As many whole words from the start as fit, but no fewer than two, not ending in a small one.

    >>> first_words("Downing of MH17 and the sanctions that followed", lambda said: len(said) <= 24)
    'Downing of MH17'
    """
    if fits(words):
        return words
    kept = words.split()
    while len(kept) > 2 and (not fits(" ".join(kept)) or _ends_badly(kept[-1])):
        kept.pop()
    return " ".join(kept)


def _ends_badly(word):
    return word.lower() in SMALL_WORDS or word.endswith((",", "/", "&")) or word[0] in "'‘“\"("


def softly(name):
    """A name as it stands inside a sentence: its first letter small unless it is a proper name or initials."""
    first = name.split(" ", 1)[0]
    is_proper = not first[1:].islower() or first in PROPER
    return name if is_proper else name[:1].lower() + name[1:]


def _proper_words(scenario):
    """Words that a scenario never writes small, and writes with a capital inside a sentence: names."""
    told = [
        scenario.summary,
        *(incident.name for incident in scenario.incidents),
        *(inject.text for inject in scenario.injects),
    ]
    text = " ".join(told)
    return set(re.findall(r"(?<=[a-z,] )[A-Z]\w+", text)) - {
        word.capitalize() for word in re.findall(r"\b[a-z]+", text)
    }


PROPER = {"Article", "Atlantic", "Baltic", "Centre", "Centres", "Chinese", "European", "Pacific", "Russian", "Tokyo"}
SMALL_WORDS = {"a", "after", "against", "an", "and", "at", "by", "for", "from", "in", "of", "on", "the", "to", "with"}
THEIRS = {"its": "their", "itself": "themselves"}
