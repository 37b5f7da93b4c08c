/** What can be seen of an agent from outside, once a second: its sockets, and how much lies in its spool. */
import { execFile } from "node:child_process";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** `ss -Htan`: state, bytes received and not read, bytes sent and not acknowledged, own and other address. */
export type SocketSeen = { state: string; unsent: number; own: string; other: string };

export async function sockets(wrapper: readonly string[], filter = ""): Promise<SocketSeen[]> {
  const [program, ...parameters] = [...wrapper, "ss", "-Htan", ...(filter === "" ? [] : [filter])];
  const { stdout } = await run(program!, parameters);
  return stdout
    .trim()
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const [state = "", , unsent, own = "", other = ""] = line.split(/\s+/);
      return { state, unsent: Number(unsent), own, other };
    });
}

export class MachineWatch {
  readonly #wrapper: readonly string[];
  readonly #spool: string;
  /** Since when a socket waits for the other side: to connect, or to take what was sent. */
  readonly #waiting = new Map<string, number>();
  spoolPeakBytes = 0;
  longestWaitSeconds = 0;
  mostSockets = 0;

  constructor(wrapper: readonly string[], dataDir: string) {
    this.#wrapper = wrapper;
    this.#spool = join(dataDir, "spool");
  }

  async look(): Promise<void> {
    const now = performance.now() / 1000;
    // What the kernel still closes belongs to no program any more.
    const held = (await sockets(this.#wrapper)).filter(
      ({ state }) => state === "ESTAB" || state === "SYN-SENT",
    );
    const waits = new Set(
      held.filter(({ state, unsent }) => state === "SYN-SENT" || unsent > 0).map(({ own }) => own),
    );
    for (const own of this.#waiting.keys()) if (!waits.has(own)) this.#waiting.delete(own);
    for (const own of waits) {
      const since = this.#waiting.get(own) ?? now;
      this.#waiting.set(own, since);
      this.longestWaitSeconds = Math.max(this.longestWaitSeconds, now - since);
    }
    this.mostSockets = Math.max(this.mostSockets, held.length);
    this.spoolPeakBytes = Math.max(this.spoolPeakBytes, await bytesBelow(this.#spool));
  }
}

async function bytesBelow(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const sizes = entries
    .filter((entry) => entry.isFile())
    // One may be gone by now.
    .map(({ parentPath, name }) =>
      stat(join(parentPath, name)).then(
        ({ size }) => size,
        () => 0,
      ),
    );
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}
