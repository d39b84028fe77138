"""Reading the lists that people have: CSV as any program writes it, and JSON Lines. Nothing is guessed about contents."""

import csv
import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.plurals import counted
from starter.comms.problems import Problem

_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_FALLBACK = "cp1252"
"""What spreadsheets on Windows write; it reads almost any byte."""
_DELIMITERS = ",;\t|"
_JSON_LINES = (".jsonl", ".ndjson")
_LONGEST_CELL = 20_000


@dataclass(frozen=True)
class Line:
    """One record: the line it begins at (1 is the first of the file), its values, or why it cannot be read."""

    number: int
    values: tuple[str, ...] = ()
    problem: str = ""


@dataclass(frozen=True)
class ListFile:
    """A list as it stands in a file."""

    columns: tuple[str, ...]
    lines: tuple[Line, ...]
    encoding: str


def read_list(path: Path) -> ListFile:
    """Return the records of a file. Raises Problem if it is no list at all."""
    text, encoding = _decoded(path.read_bytes())
    if not text.strip():
        raise Problem(f"{path} is empty.")
    columns, lines = _json_lines(text) if path.suffix.lower() in _JSON_LINES else _csv(text)
    if len(set(columns)) != len(columns):
        twice = sorted({name for name in columns if columns.count(name) > 1})
        raise Problem(f"Two columns have the same name: {', '.join(twice)}. Rename one.")
    return ListFile(columns, lines, encoding)


def _decoded(raw: bytes) -> tuple[str, str]:
    named = next((encoding for mark, encoding in _BOMS if raw.startswith(mark)), None)
    for encoding in (named,) if named else ("utf-8", _FALLBACK):
        try:
            return raw.decode(encoding), encoding
        except UnicodeError:
            continue
    raise Problem(f"The file is neither UTF-8 nor {named or _FALLBACK}; save it as UTF-8.")


def _csv(text: str) -> tuple[tuple[str, ...], tuple[Line, ...]]:
    csv.field_size_limit(len(text) + 1)
    first = text.lstrip().partition("\n")[0]
    delimiter = max(_DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    columns: tuple[str, ...] = ()
    lines: list[Line] = []
    while True:
        begins = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return columns, tuple(lines)
        except csv.Error as error:
            lines.append(Line(begins, problem=f"not readable as CSV: {error}"))
            continue
        if not any(cell.strip() for cell in cells):
            continue
        if not columns:
            columns = tuple(cell.strip() for cell in cells)
            continue
        lines.append(_record(begins, cells, len(columns)))


def _record(number: int, cells: list[str], width: int) -> Line:
    if len(cells) != width:
        return Line(
            number,
            problem=f"it has {counted(len(cells), 'value')} for {width} columns; is a quote or a delimiter missing?",
        )
    if any(len(cell) > _LONGEST_CELL for cell in cells):
        return Line(number, problem=f"a value is longer than {_LONGEST_CELL} characters; is a quote missing?")
    return Line(number, tuple(cells))


def _json_lines(text: str) -> tuple[tuple[str, ...], tuple[Line, ...]]:
    found: list[tuple[int, dict[str, Any] | str]] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            found.append((number, _object(line)))
    columns = tuple(dict.fromkeys(name for _, row in found if isinstance(row, dict) for name in row))
    return columns, tuple(
        Line(number, problem=row)
        if isinstance(row, str)
        else _record(number, [_plain(row.get(name)) for name in columns], len(columns))
        for number, row in found
    )


def _object(line: str) -> dict[str, Any] | str:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return "not readable as JSON"
    return row if isinstance(row, dict) else "not a JSON object"


def _plain(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)
