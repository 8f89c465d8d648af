import { Document, Scalar, visit } from "yaml";
import { visibleDocument } from "../../contract/plain-text.ts";

/** What is not to be seen is quoted and spelt out: a file that somebody looks at holds what it seems to hold. */
export function yamlText(content: unknown): string {
  const document = new Document(content, { aliasDuplicateObjects: false });
  visit(document, {
    Scalar(_key, scalar) {
      const { value } = scalar;
      if (typeof value !== "string") return;
      if (value.includes("\t") || visibleDocument(value) !== value) scalar.type = Scalar.QUOTE_DOUBLE;
    },
  });
  return visibleDocument(document.toString());
}
