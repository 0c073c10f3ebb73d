"""Working hours as people write them."""

import pytest

from matcher.groups.shifts import missing_rest_h, read_windows


@pytest.mark.parametrize(
    ("words", "other", "missing"),
    [
        ("journée", "nuit", 8.0),  # 5 h to 8 h is 3 h of rest
        ("matin", "après-midi", 3.0),  # 21 h to 5 h is 8 h
        ("journée", "matin", 0.0),
        ("20h-2h", "8h-16h", 5.0),
        ("2x8", "nuit", 3.0),  # in the afternoon: 5 h to 13 h is 8 h
        ("fin de semaine", "journée", 0.0),
        ("comme d'habitude", "nuit", 0.0),
    ],
)
def test_rest_between_two_sites_is_eleven_hours(words, other, missing):
    assert missing_rest_h(read_windows(words), read_windows(other)) == pytest.approx(missing)
