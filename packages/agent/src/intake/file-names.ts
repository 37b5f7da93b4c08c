/** Names in the intake folder: `<key>.start`, `<key>.<random>.end`; both forms may carry the random part. */
export type IntakeName = { name: string; key: string; part: "start" | "end" };

const pattern = /^([A-Za-z0-9_-]{8,64})(?:\.[A-Za-z0-9_-]{1,64})?\.(start|end)$/;

/** Null for names that no recorder gives. */
export function parseIntakeName(name: string): IntakeName | null {
  const match = pattern.exec(name);
  return match ? { name, key: match[1]!, part: match[2] === "start" ? "start" : "end" } : null;
}
