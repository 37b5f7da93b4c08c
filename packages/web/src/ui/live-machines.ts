import type { Machine } from "@culprit/protocol";

/** Whether the hub can have it do something now. */
export function isLive({ connected, state }: Pick<Machine, "connected" | "state">): boolean {
  return connected && (state === "online" || state === "late");
}
