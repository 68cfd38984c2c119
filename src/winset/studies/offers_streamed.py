"""All offers of a table that memory does not hold, one line after another.

Lines do not touch each other: each is read, solved by the three methods among those who trade it, added to
the totals and written. A folder keeps what is finished by chapter, so that a run that was ended goes on.
"""

from __future__ import annotations

import csv
import hashlib
import json
from dataclasses import asdict, dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np

from winset import __version__
from winset.errors import ConvergenceError, DataError
from winset.files import check_folder, replacing
from winset.studies.offer_terms import check_offers, laid
from winset.studies.offer_totals import PARTS, SELLERS, Sides, Total, sides, total_of
from winset.studies.offers import elasticity_notes, markets_of, solve_unknown
from winset.trade.coalitions.store import locked, unlocked
from winset.trade.models.partial.methods import METHODS, solve
from winset.trade.numerics.blas import one_thread
from winset.worlds.importing.files import source
from winset.worlds.line_elasticities import LineElasticities, line_elasticities
from winset.worlds.line_stream import LineStream, streamed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from winset.numbers import Array
    from winset.studies.offer_terms import OfferTerms
    from winset.trade.models.partial.markets import LineOutcome, Markets
    from winset.worlds.tariff_lines import TariffLines

LEDGER, SORTED, RESULTS = "ledger.jsonl", "sorted", "by-line"
#: Columns of the files in `RESULTS`, after the code; one row for each line and economy that trades it.
COLUMNS = (
    "economy", "exports", "imports", "duty_before", "duty_after", "world_price", "composite_price",
    "producer_surplus", "consumer_surplus", "tariff_revenue", "welfare", "exports_change", "imports_change",
    "created", "diverted", "substitution", "elasticity_from",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class StreamedOffers:
    """What `winset offer --save` answers: totals of every economy, and a folder with results by line."""

    terms: OfferTerms
    method: str
    lines: LineStream
    elasticities: LineElasticities
    parties: tuple[str, ...]
    totals: tuple[Total, ...]
    rows: int
    folder: Path
    notes: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the object that ``winset offer --save DIR --json`` prints; money in the unit of trade."""
        from winset.studies.offer_lists import described, gaps

        return {
            **described(self.terms, self.method, self.lines, self.elasticities, self.parties),
            "rows": self.rows,
            "by_line": RESULTS,
            "totals": [asdict(of) for of in self.totals],
            "gaps": gaps(self.totals),
            "notes": list(self.notes),
        }


def negotiate_streamed(
    terms: OfferTerms,
    folder: Path,
    *,
    method: str | None = None,
    resume: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> StreamedOffers:
    """Solve all offers line by line; memory holds a chapter's rows and one line's arrays.

    Each line is solved among its own sellers and buyers by all methods; the results by line in
    ``FOLDER/by-line/CHAPTER.csv`` are those of `method`.

    Raises
    ------
    DataError
        What `winset.studies.offers.negotiate` refuses; quotas and conversions of codes, which need a table
        at once; a folder in the way, nothing to resume, or a folder of another run.
    """
    chosen = method or terms.method
    if chosen not in METHODS:
        solve_unknown(chosen)
    if any(offer.quota is not None for offer in terms.offers):
        raise DataError("--save: quotas need each importer by itself. Take them out of the file.")
    if terms.revision is not None or terms.concordance is not None:
        raise DataError("--save: codes are not converted line by line. Leave out --revision.")
    lock = locked(folder)
    try:
        done = _begun(terms, folder, chosen, resume)
        with one_thread():
            return _finished(terms, folder, chosen, done, progress)
    finally:
        unlocked(lock)


def _begun(terms: OfferTerms, folder: Path, method: str, resume: bool) -> dict[str, Any]:
    """Make the folder, or read which chapters an earlier run has finished there."""
    ledger = folder / LEDGER
    head = json.dumps({"winset": __version__, "run": _fingerprint(terms, method)})
    check_folder(folder)
    if resume and not ledger.exists():
        raise DataError(
            f"--resume: there is no unfinished run in {folder}. Start without --resume."
        )
    if not resume:
        if folder.exists() and any(folder.iterdir()):
            raise DataError(
                f"--save {folder}: exists and is not empty. Go on with an unfinished run by --resume, or "
                "name another folder."
            )
        folder.mkdir(parents=True, exist_ok=True)
        with replacing(ledger) as draft:
            draft.write_text(head + "\n", encoding="utf-8")
        return {}
    told, *records = ledger.read_text(encoding="utf-8").splitlines(keepends=True)
    if told != head + "\n":
        raise DataError(
            f"--resume: {folder} is of other tables, offers or options, or of another winset. Name another "
            "folder, or ask as in that run."
        )
    whole = [record for record in records if record.endswith("\n")]
    if len(whole) < len(records):  # the last one was not written to its end
        with replacing(ledger) as draft:
            draft.write_text("".join([told, *whole]), encoding="utf-8")
    return {found["chapter"]: found for found in map(json.loads, whole)}


def _fingerprint(terms: OfferTerms, method: str) -> str:
    said = {
        "offers": [offer.model_dump() for offer in terms.offers],
        "files": [
            None if path is None else source(path, "").title
            for path in (terms.lines, terms.duties, terms.elasticities)
        ],
        "numbers": [
            terms.every,
            terms.demand,
            terms.supply,
            terms.year,
            terms.after_years,
            terms.percent,
        ],
        "importers": terms.importers,
        "sensitive": terms.package.sensitive,
        "method": method,
    }
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def _finished(
    terms: OfferTerms,
    folder: Path,
    method: str,
    done: dict[str, Any],
    progress: Callable[[int, int], None] | None,
) -> StreamedOffers:
    lines = streamed(
        terms.lines,
        folder / SORTED,
        percent=terms.percent,
        year=terms.year,
        duties=terms.duties,
        importers=terms.importers,
    )
    check_offers(terms, lines)
    elasticities = line_elasticities(lines.codes, of=lines.revision, file=terms.elasticities)
    place = {code: k for k, code in enumerate(lines.codes)}
    parties = tuple(dict.fromkeys((*lines.importers, *lines.exporters)))
    at = {party: k for k, party in enumerate(parties)}
    (folder / RESULTS).mkdir(exist_ok=True)
    solved = sum(found["lines"] for found in done.values())
    for chapter in lines.chapters:
        if chapter in done:
            continue
        sums = {name: np.zeros((len(PARTS), len(parties))) for name in METHODS}
        count = 0
        with (
            replacing(folder / RESULTS / f"{chapter}.csv") as draft,
            draft.open("w", encoding="utf-8", newline="") as file,
        ):
            write = csv.writer(file, lineterminator="\n")
            write.writerow(("code", *COLUMNS))
            for one in lines.lines(chapter):
                mine = _of(elasticities, place[one.codes[0]])
                markets = markets_of(one, mine, terms, laid(terms, one, lines).rate)
                seller = np.array([at[name] for name in one.exporters], dtype=np.int64)
                buyer = np.array([at[name] for name in one.importers], dtype=np.int64)
                for name in METHODS:
                    outcome = _solved(one.codes[0], markets, name)
                    found = sides(outcome, markets)
                    for k, part in enumerate(PARTS):
                        who = seller if part in SELLERS else buyer
                        sums[name][k, who] += getattr(found, part)
                    if name == method:
                        write.writerows(_rows(one, mine, markets, outcome, found))
                count += 1
                if progress is not None:
                    progress(solved + count, len(lines.codes))
        solved += count
        done[chapter] = {
            "chapter": chapter,
            "lines": count,
            "sums": {name: of.tolist() for name, of in sums.items()},
        }
        with (folder / LEDGER).open("a", encoding="utf-8") as ledger:
            ledger.write(json.dumps(done[chapter]) + "\n")
    totals = tuple(
        total_of(name, party, {part: float(of[j, k]) for j, part in enumerate(PARTS)})
        for name in METHODS
        for of in [_sum([done[chapter]["sums"][name] for chapter in lines.chapters])]
        for k, party in enumerate(parties)
    )
    for path in (folder / SORTED).glob("*.lines"):
        path.unlink()
    return StreamedOffers(
        terms, method, lines, elasticities, parties, totals, sum(lines.chapters.values()), folder,
        (*lines.notes, *elasticity_notes(elasticities), *([terms.note] if terms.note else [])),
    )  # fmt: skip


def _solved(code: str, markets: Markets, method: str) -> LineOutcome:
    try:
        return solve(markets, method)
    except ConvergenceError as error:
        raise ConvergenceError(f"line {code}: {error}", residual=error.residual) from error


def _sum(of: Sequence[Any]) -> Array:
    """Add chapters up in their order, so that a run that was ended has the same last digit."""
    whole = np.zeros(np.shape(of[0]))
    for part in of:
        whole += np.asarray(part)
    return whole


def _of(elasticities: LineElasticities, k: int) -> LineElasticities:
    """Return those of one line."""
    return LineElasticities(
        elasticities.substitution[k : k + 1],
        elasticities.demand[k : k + 1],
        elasticities.supply[k : k + 1],
        (elasticities.source[k],),
    )


def _rows(
    one: TariffLines,
    mine: LineElasticities,
    markets: Markets,
    outcome: LineOutcome,
    found: Sides,
) -> Iterator[tuple[object, ...]]:
    """Write what a line brings each economy that sells or buys it."""
    sells = dict(
        zip(
            one.exporters,
            zip(
                markets.sold[0].tolist(),
                outcome.world_price[0].tolist(),
                found.producer_surplus.tolist(),
                found.exports.tolist(),
                strict=True,
            ),
            strict=True,
        )
    )
    bought = markets.value[0].sum(axis=0)
    safe = np.where(bought > 0, bought, 1.0)
    buys = dict(
        zip(
            one.importers,
            zip(
                bought.tolist(),
                ((markets.value[0] * (markets.before[0] - 1.0)).sum(axis=0) / safe).tolist(),
                ((markets.value[0] * (markets.after[0] - 1.0)).sum(axis=0) / safe).tolist(),
                outcome.composite_price[0].tolist(),
                found.consumer_surplus.tolist(),
                found.tariff_revenue.tolist(),
                found.imports.tolist(),
                found.created.tolist(),
                found.diverted.tolist(),
                strict=True,
            ),
            strict=True,
        )
    )
    tail = (f"{mine.substitution[0]:.6g}", mine.source[0])
    for economy in dict.fromkeys(chain(one.importers, one.exporters)):
        sold, world, producer, exports = sells.get(economy, (0.0,) * 4)
        imports, before, after, price, consumer, revenue, more, created, diverted = buys.get(
            economy, (0.0,) * 9
        )
        figures = (
            sold, imports, before, after, world, price, producer, consumer, revenue,
            producer + consumer + revenue, exports, more, created, diverted,
        )  # fmt: skip
        yield one.codes[0], economy, *(f"{x:.10g}" for x in figures), *tail
