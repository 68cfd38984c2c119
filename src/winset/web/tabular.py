"""``GET /api/STUDY.csv``: an address asks, a table answers; for Power Query, R, Stata and pandas.

The keys of the address are those of the body that the study is asked with; of a study that takes ``set``,
every other key is one of those: ``/api/solve.csv?scenario=sco-2025&percent=-20``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from winset.errors import DataError
from winset.report.sheets import book
from winset.tables import checked_style, csv_text
from winset.web import answers
from winset.web.typed import kind, typed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from winset.tables import Style
    from winset.web.bodies import Body

#: Keys of the address beside those of the body.
OWN = {
    "table": "which table, by its name in a workbook; the main one if left out",
    "csv": "comma, or semicolon with decimal commas",
}
SET = "set"


@dataclass(frozen=True, slots=True)
class Order:
    """What an address asks for: the body of the study, and which table in which style."""

    body: dict[str, Any]
    table: str | None
    style: Style


def order(asked: type[Body], query: Sequence[tuple[str, str]]) -> Order:
    """Read the keys of an address.

    Raises
    ------
    DataError
        A key given twice, or a value of another kind than its key's.
    """
    body: dict[str, Any] = {}
    changed: dict[str, str] = {}
    own: dict[str, str] = {}
    fields = {field.alias or key: field for key, field in asked.model_fields.items()}
    for key, text in query:
        if key in body or key in changed or key in own:
            raise DataError(f"address: {key[:80]} is given twice. Keep one.")
        if key in OWN:
            own[key] = text
        elif key in fields and key != SET:
            body[key] = typed("address: " + key, text, kind(fields[key].annotation))
        elif SET in fields:
            changed[key] = text
        else:
            body[key] = text  # refused with the keys that there are
    if changed:
        body[SET] = changed
    return Order(body, own.get("table"), checked_style(own.get("csv", "comma")))


def csv(study: str, asked: Order) -> bytes:
    """Return a table of a study's answer, UTF-8 without a mark: for programs."""
    sheet = book(answers.ANSWERS[study](asked.body)).table(asked.table)
    return csv_text(sheet.columns, sheet.rows, asked.style).encode()


def parameters(asked: type[Body]) -> list[dict[str, Any]]:
    """Return the keys of the address for the OpenAPI description."""
    found: list[dict[str, Any]] = []
    for key, field in asked.model_fields.items():
        if key == SET:
            form: dict[str, Any] = {"type": "object", "additionalProperties": {"type": "string"}}
            about = "every other key, as --set takes them"
        else:
            form, about = {"type": kind(field.annotation)}, field.description or ""
        said = {"name": key, "in": "query", "required": field.is_required(), "schema": form}
        found.append(said | ({"description": about} if about else {}))
    for key, about in OWN.items():
        found.append(
            {"name": key, "in": "query", "schema": {"type": "string"}, "description": about}
        )
    return found
