"""How figures are written, in the way of the reader's country."""

from __future__ import annotations

import pytest

from matcher.wording import _Formatter


@pytest.mark.parametrize(
    ("template", "value", "french", "english"),
    [
        ("{x:km}", 0.2339, "230\u00a0m", "230\u00a0m"),
        ("{x:km}", 5.82, "5,8\u00a0km", "5.8\u00a0km"),
        ("{x:sign}", 98.0, "+98", "+98"),
        ("{x:sign}", -68.2, "\u221268,2", "\u221268.2"),
        ("{x:sign}", 0.0, "0", "0"),
        ("lead{x:plural}", 0, "lead", "leads"),
        ("lead{x:plural}", 1, "lead", "lead"),
        ("lead{x:plural}", 2, "leads", "leads"),
        ("{x:unit}", "m3", "m³", "m³"),
        ("{x:pct}", 0.316, "31,6\u00a0%", "31.6%"),
    ],
)
def test_a_figure_is_written_the_readers_way(template, value, french, english):
    assert _Formatter("fr").vformat(template, (), {"x": value}) == french
    assert _Formatter("en").vformat(template, (), {"x": value}) == english
