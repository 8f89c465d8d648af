"""The columns that a scorer of tables needs, and rows of their cells as the values that the model takes."""

import math

from .cells import (
    CHECKED_TYPES,
    COLUMN_TYPES,
    FLOATS,
    INTEGERS,
    TAKEN_FROM_TEXT,
    MissingWords,
    boolean,
    column_name,
    loose_text,
    number,
    plain_text,
    typed_value,
    whole,
)
from .list_cells import NOT_A_LIST, WRONG_SHAPE, list_items, list_words, unquoted


class Fault(Exception):
    """A cell that does not convert: the place of its column, a code of errors.csv, and what the model needs."""

    def __init__(self, source, code, wants):
        super().__init__(code)
        self.source = source
        self.code = code
        self.wants = wants


class Row:
    """What the cells of one row gave: the values of each input of the model, and the cells that are kept."""

    __slots__ = ("values", "kept")

    def __init__(self, values, kept):
        self.values = values
        self.kept = kept


class Columns:
    """
    The columns that a scorer of tables needs, each once ("sources"): those of its inputs, then those that it keeps.
    `take` makes a row of their cells.
    """

    def __init__(self, scorer):
        inputs = scorer["inputs"]
        wanted = [name for given in inputs for name in given["columns"]] + scorer["keep"]
        self.names = list(dict.fromkeys(column_name(name) for name in wanted))
        self.inputs = [
            (given, [self.names.index(column_name(name)) for name in given["columns"]]) for given in inputs
        ]
        self.kept = [self.names.index(column_name(name)) for name in scorer["keep"]]
        own_rules = {column_name(name): rule for name, rule in scorer.get("columnMissing", {}).items()}
        self.missing = [own_rules.get(name, scorer["missing"]) for name in self.names]
        self.missing_numbers = [number_of_rule(rule) for rule in self.missing]
        self.words = MissingWords(scorer.get("missingWords", []))
        types = {column_name(name): kind for name, kind in scorer.get("columnTypes", {}).items()}
        self.types = [types.get(name) for name in self.names]
        self.is_input = [any(source in sources for _, sources in self.inputs) for source in range(len(self.names))]
        self.needs_number = [
            self.types[source] not in CHECKED_TYPES
            and any(source in sources and not takes_text(given) for given, sources in self.inputs)
            for source in range(len(self.names))
        ]
        # Numbers that may show a decimal mark.
        self.is_number_input = [
            any(source in sources and given["type"] != "string" for given, sources in self.inputs)
            for source in range(len(self.names))
        ]
        self.stores = [self.store(given, sources) for given, sources in self.inputs]

    def take(self, cells, reading, order=None):
        """
        The row of `cells`, one a source, None for no value. Raises a Fault for the first that does not convert.
        `order`: that of the columns in the file, in which cells are looked at first.
        """
        numbers = [math.nan] * len(cells)
        for source in range(len(cells)) if order is None else order:
            if self.needs_number[source]:
                numbers[source] = self.number_at(cells, source, reading)
        for source, kind in enumerate(self.types):
            if kind in CHECKED_TYPES:
                numbers[source] = self.checked_number(cells, source, kind, reading)
            elif self.words.numbers and self.needs_number[source] and numbers[source] in self.words.numbers:
                numbers[source] = self.missing_number(source)
        values = [store(cells, numbers, reading) for store in self.stores]
        return Row(values, [self.kept_text(cells[source], source, reading) for source in self.kept])

    def number_at(self, cells, source, reading):
        cell = cells[source] or b""
        value = number(cell, reading.has_comma)
        if value is not None:
            return value
        missing = self.missing_numbers[source]
        if missing is not None and self.words.is_no_value(cell, reading.has_comma):
            return missing
        raise Fault(source, "cell-not-a-number", "a number with a decimal comma" if reading.has_comma else "a number")

    def missing_number(self, source):
        if self.missing_numbers[source] is None:
            raise Fault(source, "cell-empty", "a number")
        return self.missing_numbers[source]

    def checked_number(self, cells, source, kind, reading):
        cell = cells[source] or b""
        if self.words.is_no_value(cell, reading.has_comma):
            if self.missing[source] != "error":
                missing = self.missing_numbers[source]
                return math.nan if missing is None else missing
            value = None
        else:
            value = typed_value(kind, cell, reading.has_comma)
        if value is None:
            raise Fault(source, "signature-mismatch", COLUMN_TYPES[kind])
        return value

    def kept_text(self, cell, source, reading):
        if cell is None:
            return None
        text = reading.text(cell)
        if text is None:
            raise Fault(source, "file-encoding", reading.wanted_encoding())
        return text

    def store(self, given, sources):
        """What makes the values of one input of the model."""
        kind = given["type"]
        if "vector" in given:
            return self.vector_store(given, sources[0])
        if kind in FLOATS:
            return lambda cells, numbers, reading: [numbers[source] for source in sources]
        if kind == "string":
            return lambda cells, numbers, reading: [self.text_at(cells, source, reading) for source in sources]
        if kind in TAKEN_FROM_TEXT:
            return lambda cells, numbers, reading: [self.exact_at(cells, source, kind, reading) for source in sources]
        return lambda cells, numbers, reading: [small_whole(numbers[source], source, kind) for source in sources]

    def text_at(self, cells, source, reading):
        cell = cells[source] or b""
        text = reading.text(cell)
        if text is None:
            raise Fault(source, "file-encoding", reading.wanted_encoding())
        # ONNX Runtime would take the text up to there.
        if "\0" in text:
            raise Fault(source, "file-encoding", "text without NUL bytes")
        if not self.words.is_no_text(text.encode("utf-8")):
            return text
        rule = self.missing[source]
        if rule == "error":
            raise Fault(source, "cell-empty", "a text")
        return "" if rule == "nan" else plain_text(rule["value"])

    def exact_at(self, cells, source, kind, reading):
        """A truth value, or a whole number of 64 bits."""
        cell = cells[source] or b""
        has_comma = reading.has_comma
        parse = boolean if kind == "bool" else whole
        rule = self.missing[source]
        replacement = None if isinstance(rule, str) else parse(plain_text(rule["value"]).encode())
        # No usual word for no value is one for a value.
        is_looked_at = replacement is not None or not self.words.is_usual
        if is_looked_at and self.words.is_no_value(cell, has_comma):
            value = replacement
        else:
            value = parse(cell, has_comma)
        if kind == "bool":
            if value is None:
                raise Fault(source, "cell-not-a-number", "true or false")
            return bool(value)
        if value is None:
            raise Fault(source, "cell-not-a-number", "a whole number")
        return in_range(value, source, kind)

    def vector_store(self, given, source):
        shape = [length or 1 for length in given["vector"]]
        width = math.prod(shape)
        kind = given["type"]
        element = self.text_element(source) if kind == "string" else self.number_element(source, kind)
        elements = {"string": "texts", "bool": "truth values"}.get(kind, "numbers")
        wants = list_words(shape, elements)
        filler = element(b"null")

        def store(cells, numbers, reading):
            cell = cells[source] or b""
            items = list_items(cell, shape)
            # A plain list of all values is as clear.
            if items == WRONG_SHAPE and len(shape) > 1:
                items = list_items(cell, [width])
            if items == NOT_A_LIST:
                is_missing = self.words.is_no_text(cell) if kind == "string" else self.words.is_no_value(cell)
                # A vector that is not there is one of elements that are not.
                if filler is not None and is_missing:
                    return [filler] * width
            if isinstance(items, str):
                raise Fault(source, "cell-wrong-shape", wants)
            values = [element(item) for item in items]
            if None in values:
                raise Fault(source, "cell-not-a-number", wants)
            return values

        return store

    def text_element(self, source):
        rule = self.missing[source]
        replacement = None if rule == "error" else "" if rule == "nan" else plain_text(rule["value"])

        def element(item):
            text = "" if item == b"null" else loose_text(unquoted(item))
            return replacement if self.words.is_no_text(text.encode("utf-8", "replace")) else text

        return element

    def number_element(self, source, kind):
        missing = self.missing_numbers[source]

        def exact(item):
            is_replaced = self.words.is_no_value(item)
            if is_replaced and (missing is None or math.isnan(missing)):
                return None
            text = plain_text(missing).encode() if is_replaced else unquoted(item)
            value = (boolean if kind == "bool" else whole)(text)
            if kind == "bool" or value is None:
                return value
            low, high = INTEGERS[kind]
            return value if low <= value <= high else None

        def plain(item):
            # A number in quotes is one, as it is in a cell of its own.
            inner = item[1:-1] if item[:1] == b'"' and len(item) >= 2 else item
            value = number(inner)
            if value is None:
                return missing if self.words.is_no_value(inner) else None
            if value in self.words.numbers:
                return missing
            if kind in FLOATS:
                return value
            low, high = INTEGERS[kind]
            return int(value) if value.is_integer() and low <= value <= high else None

        return exact if kind in ("bool", "int64", "uint64") else plain

    def message(self, fault, cell, reading):
        """The code and the sentence of a fault; `cell` is what the file has there."""
        name = self.names[fault.source]
        if fault.code == "file-encoding":
            return fault.code, f'Column "{name}" is not {fault.wants}.'
        if self.words.is_no_value(cell, reading.has_comma):
            word = loose_text(cell.strip(b" \t"))
            what = "is empty" if word == "" else f'holds "{word}", which stands for no value'
            return "cell-empty", f'Column "{name}" {what}; the model needs {fault.wants}.'
        line = " ".join(loose_text(cell).split())
        shown = line if len(line) <= 60 else line[:60] + "…"
        kind = self.types[fault.source]
        if kind is None:
            return fault.code, f'Column "{name}" holds "{shown}"; the model needs {fault.wants}.'
        says = f"the model's signature says {kind}: {COLUMN_TYPES[kind]}"
        return "signature-mismatch", f'Column "{name}" holds "{shown}"; {says}.'


def takes_text(given):
    return "vector" in given or given["type"] in TAKEN_FROM_TEXT


def number_of_rule(rule):
    """The number of a cell without a value; None when it fails its row."""
    if rule == "error":
        return None
    if rule == "nan":
        return math.nan
    return rule["value"] if isinstance(rule["value"], (int, float)) else None


def small_whole(value, source, kind):
    if math.isinf(value) or math.isnan(value) or not float(value).is_integer():
        raise Fault(source, "cell-not-a-number", "a whole number")
    return in_range(int(value), source, kind)


def in_range(value, source, kind):
    low, high = INTEGERS[kind]
    if low <= value <= high:
        return value
    raise Fault(source, "cell-out-of-range", f"a number from {low} to {high}")
