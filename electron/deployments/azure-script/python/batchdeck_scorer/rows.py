"""Tables whose cells are the inputs of a model."""

from .columns import Columns
from .files import FileProblem, name_of
from .model import row_dims, tensor_of
from .outcomes import Failure
from .tables import TableReader


def in_frames(items, size):
    """So many items at a time, the last time fewer."""
    frame = []
    for item in items:
        frame.append(item)
        if len(frame) == size:
            yield frame
            frame = []
    if frame:
        yield frame


def score_frame(model, results, name, numbered, feeds, found, finish=None):
    """
    Runs rows together, `(row, item)` each, and puts what came of them into `found`, by row: its cells, or a Failure.
    `finish` makes of tensors what they are for items, when that is something else.
    """

    def fail(index, stage, code, message):
        row = numbered[index][0]
        found[row] = Failure(name, row, stage, code, message, "")

    for start, stop, tensors in model.run_rows(len(numbered), feeds, results, fail):
        items = numbered[start:stop]
        finished = tensors if finish is None else finish(tensors, start, stop)
        for index, rows in enumerate(results.rows(finished, items), start=start):
            if isinstance(rows, str):
                fail(index, "postprocess", "score-not-a-number", rows)
            else:
                found[numbered[index][0]] = rows[0]


class RowItems:
    """Files whose rows are items. What reads a frame is said by those that inherit from it."""

    def score(self, model, results, files):
        """The rows of the predictions and the failures of these files, in order."""
        rows, failures = [], []
        for path in files:
            name = name_of(path)
            try:
                found = self.score_file(model, results, path, name)
            except FileProblem as problem:
                failures.append(Failure(name, None, problem.stage, problem.code, problem.message, ""))
                continue
            rows += found[0]
            failures += found[1]
        return rows, failures

    def score_file(self, model, results, path, name):
        rows, failures = [], []
        for frame in in_frames(enumerate(self.reader.rows(path, name), start=1), self.frame_rows):
            found = {row: item for row, item in frame if isinstance(item, Failure)}
            numbered = [(row, item) for row, item in frame if not isinstance(item, Failure)]
            self.run_frame(model, results, name, numbered, found)
            for row, item in frame:
                if isinstance(found[row], Failure):
                    failures.append(found[row])
                else:
                    rows.append([name, row, *item.kept, *found[row]])
        return rows, failures

    def is_seen_to_be_read(self, path, name):
        return self.reader.format_of(path) is not None


class TableItems(RowItems):
    def __init__(self, scorer, facts):
        self.scorer = scorer
        self.frame_rows = facts["batch"]
        self.reader = TableReader(Columns(scorer), facts["encoding"])

    def run_frame(self, model, results, name, numbered, found):
        def feeds(start, stop):
            rows = self.scorer["fixedBatch"] or stop - start
            chosen = [item.values for _, item in numbered[start:stop]]
            # A short last run of a model with a fixed batch is filled up.
            chosen += [chosen[-1]] * (rows - len(chosen))
            tensors = {}
            for place, given in enumerate(self.scorer["inputs"]):
                values = [value for row in chosen for value in row[place]]
                dims = row_dims(given, rows, len(values) // rows)
                tensors[given["name"]] = tensor_of(values, given["type"], dims)
            return tensors, rows

        score_frame(model, results, name, numbered, feeds, found)
