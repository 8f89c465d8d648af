"""What becomes of items: rows of the predictions, and failures, which are written as the desktop writes them."""

import hashlib
import os
import re
from typing import NamedTuple

HEADER = ("file", "row", "stage", "code", "message", "value")
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.A)
FORMULA_STARTS = "=+-@\t\r\0"
LONGEST_VALUE = 200


class Failure(NamedTuple):
    """Why an item has no row; `row` is counted from 1, None when the whole file is meant."""

    file: str
    row: object
    stage: str
    code: str
    message: str
    value: str


def safe(text, escapes_formulas):
    """With `'` in front of what a spreadsheet would take for a formula."""
    is_formula = escapes_formulas and text[:1] != "" and text[0] in FORMULA_STARTS and not NUMBER.fullmatch(text)
    return "'" + text if is_formula else text


def error_line(failure, escapes_formulas):
    file, row, stage, code, message, value = failure
    texts = (file, "" if row is None else str(row), stage, code, " ".join(message.split()), value[:LONGEST_VALUE])
    return ",".join(quoted(safe(text, escapes_formulas)) for text in texts)


def quoted(text):
    """As RFC 4180 asks for it."""
    return '"' + text.replace('"', '""') + '"' if re.search('[",\r\n]', text) else text


def write_failures(folder, names, failures, escapes_formulas):
    """
    Writes the failures of a mini-batch to `errors/` in the folder of the output. The file is named by the files of the
    mini-batch, so that a mini-batch that is tried again replaces what an earlier try wrote; it has its name when it is
    whole.
    """
    digest = hashlib.sha256("".join(name + "\n" for name in names).encode("utf-8", "surrogateescape")).hexdigest()
    place = os.path.join(folder, "errors", digest + ".csv")
    if not failures:
        if os.path.exists(place):
            os.remove(place)
        return
    lines = [",".join(HEADER)] + [error_line(failure, escapes_formulas) for failure in failures]
    os.makedirs(os.path.dirname(place), exist_ok=True)
    temporary = f"{place}.{os.getpid()}.part"
    with open(temporary, "w", encoding="utf-8", errors="replace", newline="") as file:
        file.writelines(line + "\n" for line in lines)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, place)
