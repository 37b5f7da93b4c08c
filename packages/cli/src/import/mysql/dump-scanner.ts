/**
 * Reads what mysqldump and mariadb-dump write, statement by statement and rows one by one, however long a statement is.
 * Bytes are held as latin1 text, one character each: in UTF-8 and in latin1 no part of another character looks like a
 * quote. https://mariadb.com/kb/en/string-literals/ has the escapes.
 */
import { m } from "@culprit/messages";
import { Failure } from "../../failures.ts";

export type DumpEvent =
  | { kind: "statement"; text: string }
  | { kind: "insert"; table: string; columns: readonly string[] | null }
  | { kind: "row"; values: readonly (string | null)[] }
  /** The text ends within a statement. */
  | { kind: "cut" };

const longest = 16 * 1024 * 1024;
const insertHead =
  /(?:INSERT|REPLACE)\s+(?:IGNORE\s+)?INTO\s+((?:`(?:[^`]|``)+`|[\w$]+)(?:\s*[.]\s*(?:`(?:[^`]|``)+`|[\w$]+))?)\s*(?:\(([^()]*)\)\s*)?VALUES\s*/iy;
const space = /(?:\s+|--(?:[ \t][^\n]*)?\n|#[^\n]*\n|\/\*(?!!)[^]*?\*\/)+/y;
const escapes: Readonly<Record<string, string>> = {
  "0": "\0",
  n: "\n",
  r: "\r",
  t: "\t",
  Z: "\x1a",
  b: "\b",
};

export class DumpScanner {
  #text = "";
  #at = 0;
  #inRows = false;
  #delimiter = ";";
  #ended = false;

  /** Events that are complete with what has come so far. */
  *feed(chunk: Buffer): Generator<DumpEvent> {
    this.#text = this.#text.slice(this.#at) + chunk.toString("latin1");
    this.#at = 0;
    if (this.#text.length > longest) throw new Failure(m.import_mysql_too_long());
    yield* this.#events();
  }

  *end(): Generator<DumpEvent> {
    this.#ended = true;
    yield* this.#events();
    this.#skipSpace();
    if (this.#inRows || this.#at < this.#text.length) yield { kind: "cut" };
  }

  *#events(): Generator<DumpEvent> {
    for (;;) {
      const event = this.#inRows ? this.#nextRow() : this.#nextStatement();
      if (event === null) return;
      if (event !== "again") yield event;
    }
  }

  #nextStatement(): DumpEvent | "again" | null {
    this.#skipSpace();
    const rest = this.#text.length - this.#at;
    if (rest === 0) return null;
    // A comment or a word may not have come whole.
    if (rest < 200 && !this.#ended && !this.#text.includes(this.#delimiter, this.#at)) return null;
    const delimiter = this.#match(/DELIMITER[ \t]+(\S+)[^\n]*\n/iy);
    if (delimiter) {
      this.#delimiter = delimiter[1]!;
      return "again";
    }
    const head = this.#match(insertHead);
    if (head) {
      this.#inRows = true;
      return {
        kind: "insert",
        table: lastName(head[1]!),
        columns: head[2] === undefined ? null : namesOf(head[2]),
      };
    }
    const end = this.#endOfStatement();
    if (end === null) return null;
    const text = this.#text.slice(this.#at, end);
    this.#at = end + this.#delimiter.length;
    return { kind: "statement", text };
  }

  /** Where the delimiter stands outside of quotes and comments; null if it has not come yet. */
  #endOfStatement(): number | null {
    const stop = new RegExp(`['"\`]|--[ \\t\\n]|/\\*|${this.#delimiter.replaceAll(/[^\w]/g, "\\$&")}`, "g");
    stop.lastIndex = this.#at;
    for (let match = stop.exec(this.#text); match; match = stop.exec(this.#text)) {
      const [found] = match;
      if (found === this.#delimiter) return match.index;
      let after: number;
      if (found === "/*") after = this.#text.indexOf("*/", match.index) + 2;
      else if (found.startsWith("--")) after = this.#text.indexOf("\n", match.index) + 1;
      else after = endOfQuoted(this.#text, match.index) ?? 0;
      if (after < match.index) return null;
      stop.lastIndex = after;
    }
    return null;
  }

  #nextRow(): DumpEvent | "again" | null {
    this.#skipSpace();
    const next = this.#text[this.#at];
    if (next === undefined) return null;
    if (next === ",") {
      this.#at++;
      return "again";
    }
    if (next !== "(") {
      // The end, or a clause after the rows, which reads as a statement of its own.
      this.#inRows = false;
      if (this.#text.startsWith(this.#delimiter, this.#at)) this.#at += this.#delimiter.length;
      return "again";
    }
    const row = readRow(this.#text, this.#at);
    if (!row) return null;
    this.#at = row.end;
    return { kind: "row", values: row.values };
  }

  #skipSpace(): void {
    this.#match(space);
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (match) this.#at = pattern.lastIndex;
    return match;
  }
}

/** `(1,'a',NULL)` from `at`; null if its end has not come. */
function readRow(text: string, at: number): { values: (string | null)[]; end: number } | null {
  const values: (string | null)[] = [];
  for (let from = at + 1; ;) {
    const value = readValue(text, from);
    if (!value) return null;
    values.push(value.value);
    const after = text[value.end];
    if (after === ")") return { values, end: value.end + 1 };
    if (after !== ",") return null;
    from = value.end + 1;
  }
}

const bare = /\s*([^\s,()'"]*(?:\([^()]*\))?)\s*/y;

function readValue(text: string, from: number): { value: string | null; end: number } | null {
  bare.lastIndex = from;
  const word = bare.exec(text)?.[1] ?? "";
  const end = bare.lastIndex;
  const quote = text[end];
  if (quote === undefined) return null;
  if (quote === "'" || quote === '"') {
    const close = endOfQuoted(text, end);
    if (close === null || close >= text.length) return null;
    const inner = unquote(text.slice(end + 1, close - 1), quote);
    bare.lastIndex = close;
    const value = /^x$/i.test(word) ? fromHex(inner) : /^b$/i.test(word) ? String(parseInt(inner, 2)) : inner;
    return { value, end: close + (/^\s*/.exec(text.slice(close, close + 20))?.[0].length ?? 0) };
  }
  if (/^null$/i.test(word)) return { value: null, end };
  return { value: /^0x[0-9a-f]+$/i.test(word) ? fromHex(word.slice(2)) : word, end };
}

/** After the closing quote; null if it has not come. */
function endOfQuoted(text: string, open: number): number | null {
  const quote = text[open]!;
  for (let at = open + 1; ;) {
    const close = text.indexOf(quote, at);
    if (close === -1) return null;
    const escape = quote === "`" ? -1 : text.indexOf("\\", at);
    if (escape !== -1 && escape < close) at = escape + 2;
    else if (text[close + 1] === quote) at = close + 2;
    else return close + 1;
  }
}

function unquote(inner: string, quote: string): string {
  const undoubled = inner.includes(quote + quote) ? inner.replaceAll(quote + quote, quote) : inner;
  if (!undoubled.includes("\\")) return undoubled;
  return undoubled.replaceAll(/\\([^])/g, (_, character: string) => escapes[character] ?? character);
}

function fromHex(digits: string): string {
  return Buffer.from(digits, "hex").toString("latin1");
}

/** `` `a``b` `` and `schema.table`. */
function lastName(text: string): string {
  return nameOf(text.split(/[.](?![^`]*`(?:[^`]*`[^`]*`)*[^`]*$)/).at(-1)!);
}

function namesOf(list: string): string[] {
  return list.split(",").map(nameOf);
}

export function nameOf(text: string): string {
  const trimmed = text.trim();
  return trimmed.startsWith("`") ? trimmed.slice(1, -1).replaceAll("``", "`") : trimmed;
}
