r"""From what changes of rules name to corridors of a table of people, and between which ends they act.

Each change multiplies the attraction of its corridors by φ̂ = e^β, β from the span of what studies say
(`winset.scenario.people_effects`) or what the change says itself. Scholarships are a lower price: a
number N for S students who go already, each for a part c of the cost, lower the price of the corridor by
g = c min(1, N/S) on average, and

    φ̂ = min( (1 − g)^−e, 1 + N/S ),

for N scholarships bring no more than N.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from winset.errors import DataError, did_you_mean, listed
from winset.people import records as tables_of
from winset.places.blocs import load_blocs
from winset.places.economies import economies
from winset.places.groups import read_group
from winset.places.ties import visas
from winset.scenario import bundled_scenarios
from winset.scenario.people_changes import (
    LaborAgreement,
    OfPeople,
    Scholarships,
    VisaFree,
    labor_where,
    no_visa,
)
from winset.scenario.people_effects import Evidence, Span, about, span

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from winset.numbers import Array, Mask
    from winset.people.records import Records
    from winset.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Laid:
    """A change on a table: the corridors and, by the place among effects, what multiplies a drawn β.

    A scholarship has `grant`, g, and `most`, 1 + N/S; others have neither.
    """

    number: int
    change: OfPeople
    corridors: Mask
    spans: tuple[tuple[Mask, Span], ...]
    grant: float | None = None
    most: float = np.inf

    def logs(self, quantile: float) -> Array:
        """Return ln φ̂ at a quantile of every span, (n, n)."""
        found = np.zeros(self.corridors.shape)
        for mask, effect in self.spans:
            size = effect.at(quantile)
            if self.grant is not None:
                full = -np.log1p(-self.grant) if self.grant < 1.0 else np.inf
                size = min(size * full if size > 0 else 0.0, float(np.log(self.most)))
            found[mask] = size
        return found


class Laying:
    """Turns what changes name into corridors of a table."""

    def __init__(
        self, table: Records, year: int, scenario: Scenario, blocs_file: Path | None
    ) -> None:
        self.table, self.year, self.scenario = table, year, scenario
        self.here = table.of(year)
        self.blocs = load_blocs(blocs_file)
        self.needed = visas(table.codes)
        self.evidence: dict[Evidence, None] = {}
        self.missing: dict[tuple[str, str], None] = {}

    def group(self, text: Any, where: str) -> NDArray[np.intp]:
        found = read_group(
            text,
            on=self.scenario.on,
            codes=dict.fromkeys((*self.table.codes, *economies())),
            present=self.table.codes,
            blocs=self.blocs,
            where=where,
        )
        here = [self.table.index[code] for code in found.codes if code in self.table.index]
        if not here:
            raise DataError(f"{where}: {listed(found.codes)}: no figures of {self.table.kind}.")
        return np.array(here, dtype=np.intp)

    def on(self, number: int, change: OfPeople) -> Laid:
        where = f"change {number} ({getattr(change, 'kind', '')})"
        if change.among is not None:
            one = other = self.group(change.among, f"{where}: among")
        else:
            one = self.group(change.from_, f"{where}: from")
            other = self.group(change.to, f"{where}: to")
        mask = np.zeros(self.here.shape, dtype=bool)
        mask[np.ix_(one, other)] = True
        np.fill_diagonal(mask, val=False)
        if not mask.any():
            raise DataError(f"{where} covers no pair of different economies.")
        if isinstance(change, VisaFree):
            mask &= self.needed
            if not mask.any():
                raise DataError(no_visa(change, where))
        unknown = mask & ~np.isfinite(self.here)
        codes = self.table.codes
        self.missing |= dict.fromkeys((codes[i], codes[j]) for i, j in np.argwhere(unknown))
        mask &= np.isfinite(self.here)
        if mask.any() and not (self.here[mask] > 0).any():
            raise DataError(
                f"{where}: there are no {self.table.kind} on these corridors in {self.year}, and a "
                "factor on nobody "
                "is nobody. Name others, or give a table with --data."
            )
        if not mask.any():
            raise DataError(
                f"{where}: no figures of {self.table.kind} on these corridors in {self.year}"
                f"{self._why(unknown)}. A change of nothing known is not known. Give a table with --data."
            )
        spans = self._spans(change, mask, where)
        if isinstance(change, Scholarships):
            return self._scholarships(number, change, mask, spans)
        return Laid(number, change, mask, spans)

    def _why(self, unknown: Mask) -> str:
        hosts = sorted({self.table.codes[j] for _, j in np.argwhere(unknown)})
        return f" ({listed(hosts)}: no breakdown by origin)" if hosts else ""

    def _spans(self, change: OfPeople, mask: Mask, where: str) -> tuple[tuple[Mask, Span], ...]:
        own = change.span_of_user()
        if own is not None:
            return ((mask, own),)
        kind = str(getattr(change, "kind", ""))
        found: list[tuple[Mask, Span]] = []
        groups = {"": mask}
        if isinstance(change, LaborAgreement):
            groups = self._by_corridor(mask)
        for name, part in groups.items():
            studies = about(kind, self.table.kind, name)
            effect = span(studies)
            if effect is None:
                raise DataError(
                    f"{where}: no study at hand has a figure of what {kind} does to {self.table.kind}. "
                    "Say what "
                    "to assume: effect = 0.1 (log points), or effect = [0.0, 0.2]."
                )
            self.evidence |= dict.fromkeys(studies)
            found.append((part, effect))
        return tuple(found)

    def _by_corridor(self, mask: Mask) -> dict[str, Mask]:
        known = economies()
        named: dict[str, Mask] = {}
        for i, j in np.argwhere(mask):
            a, b = self.table.codes[i], self.table.codes[j]
            africa = a in known and known[a].region == "Africa"
            part = named.setdefault(labor_where(africa, b), np.zeros(mask.shape, dtype=bool))
            part[i, j] = True
        return named

    def _scholarships(
        self,
        number: int,
        change: Scholarships,
        mask: Mask,
        spans: tuple[tuple[Mask, Span], ...],
    ) -> Laid:
        going = float(np.nan_to_num(self.here)[mask].sum())
        count = scholarships_of(change)
        grant = change.covers * min(1.0, count / going)
        return Laid(number, change, mask, spans, grant=grant, most=1.0 + count / going)


def scholarships_of(change: Scholarships) -> float:
    """How many scholarships at a time the change pays for."""
    if change.number is not None:
        return change.number
    each = change.covers * cast("float", change.cost_usd)
    return cast("float", change.budget_musd) * 1e6 / each


def bundled_people_scenarios() -> dict[str, Path]:
    """Return the examples that come with winset, by name."""
    return {path.stem: path for path in sorted(tables_of.FOLDER.glob("*.toml"))}


def find_people_scenario(what: str) -> str | Path | None:
    """Return the file of an example or of a path, a bundled scenario's name; None for a group.

    Raises
    ------
    DataError
        A path of a TOML file that is not there.
    """
    known = bundled_people_scenarios()
    if what in known:
        return known[what]
    if what in bundled_scenarios():
        return what
    path = Path(what)
    if path.suffix.lower() == ".toml" or (path.is_file() and "," not in what):
        if not path.is_file():
            raise DataError(
                f"scenario {what[:200]!r} is no file. Examples: {', '.join(known)}."
                f"{did_you_mean(path.stem, known)}"
            )
        return path
    return None
