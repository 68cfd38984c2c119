"""The one reading of a date: on which day membership counts."""

from __future__ import annotations

import datetime as dt

from winset.errors import DataError
from winset.sentences import Sentence


def read_date(text: str, where: str = "--on") -> dt.date:
    """Read a date such as 2025-09-01; `where` is what the message begins with.

    Raises
    ------
    DataError
        It is none.

    >>> read_date("2025-09-01")
    datetime.date(2025, 9, 1)
    """
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise DataError(
            Sentence(
                "{where}: {said} is not a date. Write it like 2025-09-01.",
                where=where,
                said=repr(text[:80]),
            )
        ) from None
