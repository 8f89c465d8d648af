"""Files of a mini-batch: which of them are read, and what is wrong with one as a whole."""

import codecs
import gzip
import io
import os
import zlib

BEGINNING = 64 * 1024
UTF8_MARK = b"\xef\xbb\xbf"


class FileProblem(Exception):
    """Why nothing of a file is scored: a stage and a code of errors.csv, and a sentence."""

    def __init__(self, code, message, stage="read"):
        super().__init__(message)
        self.stage = stage
        self.code = code
        self.message = message


def name_of(path):
    """A file's name relative to the folder of the input: Azure does not look into folders below it."""
    return os.path.basename(path)


def ending_of(name):
    dot = name.rfind(".")
    return name[dot:].lower() if dot > 0 else ""


def unpacked_name(name):
    """Without the ending of a compressed file."""
    return name[: name.rfind(".")] if ending_of(name) in (".gz", ".gzip", ".zst", ".zstd") else name


class Endings:
    """Which names say that a file is read, and which that it is something else."""

    def __init__(self, facts):
        self.read = set(facts["read"])
        self.others = set(facts["others"])
        self.beside_data = set(facts["besideData"])
        self.unpacks = facts["unpacks"]

    def is_hidden(self, name):
        lower = name.lower()
        return lower.startswith(".") or lower in ("thumbs.db", "desktop.ini") or lower.endswith(".part")

    def is_read(self, name):
        if ending_of(name) in self.read:
            return True
        unpacked = unpacked_name(name)
        return unpacked != name and self.unpacks and ending_of(unpacked) in self.read - {".parquet", ".pqt"}

    def is_other(self, name):
        unpacked = unpacked_name(name)
        if ending_of(unpacked) in self.others or unpacked.lower() in self.beside_data:
            return True
        return name.endswith("~") or name.startswith("_")


def read_all(path):
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise unreadable(error)


def beginning_of(path):
    try:
        with open(path, "rb") as file:
            return file.read(BEGINNING)
    except OSError as error:
        raise unreadable(error)


def unreadable(error):
    return FileProblem("file-unreadable", f"The file cannot be read ({error.strerror or type(error).__name__}).")


def open_text(path, encoding):
    """
    A text as a stream of bytes in UTF-8, or in Windows-1252 where that is its encoding: unpacked, decoded where it is
    neither. `encoding` is Python's name of that of scorer.yml; None: as its beginning shows.
    """
    try:
        file = open(path, "rb")
    except OSError as error:
        raise unreadable(error)
    try:
        return decoded(unpacked(file) if may_be_packed(name_of(path)) else file, encoding)
    except OSError as error:
        file.close()
        raise unreadable(error)
    except BaseException:
        file.close()
        raise


def may_be_packed(name):
    """Whether its name leaves open that a file is compressed."""
    return ending_of(name) not in (".csv", ".tsv", ".txt", ".text", ".md", ".jsonl", ".ndjson")


def unpacked(file):
    beginning = file.read(4)
    file.seek(0)
    if beginning[:3] == b"\x1f\x8b\x08":
        try:
            with file, gzip.open(file) as packed:
                return io.BytesIO(packed.read())
        except (EOFError, gzip.BadGzipFile, zlib.error):
            raise FileProblem("file-unreadable", "The file is damaged gzip data: it cannot be unpacked.")
    if beginning == b"\x28\xb5\x2f\xfd":
        raise FileProblem("file-unreadable", "The file is Zstandard data, which is not unpacked here; save it as gzip.")
    return file


def decoded(file, encoding):
    beginning = file.read(BEGINNING)
    file.seek(0)
    codec = None
    if beginning[:2] == b"\xfe\xff":
        codec = "utf-16-be"
    elif beginning[:2] == b"\xff\xfe" and beginning[2:4] != b"\0\0":
        codec = "utf-16-le"
    if codec is not None:
        file.seek(2)
    elif encoding not in (None, "utf-8", "cp1252") and not beginning.startswith(UTF8_MARK):
        codec = encoding
    if codec is not None:
        with file:
            text = codecs.decode(file.read(), codec, "replace")
        # What stands for no character becomes a byte that is in no UTF-8 text: the cell or line that holds it fails,
        # and no other.
        return io.BytesIO(text.encode("utf-8").replace(b"\xef\xbf\xbd", b"\xff"))
    check_text(beginning)
    if beginning.startswith(UTF8_MARK):
        file.seek(len(UTF8_MARK))
    return file


# What data that is no text begins with.
DATA_KINDS = [
    (b"\x1f\x8b", "gzip data"),
    (b"\x28\xb5\x2f\xfd", "Zstandard data"),
    (b"BZh", "bzip2 data"),
    (b"\xfd7zXZ\0", "xz data"),
    (b"\x04\x22\x4d\x18", "LZ4 data"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"PK\x03\x04", "a ZIP archive, as Excel's workbooks are"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel or Word document"),
    (b"PAR1", "a Parquet file"),
    (b"PARE", "an encrypted Parquet file"),
    (b"ARROW1\0\0", "an Arrow file"),
    (b"ORC", "an ORC file"),
    (b"Obj\x01", "an Avro file"),
    (b"SQLite format 3\0", "a SQLite database"),
    (b"\x89HDF\r\n\x1a\n", "an HDF5 file"),
    (b"\x93NUMPY", "a NumPy array"),
    (b"%PDF-", "a PDF document"),
    (b"\x89PNG\r\n\x1a\n", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
]


def check_text(beginning):
    """Raises a FileProblem when a file's beginning shows that it is not text."""
    if beginning[:4] in (b"\xff\xfe\0\0", b"\0\0\xfe\xff"):
        raise FileProblem("file-encoding", "The file is UTF-32 text; save it as UTF-8.")
    for start, kind in DATA_KINDS:
        if beginning.startswith(start):
            # A text may begin with letters alone.
            is_lettered = all(0x20 <= byte <= 0x7E for byte in start)
            if not is_lettered or 0 in beginning or has_controls(beginning[:64]):
                raise FileProblem("file-unreadable", f"The file is {kind}, and no text.")
    if beginning.count(0) * 4 >= len(beginning) > 0:
        raise FileProblem("file-encoding", "The file holds NUL bytes all over: it is no text.")


def has_controls(beginning):
    return any(byte < 0x09 or 0x0D < byte < 0x20 for byte in beginning)
