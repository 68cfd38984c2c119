"""The columns of one plain Parquet file: whole and decimal numbers, snappy, no nesting.

The one Parquet file among the sources is read with this, so that nobody needs a library of 40 MB for it.
Layout: the Apache Parquet format (footer in Thrift's compact protocol, pages of plain or dictionary
values, definition levels in the hybrid of runs and bit-packing), and snappy's block format.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

FORMATS = {2: "q", 5: "d"}  # INT64, DOUBLE
SNAPPY, DICTIONARY_PAGE, BY_DICTIONARY = 1, 2, (2, 8)


class Thrift:
    """A cursor over bytes in Thrift's compact protocol."""

    def __init__(self, data: bytes, at: int = 0) -> None:
        self.data, self.at = data, at

    def byte(self) -> int:
        """Return the next byte."""
        self.at += 1
        return self.data[self.at - 1]

    def varint(self) -> int:
        """Return the next whole number of variable length."""
        result = shift = 0
        while True:
            byte = self.byte()
            result |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return result

    def signed(self) -> int:
        """Return the next zigzag number."""
        number = self.varint()
        return (number >> 1) ^ -(number & 1)

    def value(self, kind: int) -> Any:
        """Return a value of one of Thrift's kinds."""
        if kind in (1, 2):
            return kind == 1
        if kind == 3:
            return self.byte()
        if kind in (4, 5, 6):
            return self.signed()
        if kind == 7:
            self.at += 8
            return struct.unpack("<d", self.data[self.at - 8 : self.at])[0]
        if kind == 8:
            length = self.varint()
            self.at += length
            return self.data[self.at - length : self.at]
        if kind in (9, 10):
            head = self.byte()
            count, inner = head >> 4, head & 15
            if count == 15:
                count = self.varint()
            return [self.byte() == 1 if inner < 3 else self.value(inner) for _ in range(count)]
        if kind == 12:
            return self.fields()
        raise ValueError(f"Thrift kind {kind} is not expected here.")

    def fields(self) -> dict[int, Any]:
        """Return a struct by field number."""
        found: dict[int, Any] = {}
        number = 0
        while head := self.byte():
            number = number + (head >> 4) if head >> 4 else self.signed()
            found[number] = self.value(head & 15)
        return found


def unsnappy(data: bytes) -> bytes:
    """Undo snappy's block compression."""
    cursor = Thrift(data)
    length = cursor.varint()
    at, result = cursor.at, bytearray()
    while at < len(data):
        tag = data[at]
        at += 1
        kind = tag & 3
        if kind == 0:
            count = tag >> 2
            if count >= 60:
                width = count - 59
                count = int.from_bytes(data[at : at + width], "little")
                at += width
            count += 1
            result += data[at : at + count]
            at += count
            continue
        width = {1: 1, 2: 2, 3: 4}[kind]
        back = int.from_bytes(data[at : at + width], "little")
        at += width
        count = (tag >> 2) + 1
        if kind == 1:
            count, back = ((tag >> 2) & 7) + 4, ((tag >> 5) << 8) | back
        for k in range(len(result) - back, len(result) - back + count):
            result.append(result[k])
    if len(result) != length:
        raise ValueError(f"snappy: {len(result)} bytes, not {length}.")
    return bytes(result)


def runs(data: bytes, width: int, count: int) -> list[int]:
    """Return `count` numbers of `width` bits from runs and bit-packed groups of eight."""
    cursor, result, mask = Thrift(data), list[int](), (1 << width) - 1
    while len(result) < count:
        head = cursor.varint()
        size = width * (head >> 1) if head & 1 else (width + 7) // 8
        number = int.from_bytes(data[cursor.at : cursor.at + size], "little")
        cursor.at += size
        if head & 1:
            result += [(number >> (k * width)) & mask for k in range(8 * (head >> 1))]
        else:
            result += [number] * (head >> 1)
    return result[:count]


def read_parquet(path: Path) -> dict[str, list[float]]:
    """Return the columns by name; a missing value is NaN."""
    data = path.read_bytes()
    size = struct.unpack("<I", data[-8:-4])[0]
    columns: dict[str, list[float]] = {}
    for group in Thrift(data[-8 - size : -8]).fields()[4]:
        for about in (column[3] for column in group[1]):
            columns.setdefault(about[3][0].decode(), []).extend(_column(data, about))
    return columns


def _column(data: bytes, about: dict[int, Any]) -> list[float]:
    letter, at = FORMATS[about[1]], about.get(11, about[9])
    dictionary: tuple[float, ...] = ()
    values: list[float] = []
    while len(values) < about[5]:
        cursor = Thrift(data, at)
        head = cursor.fields()
        at = cursor.at + head[3]
        page = data[cursor.at : at]
        if about[4] == SNAPPY:
            page = unsnappy(page)
        if head[1] == DICTIONARY_PAGE:
            count = head[7][1]
            dictionary = struct.unpack(f"<{count}{letter}", page[: 8 * count])
            continue
        count, encoding = head[5][1], head[5][2]
        length = struct.unpack("<I", page[:4])[0]
        there = runs(page[4 : 4 + length], 1, count)
        page = page[4 + length :]
        number = sum(there)
        if encoding in BY_DICTIONARY:
            found = [dictionary[k] for k in runs(page[1:], page[0], number)] if number else []
        else:
            found = list(struct.unpack(f"<{number}{letter}", page[: 8 * number]))
        supply = iter(found)
        values += [next(supply) if one else float("nan") for one in there]
    return values
