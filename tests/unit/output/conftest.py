"""What tests of charts and of the story share."""

import pytest

from tests.builders_record import a_loaded


@pytest.fixture(scope="module")
def loaded():
    return a_loaded()


@pytest.fixture(scope="module")
def incident(loaded):
    return loaded.scenario.incidents[0].id
