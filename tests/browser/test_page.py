"""The page as a person uses it, against a server of its own."""

from __future__ import annotations

import json
import re
import urllib.request
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pandas as pd
import pytest
from playwright.sync_api import expect

from winset.display import signed
from winset.studies import scenario_run

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page, Route
    from tests.browser.serving import Server


@pytest.fixture
def page(fresh: Callable[..., Page]) -> Page:
    """The page as it opens: the SCO and its partners, ten percent off."""
    return fresh()


def gain(code: str, **overrides: str) -> str:
    """The gain that the command line's own function gives, as the page writes it."""
    result = scenario_run.run("sco-2025", overrides=overrides).result.to_json()
    found = next(one for one in result["economies"] if one["code"] == code)
    return signed(found["welfare_percent"], 2)


def exactly(code: str) -> float:
    """The same, to its last bit."""
    return float(scenario_run.run("sco-2025").result.table().loc[code, "welfare_percent"])


def shown(page: Page, code: str, column: int = 3) -> str:
    """The figure in the table's row of an economy."""
    return page.locator(f"tbody tr[data-code={code}] > *").nth(column).inner_text()


def drag(page: Page, size: float) -> None:
    """Move the slider as a finger does, and let go."""
    page.locator("#size").evaluate(
        """(slider, size) => {
          slider.value = size;
          slider.dispatchEvent(new Event("input", { bubbles: true }));
          slider.dispatchEvent(new Event("change", { bubbles: true }));
        }""",
        size,
    )


def expect_gain(page: Page, code: str, figure: str) -> None:
    expect(page.locator(f"tbody tr[data-code={code}] > *").nth(3)).to_have_text(figure)


def test_pick_sco_drag_and_read_kazakhstans_gain(page: Page) -> None:
    page.get_by_role("button", name="SCO", exact=True).click()
    expect(page.locator("[data-tile=members] b")).to_have_text("10 / 10")
    drag(page, -15)
    expect(page.get_by_role("heading", level=1)).to_contain_text("15 %")
    expect_gain(page, "KAZ", gain("KAZ", among="SCO", percent="-15"))
    expect(page.locator(".verdict p").first).to_have_text("All 10 members gain.")
    spoken = page.locator("[aria-live=polite]")
    expect(spoken).to_contain_text("All 10 members gain.")


def test_the_figures_are_those_of_the_command_line_to_the_last_bit(server: Server) -> None:
    body = json.dumps({"scenario": "sco-2025", "set": {"percent": -12.5}}).encode()
    request = urllib.request.Request(
        f"{server.address}api/solve", body, {"content-type": "application/json"}
    )
    answer = json.load(urllib.request.urlopen(request, timeout=60))
    mine = scenario_run.run("sco-2025", overrides={"percent": "-12.5"}).result.to_json()
    assert answer["economies"] == json.loads(json.dumps(mine["economies"]))


def test_a_click_on_the_map_removes_a_country_and_back_brings_it_again(page: Page) -> None:
    page.get_by_role("button", name="SCO", exact=True).click()
    expect(page.locator(".chip[data-code=KAZ]")).to_be_visible()
    page.locator("path[data-code=KAZ]").click()
    expect(page.locator(".chip[data-code=KAZ]")).to_have_count(0)
    expect(page.locator("tbody tr[data-code=KAZ]")).to_have_class("outsider")
    members = "CHN KGZ RUS TJK UZB IND PAK IRN BLR".split()
    expect_gain(page, "KAZ", gain("KAZ", among=json.dumps(members)))
    page.go_back()
    expect(page.locator("tbody tr[data-code=KAZ]")).to_have_class("member")
    expect_gain(page, "KAZ", gain("KAZ", among="SCO"))


def test_a_disputed_area_is_hatched_and_carries_no_value(page: Page) -> None:
    area = page.locator("path[data-disputed='Western Sahara']")
    assert area.get_attribute("data-code") is None
    before = area.get_attribute("fill")
    assert before is not None
    assert before.startswith("url(#hatched")
    drag(page, -20)
    expect(page.get_by_role("heading", level=1)).to_contain_text("20 %")
    assert area.get_attribute("fill") == before
    area.hover()
    expect(page.locator(".tip")).to_have_text(
        "Western SaharaA disputed area: it carries no figure."
    )
    expect(page.locator(".legend")).to_contain_text("disputed, no figure")


def test_search_finds_an_economy_by_all_that_it_is_called(page: Page) -> None:
    search = page.get_by_role("combobox", name="Members")
    for called, name in (("США", "United States"), ("UK", "United Kingdom"), ("Turkey", "Türkiye")):
        search.fill(called)
        expect(page.get_by_role("listbox").get_by_role("option").first).to_contain_text(name)


def test_search_adds_a_country_by_keyboard(page: Page) -> None:
    search = page.get_by_role("combobox", name="Members")
    search.fill("mexi")
    expect(page.get_by_role("listbox").get_by_role("option").first).to_contain_text("Mexico")
    search.press("Enter")
    expect(page.locator(".chip[data-code=MEX]")).to_be_visible()
    expect(page.locator("tbody tr[data-code=MEX]")).to_have_class("member")
    page.get_by_role("button", name="Remove Mexico").click()
    expect(page.locator("tbody tr[data-code=MEX]")).to_have_class("outsider")


def test_the_table_sorts_filters_and_copies(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    heading = page.locator("thead").get_by_role("button", name="USD million")
    first = page.locator("tbody tr").first
    heading.click()
    expect(first).to_have_attribute("data-code", "CHN")
    expect(page.locator("thead th[aria-sort=descending]")).to_contain_text("USD million")
    heading.click()
    expect(page.locator("thead th[aria-sort=ascending]")).to_contain_text("USD million")
    expect(first).not_to_have_attribute("data-code", "CHN")
    page.get_by_role("searchbox", name="Filter by name").fill("kazakh")
    expect(page.locator("tbody tr")).to_have_count(1)
    card = page.locator("section", has=page.locator("#table-title"))
    card.get_by_role("button", name="Copy").click()
    expect(card.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    cells = copied.splitlines()[1].split("\t")
    assert cells[1] == "Kazakhstan"
    assert float(cells[3]) == exactly("KAZ")
    with page.expect_download() as waiting:
        card.get_by_role("button", name="CSV").click()
    said = Path(waiting.value.path()).read_bytes().decode("utf-8-sig")
    about = [line for line in said.splitlines() if line.startswith("# ")]
    for words in ("1 of 194 economies", "Data of 2023", "BACI", "sha256 6e388bf3"):
        assert any(words in line for line in about), words
    table = pd.read_csv(StringIO(said), comment="#", index_col="code")
    assert table["welfare_percent"].to_dict() == {"KAZ": exactly("KAZ")}


def test_every_kind_of_change_is_solved(page: Page) -> None:
    title = page.get_by_role("heading", level=1)
    for kind, said in (
        ("tariff-by", "A tariff of 10 % by SCO+ on all economies"),
        ("tariff-on", "A tariff of 10 % on SCO+ by all economies"),
        ("productivity", "2 % more productivity: SCO+"),
    ):
        page.locator("#kind").select_option(kind)
        expect(title).to_have_text(said)
        expect(page.locator("body[data-settled]")).to_be_attached()
        expect(page.locator(".error")).to_be_hidden()
    page.locator("#kind").select_option("accession")
    expect(page.locator(".error")).to_have_text("Choose who joins.")
    page.get_by_role("combobox", name="Who joins").fill("JPN")
    page.get_by_role("combobox", name="Who joins").press("Enter")
    expect(title).to_have_text("Japan joins SCO+: 10 % off the cost of trade between them")
    expect(page.locator("tbody tr[data-code=JPN]")).to_have_class("member")


def test_bundled_scenarios_open_with_the_figures_of_the_command_line(page: Page) -> None:
    for name, code in (("eu-2004", "SRB"), ("liberation-day", "USA")):
        page.locator("#example").select_option(name)
        result = scenario_run.run(name).result.to_json()
        found = next(one for one in result["economies"] if one["code"] == code)
        expect_gain(page, code, signed(found["welfare_percent"], 2))


def test_the_verdict_is_tried_under_the_other_deficit_rules(page: Page) -> None:
    page.locator("#example").select_option("liberation-day")
    line = page.locator(".rules")
    done = scenario_run.under_other_rules(scenario_run.run("liberation-day")).to_json()
    usa = next(one for one in done["economies"] if one["code"] == "USA")
    by_utility, by_formula = (signed(usa[f"{key}_percent"], 2) for key in ("utility", "welfare"))
    expect(page.locator(".verdict")).to_contain_text(
        f"United States {by_utility} % instead of {by_formula} %"
    )
    for other in done["deficit_rules"]:
        expect(line).to_contain_text(f"{other['summary']['outsiders_losing']} outsiders lose")
        worst = signed(other["summary"]["worst"]["welfare_percent"], 2)
        expect(line).to_contain_text(f"worst Vietnam ({worst} %)")
    page.locator("#example").select_option("sco-2025")
    expect(line).to_contain_text("Gambia")


@pytest.mark.parametrize(
    ("template", "title"),
    [
        ("accession", "Uzbekistan joins EAEU: 10 % off the cost of trade between them"),
        ("corridor", "5 % off the cost of trading inside: China, Kyrgyzstan, Uzbekistan"),
        ("free-trade-area", "A tariff of 0 % among RCEP"),
        ("trade-war", "United States and China: a tariff of 25 % both ways"),
        (
            "sanctions",
            "Sanctions of EU, United States on Russia: 50 % more cost of trade between them",
        ),
    ],
)
def test_templates_are_solved(page: Page, template: str, title: str) -> None:
    page.locator("#example").select_option(template)
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    expect(page.locator("body[data-settled]")).to_be_attached(timeout=60_000)
    expect(page.locator(".error:visible")).to_have_count(0)
    expect(page.locator(".rules")).not_to_be_empty(timeout=60_000)
    if template == "sanctions":
        said = page.locator(".verdict")
        expect(said).to_contain_text("For every dollar that they cost the first")
        expect(said).to_contain_text("Who gains most beside them:")


def test_a_change_of_some_goods_alone(page: Page, tmp_path: Path) -> None:
    expect(page.locator("#goods")).to_be_hidden()
    page.locator("#example").select_option("free-trade-area")
    page.locator("#goods").select_option("textiles")
    title = "A tariff of 0 % among RCEP (Textiles and clothing)"
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    expect(page.locator("body[data-settled]")).to_be_attached(timeout=60_000)
    file = tmp_path / "textiles.toml"
    file.write_text(
        'world = "icio-2022"\non = "2025-09-01"\n'
        '[[change]]\nkind = "tariff"\namong = "RCEP"\nrate = 0.0\nsectors = ["C13T15"]\n'
    )
    found = scenario_run.run(file).result.to_json()["economies"]
    gains = {one["code"]: signed(one["welfare_percent"], 2) for one in found}
    expect_gain(page, "VNM", gains["VNM"])


def test_a_download_says_that_it_works(page: Page) -> None:
    held: list[Route] = []
    page.route("**/api/download/*", lambda route: held.append(route))
    page.get_by_text("Download", exact=True).click()
    page.locator("[data-kind=json]").click()
    said = page.get_by_text("Preparing the file …")
    expect(said).to_be_visible()
    with page.expect_download():
        held[0].continue_()
    expect(page.get_by_text("The file is ready.")).to_be_visible()


def test_a_job_ordered_elsewhere_sets_the_controls(page: Page, server: Server) -> None:
    change = {"kind": "trade-cost", "among": "ASEAN", "percent": -7}
    order = {"scenario": {"on": "2025-09-01", "change": [change]}, "players": "ASEAN"}
    made = page.request.post(f"{server.address}api/jobs", data=order)
    assert made.ok
    page.get_by_role("link", name="How to share?").click()
    job = page.locator(f".jobs li[data-id='{made.json()['id']}']")
    job.get_by_role("button", name="Show").click(timeout=60_000)
    expect(page.locator("#size")).to_have_value("-7")
    expect(page.locator(".panel .chip.bloc")).to_contain_text("ASEAN")
    expect(page.locator(".verdict p").first).to_contain_text("coalitions were solved")
    members = page.locator(".shares tbody").first.locator("tr")
    expect(members).to_have_count(len(made.json()["players"]))
    job.get_by_role("button", name="Remove").click()
    expect(job).to_have_count(0)


def test_the_footer_speaks_of_the_tab(page: Page) -> None:
    foot = page.locator("footer")
    expect(foot).to_contain_text("Not a forecast.")
    page.get_by_role("link", name="Who decides?").click()
    expect(foot).to_contain_text("Power under the rule alone")
    page.get_by_role("link", name="Common ground").click()
    expect(foot).to_contain_text("Recorded votes of the General Assembly only")


def test_a_size_of_zero_changes_nothing_and_parameters_change_figures(page: Page) -> None:
    drag(page, 0)
    expect(page.locator("[data-tile=world] b")).to_have_text("0.0 m USD")
    drag(page, -10)
    expect_gain(page, "KAZ", gain("KAZ"))
    page.get_by_text("Parameters of the model").click()
    page.get_by_label("Trade elasticity θ").fill("6")
    page.get_by_label("Trade elasticity θ").press("Enter")
    expect_gain(page, "KAZ", gain("KAZ", trade_elasticity="6"))
    page.get_by_role("button", name=re.compile("How is this computed: Sums of money")).first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("trade_elasticity = 6")
    expect(dialog).to_contain_text("CEPII BACI")
    link = dialog.get_by_role("link", name="The theory, with equations")
    answer = page.request.get(link.evaluate("link => link.href"))
    assert answer.ok
    anchor = (link.get_attribute("href") or "").partition("#")[2]
    assert f'id="{anchor}"' in answer.text()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_a_shared_link_gives_the_same_figures_in_a_fresh_browser(
    page: Page, fresh: Callable[..., Page]
) -> None:
    page.get_by_role("button", name="BRICS", exact=True).click()
    drag(page, -20)
    expect(page.locator("[data-tile=members] b")).to_have_text(re.compile("10 / 10|11 / 11"))
    page.locator("#on").fill("2020-01-01")
    expect(page.locator("[data-tile=members] b")).to_have_text("5 / 5")
    other = fresh(urlsplit(page.url).fragment)
    expect(other.locator("[data-tile=members] b")).to_have_text("5 / 5")
    for code in ("ZAF", "DEU", "USA"):
        expect_gain(other, code, shown(page, code))
    assert other.locator(".verdict").inner_text() == page.locator(".verdict").inner_text()


def test_languages_change_texts_names_and_numbers(page: Page) -> None:
    expected = gain("KAZ")
    page.locator("#language").select_option("ru")
    expect(page.locator(".verdict p").first).to_have_text("Выигрывают все 27 участников.")
    expect(page.locator("tbody tr[data-code=KAZ] th span")).to_have_text("Казахстан")
    expect_gain(page, "KAZ", expected.replace(".", ","))
    assert page.evaluate("document.documentElement.lang") == "ru"
    page.locator("#language").select_option("zh")
    expect(page.locator(".verdict p").first).to_have_text("全部27个成员受益。")
    expect(page.locator("tbody tr[data-code=KAZ] th span")).to_have_text("哈萨克斯坦")
    page.reload()
    expect(page.locator(".verdict p").first).to_have_text("全部27个成员受益。")


@pytest.mark.parametrize(
    ("kind", "start"),
    [
        ("toml", b"title = "),
        ("json", b'{"winset"'),
        ("xlsx", b"PK"),
        ("csv", b"\xef\xbb\xbf# "),
        ("svg", b"<svg"),
        ("png", b"\x89PNG"),
        ("report", b"<!doctype html>"),
    ],
)
def test_downloads(page: Page, tmp_path: Path, kind: str, start: bytes) -> None:
    page.get_by_text("Download", exact=True).click()
    with page.expect_download() as waiting:
        page.locator(f"[data-kind={kind}]").click()
    target = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(target)
    content = target.read_bytes()
    assert content.startswith(start)
    if kind == "toml":
        expect_gain(page, "KAZ", gain("KAZ"))
        again = scenario_run.run(target).result.to_json()["economies"]
        assert again == scenario_run.run("sco-2025").result.to_json()["economies"]
    if kind == "csv":
        assert b"\nKAZ," in content


def test_shares_of_twelve_or_fewer_at_once(page: Page) -> None:
    page.get_by_role("button", name="EAEU", exact=True).click()
    page.get_by_role("link", name="How to share?").click()
    expect(page.locator(".verdict p").first).to_contain_text("32 coalitions were solved")
    expect(page.get_by_role("img", name="Shares under each rule")).to_be_visible()
    from winset.studies import sharing

    done = sharing.share("sco-2025", players="EAEU", overrides={"among": "EAEU"}).sharing
    row = page.locator("tbody tr[data-code=KAZ] > *")
    value = dict(zip(done.game.players, done.divisions["shapley"], strict=True))["KAZ"]
    expect(row.nth(2)).to_have_text(signed(value, 0))
    page.locator("#pays-rule").select_option("equal")
    expect(page.locator(".payments li").first).to_contain_text("→")


def test_who_gains_from_whom_as_a_matrix_and_on_the_map(page: Page) -> None:
    """The pairs, partners and absences of the command line, at once for a few players."""
    from winset.studies import sharing

    page.get_by_role("button", name="EAEU", exact=True).click()
    page.get_by_role("link", name="How to share?").click()
    ties = sharing.share("sco-2025", players="EAEU", overrides={"among": "EAEU"}).ties
    assert ties is not None
    matrix = page.get_by_role("img", name="Who gains from whom")
    expect(matrix.locator(".heat")).to_have_count(20)
    first = ties.synergy()[0]
    both = {first["one"], first["other"]}
    assert both == {"RUS", "KAZ"}
    said = f"{first['synergy_musd']:,.0f}"
    expect(matrix.locator("text", has_text=said)).to_have_count(2)
    page.locator("#ties-of").select_option("KAZ")
    expect(page).to_have_url(re.compile("tie=KAZ"))
    partners = page.locator("ul.ties li")
    expect(partners).to_have_count(5)
    expect(partners.first).to_contain_text("Russia")
    worst = next(row for row in ties.worst_absences() if row["code"] == "KAZ")
    assert worst["absent"] == "RUS"
    expect(partners.nth(3)).to_contain_text("without Russia")
    partners_map = page.locator("[aria-labelledby=shares-partners] svg.map")
    largest = partners_map.locator("[data-code=RUS]").first
    expect(largest).to_have_attribute("fill", "rgb(84,39,136)")
    partners_map.locator("path[data-code=RUS]").first.dispatch_event("click")
    expect(page.locator("#ties-of")).to_have_value("RUS")


def test_intervals_of_the_same_draws_as_on_the_command_line(page: Page) -> None:
    page.get_by_role("button", name="How sure is this?").click()
    done = scenario_run.doubted(scenario_run.run("sco-2025"), 200).to_json()["intervals"]
    found = next(one for one in done["economies"] if one["code"] == "KAZ")["welfare_percent"]
    said = f"{signed(found['low'], 2)} … {signed(found['high'], 2)}"
    expect(page.locator("tbody tr[data-code=KAZ] > *").last).to_have_text(said)
    expect(page.locator(".verdict")).to_contain_text("In 200 draws of parameters and trade flows")
    drag(page, -12)
    expect(page.locator("thead th")).to_have_count(9)
    expect(page.locator(".verdict")).not_to_contain_text("draws")


def test_voting_power(page: Page) -> None:
    page.get_by_role("link", name="Who decides?").click()
    expect(page.locator(".verdict")).to_contain_text("Every member can stop every decision.")
    page.locator("#rule").select_option("population")
    expect(page.get_by_role("img", name="Power against population")).to_be_visible()
    expect(page.locator("tbody tr[data-code=IND] > *").nth(2)).to_have_text("30.84 %")
    page.locator("#rule").select_option("eec-1958")
    expect(page.locator(".verdict")).to_contain_text("Never decide: Luxembourg.")


def test_common_ground(page: Page) -> None:
    page.get_by_role("link", name="Who decides?").click()
    page.get_by_role("link", name="Common ground").click()
    expect(page.locator(".verdict p").first).to_contain_text("1,561 roll calls in 2010–2025")
    expect(page.get_by_role("img", name="Who votes with whom")).to_be_visible()
    expect(page.get_by_role("img", name="Positions")).to_be_visible()
    page.locator("#issue").select_option("nu")
    expect(page.locator(".verdict p").first).to_contain_text("294 roll calls")


def test_two_scenarios_side_by_side_in_one_link(page: Page, fresh: Callable[..., Page]) -> None:
    page.get_by_role("button", name="Compare", exact=True).click()
    expect(page.locator(".side .card")).to_have_count(1)
    page.get_by_role("button", name="EU", exact=True).click()
    page.get_by_role("button", name="Add the current scenario").click()
    expect(page.locator(".side .card")).to_have_count(2)
    expect(page.locator("tbody tr[data-code=KAZ] > *").nth(1)).to_have_text(gain("KAZ"))
    expected = gain("KAZ", among="EU")
    expect(page.locator("tbody tr[data-code=KAZ] > *").nth(2)).to_have_text(expected)
    other = fresh(urlsplit(page.url).fragment)
    expect(other.locator(".side .card")).to_have_count(2)
    other.get_by_role("button", name="Open").first.click()
    expect_gain(other, "KAZ", gain("KAZ"))
