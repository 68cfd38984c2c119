"""The method's error as the documents show it: a table by sources, and a figure by economy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import altair as alt
import numpy as np
import pandas as pd

from scripts.splitting.leave_one_out import GAINS
from winset.report.charts import svg

if TYPE_CHECKING:
    from pathlib import Path

FEW = 5  # fewer economies say nothing of the gains of a class
LEAST = 0.1  # points of gain: a miss is in percent of the gain, of this at least
COLUMNS = {
    "exports_misallocated": "exports",
    "imports_misallocated": "imports",
    "exports_mix": "mix of exports",
    "imports_mix": "mix of imports",
    "openness_gap": "openness",
}
NAMED = {
    "bloc": "10 % off the costs of trade in the main bloc",
    "own": "own tariffs to zero",
    "against": "a tariff of 25 % against it",
}


def percentiles(rows: list[dict[str, Any]], key: str) -> tuple[float, float, float]:
    """Return the 10th percentile, the median and the 90th of an error, percent."""
    low, middle, high = np.nanpercentile([100.0 * float(row[key]) for row in rows], (10, 50, 90))
    return float(low), float(middle), float(high)


def span(found: tuple[float, float, float]) -> str:
    """Write a median with what 80 % of economies lie between."""
    return f"{found[1]:.0f} ({found[0]:.0f} to {found[2]:.0f})"


def gain_errors(rows: list[dict[str, Any]]) -> dict[str, float]:
    """Return within how many percent of the true gain 80 % of economies lie, by scenario."""
    result = {}
    for name in GAINS:
        true, found = (
            np.array([float(row[f"{name}_{which}"]) for row in rows]) for which in ("true", "split")
        )
        miss = 100.0 * np.abs(found - true) / np.maximum(np.abs(true), LEAST)
        result[name] = float(np.percentile(miss, 80))
    return result


def by_class(rows: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of every set of sources."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(str(row["sources"]), []).append(row)
    return found


def own(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return every economy once, as the sources that it has give it."""
    return [row for row in rows if int(row["own"])]


def table(rows: list[dict[str, Any]]) -> str:
    """Return the errors by sources in Markdown, percent."""
    head = ["sources of exports", "economies", *COLUMNS.values()]
    lines = [head, ["---", *["---:"] * (len(head) - 1)]]
    for name, inside in [*by_class(rows).items(), ("as each has them", own(rows))]:
        spans = [span(percentiles(inside, key)) for key in COLUMNS]
        lines.append([name, str(len(inside)), *spans])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def gains_table(rows: list[dict[str, Any]]) -> str:
    """Return how gains as split out compare with the true ones, in Markdown."""
    lines = [
        [
            "scenario",
            "correlation",
            "median miss, points",
            "80 % within, % of the gain",
            "signs alike",
        ],
        ["---", *["---:"] * 4],
    ]
    inside, within = own(rows), gain_errors(own(rows))
    for name, said in NAMED.items():
        true, found = (
            np.array([float(row[f"{name}_{which}"]) for row in inside])
            for which in ("true", "split")
        )
        alike = int(((true > 0) == (found > 0)).sum())
        lines.append(
            [
                said,
                f"{np.corrcoef(true, found)[0, 1]:.3f}",
                f"{np.median(np.abs(found - true)):.2f}",
                f"{within[name]:.0f}",
                f"{alike} of {len(inside)}",
            ]
        )
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def distribution(rows: list[dict[str, Any]]) -> str:
    """Say in a sentence how far the method errs."""
    inside = own(rows)
    out, into, mix, openness = (
        percentiles(inside, key)
        for key in ("exports_misallocated", "imports_misallocated", "exports_mix", "openness_gap")
    )
    logs = float(np.median([float(row["log_correlation"]) for row in inside]))
    gains = gain_errors(inside)
    return (
        f"the method's error, {len(inside)} economies of icio-2022 put back and split out again, median and "
        f"80 % of them: {span(out)} % of exports by sector and partner are misallocated, {span(into)} % of "
        f"imports, {span(mix)} % of the mix of exports; logs of exports correlate at {logs:.2f}; openness "
        f"by sector is off by {openness[1]:.0f} points; for 80 % of economies gains miss the true ones by at "
        f"most {gains['bloc']:.0f} % of them ({NAMED['bloc']}), {gains['own']:.0f} % ({NAMED['own']}) and "
        f"{gains['against']:.0f} % ({NAMED['against']})"
    )


def laid(page: str, rows: list[dict[str, Any]]) -> str:
    """Return a document with its tables of errors as the rows have them, between their marks."""
    for name, text in (("errors", table(rows)), ("gains", gains_table(rows))):
        begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
        before, _, left = page.partition(begin)
        _, _, after = left.partition(end)
        page = f"{before}{begin}\n\n{text}\n{end}{after}"
    return page


def draw(rows: list[dict[str, Any]], path: Path) -> None:
    """Draw the misallocated shares of every economy, and its gains as split out against the true ones."""
    frame = pd.DataFrame(own(rows)).assign(
        exports=lambda f: 100 * f["exports_misallocated"].astype(float),
        imports=lambda f: 100 * f["imports_misallocated"].astype(float),
    )
    flows = (
        alt.Chart(frame.melt("code", ["exports", "imports"], "flow", "share"))
        .mark_bar(opacity=0.75)
        .encode(
            alt.X("share:Q", bin=alt.Bin(step=5), title="misallocated, %"),
            alt.Y("count():Q", title="economies"),
            alt.Row("flow:N", title=None),
        )
        .properties(width=260, height=95)
    )
    gains = [
        {
            "scenario": NAMED[name],
            "true": float(row[f"{name}_true"]),
            "split": float(row[f"{name}_split"]),
        }
        for row in own(rows)
        for name in GAINS
    ]
    ends = pd.DataFrame({"true": [-12.0, 12.0], "split": [-12.0, 12.0]})
    scale = alt.Scale(domain=[-12, 12], clamp=True)
    line = alt.Chart(ends).mark_line(color="#999", strokeWidth=1).encode(x="true:Q", y="split:Q")
    points = (
        alt.Chart(pd.DataFrame(gains))
        .mark_point(size=22, filled=True, opacity=0.7)
        .encode(
            alt.X("true:Q", title="gain in icio-2022, %", scale=scale),
            alt.Y("split:Q", title="gain as split out, %", scale=scale),
            alt.Color(
                "scenario:N",
                title=None,
                legend=alt.Legend(orient="bottom", columns=1, labelLimit=300),
            ),
        )
        .properties(width=260, height=240)
    )
    path.write_text(svg(flows | (line + points), name="split-errors"), encoding="utf-8")
