import { type OnnxField, type OnnxMessage, onnxMessages } from "./onnx-schema.ts";
import {
  countVarints,
  forEachField,
  lengthDelimited,
  readInt64s,
  readText,
  WireError,
  type WireField,
  type WireSource,
} from "./protobuf-wire.ts";
import { scanLimits } from "./scan-limits.ts";

/** Reads messages strictly: in the one way in which every reader of protobuf understands them alike. */
export type MessageReader = {
  /**
   * Visits the fields of the message in `start`..`end`. Throws WireError when a field is none of this message, is written
   * as another kind, or is there twice when it can be once: readers merge such fields, each in its own way.
   */
  readonly visit: (
    message: OnnxMessage,
    start: number,
    end: number,
    visitField: (field: OnnxField, at: WireField) => void,
  ) => void;
  /** Short texts, such as names; throws WireError on long ones. */
  readonly text: (at: WireField) => string;
  readonly int: (at: WireField) => bigint;
  /** The whole numbers of a field that may be packed; throws WireError when there are more than `most`. */
  readonly ints: (at: WireField, most: number) => readonly bigint[];
  /** How many numbers or texts a `many` field adds. */
  readonly count: (field: OnnxField, at: WireField) => number;
};

const varint = 0;
const eightBytes = 1;
const fourBytes = 5;
const wireTypes = { int: varint, double: eightBytes, float: fourBytes } as const;

export function messageReader(source: WireSource): MessageReader {
  let fields = 0;
  let depth = 0;
  const ints = (at: WireField, most: number): readonly bigint[] => {
    // A number has at most ten bytes.
    if (at.end - at.bodyStart > most * 10) throw new WireError({ kind: "long-list", params: { most } });
    return readInt64s(source, at.bodyStart, at.end);
  };
  return {
    visit: (message, start, end, visitField) => {
      depth += 1;
      if (depth > scanLimits.nesting) {
        throw new WireError({ kind: "too-deep", params: { levels: scanLimits.nesting } });
      }
      const known = onnxMessages[message];
      let seen = 0;
      forEachField(source, start, end, (at) => {
        fields += 1;
        if (fields > scanLimits.fields) {
          throw new WireError({ kind: "too-many-parts", params: { most: scanLimits.fields } });
        }
        const field = known[at.number];
        if (field === undefined) {
          throw new WireError({ kind: "unknown-field", params: { field: at.number, message } });
        }
        if (!isWrittenAs(field, at.wireType)) {
          throw new WireError({ kind: "wrong-form", params: { field: field.name, message } });
        }
        const bit = 1 << at.number;
        if (!field.many && (seen & bit) !== 0) {
          throw new WireError({ kind: "field-twice", params: { field: field.name, message } });
        }
        seen |= bit;
        visitField(field, at);
      });
      depth -= 1;
    },
    text: (at) => {
      if (at.end - at.bodyStart > scanLimits.nameBytes) {
        throw new WireError({ kind: "long-name", params: { bytes: scanLimits.nameBytes } });
      }
      return readText(source, at);
    },
    int: (at) => readInt64s(source, at.bodyStart, at.end)[0] ?? 0n,
    ints,
    count: (field, at) => {
      if (field.kind === "bytes" || at.wireType !== lengthDelimited) return 1;
      if (field.kind === "int") return countVarints(source, at.bodyStart, at.end);
      const size = field.kind === "float" ? 4 : 8;
      if ((at.end - at.bodyStart) % size !== 0) throw new WireError({ kind: "cut-list", params: {} });
      return (at.end - at.bodyStart) / size;
    },
  };
}

function isWrittenAs(field: OnnxField, wireType: number): boolean {
  if (field.kind !== "int" && field.kind !== "float" && field.kind !== "double") return wireType === lengthDelimited;
  return wireType === wireTypes[field.kind] || (field.many && wireType === lengthDelimited);
}
