/** A hub in a process of its own, that tells its CPU time when asked: `bench.ts` starts it. */
import { startHub } from "../../packages/hub/src/main.ts";

export type ToChild = { ask: "cpu" | "stop" };
export type FromChild =
  | { kind: "ready"; address: string; once: string }
  | { kind: "cpu"; seconds: number; residentBytes: number };

const tell = (message: FromChild) => process.send?.(message);

const hub = await startHub({ dataDir: process.argv[2]!, listen: "127.0.0.1:0", logLevel: "warn" });
process.on("message", ({ ask }: ToChild) => {
  if (ask === "cpu") {
    const { user, system } = process.cpuUsage();
    tell({ kind: "cpu", seconds: (user + system) / 1e6, residentBytes: process.memoryUsage().rss });
  } else void hub.stop().then(() => process.disconnect());
});
tell({ kind: "ready", address: hub.address, once: await hub.oneTimeSecret() });
