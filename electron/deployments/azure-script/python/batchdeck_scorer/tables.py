"""Rows of tables: delimited text, JSON lines and Parquet."""

import re

from .cells import Reading, column_name, loose_text
from .columns import Fault
from .files import BEGINNING, FileProblem, beginning_of, ending_of, open_text, unpacked_name
from .json_lines import is_json_object, object_cells
from .outcomes import Failure
from .records import (
    MOST_BYTES,
    Records,
    content_format,
    find_header,
    sniff_decimal_comma,
    sniff_delimiter,
)

FORMATS = {
    ".csv": "delimited",
    ".tsv": "delimited",
    ".txt": "delimited",
    ".jsonl": "json-lines",
    ".ndjson": "json-lines",
    ".parquet": "parquet",
    ".pqt": "parquet",
}

FLAWS = {
    "row-quote": "A quoted cell of this line is not closed by a quote before a delimiter or a line end.",
    "row-too-long": "The row is longer than 64 MiB.",
}
HEADER_FLAWS = {
    "row-quote": "The header has a quoted cell that is not closed.",
    "row-too-long": "The header is longer than 64 MiB.",
}


class TableReader:
    """Reads files of tables: `rows` gives a Row of `columns`, or a Failure, for each row of a file."""

    def __init__(self, columns, encoding):
        self.columns = columns
        self.encoding = encoding

    def rows(self, path, name):
        """Raises a FileProblem when none of the file can be read."""
        kind = FORMATS.get(ending_of(unpacked_name(name))) or self.format_of(path)
        if kind is None:
            return
        if kind == "parquet":
            yield from self.parquet_rows(path, name)
            return
        with open_text(path, self.encoding) as file:
            yield from self.json_rows(file, name) if kind == "json-lines" else self.delimited_rows(file, name)

    def format_of(self, path):
        beginning = beginning_of(path)
        if beginning.startswith(b"PAR1"):
            return "parquet"
        try:
            with open_text(path, self.encoding) as file:
                text = file.read(BEGINNING)
                return content_format(text, file.read(1) == b"", is_json_object)
        except FileProblem:
            return None

    def failure(self, name, row, fault, cell, reading):
        code, message = self.columns.message(fault, cell, reading)
        stage = "preprocess" if code.startswith("cell-") or code == "signature-mismatch" else "read"
        return Failure(name, row, stage, code, message, loose_text(cell))

    def delimited_rows(self, file, name):
        start = file.tell()
        beginning = file.read(BEGINNING)
        is_whole = file.read(1) == b""
        if beginning == b"":
            raise FileProblem("file-empty", "The file is empty.")
        try:
            skipped, said = find_header(name, beginning, is_whole)
        except ValueError as error:
            advice = "save the file with commas, semicolons, tabs or bars"
            raise FileProblem("file-unreadable", f'The first line says that "{error}" separates the cells; {advice}.')
        content = beginning[skipped:]
        delimiter = said or sniff_delimiter(name, content, is_whole)
        encoding = "cp1252" if self.encoding == "cp1252" else "utf-8"
        has_comma = sniff_decimal_comma(self.columns, content, delimiter, is_whole, encoding)
        reading = Reading(encoding, has_comma)
        file.seek(start + skipped)
        records = iter(Records(file, delimiter))
        names = header_names(records, encoding)
        unfit = unfit_header(self.columns.names, names)
        places = [] if unfit else [names.index(wanted) for wanted in self.columns.names]
        order = sorted(range(len(places)), key=places.__getitem__)
        for row, (cells, text) in enumerate(records, start=1):
            shown = text[:1000]
            if isinstance(cells, str):
                yield Failure(name, row, "read", cells, FLAWS[cells], loose_text(shown))
            elif unfit is not None:
                yield Failure(name, row, "read", *unfit, "")
            elif len(cells) != len(names):
                count = "1 cell" if len(cells) == 1 else f"{len(cells)} cells"
                message = f"The row has {count}; the header has {len(names)}."
                yield Failure(name, row, "read", "row-ragged", message, shown.decode(encoding, "replace"))
            else:
                wanted = [cells[place] for place in places]
                yield self.row_of(name, row, wanted, reading, order)

    def row_of(self, name, row, cells, reading, order=None):
        try:
            return self.columns.take(cells, reading, order)
        except Fault as fault:
            return self.failure(name, row, fault, cells[fault.source] or b"", reading)

    def json_rows(self, file, name):
        reading = Reading()
        for row, text in numbered_lines(file):
            found = None if len(text) > MOST_BYTES else object_cells(text, self.columns.names)
            if len(text) > MOST_BYTES:
                yield Failure(name, row, "read", "row-too-long", FLAWS["row-too-long"], loose_text(text[:1000]))
            elif found is None:
                message = "The line is not a JSON object."
                yield Failure(name, row, "read", "row-json", message, loose_text(text[:1000]))
            else:
                yield self.object_row(name, row, found, reading)

    def object_row(self, name, row, found, reading):
        columns = self.columns
        for source, (kind, _) in enumerate(found):
            # A key may be left out of an object that has nothing to say of it.
            if kind == "absent" and columns.is_input[source] and columns.missing[source] == "error":
                message = f'The object has no key "{columns.names[source]}".'
                return Failure(name, row, "read", "column-missing", " ".join(message.split()), "")
        return self.row_of(name, row, [cell for _, cell in found], reading)

    def parquet_rows(self, path, name):
        # Loaded by what meets Parquet only.
        from .parquet import parquet_cells

        reading = Reading()
        unfit = None
        for row, cells in enumerate(parquet_cells(path, self.columns.names, unfit_header), start=1):
            if isinstance(cells, tuple):
                unfit = cells
                yield Failure(name, row, "read", *unfit, "")
            else:
                yield self.row_of(name, row, cells, reading)


def header_names(records, encoding):
    header, text = next(records, (None, b""))
    if header is None:
        raise FileProblem("file-empty", "The file is empty.")
    if isinstance(header, str):
        raise FileProblem(header, HEADER_FLAWS[header])
    # Without this all rows of such a file would be part of its header, and gone without a word.
    if re.search(rb"\r(?!\n)", re.sub(rb'"[^"]*"', b"", text)):
        message = "Lines of the file end in a carriage return alone; save it with line feeds."
        raise FileProblem("file-unreadable", message)
    return [column_name(cell.decode(encoding, "replace")) for cell in header]


def unfit_header(wanted, names):
    """
    Why no row of a table with these columns is taken: a code and a sentence. None when each of `wanted` is there once.
    """
    missing = [name for name in wanted if name not in names]
    if missing:
        return "column-missing", f"The file has no column {quoted(missing)}."
    repeated = [name for name in wanted if names.count(name) > 1]
    if repeated:
        return "column-repeated", f"The file has more than one column {quoted(repeated)}."
    return None


def quoted(names):
    return " ".join(", ".join(f'"{name}"' for name in names).split())


class LineReader:
    """Reads lines of text, each the one text of its row."""

    def __init__(self, columns, encoding):
        self.columns = columns
        self.encoding = encoding

    def rows(self, path, name):
        with open_text(path, self.encoding) as file:
            reading = Reading("cp1252" if self.encoding == "cp1252" else "utf-8")
            for row, text in numbered_lines(file):
                if len(text) > MOST_BYTES:
                    message = "The line is longer than 64 MiB."
                    yield Failure(name, row, "read", "row-too-long", message, loose_text(text[:1000]))
                    continue
                try:
                    yield self.columns.take([text], reading)
                except Fault:
                    called = "UTF-8" if reading.encoding == "utf-8" else "Windows-1252"
                    message = f"The line is not {called} text."
                    yield Failure(name, row, "read", "text-encoding", message, loose_text(text[:1000]))


def numbered_lines(file):
    """Lines that are not empty, counted from 1. Raises a FileProblem for a file that holds nothing."""
    row = 0
    is_empty = True
    for line in file:
        is_empty = False
        text = line.rstrip(b"\r\n")
        if text != b"":
            row += 1
            yield row, text
    if is_empty:
        raise FileProblem("file-empty", "The file is empty.")
