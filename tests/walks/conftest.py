"""The made-up territory, read and matched once."""

import datetime
from pathlib import Path

import pytest

from matcher.declarations import Survey
from matcher.matching import match
from matcher.plan import Plan
from matcher.reading import read_survey
from matcher.settings import Settings

DEMO = Path(__file__).resolve().parents[2] / "datasets" / "demo"
AS_OF = datetime.date(2027, 1, 11)


@pytest.fixture(scope="session")
def demo_survey() -> Survey:
    return read_survey(DEMO, as_of=AS_OF)


@pytest.fixture(scope="session")
def demo_plan(demo_survey: Survey) -> Plan:
    return match(demo_survey, Settings(as_of=AS_OF, workers=1))
