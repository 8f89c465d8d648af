/** The part of WebAssembly's JavaScript interface that is used here; Node's types leave it to the browser's. */
declare namespace WebAssembly {
  class Module {
    constructor(bytes: Uint8Array);
  }
  class Instance {
    constructor(module: Module);
    readonly exports: Readonly<Record<string, unknown>>;
  }
  class Memory {
    private constructor();
    readonly buffer: ArrayBuffer;
    /** By so many pages of 64 KiB; `buffer` is another one then. */
    grow(pages: number): number;
  }
  /** A trap. */
  class RuntimeError extends Error {}
}
