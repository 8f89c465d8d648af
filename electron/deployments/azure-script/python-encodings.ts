/**
 * What Python calls the encodings of the WHATWG Encoding Standard that it reads, by the standard's name. Those that are not here
 * it lacks, or reads otherwise.
 */
const codecs: Readonly<Record<string, string>> = {
  "utf-8": "utf-8",
  "utf-16le": "utf-16-le",
  "utf-16be": "utf-16-be",
  "windows-1252": "cp1252",
  "windows-874": "cp874",
  "windows-1250": "cp1250",
  "windows-1251": "cp1251",
  "windows-1253": "cp1253",
  "windows-1254": "cp1254",
  "windows-1255": "cp1255",
  "windows-1256": "cp1256",
  "windows-1257": "cp1257",
  "windows-1258": "cp1258",
  "iso-8859-2": "iso8859-2",
  "iso-8859-3": "iso8859-3",
  "iso-8859-4": "iso8859-4",
  "iso-8859-5": "iso8859-5",
  "iso-8859-6": "iso8859-6",
  "iso-8859-7": "iso8859-7",
  "iso-8859-8": "iso8859-8",
  "iso-8859-10": "iso8859-10",
  "iso-8859-13": "iso8859-13",
  "iso-8859-14": "iso8859-14",
  "iso-8859-15": "iso8859-15",
  "iso-8859-16": "iso8859-16",
  "koi8-r": "koi8-r",
  "koi8-u": "koi8-u",
  ibm866: "cp866",
  macintosh: "mac-roman",
  "x-mac-cyrillic": "mac-cyrillic",
  gbk: "gb18030",
  gb18030: "gb18030",
  big5: "big5hkscs",
  "euc-jp": "euc-jp",
  "iso-2022-jp": "iso2022-jp",
  shift_jis: "cp932",
  "euc-kr": "cp949",
};

/** Null: Python does not read it. */
export function pythonCodec(encoding: string): string | null {
  return codecs[encoding] ?? null;
}
