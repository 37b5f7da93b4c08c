import type { MachineCondition } from "@culprit/protocol";

/** What the machine measures is not taken until somebody sees to it. */
export function isBadCondition({ code }: MachineCondition): boolean {
  return code === "duplicate-identity" || code === "protocol-version";
}
