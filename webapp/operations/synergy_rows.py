"""A synergy begins with the reveal of its lead."""

from __future__ import annotations

import datetime

from sqlalchemy.orm import Session

from webapp.models import LeadRow, Step, Synergy, vault_of
from webapp.operations.stages import SynergyStage


def start(session: Session, row: LeadRow, *, now: datetime.datetime) -> None:
    """A synergy begins with the reveal, in the same transaction."""
    vault = vault_of(session)
    reckoning = vault.open(row.keys, row.reckoning)
    synergy = Synergy(
        public_id=vault.new_token(),
        lead_id=row.id,
        stage=SynergyStage.REVEALED.value,
        stage_since=now,
        axis=reckoning["axis"],
        form=reckoning["form"],
        sealed=vault.seal(row.keys, {"action": "", "dates": []}),
    )
    synergy.steps.append(Step(at=now, stage=SynergyStage.REVEALED.value))
    session.add(synergy)
