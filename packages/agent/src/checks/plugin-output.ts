/**
 * What plugins of Nagios and its heirs print: a line for people, `|`, numbers; then more lines of each
 * (https://nagios-plugins.org/doc/guidelines.html, section 2).
 */
import type { CheckNumber, CheckState } from "@culprit/protocol";

export type PluginResult = { state: CheckState; text: string; numbers: CheckNumber[] };

const states: readonly CheckState[] = ["ok", "warning", "critical", "unknown"];

/** `exitCode` null: it was ended by a signal. */
export function readPlugin({ exitCode, output }: { exitCode: number | null; output: string }): PluginResult {
  const [first = "", ...more] = output.split("\n");
  const [said, firstNumbers = ""] = cut(first);
  const separator = more.findIndex((line) => line.includes("|"));
  const long = separator === -1 ? more : [...more.slice(0, separator), cut(more[separator]!)[0]];
  const moreNumbers = separator === -1 ? [] : [cut(more[separator]!)[1] ?? "", ...more.slice(separator + 1)];
  const text = [said, ...long].join("\n").trim();
  const state = exitCode === null ? undefined : states[exitCode];
  return {
    state: state ?? "unknown",
    text: state ? text || "it printed nothing" : `${text}\nexit status ${exitCode ?? "unknown"}`.trim(),
    numbers: [firstNumbers, ...moreNumbers].flatMap(readNumbers),
  };
}

function cut(line: string): [text: string, numbers: string | undefined] {
  const at = line.indexOf("|");
  return at === -1 ? [line.trim(), undefined] : [line.slice(0, at).trim(), line.slice(at + 1)];
}

/** `'label'=value[unit];[warning];[critical];[least];[most]`, as many as there are; a quote in a label is doubled. */
const number =
  /(?<!\S)(?:'((?:[^']|'')+)'|([^\s'=]+))=(-?\d+(?:[.,]\d+)?(?:[eE][-+]?\d+)?)([^\s;\d]*)(?:;\S*)?/g;

function readNumbers(text: string): CheckNumber[] {
  return [...text.matchAll(number)].map(([, quoted, plain, value, unit]) => ({
    label: quoted?.replaceAll("''", "'") ?? plain!,
    ...inBaseUnit(Number(value!.replace(",", ".")), unit!),
  }));
}

/** Plugins count in powers of 1024. */
const scales: Record<string, readonly [factor: number, unit: string]> = {
  s: [1, "s"],
  ms: [1e-3, "s"],
  us: [1e-6, "s"],
  ns: [1e-9, "s"],
  B: [1, "By"],
  KB: [1024, "By"],
  KiB: [1024, "By"],
  MB: [1024 ** 2, "By"],
  MiB: [1024 ** 2, "By"],
  GB: [1024 ** 3, "By"],
  GiB: [1024 ** 3, "By"],
  TB: [1024 ** 4, "By"],
  TiB: [1024 ** 4, "By"],
};

function inBaseUnit(value: number, unit: string): { value: number; unit: string } {
  const [factor, base] = Object.hasOwn(scales, unit) ? scales[unit]! : [1, unit === "c" ? "" : unit];
  return { value: value * factor, unit: base };
}
