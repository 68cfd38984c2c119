"""The view of one economy: chosen by name and by click, kept in the link, the command line's figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from winset.display import signed
from winset.studies import scenario_run

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page


def seen(scenario: str, code: str, **overrides: str) -> dict[str, Any]:
    """What `winset run SCENARIO --economy CODE --json` prints."""
    done = scenario_run.run(scenario, overrides=overrides)
    done = scenario_run.seen_from(scenario_run.under_other_rules(done), code)
    return done.to_json()


def expect_view(page: Page, said: dict[str, Any]) -> None:
    """Every figure of the view is the command line's."""
    own = said["economy"]
    expect(page.locator("[data-tile=welfare_percent] b")).to_have_text(
        f"{signed(own['welfare_percent'], 2)} %"
    )
    for key, value in {**own["parts"], **own["trade"]}.items():
        if key.endswith(("exports_musd", "imports_musd")):
            continue
        row = page.locator(f"tr[data-key={key}] td")
        if key == "labor_cost_musd" and not value:
            expect(row).to_have_count(0)
        else:
            expect(row).to_have_text(signed(value, 0))
    expect(page.locator("tr[data-key=sum] td")).to_have_text(signed(own["welfare_musd"], 0))
    for other in said["deficit_rules"]:
        row = page.locator(f"tr[data-key={other['rules'][0]}] td")
        if other["summary"] is None:
            expect(row).to_have_text("no equilibrium")
        else:
            gain = next(
                one["welfare_percent"] for one in other["economies"] if one["code"] == own["code"]
            )
            expect(row).to_have_text(f"{signed(gain, 2)} %")
    for partner in own["partners"][:8]:
        cells = page.locator(
            f"[aria-labelledby=mine-partners] tbody tr[data-code={partner['code']}] > *"
        )
        expect(cells.nth(1)).to_have_text(signed(partner["exports_musd"], 0).lstrip("+"))
        expect(cells.nth(2)).to_have_text(signed(partner["new_exports_musd"], 0).lstrip("+"))
        expect(cells.nth(4)).to_have_text(signed(partner["imports_musd"], 0).lstrip("+"))
        expect(cells.nth(5)).to_have_text(signed(partner["new_imports_musd"], 0).lstrip("+"))


def test_chosen_by_name_it_shows_what_the_command_line_prints(fresh: Callable[..., Page]) -> None:
    page = fresh("mine")
    expect(page.locator(".answer")).to_have_text("Choose an economy.")
    page.get_by_role("combobox", name="My economy").fill("казах")
    page.get_by_role("combobox", name="My economy").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Kazakhstan")
    expect_view(page, seen("sco-2025", "KAZ"))
    assert "my=KAZ" in page.url
    page.reload()
    expect_view(page, seen("sco-2025", "KAZ"))


def test_chosen_on_the_map_an_outsider_has_its_view(fresh: Callable[..., Page]) -> None:
    page = fresh("mine?size=-20")
    page.locator(".mine path[data-code=AUS]").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Australia")
    expect(page.locator(".verdict")).to_contain_text("Australia is an outsider of the change.")
    expect(page.locator(".mine path.member[data-code=AUS]")).to_have_count(
        0
    )  # members are outlined
    expect(page.locator(".mine path.member[data-code=KAZ]")).to_have_count(1)
    expect_view(page, seen("sco-2025", "AUS", percent="-20"))
    page.go_back()
    expect(page.locator(".answer")).to_have_text("Choose an economy.")


@pytest.mark.parametrize(
    ("lang", "name", "group"),
    [
        ("en", "Mexico", "Vehicles"),
        ("ru", "Мексика", "Транспортные средства"),
        ("zh", "墨西哥", "运输设备"),
    ],
)
def test_sectors_stand_there_by_groups(
    fresh: Callable[..., Page], lang: str, name: str, group: str
) -> None:
    kept = '{"title":"NAFTA","name":"nafta"}'
    page = fresh(
        f"mine?changes={kept}&on=1994-01-01&world=caliendo-parro-1993&deficits=balanced&my=MEX",
        locale=lang,
    )
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    expect(page.get_by_role("row", name=group)).to_be_visible()
    assert page.locator("#mine-groups").count() == 1
