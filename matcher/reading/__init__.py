"""Reads survey files, however careless or hostile, into declarations that are valid."""

from matcher.reading.digest import survey_digest
from matcher.reading.survey import read_register, read_survey

__all__ = ["read_register", "read_survey", "survey_digest"]
