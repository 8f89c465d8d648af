import { someNames } from "../../../../electron/contract/words/name-list.ts";
import type { SameKinds } from "../../../../electron/contract/words/english-problems.ts";
import type { scorerProblems as english } from "../../../../electron/contract/words/english/scorer-problems.ts";
import { tensorText } from "../../../../electron/contract/words/english/parts/tensor-words.ts";

export const scorerProblems: SameKinds<typeof english> = {
  "scorer/invalid:labels-outside": ({ file }) => [
    `Het bestand met labels "${file}" staat buiten de map van scorer.yml.`,
  ],
  "scorer/invalid:labels-empty": ({ file }) => [`Het bestand met labels "${file}" is leeg.`],
  "scorer/invalid:labels-missing": ({ file }) => [`Het bestand met labels "${file}" staat niet naast scorer.yml.`],
  "scorer/invalid:labels-width": ({ labels, outputs }) => [
    `scorer.yml geeft ${count(labels, "label", "labels")}, en geen uitvoer heeft zoveel waarden (${someNames(outputs.map(({ name, width }) => `${name} heeft er ${width}`))}).`,
  ],
  "scorer/invalid:foreign-key": ({ key, kind }) => [
    `"input.${key}" in scorer.yml doet niets voor de soort ${kind}.`,
    "Laat het weg.",
  ],
  "scorer/invalid:unknown-input": ({ input, known }) => [
    `Het model heeft geen invoer "${input}", die scorer.yml noemt.`,
    `De invoer is ${someNames(known)}.`,
  ],
  "scorer/invalid:unknown-output": ({ output, known }) => [
    `Het model heeft geen uitvoer "${output}", die scorer.yml noemt.`,
    `De uitvoer is ${someNames(known)}.`,
  ],
  "scorer/invalid:batch": ({ rows, batch }) => [
    `Het model leest precies ${count(rows, "rij", "rijen")} tegelijk, en in scorer.yml staat batch: ${batch}.`,
  ],

  "scorer/invalid:not-columns": ({ input }) => [
    `De modelinvoer ${tensorText([input])} bestaat niet uit kolommen van een tabel.`,
    "Noem er één kolom met lijsten voor, input.columns: {INVOER: KOLOM}, of gebruik een andere soort.",
  ],
  "scorer/invalid:column-count": ({ input, width, columns }) => [
    `De modelinvoer "${input}" leest ${count(width, "kolom", "kolommen")}, en scorer.yml noemt er ${columns}.`,
  ],
  "scorer/invalid:open-inputs": ({ inputs }) => [
    `Het model heeft ${inputs.length} invoeren van meer kolommen (${someNames(inputs)}), en nergens staat welke kolommen bij welke horen.`,
    "Noem ze onder input.columns in scorer.yml.",
  ],
  "scorer/invalid:only-constants": () => [
    '"input.constants" in scorer.yml vult elke invoer van het model, zodat er voor de gegevens niets overblijft.',
    "Laat de invoer weg die door gegevens wordt gevuld.",
  ],
  "scorer/invalid:needs-constant": ({ input }) => [
    `De invoer ${tensorText([input])} van het model is één waarde voor een hele ronde, die geen item kan vullen.`,
    `Geef die in scorer.yml: input: {constants: {${input.name}: WAARDE}}.`,
  ],
  "scorer/invalid:constant-shape": ({ input, given }) => [
    `"input.constants" in scorer.yml geeft ${given === null ? "lijsten van verschillende lengte" : `lijsten van de vorm [${given.join(", ")}]`} voor de invoer ${tensorText([input])} van het model.`,
    "Geef één waarde, die alles vult, of lijsten van die vorm.",
  ],
  "scorer/invalid:constant-size": ({ input }) => [
    `De invoer ${tensorText([input])} van het model is te groot om met een constante te vullen.`,
  ],
  "scorer/invalid:constant-value": ({ input, value }) => [
    `"input.constants" in scorer.yml geeft ${value}, en dat past niet in de invoer ${tensorText([input])} van het model.`,
    "Zet gehele getallen van meer dan 15 cijfers tussen aanhalingstekens.",
  ],
  "scorer/invalid:items": ({ items, kind, known }) => [
    `"input.items: ${items}" in scorer.yml bestaat niet voor de soort ${kind}.`,
    `Gebruik ${known.join(", ")}.`,
  ],
  "scorer/invalid:text-array": ({ input }) => [
    `De invoer ${tensorText([input])} van het model neemt teksten, en reeksen in bestanden bevatten alleen getallen.`,
    "Noem kolommen die de invoer vullen (input.columns), of geef de tekst onder input.constants.",
  ],
  "scorer/invalid:audio-input": ({ inputs }) => [
    `Geluid vult één invoer van kommagetallen, [N, samples] of [N, 1, samples], en het model heeft ${tensorText(inputs)}.`,
    "Geef de andere invoer onder input.constants in scorer.yml.",
  ],
  "scorer/invalid:audio-rate": () => [
    'Nergens staat met welke samplefrequentie het model is getraind: "input.sample_rate" in scorer.yml ontbreekt.',
    "Voeg die toe, bijvoorbeeld sample_rate: 16000.",
  ],
  "scorer/invalid:audio-length": ({ key, samples }) => [
    `"input.${key}" in scorer.yml geeft ${samples.toLocaleString("nl")} samples, en het kunnen er 1 tot 67.108.864 zijn.`,
  ],
  "scorer/invalid:audio-fixed": ({ key, samples, fixed, sampleRate }) => [
    `"input.${key}" in scorer.yml geeft ${samples} samples bij ${sampleRate} Hz, en het model neemt er precies ${fixed}.`,
    `Gebruik ${fixed / sampleRate}, of laat het weg.`,
  ],
  "scorer/invalid:audio-window": () => [
    'Het model neemt vensters van elke lengte, en "input.windows.seconds" in scorer.yml ontbreekt.',
    "Voeg die toe, bijvoorbeeld windows: {seconds: 1, step: 0.5}.",
  ],
  "scorer/invalid:audio-step": () => [
    '"input.windows.step" in scorer.yml is langer dan een venster, zodat wat ertussen ligt wegvalt.',
    "Gebruik een stap die hoogstens zo lang is als een venster.",
  ],
  "scorer/invalid:carry-constant": ({ input }) => [
    `"input.windows.carry" in scorer.yml noemt "${input}", en nergens staat wat die invoer in het eerste venster van een geluid vult.`,
    `Noem een invoer van het model, en geef de eerste waarde onder input.constants: {${input}: 0}.`,
  ],
  "scorer/invalid:carry-shape": ({ input, output }) => [
    `"input.windows.carry" in scorer.yml vult ${tensorText([input])} met ${tensorText([output])}, met een ander type of een ander aantal dimensies.`,
    "Noem de uitvoer met de volgende waarde van die toestand.",
  ],
  "scorer/invalid:missing-value": ({ rule, input, type }) => [
    `"input.missing" in scorer.yml zegt ${typeof rule === "string" ? rule : `{value: ${JSON.stringify(rule.value)}}`}, en de modelinvoer "${input}" neemt ${type}.`,
    type === "string"
      ? 'Geef daarvoor {value: "een tekst"}.'
      : `Geef wat bij elke kolom past: missing: {KOLOM: {value: ${type.startsWith("float") ? "0.5" : "0"}}}.`,
  ],
  "scorer/invalid:missing-column": ({ column, known }) => [
    `"input.missing" in scorer.yml noemt de kolom "${column}", en geen invoer van het model leest die.`,
    `Gelezen worden ${known.join(", ")}.`,
  ],
  "scorer/invalid:nan": () => [
    '"missing: nan" in scorer.yml vraagt om een invoer van kommagetallen, en die heeft het model niet.',
  ],

  "scorer/invalid:image-inputs": ({ inputs }) => [
    `De soort image vraagt om een model met één invoer van vier dimensies; dit model heeft ${tensorText(inputs)}.`,
  ],
  "scorer/invalid:keep-of-images": () => [
    '"output.keep" in scorer.yml noemt kolommen, en afbeeldingen hebben die niet.',
  ],
  "scorer/invalid:layout": ({ input }) => [
    `Aan ${tensorText([input])} is niet te zien waar de kleurkanalen staan.`,
    "Zet input.layout: nchw of nhwc in scorer.yml, of input.kind: tensor als het reeksen neemt en geen afbeeldingen.",
  ],
  "scorer/invalid:channels": ({ fixed, color, channels }) => [
    `Het model leest afbeeldingen met ${count(fixed, "kanaal", "kanalen")}, en ${color} heeft er ${channels}.`,
  ],
  "scorer/invalid:any-size": () => [
    "Het model leest afbeeldingen van elke grootte.",
    "Zet input.size: [hoogte, breedte] in scorer.yml.",
  ],
  "scorer/invalid:size": ({ fixedHeight, fixedWidth, height, width }) => [
    `Het model leest afbeeldingen van ${fixedHeight ?? "vrij"} bij ${fixedWidth ?? "vrij"} pixels (hoogte bij breedte), en in scorer.yml staat ${height} bij ${width}.`,
  ],
  "scorer/invalid:per-channel": ({ key, numbers, channels }) => [
    `"input.${key}" in scorer.yml heeft ${numbers} getallen voor ${count(channels, "kanaal", "kanalen")}.`,
  ],
  "scorer/invalid:pad": ({ resize }) => [
    `"input.pad" in scorer.yml is de rand van resize: contain, en resize: ${resize} laat er geen over.`,
    "Laat het weg, of gebruik resize: contain.",
  ],
  "scorer/invalid:crop": ({ present }) => [
    `"input.${present}" in scorer.yml heeft "${present === "crop" ? "resize_shorter" : "crop"}" ernaast nodig.`,
    "Zet er resize_shorter: 256 en crop: center in, of laat beide weg.",
  ],
  "scorer/invalid:crop-resize": ({ resize }) => [
    `"input.resize: ${resize}" in scorer.yml gaat niet samen met resize_shorter en crop, die zelf de grootte bepalen.`,
    "Laat resize weg, of de andere twee.",
  ],
  "scorer/invalid:crop-size": ({ shorter, height, width }) => [
    `Uit een afbeelding met een kortste zijde van ${shorter} pixels kunnen er geen ${height} bij ${width} (hoogte bij breedte) worden gesneden.`,
    `Zet resize_shorter: ${Math.max(height, width)} of meer in scorer.yml.`,
  ],
  "scorer/invalid:std": () => ['"input.std" in scorer.yml bevat een 0, waardoor niet kan worden gedeeld.'],

  "scorer/invalid:softmax": () => [
    '"softmax: true" in scorer.yml vraagt om een uitvoer van meer kommagetallen, en die is er niet.',
  ],
  "scorer/invalid:top-k-width": ({ topK, width, output }) => [
    `"top_k: ${topK}" in scorer.yml is meer dan de ${width} waarden van de uitvoer "${output}".`,
  ],
  "scorer/invalid:top-k": ({ topK }) => [
    `"top_k: ${topK}" in scorer.yml vraagt om een uitvoer van meer getallen, en die is er niet.`,
  ],
  "scorer/invalid:detections-kind": ({ kind }) => [
    `"output.detections" in scorer.yml is voor afbeeldingen, en de soort is ${kind}.`,
  ],
  "scorer/invalid:detections-beside": ({ key }) => [
    `"output.${key}" in scorer.yml doet niets naast output.detections.`,
    "Laat het weg.",
  ],
  "scorer/invalid:detections-shape": ({ format, shapes, formats, outputs }) => [
    `De vorm ${format} is van modellen die ${shapes} geven; dit model geeft ${tensorText(outputs)}.`,
    `Zet een andere output.detections.format in scorer.yml: ${formats.join(", ")}.`,
  ],
  "scorer/invalid:detections-several": ({ format, outputs }) => [
    `Welke van de modeluitvoeren ${someNames(outputs)} bevat wat de vorm ${format} leest, is niet te zien.`,
    "Exporteer het model met alleen de uitvoeren van die vorm, of met hun gebruikelijke namen.",
  ],
  "scorer/invalid:detections-labels": ({ format, labels, classes }) => [
    `In scorer.yml ${labels === 1 ? "staat" : "staan"} ${count(labels, "label", "labels")}, en het model heeft, gelezen als ${format}, ${classes} klassen.`,
  ],
  "scorer/invalid:pool-kind": () => [
    '"output.pool" in scorer.yml is voor modellen die de tokens van teksten lezen (input_ids), en dit model doet dat niet.',
  ],
  "scorer/invalid:pool": ({ outputs }) => [
    `"output.pool" in scorer.yml vraagt om een uitvoer met een vector per token, [N, tokens, breedte]; dit model geeft ${tensorText(outputs)}.`,
    "Laat het weg.",
  ],
  "scorer/invalid:normalize": () => [
    '"normalize: true" in scorer.yml vraagt om een uitvoer van meer kommagetallen, en die is er niet.',
  ],
  "scorer/invalid:image-left-out": ({ output }) => [
    `"output.images" in scorer.yml noemt de uitvoer "${output}", die output.outputs weglaat.`,
    "Noem die in beide, of in geen van beide.",
  ],
  "scorer/invalid:image-shape": ({ output, as, channels, mostClasses }) => [
    `De modeluitvoer ${tensorText([output])} is geen afbeelding: dat is [N, hoogte, breedte], [N, kanalen, hoogte, breedte] of [N, hoogte, breedte, kanalen], met als aantal kanalen ${channels === null ? `hoogstens ${mostClasses}` : oneOf(channels)}.`,
    as === "levels"
      ? "Zet er as: classes bij als het scores van klassen zijn, of haal de uitvoer uit output.images in scorer.yml."
      : "Haal de uitvoer uit output.images in scorer.yml.",
  ],
  "scorer/invalid:image-range": ({ output, at }) => [
    `Het bereik (range) van "${output}" onder output.images in scorer.yml begint en eindigt bij ${at}.`,
    "Geef de waarden die zwart en wit worden, bijvoorbeeld range: [0, 1], of range: auto.",
  ],
  "scorer/invalid:image-opposites": ({ output, settings }) => [
    `Wat scorer.yml over "${output}" zegt onder output.images gaat niet samen: ${settings.join(", ")}.`,
    "Laat een van beide weg.",
  ],
  "scorer/invalid:image-input": ({ output, setting, kind }) => [
    `"${setting}" van "${output}" onder output.images in scorer.yml vraagt om afbeeldingen als invoer, en de soort is ${kind}.`,
    "Laat het weg.",
  ],
  "scorer/invalid:too-many-columns": ({ columns }) => [
    `Het model geeft ${columns} waarden per item, meer kolommen dan een tabel kan hebben.`,
    "Gebruik output.top_k of output.outputs in scorer.yml.",
  ],
  "scorer/invalid:too-many-values": ({ values, most }) => [
    `Het model geeft ${values} waarden per item, en er kunnen er hoogstens ${most} worden geschreven.`,
    "Laat uitvoer weg met output.outputs in scorer.yml.",
  ],
  "scorer/invalid:output-not-per-item": ({ output, isOnly, rows }) => [
    `De modeluitvoer ${tensorText([output])} geeft niet één resultaat per item.`,
    [
      isOnly ? "" : "Laat die weg met output.outputs in scorer.yml, of, ",
      isOnly ? "Als " : "als ",
      rows === null
        ? "alles ervan bij het ene item van een run hoort, schrijf dan batch: 1 in scorer.yml."
        : "het model één item tegelijk neemt, zonder batchdimensie, schrijf dan input: {kind: tensor} in scorer.yml.",
    ].join(""),
  ],
  "scorer/invalid:output-width": ({ output }) => [
    `Hoeveel waarden de modeluitvoer ${tensorText([output])} per item heeft, is niet bekend voordat het model draait.`,
    "Laat die weg met output.outputs in scorer.yml, of exporteer het model met een vaste breedte.",
  ],
  "scorer/invalid:column-twice": ({ column }) => [
    `De voorspellingen zouden twee kolommen "${column}" hebben.`,
    "Wijzig output.keep, output.outputs of output.labels in scorer.yml.",
  ],

  "scorer/invalid:tokenizer-missing": ({ file }) => [
    `De tokenizer "${file}" staat niet in de map van het model.`,
    "Geef de map van het model als pad.",
  ],
  "scorer/invalid:tokenizer-outside": ({ file }) => [`De tokenizer "${file}" staat buiten de map van het model.`],
  "scorer/invalid:tokenizer-not-a-file": ({ file }) => [`De tokenizer "${file}" is geen bestand.`],
  "scorer/invalid:tokenizer-too-large": ({ file }) => [`De tokenizer "${file}" is groter dan 64 MiB.`],
  "scorer/invalid:tokenizer-process": () => [
    "De tokenizer kon niet worden gelezen: het proces dat dat deed, is gestopt of was na een halve minuut nog niet klaar.",
    "Gebruik de tokenizer.json die met het model is gepubliceerd.",
  ],
  "scorer/invalid:keep-of-texts": ({ items }) => [
    `"output.keep" in scorer.yml noemt kolommen, en items: ${items} heeft die niet.`,
  ],
  "scorer/invalid:encoding": ({ label }) => [
    `"input.encoding" in scorer.yml is "${label}", en dat is geen codering van de WHATWG Encoding Standard.`,
    "Noem er een zoals windows-1251, iso-8859-2, gbk, shift_jis of utf-16le.",
  ],
  "scorer/invalid:missing-of-texts": ({ items }) => [
    `"input.missing" in scorer.yml gaat over cellen, en items: ${items} heeft die niet.`,
    "Laat het weg.",
  ],
  "scorer/invalid:columns-of-texts": ({ items }) => [
    `"input.columns" in scorer.yml noemt een kolom, en items: ${items} heeft die niet.`,
    "Gebruik items: row.",
  ],
  "scorer/invalid:text-inputs": ({ inputs }) => [
    `De soort text vraagt om een model met één tekst als invoer, of met input_ids, attention_mask en token_type_ids van gehele getallen; dit model heeft ${someNames(inputs.map(({ name, type }) => `"${name}" ${type}`))}.`,
  ],
  "scorer/invalid:takes-texts": () => [
    "Het model leest teksten zoals ze zijn, en scorer.yml vraagt om tokens.",
    "Laat input.tokenizer en input.max_length weg.",
  ],
  "scorer/invalid:no-tokenizer": ({ file }) => [
    `Het model leest tokens (input_ids), en er staat geen ${file} in zijn map.`,
    "Zet de tokenizer.json waarmee het is getraind naast het model, en geef de map als pad van het model.",
  ],
  "scorer/invalid:max-length": ({ fixed, asked }) => [
    `Het model leest ${fixed} tokens, en in scorer.yml staat max_length: ${asked}.`,
  ],
  "scorer/invalid:cut-too-short": ({ maxLength, specialTokens }) => [
    `Teksten zouden op ${maxLength} tokens worden afgekapt, en de tokenizer zet er zelf ${specialTokens} omheen.`,
    "Geef een grotere input.max_length in scorer.yml.",
  ],
  "scorer/invalid:no-text-column": () => [
    "Er staat niet welke kolom de tekst bevat.",
    "Noem die: input.columns: {input_ids: KOLOM}.",
  ],
  "scorer/invalid:several-text-columns": () => [
    "Een scorer van teksten leest één kolom.",
    "Noem er één onder input.columns in scorer.yml.",
  ],
};

function count(amount: number, one: string, other: string): string {
  return `${amount} ${amount === 1 ? one : other}`;
}

function oneOf(numbers: readonly number[]): string {
  return new Intl.ListFormat("nl", { type: "disjunction" }).format(numbers.map(String));
}
