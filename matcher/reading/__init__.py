"""Reads survey files, however careless or hostile, into declarations that are valid."""

from matcher.reading.digest import survey_digest
from matcher.reading.last_round import read_last_round
from matcher.reading.survey import read_register, read_rows, read_survey

__all__ = ["read_last_round", "read_register", "read_rows", "read_survey", "survey_digest"]
