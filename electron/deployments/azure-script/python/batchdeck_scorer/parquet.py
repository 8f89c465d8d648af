"""Rows of Parquet files, read by pyarrow."""

import json

from .cells import column_name
from .files import FileProblem
from .numbers import float32_text, float64_text

DAMAGED = "The file is a damaged Parquet file: rows of it cannot be read."


def parquet_cells(path, names, unfit_header):
    """
    For each row the cells of the columns of these names, None for no value; in their place the answer of `unfit_header`
    when the columns do not fit. A name `a.b` that is no column itself is the field `b` of the structure `a`.
    """
    import pyarrow
    import pyarrow.parquet

    try:
        file = pyarrow.parquet.ParquetFile(path)
        columns = list(file.schema_arrow)
        known = [column_name(column.name) for column in columns]
        places = [place_of(columns, known, name) for name in names]
        unfit = unfit_header([name for name, place in zip(names, places) if place is None or name in known], known)
        if unfit is not None:
            for _ in range(file.metadata.num_rows):
                yield unfit
            return
        for batch in file.iter_batches(batch_size=1024, columns=sorted({columns[place[0]].name for place in places})):
            yield from map(list, zip(*[cells_of(batch.column(columns[place[0]].name), place[1:]) for place in places]))
    except (pyarrow.ArrowException, OSError):
        raise FileProblem("file-unreadable", DAMAGED)


def place_of(columns, known, name):
    """Where the column is, and which fields of its structures lead to the values."""
    if name in known:
        return [known.index(name)]
    for dot in (at for at, character in enumerate(name) if character == "."):
        if name[:dot] in known:
            fields = name[dot + 1 :].split(".")
            kind = columns[known.index(name[:dot])].type
            for field in fields:
                index = kind.get_field_index(field) if hasattr(kind, "get_field_index") else -1
                if index < 0:
                    break
                kind = kind.field(index).type
            else:
                return [known.index(name[:dot]), *fields]
    return None


def cells_of(array, fields):
    import pyarrow.compute

    for field in fields:
        array = pyarrow.compute.struct_field(array, field)
    write = writer_of(array.type)
    return [None if value is None else write(value) for value in array.to_pylist()]


def writer_of(kind):
    """What makes a cell of a value of that type: text as the desktop has it."""
    from pyarrow import types

    if types.is_boolean(kind):
        return lambda value: b"true" if value else b"false"
    if types.is_float16(kind) or types.is_float32(kind):
        return lambda value: float32_text(value).encode()
    if types.is_float64(kind):
        return lambda value: float64_text(value).encode()
    if types.is_binary(kind) or types.is_large_binary(kind):
        return bytes
    if types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind):
        return lambda value: json.dumps(value).encode()
    if types.is_integer(kind) or types.is_string(kind) or types.is_large_string(kind) or types.is_decimal(kind):
        return lambda value: str(value).encode("utf-8")
    if types.is_dictionary(kind):
        return writer_of(kind.value_type)
    if types.is_date(kind):
        return lambda value: value.isoformat().encode()
    raise FileProblem("file-unreadable", f"A column of the file is of the type {kind}, which is not read here.")
