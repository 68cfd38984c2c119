"""Columns of tables of tariffs: what each reader takes, stated anew, so that none takes more unseen."""

from __future__ import annotations

import re
from dataclasses import fields

import pytest
from tests.docs.blocks import REPOSITORY

from winset.worlds.importing import files
from winset.worlds.importing.tariff_columns import LINES, PAIRS, PRODUCTS, WITS, TariffColumns

PAIRS_TAKE = {
    "exporter": "exporter, partner, partner name, partneriso, origin, iso3_o",
    "importer": "importer, reporter, reporter name, reporteriso, destination, iso3_d",
    "rate": "rate, tariff, ahs, applied, mfn, simple average, weighted average, value",
}
PRODUCTS_TAKE = {
    "exporter": PAIRS_TAKE["exporter"] + ", partner_iso, partnercode, partner code, iso2",
    "importer": PAIRS_TAKE["importer"]
    + ", reporter_iso, reportercode, reporter code, reporter_iso_n, iso1",
    "rate": PAIRS_TAKE["rate"] + ", simpleaverage, simple_average, advalorem, ave, adv, t",
    "product": "product, product code, productcode, hs6, hscode, k, cmdcode, commodity",
    "sector": "sector, industry, isic",
    "year": "tariff year, tariffyear, year",
    "duty": "dutytype, duty type, tarifftype, duty_type",
    "revision": "nomencode, nomen code, nomenclature, revision, hs revision, nativenomen",
}
LINES_TAKE = {
    "exporter": "exporter, partner, i",
    "importer": "importer, reporter, j",
    "rate": "applied, rate, tariff, ave, simple average, simpleaverage, ahs, duty",
    "product": "hs6, line, product, productcode, product code, commodity, code, k",
    "value": "value, trade, v",
}


@pytest.mark.parametrize(
    ("columns", "taken"), [(PAIRS, PAIRS_TAKE), (PRODUCTS, PRODUCTS_TAKE), (LINES, LINES_TAKE)]
)
def test_each_reader_takes_these_in_this_order_and_no_others(
    columns: TariffColumns, taken: dict[str, str]
) -> None:
    for field in fields(TariffColumns):
        assert ", ".join(getattr(columns, field.name)) == taken.get(field.name, ""), field.name


def test_wits_s_own_header_is_what_all_three_find() -> None:
    header = ["Reporter", "Product", "Partner", "Tariff Year", "DutyType", "Simple Average"]
    for columns in (PAIRS, PRODUCTS, LINES):
        assert files.found(header, columns.exporter) == "Partner"
        assert files.found(header, columns.importer) == "Reporter"
        assert files.found(header, columns.rate) == "Simple Average"
    assert {name.casefold() for name in header} == {*WITS.needed, WITS.year}


def test_readers_spell_none_of_them_again() -> None:
    names = {
        name
        for columns in (PAIRS, PRODUCTS, LINES)
        for field in fields(TariffColumns)
        for name in getattr(columns, field.name)
        if " " in name or "type" in name
    }
    folder = REPOSITORY / "src" / "winset" / "worlds"
    for path in ("importing/tariff_table.py", "importing/product_tariffs.py", "line_layouts.py"):
        said = set(re.findall(r'"([^"\n]*)"', (folder / path).read_text("utf-8")))
        assert not names & said, path
