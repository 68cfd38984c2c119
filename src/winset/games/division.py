"""Every rule of division for one game side by side: shares, objections, transfers."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from winset.display import html
from winset.games.core import Core, Objection, core, in_core, objections
from winset.games.game import Game
from winset.games.nucleolus import Nucleolus, nucleolus
from winset.games.side_payments import Payment, transfers
from winset.games.values import by_name, egalitarian, proportional, shapley_and_banzhaf

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pandas as pd

    from winset.numbers import Array


#: Rules with a key of their own in the JSON.
NAMED = ("shapley", "nucleolus", "equal", "population", "gdp")


@dataclass(frozen=True, slots=True)
class Sharing:
    """The divisions of a game under every rule.

    Attributes
    ----------
    divisions : mapping of rule to (n,) array
        shapley, nucleolus, equal, and population and gdp where weights were given.
    banzhaf : (n,) array
        Not efficient, so no division.
    own : (n,) array or None
        What each player gains by itself when all cooperate.
    """

    game: Game
    divisions: Mapping[str, Array]
    banzhaf: Array
    own: Array | None
    core: Core
    nucleolus: Nucleolus
    in_core: Mapping[str, bool]
    objections: Mapping[str, tuple[Objection, ...]]
    transfers: Mapping[str, tuple[Payment, ...]]
    seconds: float

    def with_divisions(self, more: Mapping[str, Array]) -> Sharing:
        """Return the same with divisions (n,) by further rules, judged as the others."""
        game, own = self.game, self.own
        judged = {rule: np.asarray(x, dtype=np.float64) for rule, x in more.items()}
        return replace(
            self,
            divisions=dict(self.divisions) | judged,
            in_core=dict(self.in_core) | {rule: in_core(game, x) for rule, x in judged.items()},
            objections=dict(self.objections)
            | {rule: objections(game, x) for rule, x in judged.items()},
            transfers=dict(self.transfers)
            | {
                rule: transfers(game.players, own, x)
                for rule, x in judged.items()
                if own is not None
            },
        )

    def table(self) -> pd.DataFrame:
        """Return one row per player and one column per rule, by Shapley value."""
        import pandas as pd

        columns = ({} if self.own is None else {"own": self.own}) | dict(self.divisions)
        frame = pd.DataFrame(columns, index=pd.Index(self.game.players, name="player"))
        return frame.sort_values("shapley", ascending=False)

    def _repr_html_(self) -> str:
        """Show every player's share under every rule, and who would object."""
        frame = self.table()
        digits = 0 if abs(self.game.grand) > 1000 else 3
        sentences = [
            f"{len(self.game.values):,} coalitions; together {self.game.grand:,.{digits}f}. The core is "
            f"{'empty' if self.core.empty else 'not empty'}."
        ]
        for rule in frame.columns:
            for objection in self.objections.get(rule, ())[:1]:
                sentences.append(
                    f"{rule}: {'+'.join(objection.coalition)} would have "
                    f"{objection.excess:,.{digits}f} more alone."
                )
        return html("Shares by rule", sentences, frame, dict.fromkeys(frame.columns, digits))

    def to_json(self) -> dict[str, Any]:
        """Return the keys that ``winset share --json`` prints, but for those of the lattice."""
        game = self.game
        empty: dict[str, float] = {}
        return {
            "players": list(game.players),
            "coalitions": len(game.values),
            "grand_musd": game.grand,
            "own_gain_musd": empty if self.own is None else dict(by_name(game, self.own)),
            "standalone_musd": dict(by_name(game, game.singles())),
            "shapley": dict(by_name(game, self.divisions["shapley"])),
            "banzhaf": dict(by_name(game, self.banzhaf)),
            **{
                rule: dict(by_name(game, self.divisions[rule])) if rule in self.divisions else empty
                for rule in ("nucleolus", "equal", "population", "gdp")
            },
            **{
                rule: dict(by_name(game, x))
                for rule, x in self.divisions.items()
                if rule not in NAMED
            },
            "core": {
                "empty": self.core.empty,
                "least_core_excess_musd": self.core.least_core_excess,
            },
            "in_core": dict(self.in_core),
            "objections": {
                rule: [{"coalition": list(o.coalition), "excess_musd": o.excess} for o in objecting]
                for rule, objecting in self.objections.items()
            },
            "transfers": {
                rule: [{"from": p.payer, "to": p.receiver, "musd": p.amount} for p in payments]
                for rule, payments in self.transfers.items()
            },
            "certificate": {
                "nucleolus": self.nucleolus.kind,
                "largest_excess_error": self.nucleolus.largest_excess_error,
                "largest_balance_error": self.nucleolus.largest_balance_error,
                "scans": self.nucleolus.scans,
                "stages": [
                    {
                        "excess": s.excess,
                        "coalitions": [
                            {"coalition": list(c), "weight": w}
                            for c, w in zip(s.coalitions, s.weights, strict=True)
                        ],
                    }
                    for s in self.nucleolus.stages
                ],
                "balanced": [{"coalition": list(c), "weight": w} for c, w in self.core.balanced],
                "balanced_worth": self.core.balanced_worth,
            },
        }


def share(
    game: Game,
    *,
    weights: Mapping[str, Array] | None = None,
    own: Array | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Sharing:
    """Divide a game by every rule.

    Parameters
    ----------
    weights : mapping, optional
        (n,) weights by rule name, such as population and gdp; all of them positive.
    own : (n,) array, optional
        What each player gains by itself; transfers lead from there to each division. Without it
        they lead from the stand-alone worths with equal parts of the rest.
    """
    begun = time.perf_counter()
    value, power = shapley_and_banzhaf(game)
    imputations = game.singles().sum() <= game.grand + 1e-12 * abs(game.grand)
    nucleus = nucleolus(
        game, kind="nucleolus" if imputations else "prenucleolus", progress=progress
    )
    divisions: dict[str, Array] = {
        "shapley": value,
        "nucleolus": nucleus.division,
        "equal": egalitarian(game),
    }
    for rule, weight in (weights or {}).items():
        divisions[rule] = proportional(game, weight)
    judged = dict(divisions) | ({"own": own} if own is not None else {})
    return Sharing(
        game=game,
        divisions=divisions,
        banzhaf=power,
        own=own,
        core=core(game),
        nucleolus=nucleus,
        in_core={rule: in_core(game, x) for rule, x in judged.items()},
        objections={rule: objections(game, x) for rule, x in judged.items()},
        transfers={rule: transfers(game.players, own, x) for rule, x in divisions.items()}
        if own is not None
        else {},
        seconds=time.perf_counter() - begun,
    )
