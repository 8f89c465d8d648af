import { yamlText } from "../yaml/yaml-text.ts";
import type { ScriptableKind } from "./scriptable.ts";

/** The image that Azure ML's documents build environments on. */
export const scriptImage = "mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu22.04:latest";

/** The release of ONNX Runtime that runs models here. */
const onnxRuntime = "onnxruntime==1.30.0";
/** Without these Azure does not run a batch deployment's script. */
const azurePackages = ["azureml-core", "azureml-dataset-runtime[fuse]"];
const packages: Readonly<Record<ScriptableKind, readonly string[]>> = {
  tabular: ["numpy", "pandas", "pyarrow", onnxRuntime],
  text: ["numpy", "pandas", "pyarrow", onnxRuntime],
  image: ["numpy", "pandas", "pillow", onnxRuntime],
};

/** What the script of a kind of scorer needs, as text of a file that conda reads. */
export function condaFile(kind: ScriptableKind): string {
  return yamlText({
    name: "batchdeck-scorer",
    channels: ["conda-forge"],
    dependencies: ["python=3.11", "pip", { pip: [...packages[kind], ...azurePackages] }],
  });
}
