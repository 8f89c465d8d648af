"""Values of JSON objects as they are written: numbers keep every digit."""

import json
from json.decoder import scanstring

from .cells import column_name

ABSENT = ("absent", None)
KINDS = {'"': "string", "{": "nested", "[": "nested", "n": "null", "t": "literal", "f": "literal"}
BLANKS = " \t\r\n"


def no_constant(word):
    """NaN and the infinities, which Python reads and JSON has not."""
    raise ValueError(word)


DECODER = json.JSONDecoder(parse_constant=no_constant)


def members(text):
    """Key → (kind, value, text) of an object. Raises ValueError when the text is none."""
    found = {}
    at = after_blanks(text, 0)
    if text[at : at + 1] != "{":
        raise ValueError
    at = after_blanks(text, at + 1)
    if text[at : at + 1] == "}":
        return ended(text, at, found)
    while True:
        if text[at : at + 1] != '"':
            raise ValueError
        key, at = scanstring(text, at + 1, True)
        at = after_blanks(text, at)
        if text[at : at + 1] != ":":
            raise ValueError
        start = after_blanks(text, at + 1)
        value, at = DECODER.raw_decode(text, start)
        found[column_name(key)] = (KINDS.get(text[start], "number"), value, text[start:at])
        at = after_blanks(text, at)
        if text[at : at + 1] == "}":
            return ended(text, at, found)
        if text[at : at + 1] != ",":
            raise ValueError
        at = after_blanks(text, at + 1)


def ended(text, at, found):
    if after_blanks(text, at + 1) != len(text):
        raise ValueError
    return found


def after_blanks(text, at):
    while at < len(text) and text[at] in BLANKS:
        at += 1
    return at


def object_cells(line, names):
    """For each name its kind and its cell, None for no value; None when the line is not an object."""
    try:
        # Bytes that are no UTF-8 come out as they went in, for those who look at the text.
        found = members(line.decode("utf-8", "surrogateescape"))
        return [cell_of(find(found, name)) for name in names]
    except (ValueError, RecursionError):
        return None


def find(found, name):
    """The member of that name, or of a name `a.b` the field `b` of the object under `a`."""
    if name in found:
        return found[name]
    dot = name.find(".")
    while dot >= 0:
        key, field = name[:dot].strip(), name[dot + 1 :].strip()
        if key and field and key in found:
            kind, _, text = found[key]
            if kind == "null":
                return found[key]
            if kind == "nested" and text.startswith("{"):
                inner = find(members(text), field)
                if inner is not None:
                    return inner
        dot = name.find(".", dot + 1)
    return None


def cell_of(member):
    if member is None:
        return ABSENT
    kind, value, text = member
    if kind == "null":
        return kind, None
    return kind, encoded(value if kind == "string" else text)


def encoded(text):
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        # Halves of pairs, which escapes can spell.
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode("utf-8")


def is_json_object(line):
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False
