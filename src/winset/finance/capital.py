r"""A bank's capital, votes, lending and cash: what its articles say, as arithmetic.

Votes, as in Article 28 of the Articles of Agreement of the AIIB (2015): one for each share taken, f for each
founder, and basic votes, the same for each of n members, that are a part β of all:

    b = round(β/(1 − β) · (Σ shares + Σ founders' votes) / n).

Lending capacity: loans outstanding may be at most `gearing` times subscribed capital and reserves. A year of
cash: capital is paid in by instalments, loans are made up to a yearly program and the capacity, repaid in
equal parts after years of grace; what capital and reserves do not fund is borrowed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from winset.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from winset.numbers import Array, Integers


def basic_votes(share_votes: float, founder_votes: float, members: int, part: float) -> int:
    """Return b, what each of n members has beside shares.

    >>> basic_votes(960_229, 34_200, 103, 0.12)
    1317
    """
    if members < 1 or not 0.0 <= part < 1.0:
        raise DataError(
            f"basic votes are a part of all from 0 to below 1, of one member or more ({part:g})."
        )
    return round(part / (1.0 - part) * (share_votes + founder_votes) / members)


def votes(
    shares: Array, founders: Array, *, part: float = 0.12, founder_votes: int = 600
) -> Integers:
    """Return everybody's votes, (n,); `shares` are those taken, `founders` are 1 or 0."""
    taken = np.rint(shares).astype(np.int64)
    extra = np.rint(founders).astype(np.int64) * founder_votes
    basic = basic_votes(float(taken.sum()), float(extra.sum()), len(taken), part)
    return np.asarray(taken + extra + basic, dtype=np.int64)


def capital_for(vote_shares: Array, part: float) -> Array:
    """Return the parts of capital that give parts of the votes, (n,): c = (w − β/n)/(1 − β).

    Raises
    ------
    DataError
        A wished part of the votes is below the basic votes.
    """
    n = len(vote_shares)
    least = part / n
    if np.any(vote_shares < least - 1e-12):
        k = int(np.argmin(vote_shares))
        raise DataError(
            f"basic votes of {100 * part:g} % give everybody {100 * least:.4g} % of the votes, and member "
            f"{k + 1} is to have {100 * float(vote_shares[k]):.4g} %. Lower the basic votes."
        )
    return np.asarray(np.maximum(vote_shares - least, 0.0) / (1.0 - part))


@dataclass(frozen=True, slots=True)
class LoanTerms:
    """How a bank is funded and lends. Money is USD million.

    Attributes
    ----------
    capital : float
        Subscribed; `paid_in` of it in cash, in `instalments` yearly parts.
    gearing : float
        Loans outstanding over capital and reserves, at most.
    lent_a_year : float
        What is asked for in loans a year.
    tenor, grace : int
        Years to the last repayment, and before the first.
    rate, funding, treasury : float
        Interest on loans, on what is borrowed, and on cash.
    costs : float
        Of administration, as a part of loans outstanding.
    shock_year, shock : int, float
        A year in which a part of all loans is lost.
    """

    capital: float
    paid_in: float = 0.2
    instalments: int = 5
    gearing: float = 1.0
    lent_a_year: float = 0.0
    tenor: int = 20
    grace: int = 5
    rate: float = 0.05
    funding: float = 0.04
    treasury: float = 0.03
    costs: float = 0.004
    shock_year: int = 0
    shock: float = 0.0

    def __post_init__(self) -> None:
        if not self.capital > 0 or not self.gearing > 0 or self.instalments < 1:
            raise DataError("capital and gearing are above 0, instalments 1 or more.")
        if (
            not 0 < self.paid_in <= 1
            or not 0 <= self.shock <= 1
            or not 0 <= self.grace < self.tenor
        ):
            raise DataError(
                "paid_in is a part of capital, a shock one of loans, and grace is shorter than the tenor."
            )


@dataclass(frozen=True, slots=True)
class Year:
    """A year of a bank, USD million; stocks at its end."""

    year: int
    paid_in: float
    lent: float
    repaid: float
    lost: float
    income: float
    loans: float
    reserves: float
    borrowed: float
    room: float

    def to_json(self) -> dict[str, float]:
        """Return a row of ``cash_flow``."""
        return {
            "year": self.year,
            "paid_in_musd": self.paid_in,
            "lent_musd": self.lent,
            "repaid_musd": self.repaid,
            "lost_musd": self.lost,
            "income_musd": self.income,
            "loans_musd": self.loans,
            "reserves_musd": self.reserves,
            "borrowed_musd": self.borrowed,
            "room_musd": self.room,
        }


def cash_flow(terms: LoanTerms, years: int = 10) -> list[Year]:
    """Return the years of a bank, the first being 1.

    Interest and costs are on what stood at the beginning of a year; income goes to reserves, which losses
    reduce. Cash = paid in + reserves + borrowed − loans, and nothing is borrowed while there is cash.
    """
    rows: list[Year] = []
    schedule = np.zeros(years + terms.tenor + 2)  # what is due in each year
    loans = reserves = borrowed = paid = 0.0
    repayments = terms.tenor - terms.grace
    for year in range(1, years + 1):
        cash = max(paid + reserves + borrowed - loans, 0.0)
        income = (
            terms.rate * loans
            - terms.funding * borrowed
            + terms.treasury * cash
            - terms.costs * loans
        )
        part = (
            terms.capital * terms.paid_in / terms.instalments if year <= terms.instalments else 0.0
        )
        paid += part
        due = min(float(schedule[year]), loans)
        lost = terms.shock * (loans - due) if year == terms.shock_year else 0.0
        if lost:
            schedule *= 1.0 - terms.shock
        reserves += income - lost
        loans -= due + lost
        most = terms.gearing * (terms.capital + reserves)
        lent = min(terms.lent_a_year, max(most - loans, 0.0))
        loans += lent
        schedule[year + terms.grace + 1 : year + terms.tenor + 1] += lent / repayments
        borrowed = max(loans - paid - reserves, 0.0)
        rows.append(
            Year(
                year,
                part,
                lent,
                due,
                lost,
                income,
                loans,
                reserves,
                borrowed,
                max(most - loans, 0.0),
            )
        )
    return rows


def lending_capacity(capital: float, reserves: float, gearing: float) -> float:
    """Return the most that may be outstanding: gearing · (capital + reserves)."""
    return gearing * (capital + reserves)


def named(codes: Sequence[str], figures: Array | Integers) -> dict[str, float]:
    """Return figures by code."""
    return {code: float(figure) for code, figure in zip(codes, figures, strict=True)}
