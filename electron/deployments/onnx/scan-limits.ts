/** What a scan lets a model have; more cannot be meant, and reading it would take long. */
export const scanLimits = {
  /** A protobuf message cannot be longer. */
  fileBytes: 2 ** 31 - 1,
  /** Fields read one by one; the numbers of a tensor are one field. */
  fields: 20_000_000,
  /** Messages in messages, as ONNX Runtime's own reader has it. */
  nesting: 100,
  nameBytes: 4096,
  /** A text of the model's metadata that is used, such as the names of its classes. */
  metadataBytes: 1024 ** 2,
  /** Different operators, functions, inputs, outputs or data files, each. */
  distinctNames: 10_000,
  dimensions: 64,
  /** Nodes once every function call is replaced by what it stands for. */
  expandedNodes: 5_000_000,
  /** Functions that call functions. */
  callDepth: 100,
  /** Memory that no data stands for: sparse tensors filled up, and the same data used again and again. */
  unbackedBytes: 4 * 1024 ** 3,
  /** Elements that an operator may make of a number in the model alone. */
  generatedElements: 2 ** 30,
  findings: 20,
} as const;
