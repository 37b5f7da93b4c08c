/** The hub under measurement as a process: started, asked by HTTP, and its memory and CPU time read from /proc. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { HubClient, sessionCreated } from "@culprit/protocol";

export type HubProcess = {
  address: string;
  /** A session of the administrator. */
  token: string;
  /** A secret for `<address>/sign-in#once=<secret>`. */
  once: string;
  /** User and system time so far. */
  cpuSeconds(): Promise<number>;
  memory(): Promise<{ residentBytes: number; peakBytes: number }>;
  stop(): Promise<void>;
  /** As a power cut would end it. */
  kill(): Promise<void>;
};

/** As deploy/culprit-hub.service sets it. */
const memory = {
  MALLOC_ARENA_MAX: "2",
  MALLOC_MMAP_THRESHOLD_: "65536",
  MALLOC_TRIM_THRESHOLD_: "131072",
};

type Wish = { dataDir: string; shiftMicros?: number; webRoot?: string; listen?: string };

/** `semiSpace`: MB of V8's space for what is young; that of deploy/culprit-hub.service unless told. */
export async function startHubProcess(wish: Wish, semiSpace = 4): Promise<HubProcess> {
  // As deploy/culprit-hub.service runs it: without the loader and the conditions under which the bench itself runs.
  const child = fork(new URL("hub-child.mjs", import.meta.url), [JSON.stringify(wish)], {
    env: { ...memory, ...process.env, NODE_OPTIONS: "" },
    execArgv: [`--max-semi-space-size=${semiSpace}`],
  });
  const answer = await Promise.race([once(child, "message"), once(child, "exit")]);
  const ready = answer[0] as { address: string; once: string } | number | null;
  if (typeof ready !== "object" || ready === null) throw new Error(`the hub ended with ${ready}`);
  const anonymous = new HubClient({ hub: ready.address });
  const { token } = await anonymous.post("/session", sessionCreated, { once: ready.once });
  const read = (file: string) => readFile(`/proc/${child.pid}/${file}`, "utf8");
  return {
    ...ready,
    token,
    async cpuSeconds() {
      const fields = (await read("stat")).split(") ")[1]!.split(" ");
      return (Number(fields[11]) + Number(fields[12])) / 100;
    },
    async memory() {
      const status = await read("status");
      const of = (key: string) => Number(new RegExp(`^${key}:\\s+(\\d+) kB`, "m").exec(status)?.[1]) * 1024;
      return { residentBytes: of("VmRSS"), peakBytes: of("VmHWM") };
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.send("stop");
      await once(child, "exit");
    },
    async kill() {
      child.kill("SIGKILL");
      await once(child, "exit");
    },
  };
}
