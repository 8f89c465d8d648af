"""What a script returned, as rows: read before python-runner.py, in the same namespace."""

import collections.abc
import json
import math
import sys

LARGEST_INTEGER = 2**63 - 1
SMALLEST_INTEGER = -(2**63)

# What a cell is: its text, and the type of its column (see script-columns.ts). Texts are always quoted, nothing else is.


def quoted(text):
    return '"' + text.replace('"', '""') + '"'


def cell(value):
    kind = type(value)
    if kind is str:
        return quoted(value), "text"
    if kind is float:
        return float_text(value), "float"
    if kind is bool:
        return ("true" if value else "false"), "boolean"
    if kind is int:
        return integer_cell(value)
    if value is None:
        return "", "empty"
    return rare_cell(value)


def integer_cell(value):
    return str(value), "integer" if SMALLEST_INTEGER <= value <= LARGEST_INTEGER else "text"


def float_text(value):
    if value != value:
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return repr(value)


def rare_cell(value):
    """Anything that is no plain Python scalar. numpy and pandas are looked at only when the script has loaded them."""
    numpy = sys.modules.get("numpy")
    if numpy is not None and isinstance(value, numpy.generic):
        if isinstance(value, (numpy.datetime64, numpy.timedelta64)):
            return ("", "empty") if numpy.isnat(value) else (quoted(str(value)), "text")
        if isinstance(value, numpy.floating):
            return narrow_float_text(value), "float"
        plain = value.item()
        return cell(plain) if type(plain) in (str, bool, int) else (quoted(str(value)), "text")
    pandas = sys.modules.get("pandas")
    if pandas is not None and (value is pandas.NaT or value is getattr(pandas, "NA", pandas.NaT)):
        return "", "empty"
    if isinstance(value, bool):
        return ("true" if value else "false"), "boolean"
    if isinstance(value, int):
        return integer_cell(int(value))
    if isinstance(value, float):
        return float_text(float(value)), "float"
    if isinstance(value, str):
        return quoted(str(value)), "text"
    if hasattr(value, "isoformat"):
        return quoted(value.isoformat()), "text"
    if numpy is not None and is_array_like(value):
        array = plain_array(numpy, value)
        if array.ndim == 0 and array.dtype != object:
            return cell(array[()])
        return (quoted(json_text(array)), "text") if array.ndim > 0 else ("", "empty")
    if isinstance(value, (list, tuple, dict, set, frozenset)):
        return quoted(json_text(value)), "text"
    return quoted(str(value)), "text"


def json_text(value):
    return json.dumps(plain_values(value), ensure_ascii=False)


def is_array_like(value):
    """An array of numpy, or what other libraries (tensors, Series) have numpy make one of."""
    return hasattr(value, "__array__") and hasattr(value, "shape")


def plain_array(numpy, value):
    """As an array of numpy's own class; what is masked is None."""
    masked = sys.modules.get("numpy.ma")
    if masked is None or not isinstance(value, masked.MaskedArray):
        return numpy.asarray(value)
    array = numpy.empty(value.size, object)
    hidden = masked.getmaskarray(value).flat
    array[:] = [None if is_hidden else item for item, is_hidden in zip(value.data.flat, hidden)]
    return array.reshape(value.shape)


def array_items(array):
    """As Python's own numbers where they lose nothing by it: those are the quicker ones to write."""
    kind = array.dtype.kind
    is_plain = kind in "iubU" or (kind == "f" and array.dtype.itemsize == 8)
    return array.tolist() if is_plain and array.ndim == 1 else list(array)


def narrow_float_text(value):
    """The shortest text that reads back as the same number in its own precision."""
    if not math.isfinite(value):
        return float_text(float(value))
    return float_text(float(value)) if value.dtype.itemsize >= 8 else str(value)


def plain_values(value):
    """Nested values as JSON knows them. What has no form there is null (not a number) or its text."""
    kind = type(value)
    if value is None or kind in (str, bool, int):
        return value
    if kind is float:
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {str(key): plain_values(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain_values(item) for item in value]
    numpy = sys.modules.get("numpy")
    if numpy is not None and isinstance(value, numpy.generic):
        return plain_scalar(numpy, value)
    if numpy is not None and is_array_like(value):
        array = plain_array(numpy, value)
        if array.ndim > 0:
            return [plain_values(item) for item in array_items(array)]
        return None if array.dtype == object else plain_scalar(numpy, array[()])
    if hasattr(value, "tolist"):
        return plain_values(value.tolist())
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def plain_scalar(numpy, value):
    if isinstance(value, numpy.floating):
        if not math.isfinite(value):
            return None
        # The nearest double of a narrow float has digits that nobody wrote; that of its shortest text has not.
        return float(value) if value.dtype.itemsize >= 8 else float(str(value))
    if isinstance(value, (numpy.datetime64, numpy.timedelta64)):
        return None if numpy.isnat(value) else str(value)
    plain = value.item()
    return plain if type(plain) in (str, bool, int) else str(value)


def wider(one, other):
    if one == other or other == "empty":
        return one
    if one == "empty":
        return other
    return "float" if {one, other} == {"integer", "float"} else "text"


def list_rows(result):
    """Columns and rows of a list: dicts by their keys, anything else as `prediction`."""
    types = {}
    rows = []
    for element in result:
        fields = element.items() if isinstance(element, dict) else (("prediction", element),)
        row = {}
        for key, value in fields:
            name = str(key)
            row[name], kind = cell(value)
            types[name] = wider(types.get(name, "empty"), kind)
        rows.append(row)
    columns = [{"name": name, "type": kind} for name, kind in types.items()]
    names = list(types)
    return columns, (",".join([row.get(name, "") for name in names]) + "\n" for row in rows)


def frame_rows(frame):
    columns, cells = [], []
    for place, name in enumerate(unique_names(frame.columns)):
        texts, kind = series_cells(frame.iloc[:, place])
        columns.append({"name": name, "type": kind})
        cells.append(texts)
    return columns, (",".join(row) + "\n" for row in zip(*cells))


def series_cells(series):
    kind = getattr(series.dtype, "kind", "O")
    native = type(series.dtype).__module__.startswith("numpy")
    if native and kind == "f":
        values = series.tolist() if series.dtype.itemsize >= 8 else list(series.to_numpy())
        write = float_text if series.dtype.itemsize >= 8 else narrow_float_text
        return [write(value) for value in values], "float" if values else "empty"
    texts, widest = [], "empty"
    for value in series.astype(object).tolist():
        # Where values are objects pandas means "missing" by a float that is no number.
        text, of = ("", "empty") if type(value) is float and value != value else cell(value)
        texts.append(text)
        widest = wider(widest, of)
    return texts, widest


def unique_names(names):
    seen = set()
    for name in map(str, names):
        unique, count = name, 0
        while unique in seen:
            count += 1
            unique = "{}.{}".format(name, count)
        seen.add(unique)
        yield unique


def azure_rows(result, is_frame):
    """The bytes that Azure ML's append_row writes."""
    if is_frame:
        return [result.to_csv(sep=" ", header=False, index=False)]
    return (str(element) + "\n" for element in result)


def as_list(result):
    """
    What counts as a list: anything with an order that gives one element after the other, an array along its first axis.
    None for anything else: a text is one value, a dict names its elements, a set has no order.
    """
    if isinstance(result, (list, tuple)):
        return result
    if isinstance(result, (str, bytes, bytearray, memoryview)):
        return None
    numpy = sys.modules.get("numpy")
    if numpy is not None and is_array_like(result):
        return None if hasattr(result, "columns") or len(result.shape) == 0 else array_like_items(numpy, result)
    in_order = (collections.abc.Sequence, collections.abc.Iterator, collections.abc.ValuesView)
    return list(result) if isinstance(result, in_order) else None


def array_like_items(numpy, result):
    pandas = sys.modules.get("pandas")
    if pandas is not None and isinstance(result, (pandas.Series, pandas.Index)):
        # What is no number pandas gives as values of its own, which know more than those of an array: a time its zone.
        is_number = type(result.dtype).__module__.startswith("numpy") and result.dtype.kind in "iubf"
        return array_items(result.to_numpy()) if is_number else list(result)
    return array_items(plain_array(numpy, result))


def is_data_frame(result):
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(result, pandas.DataFrame)
