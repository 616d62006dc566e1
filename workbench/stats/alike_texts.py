"""Short texts that say alike things, grouped: suggestions for people, who name the groups."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from workbench.stats.clusters import Floats

MOST_TEXTS = 1_000
"""A row a text and the distances of all pairs are kept in memory: some 50 MB for so many."""
_THRESHOLD = 0.75
"""Cosine distance from which two groups are too far apart to be one."""
_RARE = 2
"""Words that fewer texts have tell nothing about which belong together."""


def groups(words: Sequence[Sequence[str]]) -> list[list[int]]:
    """The places of texts that belong together, the largest group first; those that stand alone
    are left out. `words` are the words of each text.

    TF-IDF of words and pairs of neighbours (Salton and Buckley 1988), cosine distance, and average
    linkage (`scipy.cluster.hierarchy`). Raises ValueError for more texts than it can hold.
    """
    if len(words) > MOST_TEXTS:
        raise ValueError(f"at most {MOST_TEXTS} texts can be grouped at once")
    return groups_of(_tf_idf(words))


def groups_of(vectors: Floats) -> list[list[int]]:
    """The same for texts whose vectors are known, a row each."""
    there = np.flatnonzero(np.linalg.norm(vectors, axis=1) > 0) if vectors.size else np.array([])
    if len(there) < 2:
        return []
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import pdist

    tree = linkage(np.clip(pdist(vectors[there], "cosine"), 0.0, None), method="average")
    labels = fcluster(tree, t=_THRESHOLD, criterion="distance")
    found: dict[int, list[int]] = {}
    for place, label in zip(there, labels, strict=True):
        found.setdefault(int(label), []).append(int(place))
    return sorted((g for g in found.values() if len(g) > 1), key=lambda g: (-len(g), g[0]))


def _tf_idf(words: Sequence[Sequence[str]]) -> Floats:
    """A row a text, a column a word or pair that at least two texts have; rows are not scaled."""
    terms = [[*text, *(f"{a} {b}" for a, b in pairwise(text))] for text in words]
    held: dict[str, int] = {}
    for text in terms:
        for term in set(text):
            held[term] = held.get(term, 0) + 1
    columns = {term: i for i, term in enumerate(t for t, n in sorted(held.items()) if n >= _RARE)}
    found = np.zeros((len(words), len(columns)))
    for row, text in enumerate(terms):
        for term in text:
            if term in columns:
                found[row, columns[term]] += 1
    if columns:
        spread = np.array([held[term] for term in columns])
        found *= np.log((1 + len(words)) / (1 + spread)) + 1
    return found
