"""World: a frozen picture of the world economy, and the accounts that a model needs of it.

It is one file because checks, hash and accounts are of one set of arrays.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from winset.errors import DataError, listed
from winset.sentences import Sentence, Verbatim, meant
from winset.worlds import aggregation
from winset.worlds import mfn as most_favoured
from winset.worlds.domestic import DOMESTIC_FLOOR
from winset.worlds.sector_accounts import SectorAccounts, sector_accounts, unmet_by_economy
from winset.worlds.tariff_sources import TARIFF_SOURCES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from winset.worlds.technology import Technology


@dataclass(frozen=True, slots=True)
class Source:
    """Where figures come from, and on which terms."""

    title: str
    license: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True)
class Accounts:
    """Balanced accounts of one sector with roundabout production, in USD million.

    Attributes
    ----------
    flows : (n, n) array
        Customs value of what the row sells to the column, domestic sales on the diagonal.
    output, spending, value_added, deficit, revenue, income : (n,) arrays
        ``output = Σ_n flows_in``; ``spending = Σ_i flows_in (1 + t_in)``;
        ``value_added = β · output``; ``deficit = Σ_i flows_in − output`` (a transfer received);
        ``income = value_added + revenue + deficit = spending − (1 − β) output``.
    floored : tuple of codes
        Economies whose exports exceed what their GDP can hold, see `World.accounts`.
    """

    flows: NDArray[np.float64]
    output: NDArray[np.float64]
    spending: NDArray[np.float64]
    value_added: NDArray[np.float64]
    deficit: NDArray[np.float64]
    revenue: NDArray[np.float64]
    income: NDArray[np.float64]
    floored: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class World:
    """Economies, their trade and their tariffs in one year.

    Rows export, columns import. Money is USD million of the data year; flows are as customs
    record them, before any tariff; a tariff of 0.10 is ten percent.

    Attributes
    ----------
    codes, names : tuples of n strings
        ISO 3166 alpha-3 or any other code that the data declare.
    gdp : (n,) array
        GDP, NaN where the data give none.
    sectors : tuple of J strings
        ``("goods",)`` when the data are not split.
    trade, tariff : (J, n, n) arrays
        ``trade[j, i, n]`` sold by i to n; domestic sales on the diagonal where known.
    domestic_known : bool
        Whether the diagonal comes from the data.
    facts : mapping of columns
        Optional columns of ``economies.csv`` (population, area_km2, region, income_group, imputed).
    technology : Technology, optional
        Elasticities, value-added, input and final shares by sector, where the data give them.
    mfn : (J, n, n) array, optional
        The rate that each pair would face without preferences, where the data give it.
    tariff_source : (J, n, n) array of integers, optional
        What each tariff rests on: its place in `TARIFF_SOURCES`.
    emissions : (J, n) array, optional
        CO2 of every sector, million tonnes, where the data give it; see `winset.worlds.carbon`.
    """

    name: str
    year: int
    codes: tuple[str, ...]
    names: tuple[str, ...]
    gdp: NDArray[np.float64]
    sectors: tuple[str, ...]
    trade: NDArray[np.float64]
    tariff: NDArray[np.float64]
    domestic_known: bool
    sources: tuple[Source, ...] = ()
    facts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    technology: Technology | None = None
    mfn: NDArray[np.float64] | None = None
    tariff_source: NDArray[np.int8] | None = None
    emissions: NDArray[np.float64] | None = None

    def __post_init__(self) -> None:
        self._check()
        for array in (
            self.gdp, self.trade, self.tariff, self.mfn, self.tariff_source, self.emissions,
        ):  # fmt: skip
            if array is not None:
                array.flags.writeable = False

    def _check(self) -> None:
        """Raise DataError where the arrays are no picture of a world economy."""
        n, count, said = len(self.codes), len(self.sectors), f"world {self.name!r}"
        if not n:
            raise DataError(f"{said}: no economy in it.")
        for what, names in (("code", self.codes), ("sector", self.sectors)):
            if len(set(names)) != len(names):
                twice = next(name for name in names if names.count(name) > 1)
                raise DataError(f"{said}: {what} {twice!r} is there twice. Keep one.")
        if len(self.names) != n:
            raise DataError(f"{said}: {len(self.names)} names for {n} codes.")
        for column, values in self.facts.items():
            if len(values) != n:
                raise DataError(f"{said}: {len(values)} values of {column} for {n} economies.")
        if self.gdp.shape != (n,):
            raise DataError(f"{said}: gdp has the shape {self.gdp.shape}, not ({n},).")
        wrong = (self.gdp <= 0) | np.isinf(self.gdp)  # NaN: the data give none
        if wrong.any():
            k = int(np.argmax(wrong))
            raise DataError(
                f"{said}: GDP of {self.codes[k]} is {self.gdp[k]:g}; it must be positive, or NaN where "
                "there is none."
            )
        shape = (count, n, n)
        for what, cube, least in (
            ("trade", self.trade, 0.0),
            ("tariff", self.tariff, np.nextafter(-1.0, 0.0)),
            ("mfn", self.mfn, np.nextafter(-1.0, 0.0)),
        ):
            if cube is None:
                continue
            if cube.shape != shape:
                raise DataError(f"{said}: {what} has the shape {cube.shape}, not {shape}.")
            # One pass for the highest and one for the lowest, which are NaN where anything is.
            if not (cube.min(initial=np.inf) >= least and cube.max(initial=least) < np.inf):
                bad = ~np.isfinite(cube) | (cube < least)
                j, i, k = (int(x) for x in np.argwhere(bad)[0])
                must = "be zero or more" if what == "trade" else "exceed −1 (0.10 is 10 %)"
                raise DataError(
                    f"{said}: {what} of {self.codes[i]} to {self.codes[k]}, sector {self.sectors[j]}, is "
                    f"{cube[j, i, k]:g}; it must {must}."
                )
        kind, last = self.tariff_source, len(TARIFF_SOURCES) - 1
        if kind is not None and (kind.shape != shape or ((kind < 0) | (kind > last)).any()):
            raise DataError(
                f"{said}: tariff_source is not {shape} numbers from 0 to {last}, but {kind.shape}."
            )

        if self.emissions is not None:
            gas = self.emissions
            if gas.shape != (count, n) or not np.all(np.isfinite(gas)) or (gas < 0).any():
                raise DataError(
                    f"{said}: emissions are not {(count, n)} figures of zero or more, but {gas.shape}."
                )

    def __eq__(self, other: object) -> bool:
        """Tell whether two worlds have the same figures, names and year."""
        if not isinstance(other, World):
            return NotImplemented
        mine, theirs = ((w.name, w.year, w.names, w.sha256) for w in (self, other))
        return mine == theirs

    def __hash__(self) -> int:
        return hash(self.sha256)

    def __len__(self) -> int:
        return len(self.codes)

    def __repr__(self) -> str:
        size = f"{len(self)} economies, {len(self.sectors)} sectors"
        return f"World({self.name!r}, {self.year}, {size})"

    @cached_property
    def index(self) -> dict[str, int]:
        """Position of each code."""
        return {code: k for k, code in enumerate(self.codes)}

    @property
    def imputed(self) -> dict[str, str]:
        """What each economy rests on whose flows are not measured but imputed, by code."""
        texts = self.facts.get("imputed", ())
        return {code: text for code, text in zip(self.codes, texts, strict=False) if text}

    def recorded(self, exporter: str, importer: str) -> bool:
        """Whether trade between two economies is on record: some either way, and not filled in.

        What is filled in is the trade of a pair both of whom have `filled_percent` (`docs/data.md`).
        """
        i, k = self.index[exporter], self.index[importer]
        told = self.facts.get("filled_percent", ())
        if told and told[i] and told[k]:
            return False
        return bool(self.flows[i, k] > 0 or self.flows[k, i] > 0)

    @property
    def sectored(self) -> bool:
        """Whether the world is solved sector by sector."""
        return len(self.sectors) > 1 or self.technology is not None

    @cached_property
    def flows(self) -> NDArray[np.float64]:
        """Trade of all sectors together, (n, n)."""
        return np.asarray(self.trade.sum(axis=0))

    @cached_property
    def tariffs(self) -> NDArray[np.float64]:
        """Tariff of all sectors together: the mean weighted by trade, (n, n)."""
        if len(self.sectors) == 1:
            return np.asarray(self.tariff[0])
        return _mean_rate(self.tariff, self.trade)

    @cached_property
    def untold(self) -> NDArray[np.bool_]:
        """Exporters on whose goods the data have no tariff, (n,): every rate on them is zero.

        Nobody where the world has no tariffs at all: there zero is what it counts from.
        """
        if not self.tariff.any():
            return np.zeros(len(self), dtype=np.bool_)
        return np.asarray(~self.tariff.any(axis=(0, 2)))

    @cached_property
    def mfn_rates(self) -> NDArray[np.float64]:
        """MFN rate of every pair, (J, n, n): from the data, or `winset.worlds.mfn.inferred`."""
        if self.mfn is not None:
            return self.mfn
        rates = np.repeat(most_favoured.inferred(self.tariff)[:, None, :], len(self), axis=1)
        rates[:, np.arange(len(self)), np.arange(len(self))] = 0.0
        return rates

    @cached_property
    def sha256(self) -> str:
        """Hash of everything that enters a computation, the same on every platform."""
        digest = hashlib.sha256()
        digest.update("\n".join([*self.codes, "", *self.sectors]).encode())
        digest.update(b"domestic" if self.domestic_known else b"exports only")
        for array in (self.gdp, self.trade, self.tariff):
            digest.update(np.ascontiguousarray(array, dtype="<f8").tobytes())
        if self.technology is not None:
            for array in self.technology.arrays():
                digest.update(np.ascontiguousarray(array, dtype="<f8").tobytes())
        if self.mfn is not None:
            digest.update(b"mfn" + np.ascontiguousarray(self.mfn, dtype="<f8").tobytes())
        if self.emissions is not None:
            digest.update(b"CO2" + np.ascontiguousarray(self.emissions, dtype="<f8").tobytes())
        return digest.hexdigest()

    def position(self, code: str) -> int:
        """Return the position of a code, or raise DataError with what comes close."""
        try:
            return self.index[code]
        except KeyError:
            raise DataError(
                Sentence(
                    "economy {code} is not in world '{world}' ({n} economies).{hint}",
                    code=repr(code),
                    world=self.name,
                    n=Verbatim(len(self)),
                    hint=meant(code, self.codes, mark=""),
                )
            ) from None

    def describe(self) -> dict[str, Any]:
        """Return what ``winset world show --json`` prints: size, sources and hash."""
        abroad = self.flows[~np.eye(len(self), dtype=np.bool_)]
        known = np.isfinite(self.gdp)
        size = np.where(known, self.gdp, 0.0) if known.any() else self.flows.sum(axis=1)
        floored = () if self.domestic_known else self.accounts(0.5).floored
        return {
            "name": self.name,
            "year": self.year,
            "economies": len(self),
            "sectors": len(self.sectors),
            "codes": list(self.codes),
            "trade_musd": float(abroad.sum()),
            "pairs": int((abroad > 0).sum()),
            "gdp_musd": float(np.nansum(self.gdp)) if known.any() else None,
            "domestic_sales_known": self.domestic_known,
            "floored": list(floored),
            "tariffs": int((self.tariffs > 0).sum()),
            "tariff_percent": self._tariff_levels(),
            "tariff_sources": self.tariff_basis(),
            "trade_over_gdp": float(abroad.sum() / np.nansum(self.gdp)) if known.any() else None,
            "unmet": self.unmet(1.0 if self.domestic_known else 0.5),
            "largest": [self.codes[k] for k in np.argsort(-size)[:10]],
            "sources": [asdict(source) for source in self.sources],
            "notes": list(self.notes),
            **({"imputed": self.imputed} if self.imputed else {}),
            "sha256": self.sha256,
        }

    def tariff_basis(self) -> dict[str, float] | None:
        """Return the share of trade between economies whose tariff rests on each source, summing to one.

        Trade without a stated source, such as all of it in services, is ``not said``. None where the data
        say nothing.
        """
        if self.tariff_source is None:
            return None
        abroad = self.trade * ~np.eye(len(self), dtype=np.bool_)
        total = abroad.sum()
        shares = {
            source or "not said": float(abroad[self.tariff_source == k].sum() / total)
            for k, source in enumerate(TARIFF_SOURCES)
        }
        return {
            source: share for source, share in shares.items() if source != "not said" or share > 0
        }

    def services_left_out(self) -> dict[str, Any] | None:
        """Return the share of services in trade that goods leave out, percent, by economy and in all."""
        told = self.facts.get("services_percent")
        if told is None or not any(told):
            return None
        known = {c: float(text) for c, text in zip(self.codes, told, strict=True) if text}
        abroad = self.flows * ~np.eye(len(self), dtype=np.bool_)
        rows = [self.index[code] for code in known]
        share = np.array(list(known.values())) / 100.0
        both = (abroad.sum(axis=0) + abroad.sum(axis=1))[rows] / (1.0 - share)
        return {
            "world_percent": float(100.0 * (share @ both) / both.sum()),
            "percent": known,
            "unknown": [code for code in self.codes if code not in known],
        }

    def _tariff_levels(self) -> dict[str, float] | None:
        """Mean, median and highest tariff above zero, percent, pair by pair; None without tariffs."""
        rates = 100.0 * self.tariffs[self.tariffs > 0]
        if not len(rates):
            return None
        return {
            "mean": float(rates.mean()),
            "median": float(np.median(rates)),
            "highest": float(rates.max()),
        }

    def accounts(self, value_added_share: float) -> Accounts:
        """Close the accounts of one sector for a value-added share β.

        Where domestic sales are in the data, output is what an economy sells. Where they are
        not, ``output = GDP/β`` and domestic sales are output less exports, but at least
        ``DOMESTIC_FLOOR`` of output: an entrepôt re-exports more than it makes. The output of
        a floored economy is ``exports / (1 − DOMESTIC_FLOOR)``, so that the value added which
        the model gives it exceeds its GDP.

        Raises
        ------
        DataError
            An economy without GDP, trade or output, or whose income would not be positive.
        """
        flows = self.flows.copy()
        floored: tuple[str, ...] = ()
        if not self.domestic_known:
            np.fill_diagonal(flows, 0.0)
            if missing := [c for c, g in zip(self.codes, self.gdp, strict=True) if not g > 0]:
                raise DataError(
                    f"world {self.name!r}: no GDP for {listed(missing)}, and no domestic sales to "
                    "derive output from. Add gdp_musd to economies.csv, or leave the economy out."
                )
            exports = flows.sum(axis=1)
            wanted = self.gdp / value_added_share
            output = np.maximum(wanted, exports / (1.0 - DOMESTIC_FLOOR))
            floored = tuple(self.codes[k] for k in np.flatnonzero(output > wanted))
            np.fill_diagonal(flows, output - exports)
        output = flows.sum(axis=1)
        absorbed = flows.sum(axis=0)
        for what, array in (("output", output), ("spending", absorbed)):
            if empty := [c for c, x in zip(self.codes, array, strict=True) if not x > 0]:
                raise DataError(
                    f"world {self.name!r}: zero {what} for {listed(empty)}. Add its sales to "
                    "trade.csv, or leave the economy out."
                )
        revenue = (flows * self.tariffs).sum(axis=0)
        deficit = absorbed - output
        value_added = value_added_share * output
        income = value_added + revenue + deficit
        if poor := [c for c, x in zip(self.codes, income, strict=True) if not x > 0]:
            k = self.index[poor[0]]
            raise DataError(
                f"world {self.name!r}: with value_added_share = {value_added_share:g} the income of "
                f"{listed(poor)} is not positive ({poor[0]}: value added {value_added[k]:.6g}, "
                f"trade balance {-deficit[k]:.6g} USD million). Use a larger value_added_share."
            )
        return Accounts(
            flows, output, absorbed + revenue, value_added, deficit, revenue, income, floored
        )

    def sector_accounts(self, value_added_share: float) -> SectorAccounts:
        """Close the accounts of every sector, see `winset.worlds.sector_accounts.sector_accounts`."""
        return sector_accounts(self, value_added_share, DOMESTIC_FLOOR)

    def unmet(self, value_added_share: float) -> dict[str, Any] | None:
        """Return where inputs exceed spending, see `winset.worlds.sector_accounts.unmet_by_economy`."""
        if not self.sectored:
            return None
        return unmet_by_economy(self, self.sector_accounts(value_added_share))

    def closed(self, value_added_share: float) -> World:
        """Return it as one sector, with the domestic sales that `accounts` derives, GDP = β output."""
        accounts = self.accounts(value_added_share)
        return replace(
            self,
            gdp=accounts.value_added.copy(),
            sectors=("goods",),
            trade=accounts.flows[None].copy(),
            tariff=self.tariffs[None].copy(),
            domestic_known=True,
            technology=None,
            mfn=None if self.mfn is None else _mean_rate(self.mfn, self.trade)[None],
            tariff_source=self.tariff_source if len(self.sectors) == 1 else None,
            emissions=None if self.emissions is None else self.emissions.sum(axis=0)[None],
        )

    def select(self, codes: Sequence[str]) -> World:
        """Keep these economies and the trade among them, in this order; drop the rest.

        Deficits are those of the trade that is left, so they still sum to zero.
        """
        return aggregation.select(self, codes)

    def without(self, codes: Iterable[str]) -> World:
        """Drop these economies and all trade with them."""
        out = {self.codes[self.position(code)] for code in codes}
        return self.select([code for code in self.codes if code not in out])

    def aggregate(self, groups: Mapping[str, Sequence[str]]) -> World:
        """Merge each group into one economy named by its key.

        Flows and GDP add up; trade inside a group becomes its domestic sales; a tariff becomes
        the mean weighted by trade, so that revenue stays what it was. Where domestic sales are
        not in the data they follow from GDP and exports as before, and the accounts of the
        merged economy are the sums of its parts' (but for floored economies: `closed` first).
        Value-added and input shares become means weighted by output, final shares by income.
        """
        return aggregation.aggregate(self, groups)

    def aggregate_sectors(self, groups: Mapping[str, Sequence[str]]) -> World:
        """Merge each group of sectors into one named by its key; others stay as they are.

        Flows add up, a tariff becomes the mean weighted by trade, value-added and input shares
        those weighted by output. The sectors of a group must have one elasticity.

        Raises
        ------
        DataError
            An unknown or repeated sector, an empty group, or different elasticities in a group.
        """
        return aggregation.aggregate_sectors(self, groups)

    def sector(self, name: str) -> int:
        """Return the position of a sector, or raise DataError with what comes close."""
        try:
            return self.sectors.index(name)
        except ValueError:
            raise DataError(
                Sentence(
                    "sector {name} is not in world '{world}' ({n} sectors).{hint} Known: {known}.",
                    name=repr(name),
                    world=self.name,
                    n=Verbatim(len(self.sectors)),
                    hint=meant(name, self.sectors, mark=""),
                    known=Verbatim(listed(self.sectors, 40)),
                )
            ) from None


def _mean_rate(rates: NDArray[np.float64], trade: NDArray[np.float64]) -> NDArray[np.float64]:
    """The mean over sectors weighted by trade, (n, n); the plain one where nothing is traded."""
    total = trade.sum(axis=0)
    mean = np.asarray(rates.mean(axis=0), dtype=np.float64)
    return np.asarray(np.divide((trade * rates).sum(axis=0), total, out=mean, where=total > 0))
