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
ROUNDS, STEP, LEAST_OVERLAP = 160, 0.35, 0.5
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
    pushing = _Pushing(sizes)
    for _ in range(ROUNDS):
        if not pushing.round(points):
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


class _Pushing:
    """Rounds of pushing apart, with what does not change between them."""

    def __init__(self, sizes: NDArray[np.float64]) -> None:
        count = len(sizes)
        self.room_x = (sizes[:, None, 0] + sizes[None, :, 0]) / 2
        self.room_y = (sizes[:, None, 1] + sizes[None, :, 1]) / 2
        np.fill_diagonal(self.room_x, -np.inf)  # a box never pushes itself
        index = np.arange(count)
        self.by_order = np.sign(index[:, None] - index[None, :]).astype(float)

    def round(self, points: NDArray[np.float64]) -> bool:
        """Each overlapping pair steps back along the shorter way; whether any did."""
        apart_x = points[:, None, 0] - points[None, :, 0]
        apart_y = points[:, None, 1] - points[None, :, 1]
        over_x = self.room_x - np.abs(apart_x)
        over_y = self.room_y - np.abs(apart_y)
        first, second = np.nonzero((over_x > LEAST_OVERLAP) & (over_y > LEAST_OVERLAP))
        if len(first) == 0:
            return False
        over_x, over_y = over_x[first, second], over_y[first, second]
        along_x = over_x < over_y
        apart = np.where(along_x, apart_x[first, second], apart_y[first, second])
        # Two boxes at one spot go different ways: by their order.
        sign = np.where(apart != 0, np.sign(apart), self.by_order[first, second])
        step = STEP * sign * np.where(along_x, over_x, over_y)
        np.add.at(points[:, 0], first[along_x], step[along_x])
        np.add.at(points[:, 1], first[~along_x], step[~along_x])
        return True
