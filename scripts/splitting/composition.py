"""The sectors of an economy's trade from what other statistics say of it, learned where both are known.

A source gives features f_cg, such as the WTO's product groups; icio-2022 gives shares y_cj. A bridge
B_gj ≥ 0, zero where a group holds nothing of a sector, is fitted over the known economies:

    min_B Σ_cj [ŷ_cj − y_cj log ŷ_cj],  ŷ_cj = Σ_g f_cg B_gj,

minimum cross-entropy, by the multiplicative step of Lee and Seung (2001): each step lowers it. B also
takes up that a source is of another year, with other prices. The mix of an economy is ŷ over its sum.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from winset.numbers import Array

STEPS = 60
SMOOTH = 1e-3  # of the mean mix, so that no sector is ruled out

#: ISIC sectors that a feature may hold, by the first sectors' names of icio-2022.
WTO = (
    "A01 A03 C10T12",
    "A01 A02 C13T15 C16 C17_18 C20",
    "B05 B06 B09 C19 C20",
    "B07 B08 C24B C24A C20",
    "C24A C25",
    "C21",
    "C20 C22",
    "C26 C27 C28",
    "C29 C28",
    "C301 C302T309",
    "C27 C28 C26 C25 C29",
    "C13T15",
    "C13T15",
    "C16 C17_18 C22 C23 C24B C25 C26 C31T33 C13T15 B08 C27",
)
ADB = (
    "A01 A02 A03",
    "B05 B06 B07 B08 B09",
    "C10T12",
    "C13T15",
    "C13T15",
    "C16",
    "C17_18",
    "C19",
    "C20 C21",
    "C22",
    "C23",
    "C24A C24B C25",
    "C28 C27 C31T33",
    "C26 C27",
    "C29 C301 C302T309",
    "C31T33 C16 C26",
)
#: By ranges of HS chapters, first and last.
HS: tuple[tuple[int, int, str], ...] = (
    (1, 1, "A01"),
    (2, 2, "C10T12"),
    (3, 3, "A03 C10T12"),
    (4, 5, "A01 C10T12"),
    (6, 10, "A01 C10T12"),
    (11, 11, "C10T12"),
    (12, 14, "A01 A02 C10T12"),
    (15, 24, "C10T12 A01"),
    (25, 25, "B08 C23 C20"),
    (26, 26, "B07"),
    (27, 27, "B05 B06 C19 C20"),
    (28, 29, "C20 C21 C24B"),
    (30, 30, "C21"),
    (31, 38, "C20 C10T12"),
    (39, 40, "C20 C22 A02 A01"),
    (41, 43, "C13T15 C10T12"),
    (44, 46, "A02 C16"),
    (47, 49, "C17_18"),
    (50, 52, "C13T15 A01"),
    (53, 63, "C13T15 C20 A01"),
    (64, 67, "C13T15 C31T33"),
    (68, 70, "C23"),
    (71, 71, "C24B C31T33 B08 B07"),
    (72, 72, "C24A"),
    (73, 73, "C24A C25"),
    (74, 81, "C24B C25 B07"),
    (82, 83, "C25"),
    (84, 84, "C28 C26 C27 C29"),
    (85, 85, "C26 C27 C29"),
    (86, 86, "C302T309"),
    (87, 87, "C29 C302T309 C28"),
    (88, 88, "C302T309"),
    (89, 89, "C301"),
    (90, 92, "C26 C31T33 C28"),
    (93, 93, "C25"),
    (94, 96, "C31T33 C27 C22"),
    (97, 97, "C31T33"),
    (99, 99, ""),
)
CHAPTERS = [c for c in range(1, 98) if c != 77] + [99]
#: The WTO's categories of imports, in the order of the file.
CATEGORIES = (
    "A01 C10T12",
    "C10T12 A01",
    "A01 C10T12",
    "C20 C21 C22",
    "C13T15",
    "A01 C10T12",
    "A01",
    "C10T12",
    "C26 C27",
    "A03 C10T12",
    "A01 C10T12",
    "C13T15 C22",
    "C26 C31T33",
    "B05 B07 B08 C23 C24A C24B C25 C31T33",
    "C28 C26",
    "A01 C10T12",
    "A01 C10T12 A02",
    "B05 B06 C19",
    "C10T12",
    "C13T15",
    "C29 C301 C302T309",
    "A02 C16 C17_18 C31T33",
)


def mask(features: tuple[str, ...], sectors: list[str]) -> NDArray[np.bool_]:
    """Return which sectors each feature may hold; a feature without any may hold all."""
    return np.array([[s in text.split() or not text for s in sectors] for text in features])


def chapters() -> tuple[str, ...]:
    """Return the sectors of every HS chapter of `CHAPTERS`."""
    return tuple(next(text for a, b, text in HS if a <= c <= b) for c in CHAPTERS)


MASKS = {"ADB": ADB, "WTO": WTO, "HS": chapters(), "imports": CATEGORIES}


def bridge(features: Array, shares: Array, allowed: NDArray[np.bool_]) -> Array:
    """Fit B, (G, J), to features (C, G) and shares (C, J), both of sum one by economy."""
    start = np.where(allowed, shares.mean(axis=0) + 1e-6, 0.0)
    fitted = start / start.sum(axis=1, keepdims=True)
    total = np.maximum(features.sum(axis=0), 1e-12)[:, None]
    for _ in range(STEPS):
        predicted = np.maximum(features @ fitted, 1e-9)
        fitted *= (features.T @ (shares / predicted)) / total
    return np.asarray(fitted)


def normal(values: Array) -> Array:
    """Return values over their sum in the last axis."""
    return np.asarray(values / np.maximum(values.sum(axis=-1, keepdims=True), 1e-300))


def mixes(
    found: dict[str, Array],
    shares: dict[str, Array],
    sectors: list[str],
    source: str,
    wanted: list[str],
) -> dict[str, Array]:
    """Return the sector mix of the wanted economies that a source covers.

    `found` has the source's features by code, `shares` what is known of economies to learn from.
    """
    learned = [code for code in shares if code in found and found[code].sum() > 0]
    features = normal(np.array([found[code] for code in learned]))
    truth = np.array([shares[code] for code in learned])
    fitted = bridge(features, truth, mask(MASKS[source], sectors))
    usual = SMOOTH * truth.mean(axis=0)
    return {
        code: normal(normal(found[code]) @ fitted + usual)
        for code in wanted
        if code in found and found[code].sum() > 0
    }
