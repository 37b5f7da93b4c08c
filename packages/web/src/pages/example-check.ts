import type { Check } from "@culprit/protocol";

/** A check as tests want it. */
export const exampleCheck = (name: string, state: Check["state"], running = true): Check => ({
  id: name,
  name,
  target: { kind: "ping", host: "db1" },
  intervalSeconds: 60,
  timeoutSeconds: 10,
  retries: 2,
  running,
  state,
  since: null,
  flapping: false,
  last: null,
  createdAt: "2026-05-01T00:00:00Z",
});
