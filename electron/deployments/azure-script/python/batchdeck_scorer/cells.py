"""Cells of tables: their bytes as the values that a model takes, by the same grammar as on the desktop."""

import math
import re
import unicodedata
from datetime import datetime

POINTED = re.compile(rb"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
INFINITE = re.compile(rb"([+-]?)inf(?:inity)?", re.I)
WHOLE = re.compile(rb"([+-]?)([0-9]+)(?:\.0*)?")
NO_VALUE = re.compile(rb"[+-]?nan|#?n/a|na|null|none", re.I)
TRUTHS = {b"true": 1, b"false": 0}
SWAPPED_MARKS = bytes.maketrans(b".,", b",.")
# What JavaScript takes for white space.
BLANK_CHARACTERS = "\t\n\v\f\r \u00a0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff"
BLANK_CHARACTERS += "".join(map(chr, range(0x2000, 0x200B)))

INTEGERS = {
    "int8": (-(2**7), 2**7 - 1),
    "uint8": (0, 2**8 - 1),
    "int16": (-(2**15), 2**15 - 1),
    "uint16": (0, 2**16 - 1),
    "int32": (-(2**31), 2**31 - 1),
    "uint32": (0, 2**32 - 1),
    "int64": (-(2**63), 2**63 - 1),
    "uint64": (0, 2**64 - 1),
}
FLOATS = ("float16", "float32", "float64")
# They are made of a cell's text, since a float64 does not hold every value of theirs.
TAKEN_FROM_TEXT = ("string", "bool", "int64", "uint64")

# What the signature of an MLflow model calls types of columns, and what sentences call their values.
COLUMN_TYPES = {
    "boolean": "true or false",
    "integer": "a whole number of 32 bits",
    "long": "a whole number",
    "float": "a number",
    "double": "a number",
    "string": "a text",
    "datetime": "a date such as 2026-01-31 or 2026-01-31T12:00:00",
}
# A text may be anything, and a number is one wherever it is read: only the others are held to.
CHECKED_TYPES = ("boolean", "integer", "long", "datetime")
DATE = re.compile(
    r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?)?", re.A
)


def column_name(text):
    """As names of columns are compared: without blanks around them, and with one form for each accent."""
    return unicodedata.normalize("NFC", text.strip(BLANK_CHARACTERS))


def loose_text(cell):
    return cell.decode("utf-8", "replace")


def pointed(cell, has_comma):
    """Without the blanks around it; with a decimal comma the two marks change places."""
    text = cell.strip(b" \t")
    return text.translate(SWAPPED_MARKS) if has_comma else text


def plain_number(cell, has_comma=False):
    """A decimal number or an infinity as a float; None when it is neither."""
    text = pointed(cell, has_comma)
    if POINTED.fullmatch(text):
        return float(text)
    match = INFINITE.fullmatch(text)
    if match is None:
        return None
    return -math.inf if match[1] == b"-" else math.inf


def truth(cell):
    return TRUTHS.get(cell.strip(b" \t").lower())


def number(cell, has_comma=False):
    """The same; a truth value is 1 or 0."""
    value = plain_number(cell, has_comma)
    if value is not None:
        return value
    found = truth(cell)
    return None if found is None else float(found)


def plain_whole(cell, has_comma=False):
    """A whole number, exact, with a fraction of zeros or none; None when it is none."""
    match = WHOLE.fullmatch(pointed(cell, has_comma))
    if match is None:
        return None
    # More digits than any 64-bit type holds are cut, which leaves the number out of range.
    value = int(match[2].lstrip(b"0")[:30] or b"0")
    return -value if match[1] == b"-" else value


def whole(cell, has_comma=False):
    """The same; a truth value is 1 or 0."""
    value = plain_whole(cell, has_comma)
    return truth(cell) if value is None else value


def boolean(cell, has_comma=False):
    """1 or 0 of true, false, 1 and 0; None of anything else."""
    found = truth(cell)
    if found is not None:
        return found
    value = plain_whole(cell, has_comma)
    return value if value in (0, 1) else None


def plain_text(value):
    """A value of scorer.yml as text: a number as it is written there."""
    if isinstance(value, str):
        return value
    return str(int(value)) if float(value).is_integer() and abs(value) < 1e21 else repr(float(value))


class MissingWords:
    """Which cells have no value: blank ones, the usual words, and those of scorer.yml."""

    def __init__(self, words):
        self.is_usual = not words
        self.words = {word.strip(" \t").encode("utf-8", "replace") for word in words}
        numbers = [plain_number(word) for word in self.words]
        self.numbers = {found for found in numbers if found is not None}

    def is_no_value(self, cell, has_comma=False):
        """Of a column of numbers or truth values."""
        text = cell.strip(b" \t")
        if text == b"" or (len(text) <= 4 and NO_VALUE.fullmatch(text)) or text in self.words:
            return True
        return bool(self.numbers) and plain_number(cell, has_comma) in self.numbers

    def is_no_text(self, cell):
        """Of a column of texts."""
        return cell == b"" or cell.strip(b" \t") in self.words


class Reading:
    """How the cells of one file are to be understood."""

    def __init__(self, encoding="utf-8", has_comma=False):
        self.encoding = encoding
        self.has_comma = has_comma

    def text(self, cell):
        """The text of a cell; None when its bytes are none in the encoding of the file."""
        try:
            decoded = cell.decode("utf-8")
        except UnicodeDecodeError:
            decoded = None
        if self.encoding == "utf-8" or cell.isascii():
            return decoded
        # Hardly any Windows-1252 text is valid UTF-8: one that is comes from a file of the other encoding.
        if decoded is not None:
            return None
        try:
            return cell.decode("cp1252")
        except UnicodeDecodeError:
            return None

    def wanted_encoding(self):
        return "UTF-8 text" if self.encoding == "utf-8" else "Windows-1252 text as the input is read"


def typed_value(kind, cell, has_comma):
    """The number that a cell is by its column's type, NaN for a date; None when it is not of that type."""
    if kind == "boolean":
        value = boolean(cell, has_comma)
        return None if value is None else float(value)
    if kind == "datetime":
        return math.nan if is_date(loose_text(cell).strip()) else None
    low, high = INTEGERS["int32" if kind == "integer" else "int64"]
    value = whole(cell, has_comma)
    return float(value) if value is not None and low <= value <= high else None


def is_date(text):
    if not DATE.fullmatch(text):
        return False
    try:
        datetime.strptime(text[:10], "%Y-%m-%d")
        if len(text) > 10:
            datetime.strptime(text[11:16], "%H:%M")
        return True
    except ValueError:
        return False
