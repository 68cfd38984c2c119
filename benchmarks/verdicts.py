"""The verdict on every bundled scenario, what other deficit rules make of it, and each rule's figures.

Below the sentences that the terminal, the page and a report say stand the figures that they are about, one
line a rule: sums in USD billion, how many members and outsiders lose, who loses most. So one sees whether a
sentence leaves out what turns. Figures are of the worlds as they are now: none is written down anywhere.

``python -m benchmarks verdicts`` takes a minute or two.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from winset.report.words import claims
from winset.scenario import bundled_scenarios
from winset.studies.scenario_run import run, under_other_rules

if TYPE_CHECKING:
    from winset.trade.result import TradeResult


def figures(rule: str, result: TradeResult | None) -> str:
    """One rule's sums, counts and worst loser."""
    if result is None:
        return f"    {rule:15s}  no equilibrium"
    told = result.summary()
    sums = "  ".join(
        f"{who} {told[f'{who}_musd'] / 1e3:+10.2f}" for who in ("members", "outsiders", "world")
    )
    losing = f"{told['members_losing']:3d} members and {told['outsiders_losing']:3d} outsiders lose"
    worst = told["worst"]
    return f"    {rule:15s}  {sums}  {losing}  {worst['code']} {worst['welfare_percent']:+.2f} %"


def main() -> None:
    """Print them."""
    for name in bundled_scenarios():
        done = under_other_rules(run(name))
        print(f"\n{name}: {done.scenario.title} ({done.world.name})")
        for sentence in claims(done):
            print(f"  {sentence}")
        print(figures(done.scenario.parameters.deficits, done.result))
        for other in done.others or ():
            print(figures(other.rules[0], other.result))


if __name__ == "__main__":
    main()
