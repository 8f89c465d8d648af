"""Records of delimited text, and how a file of them is to be read."""

import collections
import re

from .cells import column_name, plain_number
from .files import ending_of, unpacked_name

# A record of more bytes is one failed row.
MOST_BYTES = 64 * 1024 * 1024
DELIMITERS = (b",", b";", b"\t", b"|")

# What is wrong with a record; in place of its cells.
ROW_QUOTE = "row-quote"
ROW_TOO_LONG = "row-too-long"

CLOSED, OPEN, FLAWED = range(3)


class Records:
    """
    Iterates over `(cells, text)` of each record, `cells` being one of the two words above where it is flawed.

    - A record is a line, ended by LF, CR LF or the end of the file; further CRs before the LF belong to its end. An
      empty line is no record.
    - A cell whose first byte is a quote may hold delimiters, line ends and doubled quotes. It must be closed by a quote
      that is followed by the delimiter or a line end. Otherwise the record is flawed and ends with the line on which
      that cell began.
    - A quote anywhere else is a character like any other.

    `lines` are those of a binary file. With `is_whole` false the last of them may be cut off, and what is not ended is
    left out.
    """

    def __init__(self, lines, delimiter, is_whole=True):
        self.lines = iter(lines)
        self.delimiter = delimiter
        self.is_whole = is_whole
        self.waiting = collections.deque()

    def next_line(self):
        return self.waiting.popleft() if self.waiting else next(self.lines, None)

    def __iter__(self):
        while (line := self.next_line()) is not None:
            if not self.is_whole and not line.endswith(b"\n"):
                return
            text = line.rstrip(b"\r\n")
            if text == b"":
                continue
            if b'"' in text:
                record = self.quoted(line)
                if record is None:
                    return
                yield record
            elif len(text) > MOST_BYTES:
                yield ROW_TOO_LONG, text
            else:
                yield text.split(self.delimiter), text

    def quoted(self, line):
        """A record that holds quotes; None when the lines end too early to tell."""
        text = bytearray(line)
        cells = []
        at = 0
        while True:
            if text[at : at + 1] != b'"':
                end = text.find(b"\n", at)
                end = len(text) if end < 0 else end
                found = text.find(self.delimiter, at, end)
                if found < 0:
                    cells.append(bytes(text[at:end].rstrip(b"\r")))
                    return self.ended(cells, text)
                cells.append(bytes(text[at:found]))
                at = found + 1
                continue
            state, end = closing(text, at + 1, self.delimiter)
            while state == OPEN and len(text) <= MOST_BYTES:
                more = self.next_line()
                if more is None:
                    break
                text += more
                state, end = closing(text, end, self.delimiter)
            if state == OPEN and not self.is_whole:
                return None
            if state != CLOSED:
                end = text.find(b"\n", at)
                end = len(text) if end < 0 else end
                self.waiting.extendleft(reversed(lines_of(bytes(text[end + 1 :]))))
                return ROW_QUOTE, bytes(text[:end]).rstrip(b"\r")
            cells.append(bytes(text[at + 1 : end]).replace(b'""', b'"'))
            at = end + 1
            if text[at : at + 1] != self.delimiter:
                return self.ended(cells, text)
            at += 1

    def ended(self, cells, text):
        return (ROW_TOO_LONG if len(text) > MOST_BYTES else cells), bytes(text).rstrip(b"\r\n")


def closing(text, start, delimiter):
    """Where the quote is that closes a cell whose text begins at `start`; of an open cell where to look on."""
    at = start
    while True:
        quote = text.find(b'"', at)
        if quote < 0:
            return OPEN, len(text)
        after = text[quote + 1 : quote + 2]
        if after == b'"':
            at = quote + 2
            continue
        if after in (b"", b"\n", delimiter):
            return CLOSED, quote
        if after == b"\r" and text[quote + 1 :].lstrip(b"\r")[:1] in (b"", b"\n"):
            return CLOSED, quote
        return FLAWED, quote


def first_records(beginning, delimiter, is_whole, most):
    """Cells of the first records, None for a flawed one."""
    records = []
    for cells, _ in Records(lines_of(beginning), delimiter, is_whole):
        records.append(None if isinstance(cells, str) else cells)
        if len(records) == most:
            break
    return records


def lines_of(beginning):
    """Lines with their ends; a carriage return alone ends none."""
    lines = beginning.split(b"\n")
    return [line + b"\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])


def sniff_delimiter(name, beginning, is_whole):
    """
    The delimiter by which the most of the first records have as many cells as the first; of equals the one with more
    cells.
    """
    usual = b"\t" if ending_of(unpacked_name(name)) == ".tsv" else b","
    best = None
    for delimiter in [usual] + [other for other in DELIMITERS if other != usual]:
        counts = [0 if cells is None else len(cells) for cells in first_records(beginning, delimiter, is_whole, 100)]
        if not counts or counts[0] < 2:
            continue
        agreement = counts.count(counts[0]) / len(counts)
        if best is None or (agreement, counts[0]) > best[:2]:
            best = (agreement, counts[0], delimiter)
    return usual if best is None else best[2]


SEPARATOR_LINE = re.compile(rb'"?sep=(.)"?', re.I)


def find_header(name, beginning, is_whole):
    """
    Where the header starts, and the delimiter that a first line such as `sep=;` names, or None: it stands behind that
    line and behind comments, lines that begin with `#`. Raises ValueError for a delimiter that is not known.
    """
    start = 0
    delimiter = None
    end = beginning.find(b"\n", 0, 16)
    said = SEPARATOR_LINE.fullmatch(beginning[:end].rstrip(b"\r")) if end >= 0 else None
    if said is not None:
        if said[1] not in DELIMITERS:
            raise ValueError(said[1].decode("latin1"))
        delimiter = said[1]
        start = end + 1
    last = -1
    at = start
    while True:
        text = at
        while beginning[text : text + 1] == b"\r":
            text += 1
        is_comment = beginning[text : text + 1] == b"#"
        if not is_comment and beginning[text : text + 1] != b"\n":
            break
        end = beginning.find(b"\n", text)
        # Comments as far as the eye reaches: nothing shows that they are any.
        if end < 0:
            return start, delimiter
        if is_comment:
            last = at
        at = end + 1
    if last < 0 or at >= len(beginning):
        return start, delimiter
    behind = beginning[at:]
    cut = delimiter or sniff_delimiter(name, behind, is_whole)
    comment = (first_records(beginning[last:at], cut, True, 1) or [None])[0]
    following = (first_records(behind, cut, is_whole, 1) or [None])[0]
    return (last if is_header(comment, following) else at), delimiter


def is_header(comment, following):
    if comment is None or following is None or len(comment) != len(following):
        return False
    if any(plain_number(cell) is not None or plain_number(cell, True) is not None for cell in following):
        return True
    return len(comment) > 1 and re.match(rb"#\S", comment[0]) is not None


def sniff_decimal_comma(columns, content, delimiter, is_whole, encoding):
    """Whether most number cells that show a decimal mark show a comma."""
    if delimiter == b"," or b"," not in content:
        return False
    header, *rows = first_records(content, delimiter, is_whole, 200) or [None]
    if header is None:
        return False
    names = [column_name(cell.decode(encoding, "replace")) for cell in header]
    wanted = [name for name, needed in zip(columns.names, columns.is_number_input) if needed]
    places = [names.index(name) for name in wanted if name in names]
    commas = points = 0
    for cells in rows:
        if cells is None or len(cells) != len(names):
            continue
        for place in places:
            is_comma = plain_number(cells[place], True) is not None
            is_pointed = plain_number(cells[place]) is not None
            commas += is_comma and not is_pointed
            points += is_pointed and not is_comma
    return commas > points


def content_format(beginning, is_whole, is_json_object):
    """The format of a table that only its content shows; None when it shows none."""
    if beginning.startswith(b"PAR1"):
        return "parquet"
    text = beginning.removeprefix(b"\xef\xbb\xbf")
    if b"\0" in text:
        return None
    lines = [line for line in lines_of(text) if line.strip(b"\r\n")]
    if not is_whole and lines and not lines[-1].endswith(b"\n"):
        lines.pop()
    if len(lines) > 1 and all(is_json_object(line) for line in lines[:100]):
        return "json-lines"
    # Other JSON, and markup, may have as many commas in each line.
    if re.match(rb"\s*[\[{<]", text[:256]):
        return None
    for delimiter in DELIMITERS:
        records = first_records(text, delimiter, is_whole, 100)
        cells = len(records[0] or ()) if records else 0
        if len(records) > 1 and cells > 1 and all(len(record or ()) == cells for record in records):
            return "delimited"
    return None
