"""Plain words to resources and waste codes: TF-IDF over stems and pieces of words.

Names of resources (keys, labels, trade words, with the codes that these usually go under) and our
labels of waste codes are the texts. A word
counts by its stem and by its runs of three and four letters, so that plurals, typing mistakes and
compounds still meet; rare ones count more.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from matcher.catalogue import Catalogue, fold

Floats = npt.NDArray[np.float64]

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
        self._resources = {
            key: place for place, key in enumerate(dict.fromkeys(n[1] for n in names))
        }
        self._resource_of_name = np.array([self._resources[name[1]] for name in names])
        self._judging = _Judging(catalogue, self._resources, names, [code for _, code in codes])

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
        resources = self._of_resources(scores, text)
        return _named(self._resources, resources), self._judging.judged(scores, resources)

    def of_resources(self, text: str) -> dict[str, float]:
        """How like each resource is to a text, without the codes: in a fraction of the time."""
        return _named(self._resources, self._of_resources(self._scores(text), text))

    def _scores(self, text: str) -> Floats:
        """(texts,) likeness of each text of the catalogue."""
        asked = self._rows([_pieces(fold(text))])
        pieces = np.zeros(self._matrix.shape[1])
        pieces[asked.indices] = asked.data
        found: Floats = self._matrix @ pieces
        return found

    def _of_resources(self, scores: Floats, text: str) -> Floats:
        """(resources,) the likeness of the best of its names; 1 where a name is the text itself."""
        best = np.zeros(len(self._resources))
        np.maximum.at(best, self._resource_of_name, scores[: len(self._names)])
        exact = self.catalogue.resource_for(text)
        if exact is not None:
            best[self._resources[exact.resource]] = 1.0
        return best

    def nearest(self, text: str, count: int = 5) -> tuple[str, ...]:
        """The resources that a text is most like, best first; perhaps none."""
        likeness = self.of_resources(text)
        near = [key for key, score in likeness.items() if score >= NEAR_ENOUGH]
        return tuple(sorted(near, key=lambda key: (-likeness[key], key)))[:count]


class _Judging:
    """Waste codes by their labels, and by the resources that go under them, as arrays."""

    def __init__(
        self,
        catalogue: Catalogue,
        resources: Mapping[str, int],
        names: Sequence[tuple[str, str, Sequence[str]]],
        labels: Sequence[str],
    ) -> None:
        # A code that is not in force yet is not judged: its successor role is told elsewhere.
        rows = {code: row for code, row in catalogue.waste_codes.items() if row.valid_from is None}
        self._codes = {code: place for place, code in enumerate(rows)}
        said = [
            (text, self._codes[code], LATER**place)
            for text, (_, _, under) in enumerate(names)
            for place, code in enumerate(under)
            if code in self._codes
        ] + [
            (text, self._codes[code], 1.0)
            for text, code in enumerate(labels, start=len(names))
            if code in self._codes
        ]
        self._said_text, self._said_code, self._said_weight = _columns(said)
        covered = [
            (resources[key], self._codes[code], weight)
            for code, row in rows.items()
            for key, weight in ((row.resource, 1.0), *((name, ALSO) for name in row.also))
            if key is not None and key in resources
        ]
        self._covered_resource, self._covered_code, self._covered_weight = _columns(covered)

    def judged(self, scores: Floats, resources: Floats) -> dict[str, float]:
        """How likely each code is, 0 to 1; nought left out."""
        labels, by_resource = np.zeros(len(self._codes)), np.zeros(len(self._codes))
        np.maximum.at(labels, self._said_code, scores[self._said_text] * self._said_weight)
        likely = resources[self._covered_resource] * self._covered_weight
        np.maximum.at(by_resource, self._covered_code, likely)
        return _named(self._codes, CODE_LABEL_SHARE * labels + (1 - CODE_LABEL_SHARE) * by_resource)


def _columns(
    triples: Sequence[tuple[int, int, float]],
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], Floats]:
    """From where, to where, and with what weight."""
    froms, tos, weights = zip(*triples, strict=True) if triples else ((), (), ())
    return np.array(froms, dtype=int), np.array(tos, dtype=int), np.array(weights, dtype=float)


def _named(places: Mapping[str, int], scores: Floats) -> dict[str, float]:
    return {key: score for key, score in zip(places, scores.tolist(), strict=True) if score > 0}


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
