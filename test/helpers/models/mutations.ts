import {
  forEachField,
  bufferSource,
  WireError,
  type WireField,
} from "../../../electron/deployments/onnx/protobuf-wire.ts";
import type { seededRandom } from "../random.ts";

type Random = ReturnType<typeof seededRandom>;

/** A field of a model, wherever it is nested, with the fields that hold it. */
type PlacedField = WireField & { readonly parents: readonly WireField[] };

const lengthDelimited = 2;

/**
 * One damaged copy of a model: flipped bits, a cut, a piece of another model, a changed length, changed numbers and texts,
 * or fields that have changed places, are doubled or gone. Some keep the lengths of all that is around them right, so that
 * what reads the model gets as far as the damage.
 */
export function mutate(model: Uint8Array, other: Uint8Array, random: Random): Uint8Array {
  const below = (limit: number): number => Math.floor(random() * Math.max(1, limit));
  const fields = fieldsOf(model);
  const field = fields[below(fields.length)];
  const leaves = fields.filter(
    (each) => each.wireType !== lengthDelimited || !fields.some((inner) => inner.parents.includes(each)),
  );
  const leaf = leaves[below(leaves.length)];
  const kinds: readonly (() => Uint8Array)[] = [
    () => flipBits(model, 0, model.length, 1 + below(8), below),
    () => model.subarray(0, below(model.length)),
    () => splice(model, below(model.length), below(64), other.subarray(below(other.length)).subarray(0, below(64))),
    () => (field === undefined ? model : flipBits(model, field.start, field.bodyStart, 1, below)),
    () => (leaf === undefined ? model : flipBits(model, leaf.bodyStart, leaf.end, 1 + below(3), below)),
    () => (leaf === undefined ? model : flipBits(model, leaf.bodyStart, leaf.end, 1, below)),
    () => (leaf === undefined ? model : replaced(model, leaf, resized(model, leaf, below))),
    () => (field === undefined ? model : replaced(model, field, new Uint8Array(0))),
    () => (field === undefined ? model : replaced(model, field, twice(model.subarray(field.start, field.end)))),
    () => {
      const donors = fieldsOf(other).filter((each) => each.number === field?.number);
      const donor = donors[below(donors.length)];
      return field === undefined || donor === undefined
        ? model
        : replaced(model, field, other.subarray(donor.start, donor.end));
    },
    () => {
      const siblings = fields.filter((each) => each.parents.at(-1) === field?.parents.at(-1));
      const sibling = siblings[below(siblings.length)];
      return field === undefined || sibling === undefined
        ? model
        : replaced(model, field, model.subarray(sibling.start, sibling.end));
    },
  ];
  const kind = kinds[below(kinds.length)];
  return kind === undefined ? model : Uint8Array.from(kind());
}

/** Every field that can be read as one, also in texts and numbers that happen to look like messages. */
function fieldsOf(model: Uint8Array): readonly PlacedField[] {
  const source = bufferSource(model);
  const found: PlacedField[] = [];
  const maxFields = 5000;
  const visit = (start: number, end: number, parents: readonly WireField[]): void => {
    const before = found.length;
    try {
      forEachField(source, start, end, (field) => {
        const placed = { ...field, parents };
        found.push(placed);
        const isRoom = parents.length < 10 && found.length < maxFields;
        if (field.wireType === lengthDelimited && isRoom) visit(field.bodyStart, field.end, [...parents, placed]);
      });
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      // No message after all; of a model that is damaged already, what could be read is enough.
      if (parents.length > 0) found.length = before;
    }
  };
  visit(0, model.length, []);
  return found;
}

/** The model with other bytes in place of a field, and the lengths of all that holds it made right again. */
function replaced(model: Uint8Array, field: PlacedField, bytes: Uint8Array): Uint8Array {
  let content: Uint8Array = bytes;
  let inner: WireField = field;
  for (const parent of [...field.parents].reverse()) {
    const body = Buffer.concat([
      model.subarray(parent.bodyStart, inner.start),
      content,
      model.subarray(inner.end, parent.end),
    ]);
    content = Buffer.concat([varint(parent.number * 8 + lengthDelimited), varint(body.length), body]);
    inner = parent;
  }
  return Buffer.concat([model.subarray(0, inner.start), content, model.subarray(inner.end)]);
}

/** A field with another number, or another length of its bytes. */
function resized(model: Uint8Array, field: PlacedField, below: (limit: number) => number): Uint8Array {
  const tag = varint(field.number * 8 + field.wireType);
  if (field.wireType === 0) {
    const numbers = [0, 1, 2, 127, 128, 2 ** 16, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 50];
    return Buffer.concat([tag, varint(numbers[below(numbers.length)] ?? 0)]);
  }
  const body = model.subarray(field.bodyStart, field.end);
  if (field.wireType !== lengthDelimited) return Buffer.concat([tag, Uint8Array.from(body, () => below(256))]);
  const other = body.subarray(0, below(body.length + 1));
  const grown = below(2) === 0 ? other : Buffer.concat([body, other]);
  return Buffer.concat([tag, varint(grown.length), grown]);
}

function flipBits(
  model: Uint8Array,
  start: number,
  end: number,
  count: number,
  below: (limit: number) => number,
): Uint8Array {
  const bytes = Uint8Array.from(model);
  for (let flip = 0; flip < count; flip += 1) {
    const at = start + below(end - start);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << below(8));
  }
  return bytes;
}

function splice(model: Uint8Array, at: number, removed: number, added: Uint8Array): Uint8Array {
  return Buffer.concat([model.subarray(0, at), added, model.subarray(at + removed)]);
}

function twice(bytes: Uint8Array): Uint8Array {
  return Buffer.concat([bytes, bytes]);
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest % 128) | 128);
    rest = Math.floor(rest / 128);
  }
  return Uint8Array.from([...bytes, rest]);
}
