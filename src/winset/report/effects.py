"""The table of `winset effect`, and what can be said of it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from winset.display import Table, signed
from winset.gravity.panel import LEVEL

if TYPE_CHECKING:
    from winset.gravity.panel import Effect
    from winset.studies.treatment_effect import Treated


def table(done: Effect) -> Table:
    """Return the slopes with errors and intervals, and trade's change in percent."""
    made = Table("What moved trade")
    made.names("regressor")
    made.figures("estimate", "std. error", "95 % interval", "percent")
    found = done.estimated
    for name, b, s in zip(done.names, found.slopes, found.errors, strict=True):
        low, high = b - LEVEL * s, b + LEVEL * s
        percent = signed(100.0 * math.expm1(b), 1) if abs(b) < 5 else "–"
        made.add_row(name, f"{b:.4f}", f"{s:.4f}", f"{low:.3f} – {high:.3f}", percent)
    return made


def sentences(done: Effect) -> tuple[str, ...]:
    """Say which slopes the data cannot tell from zero, and which they cannot estimate."""
    found = done.estimated
    unclear = [
        name
        for name, b, s in zip(done.names, found.slopes, found.errors, strict=True)
        if abs(b) < LEVEL * s
    ]
    said = []
    if unclear:
        said.append(f"The data cannot tell from none: {', '.join(unclear)}.")
    if done.left_out:
        said.append(f"Left out, as the absorbed effects explain them: {', '.join(done.left_out)}.")
    if any("lead" in name for name in done.names):
        said.append(
            "A lead asks whether trade had risen before the agreement: one that differs from none says "
            "that the agreement followed trade, and its own estimate then is no effect."
        )
    return tuple(said)


def footer(done: Effect) -> str:
    """Return what the figures rest on."""
    absorbed = ", ".join(done.effects) or "none but a constant"
    dropped = done.rows - len(done.estimated.rows)
    return (
        f"{done.estimator}; absorbed: {absorbed}; n = {len(done.estimated.rows):,} of {done.rows:,} rows "
        f"({dropped:,} in groups without trade); errors clustered by {done.clusters} "
        f"({done.estimated.clusters:,}); years {', '.join(map(str, done.years))}"
    )


def treated_tables(done: Treated) -> list[Table]:
    """Return effects by year from the treatment; of a synthetic control its line and its weights."""
    if done.synthetic is None:
        table = Table("Effect by years from the treatment; the year before it is 0")
        table.figures("years", "effect", "std. error", "95 % interval")
        for name, b, s in zip(done.names, done.effects, done.errors, strict=True):
            low, high = b - LEVEL * s, b + LEVEL * s
            table.add_row(
                name.removeprefix("event_").replace("-", "−"),
                signed(float(b), 4),
                f"{s:.4f}",
                f"{signed(float(low), 3)} – {signed(float(high), 3)}",
            )
        return [table]
    found = done.synthetic
    line = Table(f"{found.economy}, treated since {found.since}, and its synthetic line")
    line.figures("year", "actual", "synthetic", "gap")
    for year, a, m in zip(found.years, found.actual, found.made, strict=True):
        line.add_row(str(int(year)), f"{a:.5g}", f"{m:.5g}", signed(float(a - m), 4))
    made = Table("Made of")
    made.names("economy")
    made.figures("weight")
    for code, weight in sorted(found.weights.items(), key=lambda pair: -pair[1]):
        made.add_row(code, f"{weight:.3f}")
    return [line, made]


def treated_sentences(done: Treated) -> tuple[str, ...]:
    """Say the effect, the tests, and whether the data can tell."""
    error = "" if done.std_error is None else f" (standard error {done.std_error:.4f})"
    said = [f"Mean effect from the treatment on: {signed(done.effect, 4)}{error}."]
    if done.pre_p is not None:
        said.append(
            f"Before the treatment the treated and the others moved alike with p = {done.pre_p:.3f}."
        )
    if done.synthetic is not None:
        found = done.synthetic
        said.append(
            f"The error before is {found.error_before:.4g}, after {found.error_after:.4g}; of "
            f"{found.placebos} untreated and itself, {done.placebo or 0.0:.0%} have as large a ratio."
        )
    elif done.placebo is not None:
        said.append(f"{done.placebo:.0%} of made-up treatments have as large an effect.")
    said.append(f"Verdict: {done.verdict}.")
    return tuple(said)


def treated_footer(done: Treated) -> str:
    """Return what the figures rest on."""
    return (
        f"{done.method}; n = {done.n:,}; {done.treated} treated, {done.controls} never treated. Joining is a "
        "choice: who joins may differ from who does not in ways that no table shows."
    )
