"""Runs one job of a model deployment by the published rules of Azure ML's batch endpoints.

Files directly in the input folder are split by count into mini-batches. A worker imports the scoring script, calls init() once and
run() with absolute paths, mini-batch after mini-batch; a failed one is tried again as a whole. What run() returns is appended to one
file: the rows of a DataFrame separated by spaces without header and index, the elements of a list one a line. An item is a file; it
has failed when run() returned fewer rows than files, or failed to the end.
"""

import importlib.util
import json
import os
import random
import sys


def main():
    # What is said at the end goes to the caller alone; all that a script prints is its log.
    global answer
    answer, sys.stdout = sys.stdout, sys.stderr
    with open(sys.argv[1], encoding="utf-8") as file:
        job = json.load(file)
    os.environ["AZUREML_MODEL_DIR"] = job["modelFolder"]
    os.environ["AZUREML_BI_OUTPUT_PATH"] = job["outputFolder"]
    os.environ.update(job["environmentVariables"])
    sys.path.insert(0, job["codeFolder"])
    sys.argv = [job["script"], "--logging_level", "info"]

    names = sorted(entry.name for entry in os.scandir(job["inputFolder"]) if entry.is_file())
    size = job["miniBatchSize"]
    batches = [names[at : at + size] for at in range(0, len(names), size)]
    # Nobody knows in which order they are done.
    random.Random(job["seed"]).shuffle(batches)
    batches += batches[: job["repeated"]]

    try:
        script = load(job["codeFolder"], job["script"])
        script.init()
    except Exception as error:
        return fail(f"User program failed with {type(error).__name__}: {error}")

    failed = 0
    succeeded = 0
    for batch in batches:
        rows = run(script, [os.path.join(job["inputFolder"], name) for name in batch], job["maxRetries"])
        if rows is None:
            failed += len(batch)
        else:
            succeeded += min(len(rows), len(batch))
            failed += max(0, len(batch) - len(rows))
            if job["rowsFile"] is not None and len(rows) > 0:
                append(os.path.join(job["outputFolder"], job["rowsFile"]), rows)
        if -1 < job["errorThreshold"] < failed:
            return fail(f"The number of failed items {failed} exceeds the error threshold {job['errorThreshold']}.")
    if job["rowsFile"] is not None and succeeded == 0:
        return fail("There is no succeeded mini batch item returned from run().")
    print(json.dumps({"status": "Completed", "reason": ""}), file=answer)


def load(folder, script):
    spec = importlib.util.spec_from_file_location("score", os.path.join(folder, script))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run(script, paths, retries):
    for _ in range(retries + 1):
        try:
            rows = script.run(paths)
        except Exception as error:
            print(f"run() raised {type(error).__name__}: {error}", file=sys.stderr)
            continue
        if isinstance(rows, list) or type(rows).__name__ == "DataFrame":
            return rows
        print("The run() method in the entry script should return a list or a pandas DataFrame.", file=sys.stderr)
    return None


def append(file, rows):
    if not isinstance(rows, list):
        rows.to_csv(file, mode="a", header=False, index=False, sep=" ")
        return
    with open(file, "a", encoding="utf-8") as out:
        for row in rows:
            out.write(f"{row}\n")


def fail(reason):
    print(json.dumps({"status": "Failed", "reason": reason}), file=answer)


main()
