"""Where to consult."""

import numpy as np
import pytest

from sim.rules.formats import format_utility

WEIGHTS = dict(
    mandate_weight=1.0,
    coverage_weight=0.9,
    days_weight=0.3,
    veto_weight=0.7,
    duplication_weight=0.4,
    reputation_weight=1.1,
)
PLAIN = dict(mandate=2.0, coverage=0.5, days=30.0, p_veto=0.2, duplication=0.2, reputation=0.5)


@pytest.mark.parametrize(
    ("name", "more", "sign"),
    [
        ("mandate", 3.0, 1), ("coverage", 0.9, 1), ("reputation", 0.9, 1),
        ("days", 300.0, -1), ("p_veto", 0.9, -1), ("duplication", 0.9, -1),
    ],
)  # fmt: skip
def test_each_quality_pushes_its_way(name, more, sign):
    plain, _ = format_utility(**PLAIN, **WEIGHTS)
    changed, _ = format_utility(**{**PLAIN, name: more}, **WEIGHTS)
    assert np.sign(changed - plain) == sign


def test_the_terms_add_up_to_the_utility():
    utility, terms = format_utility(**PLAIN, **WEIGHTS)
    assert set(terms) == {"mandate", "coverage", "reputation", "days", "veto", "duplication"}
    assert sum(terms.values()) == pytest.approx(utility)
    assert terms["mandate"] == 0.5 and terms["days"] == pytest.approx(-0.3 * np.log(31))
