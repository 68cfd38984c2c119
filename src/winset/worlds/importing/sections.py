"""The 21 sections of the Harmonized System, and which chapter belongs to which."""

from __future__ import annotations

#: Section → (name, first chapter, last chapter); World Customs Organization, HS 1992 to 2022.
SECTIONS: dict[str, tuple[str, int, int]] = {
    "I": ("Live animals, animal products", 1, 5),
    "II": ("Vegetable products", 6, 14),
    "III": ("Fats and oils", 15, 15),
    "IV": ("Prepared food, beverages, tobacco", 16, 24),
    "V": ("Mineral products", 25, 27),
    "VI": ("Chemicals", 28, 38),
    "VII": ("Plastics and rubber", 39, 40),
    "VIII": ("Hides, leather, travel goods", 41, 43),
    "IX": ("Wood, cork, basketware", 44, 46),
    "X": ("Pulp and paper", 47, 49),
    "XI": ("Textiles and clothing", 50, 63),
    "XII": ("Footwear, headgear", 64, 67),
    "XIII": ("Stone, ceramics, glass", 68, 70),
    "XIV": ("Pearls, precious stones and metals", 71, 71),
    "XV": ("Base metals", 72, 83),
    "XVI": ("Machinery and electrical equipment", 84, 85),
    "XVII": ("Vehicles, aircraft, vessels", 86, 89),
    "XVIII": ("Instruments, clocks, musical instruments", 90, 92),
    "XIX": ("Arms and ammunition", 93, 93),
    "XX": ("Furniture, toys, other manufactures", 94, 96),
    "XXI": ("Works of art, antiques", 97, 97),
}


def section(product: int) -> str | None:
    """Return the section of a six-digit product; None for chapters outside the system (98, 99).

    >>> section(100199), section(999999)
    ('II', None)
    """
    chapter = product // 10_000
    return next(
        (name for name, (_, first, last) in SECTIONS.items() if first <= chapter <= last), None
    )
