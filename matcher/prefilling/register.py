"""The sites that a register knows: a folder as an import writes it, or a list of sites."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from matcher.declarations import Site
from matcher.prefilling.listing import has_activities, read_site_list
from matcher.reading import read_survey


def known_sites(path: Path) -> tuple[Site, ...]:
    """The sites of a register with their positions; none of a list that tells no activity.

    Raises
    ------
    SurveyError
        With every wrong cell of the folder or the list.
    """
    if path.is_dir():
        survey = read_survey(path)
        placed = ((site, survey.position(site)) for site in survey.sites.values())
        return tuple(
            site
            if position is None
            else dataclasses.replace(site, latitude=position[0], longitude=position[1])
            for site, position in placed
        )
    if not has_activities(path):
        return ()
    return tuple(
        Site(
            site_id=item.site.record,
            name=item.site.name,
            firm=item.site.firm,
            siret=item.site.siret,
            activity_code=item.site.activity_code,
            headcount=item.site.headcount,
            latitude=None if item.site.position is None else item.site.position[0],
            longitude=None if item.site.position is None else item.site.position[1],
            commune_code=item.site.commune_code,
        )
        for item in read_site_list(path).sites
    )
