import { expect, it } from "vitest";
import type { LiveStatus } from "@culprit/protocol";
import { withLook, type Seen } from "./live.ts";

const status = (seconds: number, busyShare = 0.5): LiveStatus => ({
  machine: "db-1",
  machineId: "m_1",
  at: new Date(seconds * 1000).toISOString(),
  spanSeconds: 2,
  uptimeSeconds: 60,
  cpu: {
    busyShare,
    modeShares: { user: busyShare, nice: 0, system: 0, idle: 1 - busyShare, iowait: 0, irq: 0, steal: 0 },
    coreBusyShares: [],
  },
  memory: null,
  load: null,
  pressure: null,
  disks: null,
  fileSystems: null,
  network: null,
  logins: null,
  osProcesses: null,
});

const after = (...looks: LiveStatus[]) =>
  looks.reduce<Seen | undefined>((seen, look) => withLook(seen, look), undefined)!;
const shares = ({ looks }: Seen) => looks.map(({ figures }) => figures && figures.cpuShare);

it("each look is kept once, the newest last, and no more than are drawn", () => {
  expect(shares(after(status(0, 0.1), status(2, 0.2), status(2, 0.2)))).toEqual([0.1, 0.2]);
  const many = after(...Array.from({ length: 100 }, (_, index) => status(2 * index)));
  expect(many.looks).toHaveLength(60);
  expect(many.looks.at(-1)!.at).toBe(198_000);
});

it("the time when nobody looked is a gap", () => {
  expect(shares(after(status(0, 0.1), status(60, 0.3)))).toEqual([0.1, null, 0.3]);
});
