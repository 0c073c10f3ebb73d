"""Which links could be proposed, which not, and by how much: arrays from a survey."""

from matcher.candidates.build import build_candidates
from matcher.candidates.table import (
    ArcTable,
    Candidates,
    FlowTable,
    LeftOut,
    ProcessorCapacity,
    Refusal,
    RefusedArcs,
)

__all__ = [
    "ArcTable",
    "Candidates",
    "FlowTable",
    "LeftOut",
    "ProcessorCapacity",
    "Refusal",
    "RefusedArcs",
    "build_candidates",
]
