"""What an import writes is a survey: the reader takes it whole, with the meaning that was meant."""

from __future__ import annotations

import pytest

from matcher.declarations import Basis, Direction, LegalStatus, Outlet
from matcher.importing import import_hotmaps, import_irep
from matcher.reading import read_survey
from tests.matcher.importing.test_hotmaps import GLASS, PAPER, STEEL, a_base
from tests.matcher.importing.test_irep import (
    ACIERIE,
    SITES_HEADER,
    TUILERIE,
    WASTE,
    WASTE_HEADER,
    a_file,
)


def test_all_three_files_in_one_folder_read_as_one_survey(tmp_path):
    """By hand: 21 GWh are 21 000 MWh; waste 10 02 07 recycled 150 t, landfilled 50 t."""
    out = tmp_path / "out"
    import_irep(a_file(tmp_path, SITES_HEADER, ACIERIE, TUILERIE), out)
    import_irep(a_file(tmp_path, WASTE_HEADER, *WASTE), out)
    import_hotmaps(a_base(tmp_path, GLASS, STEEL, PAPER), out)

    survey = read_survey(out)

    assert {flow.direction for flow in survey.flows.values()} == {Direction.OFFER}
    assert all(flow.resource for flow in survey.flows.values())
    glass = survey.flows["hotmaps-1-heat-200"]
    assert (glass.amount, glass.temperature_c) == (pytest.approx(21_000), 200)
    assert (glass.basis, glass.today_outlet) == (Basis.INFERRED, Outlet.LOST)
    assert survey.flows["hotmaps-3-heat"].amount is None
    recycled, buried = (survey.flows[f"irep-0001-100207-{way}"] for way in ("R4", "D5"))
    assert (recycled.amount, buried.amount) == (150, 50)
    assert (recycled.today_outlet, buried.today_outlet) == (Outlet.RECYCLING, Outlet.LANDFILL)
    assert recycled.waste_code == "100207"
    assert recycled.status is LegalStatus.WASTE
    assert survey.sites["irep-0001"].activity_code == "24.10Z"


def test_a_waste_code_that_is_not_in_the_list_does_not_stop_the_reading(tmp_path):
    rows = ["0001;A;2022;R4;59;F;999999;inconnu;7;t"]
    import_irep(a_file(tmp_path, WASTE_HEADER, *rows), tmp_path / "out")

    survey = read_survey(tmp_path / "out")

    (flow,) = survey.flows.values()
    assert flow.resource is None
    assert flow.amount == 7
