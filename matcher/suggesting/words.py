"""Plain words to resources and waste codes: TF-IDF over stems and pieces of words.

Names of resources (keys, labels, trade words, with the codes that these usually go under) and our
labels of waste codes are the texts. A word
counts by its stem and by its runs of three and four letters, so that plurals, typing mistakes and
compounds still meet; rare ones count more.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from matcher.catalogue import Catalogue, fold

STEM = 6
"""Letters kept of a word as its stem (engineering judgement, not tuned)."""
PIECES = (3, 4)
PIECE_WEIGHT = 2.0
"""Weights of these and of the stem: chosen on the tuning half and on words with a letter amiss."""
CODE_LABEL_SHARE = 0.45
"""How far a code is judged by its own label; the rest by the resources that go under it."""
ALSO = 0.85
"""A resource that a code covers besides its usual one."""
LATER = 0.95
"""A code that a trade word lists, against the one before it."""
NEAR_ENOUGH = 0.3
"""Likeness below which a name is no help to whoever looks for the right one."""


class Words:
    """The names of a catalogue, ready to be asked."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        names = [(name.folded, name.resource, name.waste_codes) for name in catalogue.names]
        codes = [
            (fold(label), code)
            for code, row in catalogue.waste_codes.items()
            for label in (row.label_fr, row.label_en)
        ]
        texts = [*(name[0] for name in names), *(code[0] for code in codes)]
        self._names, self._codes = names, codes
        counts = [_pieces(text) for text in texts]
        seen = Counter(piece for count in counts for piece in count)
        self._column = {piece: place for place, piece in enumerate(seen)}
        self._rarity = np.array([math.log(1 + len(texts) / seen[piece]) for piece in self._column])
        self._rarest = math.log(1 + len(texts))
        self._matrix = self._rows(counts)

    def _rows(self, counts: Iterable[Mapping[str, float]]) -> csr_array:
        """(texts, pieces) weights; each row has length 1 with its pieces that no name has."""
        data: list[float] = []
        columns: list[int] = []
        starts = [0]
        for count in counts:
            known = [(self._column[p], w) for p, w in count.items() if p in self._column]
            weights = [w * self._rarity[place] for place, w in known]
            strange = [w * self._rarest for p, w in count.items() if p not in self._column]
            length = math.sqrt(sum(w * w for w in (*weights, *strange))) or 1.0
            data += [w / length for w in weights]
            columns += [place for place, _ in known]
            starts.append(len(data))
        return csr_array((data, columns, starts), shape=(len(starts) - 1, len(self._column)))

    def likeness(self, text: str) -> tuple[dict[str, float], dict[str, float]]:
        """How like each resource and each waste code are to a text, 0 to 1; nought left out."""
        scores = self._scores(text)
        resources: dict[str, float] = defaultdict(float)
        codes: dict[str, float] = defaultdict(float)
        for score, (_, key, under) in zip(scores[: len(self._names)], self._names, strict=True):
            resources[key] = max(resources[key], float(score))
            for place, code in enumerate(under):
                codes[code] = max(codes[code], float(score) * LATER**place)
        for score, (_, key) in zip(scores[len(self._names) :], self._codes, strict=True):
            codes[key] = max(codes[key], float(score))
        exact = self.catalogue.resource_for(text)
        if exact is not None:
            resources[exact.resource] = 1.0
        return (
            {key: score for key, score in resources.items() if score > 0},
            self._judged(resources, codes),
        )

    def nearest(self, text: str, count: int = 5) -> tuple[str, ...]:
        """The resources that a text is most like, best first; perhaps none.

        Asked for each row that nobody recognises, so it looks at names alone.
        """
        scores = self._scores(text)[: len(self._names)]
        likeness: dict[str, float] = defaultdict(float)
        for place in np.flatnonzero(scores >= NEAR_ENOUGH):
            key = self._names[place][1]
            likeness[key] = max(likeness[key], float(scores[place]))
        exact = self.catalogue.resource_for(text)
        if exact is not None:
            likeness[exact.resource] = 1.0
        return tuple(sorted(likeness, key=lambda key: (-likeness[key], key)))[:count]

    def _scores(self, text: str) -> NDArray[np.float64]:
        """(texts,) likeness of each name and code label to a text."""
        asked = self._rows([_pieces(fold(text))]).toarray().ravel()
        scores: NDArray[np.float64] = self._matrix @ asked
        return scores

    def _judged(
        self, resources: Mapping[str, float], labels: Mapping[str, float]
    ) -> dict[str, float]:
        judged = {}
        for code, row in self.catalogue.waste_codes.items():
            if row.valid_from is not None:  # not in force yet: its successor role is told elsewhere
                continue
            by_resource = max(
                resources.get(row.resource, 0.0) if row.resource else 0.0,
                *(ALSO * resources.get(name, 0.0) for name in row.also),
                0.0,
            )
            score = CODE_LABEL_SHARE * labels.get(code, 0.0) + (1 - CODE_LABEL_SHARE) * by_resource
            if score > 0:
                judged[code] = score
        return judged


def _pieces(folded: str) -> dict[str, float]:
    counts: dict[str, float] = defaultdict(float)
    for word in folded.split():
        counts[f"={word[:STEM]}"] += 1
        edged = f"<{word}>"
        runs = [edged[i : i + n] for n in PIECES for i in range(len(edged) - n + 1)]
        for run in runs:
            counts[run] += PIECE_WEIGHT / math.sqrt(len(runs))
    return counts


_READY: dict[int, Words] = {}


def words_of(catalogue: Catalogue) -> Words:
    """The words of a catalogue, made once."""
    ready = _READY.get(id(catalogue))
    if ready is None or ready.catalogue is not catalogue:
        ready = _READY[id(catalogue)] = Words(catalogue)
    return ready
