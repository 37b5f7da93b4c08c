/** The two forms of an intake file (README.md) as raw fields of an execution; nothing is checked yet but the form. */
export type RawRun = Record<string, unknown>;

/** `incomplete`: it may still be written. */
export type ParsedIntake = { run: RawRun } | { incomplete: true } | { error: string };

const textFields = new Set(["process", "step", "kind", "id", "parentId", "output"]);
const numberFields = new Set(["pid", "exitCode", "ioReadBytes", "ioWriteBytes"]);
const lastEntry = "end\0";

export function parseIntake(bytes: Buffer): ParsedIntake {
  if (bytes.length === 0) return { incomplete: true };
  return bytes[0] === "{".charCodeAt(0) ? parseJson(bytes) : parseText(bytes);
}

function parseJson(bytes: Buffer): ParsedIntake {
  if (bytes.at(-1) !== "\n".charCodeAt(0)) return { incomplete: true };
  try {
    const run: unknown = JSON.parse(bytes.toString());
    if (typeof run === "object" && run !== null && !Array.isArray(run)) return { run: { ...run } };
    return { error: "not a JSON object" };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

function parseText(bytes: Buffer): ParsedIntake {
  const text = bytes.toString();
  if (text !== lastEntry && !text.endsWith(`\0${lastEntry}`)) return { incomplete: true };
  const run: RawRun = {};
  for (const entry of text.split("\0").slice(0, -2)) {
    const equals = entry.indexOf("=");
    const [name, value] = [entry.slice(0, equals), entry.slice(equals + 1)];
    if (equals < 1) return { error: `an entry without a name: ${entry.slice(0, 40)}` };
    if (value === "") continue;
    if (textFields.has(name)) run[name] = value;
    else if (numberFields.has(name)) run[name] = Number(value);
    else if (name === "times") run["cpuSeconds"] = childSeconds(value);
    else return { error: `unknown entry ${name.slice(0, 40)}` };
  }
  return { run };
}

/** Of the output of sh's `times`: user and system time of ended children, its second line, as `1m2.345s` each. */
export function childSeconds(times: string): number | undefined {
  const line = times.split("\n")[1] ?? "";
  const parts = [...line.matchAll(/(\d+)m(\d+)(?:[.,](\d+))?s/g)];
  if (parts.length !== 2) return undefined;
  const seconds = parts.map(
    ([, minutes, whole, fraction = "0"]) => Number(minutes) * 60 + Number(`${whole}.${fraction}`),
  );
  return Math.round((seconds[0]! + seconds[1]!) * 1e6) / 1e6;
}
