"""The questions beyond a scenario, from vote to war; from a body to a study to ask.

Each reads a body whose keys are the options of the command of the same name, checks all that can be
checked before anything is solved, and returns what is left to do. What would keep the others waiting
says so: it is for ``POST /api/jobs``, with ``study`` beside the same keys. They are one file because they
read bodies in the same few ways, and a reader compares them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from winset.errors import DataError, did_you_mean
from winset.places.blocs import load_blocs
from winset.scenario import bundled_scenarios, parse
from winset.sentences import Sentence, Verbatim
from winset.web import bundled_questions, delivered, reading, ways, whole
from winset.web import people as of_people
from winset.web.asked import Asked, told

if TYPE_CHECKING:
    from winset.governance.voting.majorities import Quota

#: Members of a rule: beyond, large weights can take minutes.
PROJECTS_AT_ONCE = 12
MOST_VOTERS = 100
#: Issues of a deal's table that are searched at once.
MOST_ISSUES = 40
#: Scenarios of a deal that are solved at once, in the world of one sector.
MOST_SCENARIOS = 10
#: Members of a common good whose coalitions are looked at at once, and arcs of its routes.
MOST_CONTRIBUTORS, MOST_ARCS = 16, 300
MOST_LISTED = 1_000  # minimal coalitions
MOST_SAMPLES = 1_000_000
MOST_CHOOSING = 10  # in a club whose 2^f are solved at once
MOST_PARTNERS = 20  # of a dependence, whose stops are solved at once


def at_once(study: str, raw: Any) -> Any:
    """Answer a question now, with the JSON of its command; see `found`."""
    return told(found(study, raw))


def found(study: str, raw: Any) -> Any:
    """Answer a question now, see `winset.web.asked.Asked`.

    Raises
    ------
    DataError
        Anything wrong with the body, or a question that is for a job.
    """
    asked = QUESTIONS[study](raw)
    if asked.long:
        raise DataError(
            f'{asked.long} Send the same body with study = "{study}" to POST /api/jobs.',
            code="for-a-job",
        )
    return asked.answer()


def vote(raw: Any) -> Asked:
    """Read ``{rule, members?, on?, quota?, accession?, design?, coalitions?, samples?, seed?, unions?}``.

    The rule is a bundled one's name or an object as in the rule files.
    """
    from winset.studies import voting_power

    known = (
        "rule",
        "members",
        "on",
        "quota",
        "accession",
        "design",
        "coalitions",
        "samples",
        "seed",
        "unions",
    )
    body = reading.fields(raw, known, "body")
    on = reading.date(reading.text(body, "on", "body"))
    rule, members = _rule(body.get("rule")), reading.names(body, "members")
    quotas = _quotas(body.get("quota"))
    design, accession = reading.text(body, "design", "body"), reading.names(body, "accession")
    coalitions = reading.whole(body, "coalitions", 1, MOST_LISTED)
    samples = reading.whole(body, "samples", 1, MOST_SAMPLES)
    seed = reading.whole(body, "seed", 0, 2**32 - 1) or 0
    if accession is not None and design is not None:
        raise DataError("accession and design are two questions. Ask one at a time.")
    unions = _unions(body)
    if unions is not None and (accession is not None or design is not None):
        raise DataError("unions is a question of its own. Leave out accession and design.")
    blocs = load_blocs()
    built = voting_power.assembled(
        rule, members=members, quotas={} if design else quotas, on=on, blocs=blocs
    )
    if len(built) > MOST_VOTERS:
        raise DataError(
            Sentence(
                "{n} members; over HTTP the power of at most {most} is computed. Use winset vote.",
                n=Verbatim(len(built)),
                most=Verbatim(MOST_VOTERS),
            )
        )

    def answer() -> Any:
        if design is not None:
            return voting_power.tailor(rule, design, members=members, on=on, blocs=blocs)
        return voting_power.weigh(
            rule,
            members=members,
            quotas=quotas,
            on=on,
            accession=accession,
            coalitions=coalitions,
            samples=samples,
            seed=seed,
            unions=unions,
            blocs=blocs,
        )

    return Asked(
        f"Power under {built.title}" if built.title else "Power", tuple(built.members), answer
    )


def _rule(raw: Any) -> str | dict[str, Any]:
    from winset.governance.voting import rules

    if isinstance(raw, dict):
        return raw
    known = rules.bundled_rules()
    if raw not in known:
        said = raw[:80] if isinstance(raw, str) else ""
        raise DataError(
            f"rule {said!r} is not bundled ({', '.join(known)}).{did_you_mean(said, known)} "
            "Over HTTP a rule is one of these or an object."
        )
    return str(raw)


def _unions(body: dict[str, Any]) -> str | None:
    """Return unions as the command line takes them, of text or of lists of members."""
    value = body.get("unions")
    if not isinstance(value, list):
        return reading.text(body, "unions", "body")
    return ";".join(reading.names({"unions": part}, "unions") or "" for part in value)


def _quotas(raw: Any) -> dict[str, Quota]:
    if raw is None:
        return {}
    found = raw if isinstance(raw, dict) else {"": raw}
    for value in found.values():
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise DataError(
                'body: quota must be a number or text such as "55%", or an object of names and such.'
            )
    return found


def agree(raw: Any) -> Asked:
    """Read ``{bloc, years, issue?, against?, on?, by_year?, weights?, estimate?, dimensions?}``."""
    known = (
        "bloc", "years", "issue", "against", "on", "by_year", "weights", "estimate", "dimensions",
    )  # fmt: skip
    body = reading.fields(raw, known, "body")
    bloc = reading.names({"bloc": body.get("bloc") or ""}, "bloc") or ""
    years = reading.text(body, "years", "body", required=True) or ""
    estimate = reading.truth(body, "estimate")
    dimensions = reading.whole(body, "dimensions", 1, 2) or 1
    wanted = (
        reading.text(body, "issue", "body"),
        reading.text(body, "against", "body"),
        reading.truth(body, "by_year"),
        reading.text(body, "weights", "body") or "identical",
        estimate,
        dimensions,
        reading.text(body, "on", "body"),
    )
    again = estimate or dimensions > 1
    return Asked(
        f"Common ground of {bloc}, {years}"[:200],
        (),
        lambda: _agree(bloc, years, *wanted),
        "Ideal points that are estimated anew take up to a minute." if again else "",
    )


@lru_cache(maxsize=16)
def _agree(
    bloc: str,
    years: str,
    issue: str | None,
    against: str | None,
    by_year: bool,
    weights: str,
    estimate: bool,
    dimensions: int,
    on: str | None,
) -> Any:
    """Keep the last answers: the data never change, and a decade takes a second."""
    from winset.studies import agreement

    return agreement.agree(
        bloc,
        years,
        issue=issue,
        against=against,
        by_year=by_year,
        weights=weights,
        estimate=estimate,
        dimensions=dimensions,
        on=on,
    )


def match(raw: Any) -> Asked:
    """Read ``{bloc, world?, gravity?, sector?, on?}``."""
    import datetime as dt

    from winset.studies import trade_match

    body = reading.fields(raw, ("bloc", "world", "gravity", "sector", "on"), "body")
    bloc = reading.names({"bloc": body.get("bloc") or ""}, "bloc") or ""
    world = _world(body, "world") or trade_match.SECTORED
    gravity = _world(body, "gravity") or trade_match.GRAVITY
    sector = reading.text(body, "sector", "body")
    on = reading.date(reading.text(body, "on", "body")) or dt.date.today()
    return Asked(
        f"Where trade of {bloc} fits"[:200],
        (),
        lambda: trade_match.match(bloc, on=on, sectored=world, gravity=gravity, sector=sector),
    )


def treaty(raw: Any) -> Asked:
    """Read ``{bloc, on?}``."""
    import datetime as dt

    from winset.studies import commitments

    body = reading.fields(raw, ("bloc", "on"), "body")
    bloc = reading.names({"bloc": body.get("bloc") or ""}, "bloc") or ""
    on = reading.date(reading.text(body, "on", "body")) or dt.date.today()
    return Asked(
        f"Treaties of {bloc} on {on}"[:200],
        (),
        lambda: commitments.treaty_table(bloc, on=on),
    )


def depend(raw: Any) -> Asked:
    """Read ``{bloc, stop?, world?, sector?, short?, partners?, on?}``."""
    import datetime as dt

    from winset.studies import dependence

    known = ("bloc", "stop", "world", "sector", "short", "partners", "on")
    body = reading.fields(raw, known, "body")
    bloc = reading.names({"bloc": body.get("bloc") or ""}, "bloc") or ""
    options: dict[str, Any] = {
        "world": _world(body, "world") or dependence.WORLD,
        "stop": reading.names(body, "stop"),
        "sector": reading.text(body, "sector", "body"),
        "short": reading.number(body, "short", dependence.SHORT),
        "top": reading.whole(body, "partners", 0, MOST_PARTNERS, usual=5),
        "on": reading.date(reading.text(body, "on", "body")) or dt.date.today(),
    }
    return Asked(
        f"On whom {bloc} depends"[:200],
        (),
        lambda: dependence.depend(bloc, **options),
    )


def carbon(raw: Any) -> Asked:
    """Read ``{world}``, or ``{scenario, set?}``: who emits for whom in a world, or before and after."""
    from winset.studies import carbon as accounts
    from winset.studies import carbon_changes

    body = reading.fields(raw, ("world", *reading.WRAPPED), "body")
    if body.get("scenario") is not None:
        if body.get("world") is not None:
            raise DataError(
                "body: world is of the accounts of a world, and the scenario names its own. Leave one out; "
                'set = {"world": …} changes the scenario\'s.'
            )
        asked = {key: body[key] for key in reading.WRAPPED if body.get(key) is not None}
        scenario = reading.scenario(asked)
        return Asked(
            f"Who emits for whom: {scenario.title}"[:200],
            (),
            lambda: carbon_changes.carbon_changes(scenario),
        )
    if body.get("set") is not None:
        raise DataError(
            "body: set changes a scenario, and there is none. Name one, or leave set out."
        )
    world = _world(body, "world", required=True)
    assert world is not None
    return Asked(f"Who emits for whom: {world}", (), lambda: accounts.carbon(world))


def club(raw: Any) -> Asked:
    """Read ``{scenario, penalty?, price?, club?}``; a bundled club's name, or the object of a TOML."""
    from winset.studies import club_order, trade_club

    body = reading.fields(raw, ("scenario", "penalty", "price", "club"), "body")
    source, bundled = body.get("scenario"), club_order.bundled_clubs()
    if isinstance(source, dict):
        reading.bounded(source)
        if said := reading.text(source, "on", "scenario"):
            source = source | {"on": reading.date(said)}
    elif source not in bundled:
        said = source[:80] if isinstance(source, str) else ""
        raise DataError(
            f"club {said!r} is not bundled ({', '.join(bundled)}).{did_you_mean(said, bundled)} "
            "Over HTTP a club is one of these or an object."
        )
    order = club_order.read_order(source)
    reading.embedded(order.scenario)
    reading.without_files(order.scenario)
    players = club_order.choosing(order)
    penalty, price = (
        None if body.get(key) is None else reading.number(body, key) for key in ("penalty", "price")
    )
    asked = reading.names(body, "club")
    return Asked(
        order.scenario.title,
        players,
        lambda: trade_club.solve_club(order, penalty=penalty, price=price, club=asked),
        f"{len(players)} that choose have 2^{len(players)} clubs, which take a while."
        if len(players) > MOST_CHOOSING
        else "",
    )


def even(raw: Any) -> Asked:
    """Read ``{bloc, years?, family?, on?}``."""
    from winset.studies import evenhandedness

    body = reading.fields(raw, ("bloc", "years", "family", "on"), "body")
    bloc = reading.names({"bloc": body.get("bloc") or ""}, "bloc") or ""
    years = reading.text(body, "years", "body") or evenhandedness.YEARS
    family, on = reading.text(body, "family", "body"), reading.text(body, "on", "body")
    return Asked(
        f"Even-handedness of {bloc}, {years}"[:200],
        (),
        lambda: evenhandedness.even(bloc, years, family=family, on=on),
    )


def deal(raw: Any) -> Asked:
    """Read ``{deal, floors?, side_payments?, unit?}``; a bundled deal's name, or the object of a TOML."""
    from winset.governance.packages.issues import bundled_deals
    from winset.studies import scenario_deal

    body = reading.fields(raw, ("deal", "floors", "side_payments", "unit"), "body")
    source, floors = body.get("deal"), body.get("floors")
    payments, unit = reading.truth(body, "side_payments"), reading.text(body, "unit", "body")
    if floors is not None and not (
        isinstance(floors, dict)
        and len(floors) <= reading.MOST_NAMES
        and all(isinstance(x, str | int | float) and x is not True for x in floors.values())
    ):
        raise DataError("body: floors must be an object of codes and least gains.")
    long = ""
    if isinstance(source, dict):
        long = _table_of(source)
        if said := reading.text(source, "on", "deal"):
            source = source | {"on": reading.date(said)}
    elif source not in bundled_deals():
        said = source[:80] if isinstance(source, str) else ""
        raise DataError(
            f"deal {said!r} is not bundled ({', '.join(bundled_deals())})."
            f"{did_you_mean(said, bundled_deals())} Over HTTP a deal is one of these or an object."
        )

    def answer() -> Any:
        blocs = load_blocs()
        proposal = scenario_deal.propose(source, floors=floors, unit=unit, blocs=blocs)
        return scenario_deal.strike(proposal, side_payments=payments)

    title = source if isinstance(source, str) else str(source.get("title") or "Deal")[:200]
    return Asked(title, (), answer, long)


def _table_of(source: dict[str, Any]) -> str:
    """Check the size and scenarios of a deal's object; return why it is a job, if it is one."""
    issues, scenarios = source.get("issues"), source.get("scenarios")
    rows = issues if isinstance(issues, dict) else {}
    columns = max((len(row) for row in rows.values() if isinstance(row, dict)), default=0)
    if len(rows) > reading.MOST_NAMES or columns > reading.MOST_NAMES:
        raise DataError(f"deal: at most {reading.MOST_NAMES} issues and countries are taken.")
    found = scenarios if isinstance(scenarios, dict) else {}
    if len(found) > reading.MOST_CHANGES:
        raise DataError(f"deal: at most {reading.MOST_CHANGES} scenarios are taken.")
    outer = {key: source[key] for key in ("world", "on", "parameters") if key in source}
    read = [
        reading.scenario(outer | said if isinstance(said, dict) else said)
        for said in found.values()
    ]
    if len(rows) > MOST_ISSUES:
        return f"A table of more than {MOST_ISSUES} issues can take minutes."
    if len(read) > MOST_SCENARIOS or any(one.world not in reading.ONE_SECTOR for one in read):
        return (
            f"Issues that are more than {MOST_SCENARIOS} scenarios, or in a world with sectors, are "
            "solved one after another."
        )
    return ""


def union(raw: Any) -> Asked:
    """Read ``{group, set?, world?, harmless?, common?, mfn?, free_trade?, instruments?, least?, most?, …}``.

    The group is a bundled scenario's name, the object of one, a bloc, or codes.
    """
    from winset.studies import customs_union

    known = (
        "group", "set", "world", "elasticities", "harmless", "common", "mfn", "free_trade",
        "instruments", "least", "most", "keep",
    )  # fmt: skip
    body = reading.fields(raw, known, "body")
    set_ = dict(reading.overrides(body.get("set")))
    if elasticities := reading.text(body, "elasticities", "body"):
        set_["elasticities"] = elasticities
    if world := _world(body, "world"):
        set_["world"] = world
    group = body.get("group")
    if isinstance(group, dict) or (isinstance(group, str) and group in bundled_scenarios()):
        scenario = reading.scenario({"scenario": group, "set": set_})
    else:
        among = reading.names({"group": group or ""}, "group") or ""
        scenario = reading.embedded(parse(customs_union.no_tariffs_inside(among), overrides=set_))
    harmless, common = reading.truth(body, "harmless"), reading.truth(body, "common")
    options: dict[str, Any] = {
        "form": "free-trade-area" if reading.truth(body, "free_trade") else "customs-union",
        "harmless": harmless,
        "common": common,
        "to_all": reading.truth(body, "mfn"),
        "instruments": reading.text(body, "instruments", "body"),
        "least_percent": reading.number(body, "least", -50.0),
        "most_percent": reading.number(body, "most", 200.0),
        "keep": reading.whole(body, "keep", 1, 10_000),
    }
    sought = "harmless" if harmless else "common" if common else ""
    return Asked(
        scenario.title,
        (),
        lambda: customs_union.unite(scenario, blocs=load_blocs(), **options),
        f"{sought} is a search over many equilibria." if sought else "",
    )


def war(raw: Any) -> Asked:
    """Read ``{world, players?, on?, as_one?, method?, instruments?, …}``, as ``winset war`` has them."""
    from winset.studies import tariff_war

    known = (
        "world", "players", "on", "as_one", "method", "instruments", "elasticities", "balanced",
        "value_added_share", "cooperate", "transfers", "starts", "points", "seed",
    )  # fmt: skip
    body = reading.fields(raw, known, "body")
    world = _world(body, "world", required=True) or ""
    share = body.get("value_added_share")
    decisive: dict[str, Any] = {
        "method": reading.text(body, "method", "body"),
        "instruments": reading.text(body, "instruments", "body") or "uniform",
        "as_one": reading.truth(body, "as_one"),
        "value_added_share": None if share is None else reading.number(body, "value_added_share"),
        "cooperate": reading.truth(body, "cooperate"),
        "transfers": reading.truth(body, "transfers"),
    }
    players = reading.names(body, "players") or "all"
    options: dict[str, Any] = {
        "players": players,
        "on": reading.date(reading.text(body, "on", "body")),
        "elasticities": reading.text(body, "elasticities", "body") or "",
        "balanced": reading.truth(body, "balanced"),
        "starts": reading.whole(body, "starts", 1, 100, usual=2),
        "points": reading.whole(body, "points", 0, 100_000, usual=200),
        "seed": reading.whole(body, "seed", 0, 2**32 - 1, usual=0),
    }
    how = tariff_war.chosen_method(**decisive)
    return Asked(
        f"Tariff war in {world}: {players}"[:200],
        (),
        lambda: tariff_war.fight(world, blocs=load_blocs(), **decisive, **options),
        "" if how == "sufficient" else "A war that is solved exactly takes seconds to minutes.",
    )


def bank(raw: Any) -> Asked:
    """Read ``{portfolio, only?, draws?, seed?, aversion?}``, ``{game, satisfaction?}``, or a new bank.

    A bank to be founded is ``{design, members, total?, basic?, on?}`` or ``{capital, members, quota?, …}``.
    """
    from winset.studies import bank_design, bank_game

    known = (
        "portfolio", "only", "draws", "seed", "game", "satisfaction", "design", "capital", "members",
        "total", "basic", "quota", "on", "aversion",
    )  # fmt: skip
    body = reading.fields(raw, known, "body")
    asked = [key for key in ("portfolio", "game", "design", "capital") if body.get(key) is not None]
    if len(asked) != 1:
        raise DataError(f"body: give one of portfolio, game, design, capital ({len(asked)} found).")
    members, on = reading.names(body, "members"), reading.date(reading.text(body, "on", "body"))
    if asked[0] == "portfolio":
        return _portfolio(body)
    if body.get("aversion") is not None:
        raise DataError("body: aversion is for the projects of a portfolio.")
    if asked[0] == "game":
        measure = reading.text(body, "satisfaction", "body")
        if not isinstance(body["game"], dict):
            raise DataError(
                "body: game must be an object of budget, projects, and approvals or utilities."
            )
        game = bank_game.exactly(body["game"])
        return Asked(
            "What a budget buys",
            (),
            lambda: bank_game.count_ballots(game, satisfaction=measure),
        )
    if members is None:
        raise DataError("body: members is missing. Name a bloc, or codes.")
    total = reading.number(body, "total", bank_design.TOTAL_MUSD)
    if (design := reading.text(body, "design", "body")) is not None:
        part = reading.number(body, "basic", 0.0)
        return Asked(
            "Whose bank it is",
            (),
            lambda: bank_design.design_bank(
                design, members, total=total, part=part, on=on, blocs=load_blocs()
            ),
        )
    wanted = reading.names(body, "capital") or ""
    rules_ = bank_design.PROPOSALS if wanted == "proposals" else tuple(wanted.split(","))
    part, quota = reading.number(body, "basic", 0.12), reading.text(body, "quota", "body") or "75%"
    return Asked(
        "Whose bank it is",
        (),
        lambda: bank_design.propose(
            members,
            capital_rules=rules_,
            total=total,
            part=part,
            quota=quota,
            on=on,
            blocs=load_blocs(),
        ),
    )


def _portfolio(body: dict[str, Any]) -> Asked:
    """Read a portfolio; over HTTP it is bundled, or an object that names no file."""
    from winset.finance import projects
    from winset.studies.bank import run_bank

    source = body["portfolio"]
    if isinstance(source, dict):
        plan = projects.parse_plan(source)
        projects.without_files(plan)
    else:
        bundled = projects.bundled_portfolios()
        if source not in bundled:
            said = source[:80] if isinstance(source, str) else ""
            raise DataError(
                f"portfolio {said!r} is not bundled ({', '.join(bundled)}).{did_you_mean(said, bundled)} "
                "Over HTTP a portfolio is one of these or an object."
            )
        plan = projects.find_plan(source)
    names = reading.names(body, "only")
    only = None if names is None else names.split(",")
    if only is not None:
        plan = projects.narrowed(plan, only)
    draws = reading.whole(body, "draws", 0, 2_000, usual=0) or 0
    seed = reading.whole(body, "seed", 0, 2**32 - 1) or 0
    aversion = reading.aversion(body)
    many = len(plan.projects) > PROJECTS_AT_ONCE or draws > 0
    return Asked(
        plan.title,
        (),
        lambda: run_bank(source, only=only, draws=draws, seed=seed, aversion=aversion),
        f"{len(plan.projects)} projects with {draws} draws take many equilibria." if many else "",
    )


def common(raw: Any) -> Asked:
    """Read ``{center, members?, on?}``, or ``{arcs, nodes?, problem?, attacks?, start?, end?}``.

    The center is a bundled one's name, or an object as in the TOML files; arcs and nodes are as there.
    """
    from winset.contribution.reading import bundled_centers, network_of, read_center
    from winset.studies import center_figures, common_goods
    from winset.studies import interdicted as posts

    known = ("center", "members", "on", "arcs", "nodes", "problem", "attacks", "start", "end")
    body = reading.fields(raw, known, "body")
    members = reading.names(body, "members")
    on = reading.date(reading.text(body, "on", "body"))
    attacks = reading.whole(body, "attacks", 0, 100, usual=1) or 0
    asked = {
        key: reading.text(body, key, "body") or usual
        for key, usual in (("problem", "max-flow"), ("start", "Start"), ("end", "End"))
    }
    source, arcs = body.get("center"), body.get("arcs")
    if (source is None) == (arcs is None):
        raise DataError("body: give a center, or arcs, one of the two.")
    if arcs is not None:
        routes = {"attacks": attacks, **asked}
        plan = read_center({"routes": routes, "route": arcs, "node": body.get("nodes") or []})
        network = network_of(plan)
        if network is None:
            raise DataError("body: arcs is empty. Name an arc.")
        return Asked(
            f"Where {attacks} posts help most",
            (),
            lambda: posts.asked_of(network, attacks, data="body"),
            _many_arcs(len(arcs)),
        )
    if body.get("nodes") is not None or attacks != 1:
        raise DataError("body: nodes and attacks belong to arcs. A center names its own.")
    if not isinstance(source, dict) and source not in bundled_centers():
        said = source[:80] if isinstance(source, str) else ""
        raise DataError(
            f"center {said!r} is not bundled ({', '.join(bundled_centers())})."
            f"{did_you_mean(said, bundled_centers())} Over HTTP a center is one of these or an object."
        )
    plan, blocs = read_center(source), load_blocs()
    count = len(center_figures.group(plan, members, on=on, blocs=blocs).codes)
    long = _many_arcs(len(plan.file.route))
    if count > MOST_CONTRIBUTORS:
        long = f"All coalitions of {count} members take up to minutes."
    return Asked(
        plan.file.title or plan.name,
        (),
        lambda: common_goods.common(source, members=members, on=on, blocs=blocs),
        long,
    )


def _many_arcs(count: int) -> str:
    return f"A network of {count} arcs can take minutes." if count > MOST_ARCS else ""


def _world(body: dict[str, Any], key: str, *, required: bool = False) -> str | None:
    """Return the name of an embedded world."""
    name = reading.text(body, key, "body", required=required)
    if name is not None:
        reading.known_world(name)
    return name


def _read(study: str, raw: Any) -> Asked:
    """Read the body of a question, for what is made of many."""
    return QUESTIONS[study](raw)


QUESTIONS: Mapping[str, Callable[[Any], Asked]] = {
    "vote": vote,
    "agree": agree,
    "match": match,
    "treaty": treaty,
    "depend": depend,
    "carbon": carbon,
    "club": club,
    "even": even,
    "track": delivered.track,
    "gap": delivered.gap,
    "backtest": delivered.backtest,
    "route": ways.route,
    "deal": deal,
    "union": union,
    "war": war,
    "offer": bundled_questions.offer,
    "common": common,
    "bank": bank,
    "people": of_people.people,
    "brief": lambda raw: whole.brief(raw, _read),
    "summit": lambda raw: whole.summit(raw, _read),
}
