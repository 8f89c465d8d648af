"""A built-in scorer of Batchdeck, in Python: files become rows by an ONNX model and what scorer.json says."""
