"""An audit says what was looked up; one that has looked up nothing is none."""

from scripts.audit import verdict

SOUND = {"name": "numpy", "version": "2.4.6", "vulns": []}
WEAK = {"name": "old", "version": "1.0", "vulns": [{"id": "PYSEC-1", "fix_versions": ["1.1", "2.0"]},
                                                  {"id": "PYSEC-2", "fix_versions": []}]}  # fmt: skip
UNKNOWN = {"name": "zipp", "skip_reason": "not found"}


def test_all_are_known_and_sound() -> None:
    assert verdict([SOUND, SOUND]) == (0, ["2 of 2 packages looked up, 0 with a known weakness."])


def test_a_weakness_is_named_with_its_remedy() -> None:
    code, lines = verdict([SOUND, WEAK, UNKNOWN])
    assert code == 1
    assert lines[:3] == [
        "old 1.0: PYSEC-1, mended in 1.1, 2.0",
        "old 1.0: PYSEC-2, mended in no version",
        "2 of 3 packages looked up, 1 with a known weakness.",
    ]


def test_what_was_not_looked_up_is_not_said_to_be_sound() -> None:
    code, lines = verdict([SOUND, UNKNOWN])
    assert code == 2
    assert lines == [
        "1 of 2 packages looked up, 0 with a known weakness.",
        "Of 1 nothing is known: run it where the package index has their advisories.",
    ]
    assert verdict([])[0] == 2
