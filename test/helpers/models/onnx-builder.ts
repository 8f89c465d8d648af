/** The writer of ONNX models, which also exports the bundled samples; tests import it from here. */
export * from "../../../resources/scripts/onnx-writer.ts";
