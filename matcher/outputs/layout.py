"""Where sites go on the network: as on the map, nudged apart until their names can be read.

No randomness and no physics: the same plan gives the same drawing.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LEAST_WIDTH, ASPECT = 980.0, 1.5
ROOM = 1.3
"""Area of the drawing, as a multiple of what the boxes need: space for the lines between them."""
ROUNDS = 160
MAP_SHARE = 0.45
"""How much of a place is the true map; the rest is rank, which spreads crowded parks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A circle with its name under it (``drop`` px high), as room to keep free: px."""

    node_id: str
    width: float
    height: float
    drop: float
    latitude: float | None = None
    longitude: float | None = None


def place(
    boxes: Sequence[Box], neighbours: Mapping[str, Sequence[str]]
) -> dict[str, tuple[int, int]]:
    """Centres of the circles, in px, x rightwards (east) and y downwards (south).

    A box without a place goes to the middle of its neighbours, or to the foot of the drawing.
    """
    if not boxes:
        return {}
    area = ROOM * sum(box.width * box.height for box in boxes)
    width = max(LEAST_WIDTH, math.sqrt(area * ASPECT))
    points = _start(boxes, neighbours, width, width / ASPECT)
    sizes = np.array([(box.width, box.height) for box in boxes])
    for _ in range(ROUNDS):
        if not _push_apart(points, sizes):
            break
    return {
        box.node_id: (round(float(x)), round(float(y) - box.drop / 2))
        for box, (x, y) in zip(boxes, points, strict=True)
    }


def _start(
    boxes: Sequence[Box],
    neighbours: Mapping[str, Sequence[str]],
    width: float,
    height: float,
) -> NDArray[np.float64]:
    """Where the boxes stand before they are pushed apart."""
    placed = [
        index
        for index, box in enumerate(boxes)
        if box.latitude is not None and box.longitude is not None
    ]
    points = np.full((len(boxes), 2), np.nan)
    if placed:
        latitudes = np.array([boxes[index].latitude for index in placed], dtype=float)
        longitudes = np.array([boxes[index].longitude for index in placed], dtype=float)
        east = longitudes * math.cos(math.radians(float(latitudes.mean())))
        points[placed, 0] = _spread(east) * width
        points[placed, 1] = (1 - _spread(latitudes)) * height
    where = {box.node_id: index for index, box in enumerate(boxes)}
    lost = []
    for index, box in enumerate(boxes):
        if not np.isnan(points[index, 0]):
            continue
        near = sorted(
            {where[other] for other in neighbours.get(box.node_id, ()) if other in where}
            & set(placed)
        )
        if near:
            points[index] = points[near].mean(axis=0) + np.array([0.0, 1.0])
        else:
            lost.append(index)
    for rank, index in enumerate(lost):
        points[index] = ((rank + 0.5) / len(lost) * width, height + 60.0)
    return points


def _spread(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Values on 0 to 1, between their true distances and even steps."""
    size = float(values.max() - values.min())
    true = (values - values.min()) / size if size > 0 else np.full(len(values), 0.5)
    order = np.argsort(values, kind="stable")
    even = np.empty(len(values))
    even[order] = (np.arange(len(values)) + 0.5) / len(values)
    return np.asarray(MAP_SHARE * true + (1 - MAP_SHARE) * even)


def _push_apart(points: NDArray[np.float64], sizes: NDArray[np.float64]) -> bool:
    """One round: each overlapping pair steps back along the shorter way; whether any did."""
    apart = points[:, np.newaxis, :] - points[np.newaxis, :, :]
    room = (sizes[:, np.newaxis, :] + sizes[np.newaxis, :, :]) / 2
    overlap = room - np.abs(apart)
    both = (overlap > 0.5).all(axis=2)
    np.fill_diagonal(both, False)
    if not both.any():
        return False
    # Two boxes at one spot go different ways: by their order.
    index = np.arange(len(points))
    sign = np.where(apart != 0, np.sign(apart), np.sign(index[:, None] - index[None, :])[..., None])
    along_x = overlap[..., 0] < overlap[..., 1]
    step_x = np.where(both & along_x, overlap[..., 0] * sign[..., 0], 0.0).sum(axis=1)
    step_y = np.where(both & ~along_x, overlap[..., 1] * sign[..., 1], 0.0).sum(axis=1)
    points[:, 0] += 0.35 * step_x
    points[:, 1] += 0.35 * step_y
    return True
