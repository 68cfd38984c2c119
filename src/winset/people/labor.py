r"""What a labor agreement is worth to those who move: a sheet, line by line.

    more migrants      ΔM = M (e^β − 1)
    gain a year        G  = ΔM · g · y
    present value      PV(T) = G · (1 + r) (1 − (1 + r)^−T) / r,     T · G where r = 0

M are the migrants of the corridor before, β the coefficient of an agreement on the log of the stock, g the
gain of a migrant in multiples of a yearly income y (USD a head), T years, r the rate of discount. Gains
come at the beginning of each year, the first of them now: an annuity due. What comes after the first T₁
years is PV(T) − PV(T₁).

The layout follows the calculation of Adhikari, Cha'ngom, Kaila & Shrestha (2024), World Bank Policy
Research Working Paper 11000 (the abstract and the program that makes its inputs were read). It counts
the migrants' own gain: no cost of moving, nothing for those who stay, nothing of the hosts.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

from winset.errors import DataError

USUAL_YEARS, USUAL_RATE, USUAL_FIRST = 25, 0.03, 5
MOST_YEARS = 1_000


@dataclass(frozen=True, slots=True)
class LaborSheet:
    """Inputs and results of an agreement, persons and USD.

    Attributes
    ----------
    migrants, coefficient, gain, income_usd : float
        M, β, g and y.
    years, rate, first_years : number
        T, r and T₁.
    more_migrants, gain_usd_a_year : float
        ΔM and G.
    present_value_usd, first_years_usd, after_first_years_usd : float
        PV(T), PV(T₁) and their difference.
    """

    migrants: float
    coefficient: float
    gain: float
    income_usd: float
    years: int
    rate: float
    first_years: int
    more_migrants: float
    gain_usd_a_year: float
    present_value_usd: float
    first_years_usd: float
    after_first_years_usd: float

    def to_json(self) -> dict[str, Any]:
        """Return all lines by name."""
        return asdict(self)


def annuity_due(rate: float, years: int) -> float:
    """Return the present value of one unit at the beginning of each of so many years.

    >>> round(annuity_due(0.03, 25), 6), annuity_due(0.0, 5)
    (17.935542, 5.0)
    """
    if rate == 0.0:
        return float(years)
    return -math.expm1(-years * math.log1p(rate)) / rate * (1.0 + rate)


def labor_sheet(
    migrants: float,
    coefficient: float,
    *,
    gain: float,
    income_usd: float,
    years: int = USUAL_YEARS,
    rate: float = USUAL_RATE,
    first_years: int = USUAL_FIRST,
) -> LaborSheet:
    """Return the sheet of one agreement.

    Raises
    ------
    DataError
        Migrants, gain or income below zero, a rate of −1 or less or of 1 or more, years beyond 1,000, more
        first years than years, or a figure beyond all numbers.

    >>> sheet = labor_sheet(6693.225, 0.569, gain=2.274, income_usd=18790.94)
    >>> round(sheet.more_migrants, 4), round(sheet.present_value_usd, 2)
    (5130.3547, 3931885571.27)
    """
    for name, value in (("migrants", migrants), ("gain", gain), ("income_usd", income_usd)):
        if not (math.isfinite(value) and value >= 0.0):
            raise DataError(f"{name} = {value:g}: it is zero or more.")
    if not math.isfinite(coefficient):
        raise DataError(f"coefficient = {coefficient:g}: it is a number, in log points.")
    if not (math.isfinite(rate) and rate > -1.0):
        raise DataError(f"rate = {rate:g}: a rate of discount is above −1; 0.03 is 3 %.")
    if rate >= 1.0:
        raise DataError(f"rate = {rate:g}: 1 is 100 %. In percent? Divide it by 100: 3 % is 0.03.")
    for name, count in (("years", years), ("first_years", first_years)):
        if not 0 <= count <= MOST_YEARS:
            raise DataError(f"{name} = {count}: a number from 0 to {MOST_YEARS:,}.")
    if first_years > years:
        raise DataError(f"first_years = {first_years}: more than years = {years}.")
    try:
        more = migrants * math.expm1(coefficient)
        yearly = more * gain * income_usd
        whole, first = (yearly * annuity_due(rate, t) for t in (years, first_years))
    except OverflowError:
        whole = math.inf
    if not math.isfinite(whole):
        raise DataError(f"coefficient = {coefficient:g}: the figures are beyond all numbers.")
    return LaborSheet(
        migrants, coefficient, gain, income_usd, years, rate, first_years,
        more, yearly, whole, first, whole - first,
    )  # fmt: skip
