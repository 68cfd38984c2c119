"""What is on offer: formula cuts, sensitive lists, quotas, staging and use of preferences, from TOML."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

import numpy as np
from pydantic import Field, ValidationError

from winset.errors import DataError, did_you_mean, listed
from winset.toml_files import Strict, read_toml

if TYPE_CHECKING:
    from winset.numbers import Array, Mask
    from winset.worlds.tariff_lines import TariffLines

FOLDER = Path(__file__).parents[1] / "data" / "tariff-lines"


class Offer(Strict):
    """One ``[[offer]]``: what an importer concedes, on which lines, to whom.

    Exactly one of `cut` (percent of the duty), `to` (a rate, as a fraction) and `swiss` (the coefficient a of
    t′ = a t/(a + t), a fraction) is given. `sensitive` lines get `sensitive_cut` percent instead. With
    `utilization` u the buyers of a share u of the trade use the preference: the duty is u t′ + (1 − u) t.
    With `stages` the cut comes in that many equal yearly steps. `quota` is what may come in at the new rate
    by line, in the unit of trade; `rent` says who keeps the difference.
    """

    importer: str
    exporter: str | list[str] = "all"
    cut: float | None = Field(default=None, ge=0, le=100)
    to: float | None = Field(default=None, ge=0, le=10)
    swiss: float | None = Field(default=None, gt=0, le=10)
    chapters: list[str] = Field(default_factory=list)
    codes: list[str] = Field(default_factory=list)
    sensitive: list[str] = Field(default_factory=list)
    sensitive_cut: float = Field(default=0.0, ge=0, le=100)
    utilization: float = Field(default=1.0, ge=0, le=1)
    stages: int = Field(default=1, ge=1, le=50)
    quota: float | None = Field(default=None, gt=0)
    rent: Literal["exporter", "importer"] = "exporter"


class PackageTerms(Strict):
    """``[package]``: what each side asks of a package.

    `floors`: least gain; `revenue`: the most revenue that a treasury gives up; `most_lines`: the most
    lines that an importer concedes; `most_sensitive`: the most of its lines under `sensitive`.
    """

    floors: dict[str, float] = Field(default_factory=dict)
    revenue: dict[str, float] = Field(default_factory=dict)
    most_lines: dict[str, int] = Field(default_factory=dict)
    sensitive: list[str] = Field(default_factory=list)
    most_sensitive: dict[str, int] = Field(default_factory=dict)


class _File(Strict):
    title: str = ""
    note: str = ""
    source: str = ""
    unit: str = "USD million"
    lines: str
    elasticities: str | None = None
    rates: Literal["fraction", "percent"] | None = None
    year: int | None = None
    duties: str | None = None
    importers: list[str] = Field(default_factory=list)
    parties: list[str] = Field(default_factory=list)
    revision: str | None = None
    concordance: str | None = None
    after_years: int | None = Field(default=None, ge=1, le=50)
    method: Literal["exact", "gsim", "smart"] = "exact"
    demand: float = Field(default=-1.25, lt=0)
    supply: float = Field(default=1.5, gt=0)
    offer: list[Offer] = Field(min_length=1)
    package: PackageTerms = Field(default_factory=PackageTerms)


@dataclass(frozen=True, slots=True)
class OfferTerms:
    """All that is said around a table of lines."""

    lines: Path
    offers: tuple[Offer, ...] = ()
    package: PackageTerms = field(default_factory=PackageTerms)
    title: str = ""
    note: str = ""
    source: str = ""
    unit: str = "the file's unit"
    elasticities: Path | None = None
    percent: bool | None = None
    year: int | None = None
    after_years: int | None = None
    method: str = "exact"
    demand: float = -1.25
    supply: float = 1.5
    where: str = ""
    every: float = 100.0  # percent by which duties fall where no offer is told
    duties: Path | None = None  # a table of duties beside one of trade
    importers: tuple[str, ...] = ()
    askers: tuple[str, ...] = ()  # exporters that sign as well, and offer nothing
    revision: str | None = None  # of the Harmonized System, to which codes are converted
    concordance: Path | None = None


def examples() -> tuple[str, ...]:
    """Names of the examples that come with winset."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))


def read_terms(name: str) -> OfferTerms:
    """Read a bundled example, a TOML with ``[[offer]]``, or a bare table of lines.

    Raises
    ------
    DataError
        No such example or file; a key that is wrong.
    """
    path = FOLDER / f"{name}.toml" if name in examples() else Path(name)
    if path.suffix.casefold() != ".toml":
        if not path.is_file():
            raise DataError(
                f"{name} is neither an example ({', '.join(examples())}) nor a file."
                f"{did_you_mean(name, examples())}"
            )
        return OfferTerms(path, title=path.name, where=str(path))
    content, position = read_toml(path)
    try:
        said = _File.model_validate(content)
    except ValidationError as error:
        raise position.explain(error, "", _File) from error
    for k, offer in enumerate(said.offer, 1):
        given = [key for key in ("cut", "to", "swiss") if getattr(offer, key) is not None]
        if len(given) != 1:
            raise DataError(
                f"{position.at(f'offer {k}')}: {' and '.join(given) or 'no formula'} given. Say one of cut "
                "(percent), to (a rate) and swiss (a coefficient)."
            )
    folder = path.parent
    return OfferTerms(
        folder / said.lines,
        tuple(said.offer),
        said.package,
        said.title or path.stem,
        said.note,
        said.source,
        said.unit,
        None if said.elasticities is None else folder / said.elasticities,
        None if said.rates is None else said.rates == "percent",
        said.year,
        said.after_years,
        said.method,
        said.demand,
        said.supply,
        str(path) if name not in examples() else name,
        duties=None if said.duties is None else folder / said.duties,
        importers=tuple(said.importers),
        askers=tuple(said.parties),
        revision=said.revision,
        concordance=None if said.concordance is None else folder / said.concordance,
    )


class Names(Protocol):
    """The names of a table of lines, or of a stream of it."""

    @property
    def codes(self) -> tuple[str, ...]:
        """Lines."""

    @property
    def exporters(self) -> tuple[str, ...]:
        """Who sells."""

    @property
    def importers(self) -> tuple[str, ...]:
        """Who buys."""


@dataclass(frozen=True, slots=True)
class Offered:
    """The duties after all offers, and what hangs on them; arrays (L, N, V) or (L, V)."""

    rate: Array
    within: Array  # the rate inside a quota, where there is one
    quota: Array  # (L, V), infinite without
    rent_abroad: Mask  # (L, V)
    sensitive: Mask  # (L, V)


def offered(terms: OfferTerms, lines: TariffLines) -> Offered:
    """Lay offers on duties; where two speak of one duty, it is refused.

    Raises
    ------
    DataError
        An importer, exporter or code that the lines do not have; a duty offered twice.
    """
    check_offers(terms, lines)
    return laid(terms, lines, lines)


def check_offers(terms: OfferTerms, whole: Names) -> None:
    """Refuse offers and parties of importers, exporters or codes that a table does not have."""
    for name in terms.askers:
        _place(name, whole.exporters, f"{terms.where}: parties: exporter")
    for k, offer in enumerate(terms.offers, 1):
        where = f"{terms.where} (offer {k})"
        _place(offer.importer, whole.importers, f"{where}: importer")
        for name in _named(offer):
            _place(name, whole.exporters, f"{where}: exporter")
        for text in (*offer.chapters, *offer.codes):
            if not text.isdigit() or len(text) % 2:
                raise DataError(
                    f"{where}: {text!r} is no code; it has 2, 4, 6, 8 or 10 digits, with leading zeros."
                )
            if not any(code.startswith(text) for code in whole.codes):
                raise DataError(
                    f"{where}: no line begins with {text}. Take it out, or mend the code."
                )


def laid(terms: OfferTerms, lines: TariffLines, whole: Names) -> Offered:
    """Lay checked offers on some of a table's lines; `whole` has the names of all of it."""
    rate = lines.applied.copy()
    shape = (len(lines.codes), len(lines.importers))
    quota, abroad = np.full(shape, np.inf), np.ones(shape, dtype=bool)
    sensitive = np.zeros(shape, dtype=bool)
    if not terms.offers:
        falls = _among(lines, whole)
        rate[:, falls] = lines.applied[:, falls] * (1.0 - terms.every / 100.0)
    touched = np.zeros(rate.shape, dtype=np.int64)
    for k, offer in enumerate(terms.offers, 1):
        if offer.importer not in lines.importers:
            continue
        v = lines.importers.index(offer.importer)
        everybody = (name for name in lines.exporters if name != offer.importer)
        sellers = set(everybody if offer.exporter == "all" else _named(offer))
        on = _under(lines.codes, [*offer.chapters, *offer.codes], everything=True)
        guarded = _under(lines.codes, offer.sensitive)
        cells = np.ix_(
            on.nonzero()[0],
            np.array([i for i, name in enumerate(lines.exporters) if name in sellers], np.int64),
            np.array([v], dtype=np.int64),
        )
        if (touched[cells] > 0).any():
            code = lines.codes[int(np.argwhere((touched[cells] > 0).any(axis=(1, 2)))[0][0])]
            raise DataError(
                f"{terms.where} (offer {k}): a duty of {offer.importer} (line {code}) stands in offer "
                f"{int(touched[cells].max())} already. Let one offer speak of each."
            )
        touched[cells] = k
        old = lines.applied[cells]
        new = _formula(offer, old, guarded[on])
        steps = 1.0 if terms.after_years is None else min(terms.after_years / offer.stages, 1.0)
        rate[cells] = old + offer.utilization * steps * (np.minimum(new, old) - old)
        if offer.quota is not None:
            quota[on, v], abroad[on, v] = offer.quota, offer.rent == "exporter"
        sensitive[on, v] |= guarded[on]
    listed_ = _under(lines.codes, terms.package.sensitive)
    return Offered(rate, rate.copy(), quota, abroad, sensitive | listed_[:, None])


def _among(lines: TariffLines, whole: Names) -> Mask:
    """Where duties fall without terms, (N, V): between those that both buy and sell, else on all others."""
    buyers, sellers = set(whole.importers), set(whole.exporters)
    falls = np.zeros((len(lines.exporters), len(lines.importers)), dtype=bool)
    both = np.array([name in buyers for name in lines.exporters], dtype=bool)
    for v, importer in enumerate(lines.importers):
        partners = bool((buyers & sellers) - {importer})
        falls[:, v] = both if partners else True
        if importer in lines.exporters:
            falls[lines.exporters.index(importer), v] = False
    return falls


def _formula(offer: Offer, old: Array, guarded: Mask) -> Array:
    if offer.cut is not None:
        new = old * (1.0 - offer.cut / 100.0)
    elif offer.to is not None:
        new = np.full(old.shape, offer.to)
    else:
        assert offer.swiss is not None
        new = offer.swiss * old / (offer.swiss + old)
    return np.where(guarded[:, None, None], old * (1.0 - offer.sensitive_cut / 100.0), new)


def _named(offer: Offer) -> tuple[str, ...]:
    """Return the exporters that an offer names; none where it is to all."""
    if offer.exporter == "all":
        return ()
    told = [offer.exporter] if isinstance(offer.exporter, str) else offer.exporter
    return tuple(name.strip() for text in told for name in text.split(","))


def _place(name: str, known: tuple[str, ...], what: str) -> int:
    if name not in known:
        raise DataError(
            f"{what} {name} has no lines.{did_you_mean(name, known)} Known: {listed(known)}."
        )
    return known.index(name)


def _under(codes: tuple[str, ...], prefixes: list[str], *, everything: bool = False) -> Mask:
    """Tell which codes begin with one of some prefixes; all where there are none and `everything`."""
    if everything and not prefixes:
        return np.ones(len(codes), dtype=bool)
    return np.array([any(code.startswith(p) for p in prefixes) for code in codes], dtype=bool)
