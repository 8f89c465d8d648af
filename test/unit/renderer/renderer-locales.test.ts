import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import en from "../../../renderer/locales/en.json";
import nl from "../../../renderer/locales/nl.json";
import { chooseLocale, createTranslate } from "../../../renderer/locales/translate.ts";

type Text = string | { readonly one: string; readonly other: string };
const english: Readonly<Record<string, Text>> = en;
const dutch: Readonly<Record<string, Text>> = nl;

function forms(text: Text): readonly string[] {
  return typeof text === "string" ? [text] : [text.one, text.other];
}

function placeholders(text: string): readonly string[] {
  return [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? "").sort();
}

describe("the window's texts", () => {
  it("exist in English and in Dutch", () => {
    expect(Object.keys(dutch).sort()).toEqual(Object.keys(english).sort());
  });

  it("have plural forms and placeholders alike in both languages, and none is empty", () => {
    for (const [key, text] of Object.entries(english)) {
      const other = dutch[key];
      if (other === undefined) continue;
      expect(typeof other, key).toBe(typeof text);
      const expected = placeholders(forms(text)[0] ?? "");
      for (const form of [...forms(text), ...forms(other)]) {
        expect(placeholders(form), `${key}: ${form}`).toEqual(expected);
        expect(form.trim(), key).not.toBe("");
      }
    }
  });

  it("are all used by some component", () => {
    const source = rendererSource(path.resolve(import.meta.dirname, "../../../renderer"));
    // Keys of these families are put together from a name that main sends.
    const families = [
      "state.",
      "setting.",
      "rate.",
      "errors.column.",
      "priority.",
      "move.",
      "stage.",
      "minibatches.",
      "columnType.",
      "log.kind.",
      "compare.count.",
      "compare.by.",
      "publish.difference.",
      "publish.what.",
      "publish.create.",
      "publish.update.",
    ];
    const unused = Object.keys(english).filter(
      (key) => !families.some((family) => key.startsWith(family)) && !source.includes(`"${key}"`),
    );
    expect(unused).toEqual([]);
  });
});

describe("translating", () => {
  it("chooses the plural form by count and writes numbers the language's way", () => {
    const t = createTranslate("en-US");
    expect(t("sheet.rows", { count: 1 })).toBe("1 row");
    expect(t("sheet.rows", { count: 0 })).toBe("0 rows");
    expect(t("job.scoredOf", { succeeded: 4812, total: 5000 })).toBe("4,812 of 5,000 scored");
    expect(createTranslate("nl-NL")("job.scoredOf", { succeeded: 4812, total: 5000 })).toBe("4.812 van 5.000 gescoord");
  });

  it("speaks Dutch to Dutch speakers and English to everybody else", () => {
    expect(chooseLocale("nl-BE")).toBe("nl-BE");
    expect(chooseLocale("en-GB")).toBe("en-GB");
    expect(chooseLocale("de-DE")).toBe("en");
    expect(createTranslate(chooseLocale("NL"))("app.queue")).toBe("Wachtrij");
  });

  it("puts a value that looks like a placeholder into the text as it is", () => {
    expect(createTranslate("en")("queue.into", { input: "{endpoint}", endpoint: "iris" })).toBe("{endpoint} → iris");
  });
});

function rendererSource(folder: string): string {
  return readdirSync(folder, { withFileTypes: true })
    .map((entry) => {
      const child = path.join(folder, entry.name);
      if (entry.isDirectory()) return rendererSource(child);
      return /\.tsx?$/.test(entry.name) ? readFileSync(child, "utf8") : "";
    })
    .join("\n");
}
