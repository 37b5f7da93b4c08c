/** What the form of a new check holds as text, and the check that it asks the hub for. */
import { checkInput, type Check, type CheckInput, type CheckKind } from "@culprit/protocol";

export const checkFields = {
  service: ["service"],
  tcp: ["host", "port"],
  http: ["url", "contains"],
  dns: ["host", "record", "expects"],
  ping: ["host"],
  command: ["command"],
  disk: ["mountPoint", "warningPercent", "criticalPercent"],
  cpu: ["warningPercent", "criticalPercent"],
  memory: ["warningPercent", "criticalPercent"],
  load: ["warningPerCore", "criticalPerCore"],
} as const satisfies Record<CheckKind, readonly string[]>;

export type CheckField = (typeof checkFields)[CheckKind][number];

/** Those that are numbers, and what they start with where the kind does not matter. */
export const numberFields: readonly CheckField[] = [
  "port",
  "warningPercent",
  "criticalPercent",
  "warningPerCore",
  "criticalPerCore",
];

export type CheckWish = {
  name: string;
  /** Id; empty: the hub probes. */
  machine: string;
  kind: CheckKind;
  intervalSeconds: number;
  fields: Partial<Record<CheckField, string>>;
};

/** Of a check that is there. */
export function wishOf({ name, machineId = "", target, intervalSeconds }: Check): CheckWish {
  const known: Partial<Record<string, unknown>> = target;
  const fields: CheckWish["fields"] = {};
  for (const field of checkFields[target.kind]) {
    const value = known[field];
    if (typeof value === "string" || typeof value === "number") fields[field] = String(value);
  }
  return { name, machine: machineId, kind: target.kind, intervalSeconds, fields };
}

/**
 * Fields left empty take the hub's defaults; what the form has no field for stays as it is in `known`. Null: something is
 * still missing or wrong.
 */
export function checkOf(
  { name, machine, kind, intervalSeconds, fields }: CheckWish,
  known?: Check["target"],
): CheckInput | null {
  const target: Record<string, unknown> = { ...known, kind };
  for (const field of checkFields[kind]) {
    const text = fields[field]?.trim();
    if (text) target[field] = numberFields.includes(field) ? Number(text) : text;
    else delete target[field];
  }
  const read = checkInput.safeParse({
    name: name.trim(),
    ...(machine ? { machine } : {}),
    target,
    intervalSeconds,
  });
  return read.success ? read.data : null;
}

/** Only what a machine itself can see needs one. */
export function needsMachine(kind: CheckKind): boolean {
  return !(["tcp", "http", "dns", "ping"] satisfies CheckKind[] as CheckKind[]).includes(kind);
}
