import { m } from "@culprit/messages";
import { ok, type Check } from "./finding.ts";

export const node: Check = {
  name: "node",
  async look() {
    return [nodeFinding(process.versions.node)];
  },
};

export function nodeFinding(version: string) {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return ok(m.doctor_node_ok({ version }));
  return { level: "problem" as const, text: m.doctor_node_old({ version }), fix: m.doctor_node_fix() };
}
