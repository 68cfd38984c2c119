"""Tables of tariff lines as others write them: WITS, BACI with duties, and codes of two revisions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from winset.errors import DataError
from winset.worlds.tariff_lines import TariffLines, read_lines

if TYPE_CHECKING:
    from pathlib import Path

WITS = (
    "Reporter,Reporter Name,Product,Partner,Partner Name,Tariff Year,Trade Year,DutyType,Simple Average,"
    "Nbr of Total Lines,Imports Value in 1000 USD"
)
#: Kazakhstan on goods of China and Russia, and a line of the whole world.
WITS_ROWS = (
    '398,Kazakhstan,"010121",156,China,2022,2022,AHS,5.00,2,1000.5',
    '398,Kazakhstan,"010121",156,China,2022,2022,MFN,5.00,2,1000.5',
    '398,Kazakhstan,"010121",156,China,2022,2022,BND,10.00,2,1000.5',
    '398,Kazakhstan,"010121",643,Russian Federation,2022,2022,AHS,0.00,2,3000',
    '398,Kazakhstan,"010121",643,Russian Federation,2022,2022,MFN,7.00,2,3000',
    '398,Kazakhstan,"520100",156,China,2022,2022,MFN,12.00,1,40',
    '398,Kazakhstan,"520100",156,China,2022,2022,PRF,9.00,1,40',
    '398,Kazakhstan,"520100",000,World,2022,2022,MFN,12.00,1,99',
)
BACI = "t,i,j,k,v,q"
COUNTRIES = (
    "country_code,country_name,country_iso2,country_iso3\n"
    "156,China,CN,CHN\n398,Kazakhstan,KZ,KAZ\n643,Russia,RU,RUS\n"
)


def table(folder: Path, name: str, header: str, *rows: str) -> Path:
    path = folder / name
    path.write_text("\n".join((header, *rows, "")), "utf-8")
    return path


def at(lines: TariffLines, what: Any, code: str, exporter: str, importer: str) -> float:
    where = (
        lines.codes.index(code),
        lines.exporters.index(exporter),
        lines.importers.index(importer),
    )
    return float(what[where])


def test_wits_is_read_by_type_of_duty(tmp_path: Path) -> None:
    lines = read_lines(table(tmp_path, "w.csv", WITS, *WITS_ROWS))
    assert lines.codes == ("010121", "520100")
    assert (lines.exporters, lines.importers, lines.year) == (("CHN", "RUS"), ("KAZ",), 2022)
    assert at(lines, lines.value, "010121", "CHN", "KAZ") == 1000.5
    assert at(lines, lines.applied, "010121", "CHN", "KAZ") == pytest.approx(0.05)
    assert at(lines, lines.applied, "010121", "RUS", "KAZ") == 0.0
    assert at(lines, lines.applied, "520100", "CHN", "KAZ") == pytest.approx(0.09)  # the preference
    by_trade = (0.05 * 1000.5 + 0.07 * 3000) / 4000.5  # MFN means over what each partner sells
    np.testing.assert_allclose(lines.mfn[:, 0], [by_trade, 0.12])
    np.testing.assert_allclose(lines.bound[:, 0], [0.10, np.nan])
    said = " ".join(lines.notes)
    assert "000, which stand for many economies, are left out" in said
    assert "1 duties have no rate in force (AHS)" in said
    assert "1 MFN or bound rates differ by partner" in said


@pytest.mark.parametrize(
    ("rows", "header", "options", "said"),
    [
        (
            (*WITS_ROWS, WITS_ROWS[0]),
            WITS,
            {},
            "AHS of 398 on 010121 from 156 stands in row 2 already",
        ),
        (
            (WITS_ROWS[0].replace("AHS", "XYZ"),),
            WITS,
            {},
            "row 2: DutyType is 'XYZ'; known are AHS, MFN",
        ),
        ((WITS_ROWS[-1],), WITS, {}, "partners one by one, not for the world"),
        ((WITS_ROWS[0].replace("010121", "10121"),), WITS, {}, "leading zero was lost"),
        (
            (WITS_ROWS[0], WITS_ROWS[5].replace("2022", "2021")),
            WITS,
            {},
            "tariff years 2021, 2022 are mixed",
        ),
        (
            WITS_ROWS,
            WITS.replace("Imports Value in 1000 USD", "Other"),
            {},
            "without trade a duty has no",
        ),
        (WITS_ROWS, WITS, {"percent": False}, "rates of this layout are in percent"),
    ],
)
def test_what_of_wits_is_refused(
    tmp_path: Path, rows: tuple[str, ...], header: str, options: dict[str, Any], said: str
) -> None:
    with pytest.raises(DataError, match=said):
        read_lines(table(tmp_path, "w.csv", header, *rows), **options)


def traded(folder: Path) -> Path:
    (folder / "country_codes_V202401b.csv").write_text(COUNTRIES, "utf-8")
    return table(folder, "BACI.csv", BACI, "2022,156,398,10121,100,1", "2022,643,398,10121,50,1",
                 "2022,398,156,260111,700,1", "2022,156,643,10121,5,1",
                 "2022,156,398,520100,8,1")  # fmt: skip


def test_baci_with_a_table_of_duties(tmp_path: Path) -> None:
    duties = table(tmp_path, "d.csv", "hs6,importer,exporter,rate,bound",
                   "010121,KAZ,,5,10", "010121,KAZ,RUS,0,", "260111,CHN,,2,")  # fmt: skip
    lines = read_lines(traded(tmp_path), duties=duties, importers=("KAZ", "CHN"), percent=True)
    assert (lines.codes, lines.importers) == (("010121", "260111"), ("KAZ", "CHN"))
    assert at(lines, lines.value, "010121", "RUS", "KAZ") == 50.0
    assert at(lines, lines.applied, "010121", "RUS", "KAZ") == 0.0
    assert at(lines, lines.applied, "010121", "CHN", "KAZ") == pytest.approx(0.05)
    assert lines.mfn[0, 0] == pytest.approx(0.05)
    assert lines.bound[0, 0] == pytest.approx(0.10)
    assert (
        "1 lines with 0.93 % of the trade have no duty in d.csv and are left out" in lines.notes[-1]
    )


def test_duties_by_national_line_are_averaged(tmp_path: Path) -> None:
    trade = table(tmp_path, "t.csv", "Reporter,Partner,Product,Value", "KAZ,CHN,010121,10")
    duties = table(tmp_path, "d.csv", "line,importer,rate", "01012110,KAZ,0.1", "01012190,KAZ,0.2")
    lines = read_lines(trade, duties=duties)
    assert lines.applied[0, 0, 0] == pytest.approx(0.15)
    assert "averaged, without weights, over 1 codes" in " ".join(lines.notes)


def test_what_of_trade_with_duties_is_refused(tmp_path: Path) -> None:
    path = traded(tmp_path)
    duties = table(tmp_path, "d.csv", "hs6,importer,rate", "520100,KAZ,0.1")
    for options, said in (
        ({}, "BACI: trade without duties. Give them with --duties"),
        ({"duties": duties}, "Name who bargains with --importers"),
        ({"duties": duties, "importers": ("XYZ",)}, "no economy XYZ in its country codes"),
        ({"duties": duties, "importers": ("KAZ",)}, "no duty for 95 % of the trade"),
    ):
        with pytest.raises(DataError, match=said):
            read_lines(path, **options)
    twice = table(tmp_path, "e.csv", "hs6,importer,rate", "010121,KAZ,0.1", "010121,KAZ,0.2")
    with pytest.raises(DataError, match="row 3: the duty of KAZ on 010121 stands in row 2 already"):
        read_lines(path, duties=twice, importers=("KAZ",))


HEADER = "hs6,exporter,importer,value,applied,mfn,revision"
#: 010129 and 010130 of 2017 were one code of 2007, 010190; 520100 is the same in both.
MIXED = (
    "010129,IND,CHN,30,0.10,0.10,HS2017",
    "010130,IND,CHN,10,0.30,0.30,HS2017",
    "010130,ROW,CHN,60,0.30,0.30,HS2017",
    "520100,IND,CHN,100,0.40,0.40,HS2007",
)


def test_codes_of_2017_become_those_of_2007(tmp_path: Path) -> None:
    path = table(tmp_path, "l.csv", HEADER, *MIXED)
    with pytest.raises(
        DataError, match=r"HS2007, HS2017 .* are mixed. Convert the rows .* --revision"
    ):
        read_lines(path)
    lines = read_lines(path, to_revision="2007")
    assert (lines.codes, lines.revision) == (("010190", "520100"), "2007")
    assert at(lines, lines.value, "010190", "IND", "CHN") == 40.0
    assert at(lines, lines.applied, "010190", "IND", "CHN") == pytest.approx((3 + 3) / 40)
    assert lines.mfn[0, 0] == pytest.approx((30 * 0.1 + 70 * 0.3) / 100)
    assert lines.value.sum() == 200.0
    assert lines.notes[0] == (
        "Converted to HS 2007: 50 % of the trade is in codes that changed, 0 % in codes that split in "
        "several; 1 lines are made of several codes, their duties means by trade."
    )


def test_a_concordance_of_ones_own_splits_by_its_shares(tmp_path: Path) -> None:
    path = table(tmp_path, "l.csv", "hs6,exporter,importer,value,applied", "850440,IND,CHN,100,0.1",
                 "520100,IND,CHN,100,0.4")  # fmt: skip
    file = table(tmp_path, "c.csv", "from,to,share", "850440,850441,0.25", "850440,850442,0.75",
                 "520100,520100,1")  # fmt: skip
    lines = read_lines(path, concordance=file)
    assert lines.codes == ("520100", "850441", "850442")
    np.testing.assert_allclose(lines.value[:, 0, 0], [100, 25, 75])
    np.testing.assert_allclose(lines.applied[:, 0, 0], [0.4, 0.1, 0.1])
    assert "50 % in codes that split in several" in lines.notes[0]
    equal = table(tmp_path, "e.csv", "from,to", "850440,850441", "850440,850442", "520100,520100")
    np.testing.assert_allclose(read_lines(path, concordance=equal).value[1:, 0, 0], [50, 50])


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (("850440,850441,0.5", "520100,520100,1"), "shares of 850440 sum to 0.5, not to 1"),
        (("850440,850441,2",), "share is '2'; it must be from 0 to 1"),
        (("850440,85044,1",), "to is '85044'; it must have 6 digits"),
        (("850440,850441,1", "850440,850441,0"), "850440 to 850441 stands there already"),
        (("850440,850441,1",), "520100 is a code of neither revision"),
        ((), "no row. A concordance has some"),
    ],
)
def test_a_concordance_that_is_wrong(tmp_path: Path, rows: tuple[str, ...], said: str) -> None:
    path = table(tmp_path, "l.csv", "hs6,exporter,importer,value,applied", "850440,IND,CHN,100,0.1",
                 "520100,IND,CHN,100,0.4")  # fmt: skip
    with pytest.raises(DataError, match=said):
        read_lines(path, concordance=table(tmp_path, "c.csv", "from,to,share", *rows))


def test_only_codes_of_six_digits_and_known_revisions_are_converted(tmp_path: Path) -> None:
    path = table(
        tmp_path, "l.csv", "line,exporter,importer,value,applied", "01012110,IND,CHN,1,0.1"
    )
    with pytest.raises(DataError, match="--revision converts codes of six digits"):
        read_lines(path, to_revision="2007")
    path = table(tmp_path, "m.csv", "hs6,exporter,importer,value,applied", "010121,IND,CHN,1,0.1")
    with pytest.raises(DataError, match=r"--revision 2022: winset brings .* HS 2017 to 2007"):
        read_lines(path, to_revision="2022")


def test_the_command_line_takes_wits_and_baci(winset: Any, tmp_path: Path) -> None:
    said = winset("offer", table(tmp_path, "w.csv", WITS, *WITS_ROWS), "--json").json
    assert said["notes"][0].startswith("Duties are WITS's simple averages")
    duties = table(tmp_path, "d.csv", "hs6,importer,rate", "010121,KAZ,0.05", "260111,CHN,0.02")
    done = winset("offer", traded(tmp_path), "--duties", duties, "--importers", "KAZ,CHN", "--json")
    assert done.json["parties"] == ["KAZ", "CHN"]
