import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Roots } from "../roots.ts";

type WrittenProcess = {
  name?: string | Buffer;
  parent?: number;
  flags?: number;
  cpuTicks?: number;
  waitedTicks?: number;
  threads?: number;
  startTicks?: number;
  rssPages?: number;
  io?: { readBytes: number; writeBytes: number; operations?: number } | "none";
  group?: string;
  state?: string;
  waitedFaults?: number;
  /** As wait(2) tells it. */
  exitStatus?: number;
  command?: string[];
  /** Nanoseconds that it was ready to run without a processor; of each thread, by its id, or of the only one. */
  waited?: number | Record<number, number>;
};

/** A small /proc in a temporary folder, with processes that a test lets work and end. */
export class WrittenProc {
  readonly roots: Roots;
  readonly folder: string;
  readonly #processes = new Map<number, WrittenProcess>();
  #showsChildren = true;

  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), "culprit-proc-"));
    this.roots = {
      proc: join(this.folder, "proc"),
      sys: join(this.folder, "sys"),
      etc: join(this.folder, "etc"),
      run: join(this.folder, "run"),
      var: join(this.folder, "var"),
    };
    this.write("proc/sys/kernel/random/boot_id", "11111111-2222-4333-8444-555555555555\n");
    this.write("proc/stat", "cpu  1 0 1 1 0 0 0 0 0 0\nbtime 1000000000\nprocs_running 1\n");
    this.write("proc/uptime", "1000.00 900.00\n");
    this.write("proc/self/schedstat", "5000000 0 10\n");
    this.write("proc/meminfo", "MemTotal: 1024000 kB\nMemFree: 512000 kB\nMemAvailable: 768000 kB\n");
    this.write("etc/passwd", "root:x:0:0:root:/root:/bin/sh\n");
  }

  write(path: string, content: string | Buffer): void {
    const file = join(this.folder, path);
    mkdirSync(join(file, ".."), { recursive: true });
    writeFileSync(file, content);
  }

  /** Adds a process or changes what is said of it. */
  put(pid: number, change: WrittenProcess): void {
    const before = this.#processes.get(pid);
    const all = { ...before, ...change };
    this.#processes.set(pid, all);
    const name = Buffer.isBuffer(all.name) ? all.name : Buffer.from(all.name ?? `process-${pid}`);
    const numbers = [
      all.parent ?? 1,
      pid,
      pid,
      0,
      -1,
      all.flags ?? 4_194_304,
      1,
      all.waitedFaults ?? 0,
      0,
      0,
      all.cpuTicks ?? 0,
      0,
    ];
    const more = [
      all.waitedTicks ?? 0,
      0,
      20,
      0,
      all.threads ?? 1,
      0,
      all.startTicks ?? 100,
      1000,
      all.rssPages ?? 10,
    ];
    const line = [
      Buffer.from(`${pid} (`),
      name,
      Buffer.from(`) ${all.state ?? "S"} ${[...numbers, ...more].join(" ")} 1844 `),
      Buffer.from(`${"0 ".repeat(26)}${all.exitStatus ?? 0}\n`),
    ];
    this.write(`proc/${pid}/stat`, Buffer.concat(line));
    if (all.command) this.write(`proc/${pid}/cmdline`, `${all.command.join("\0")}\0`);
    const parents = before ? [before.parent, all.parent] : [pid, all.parent];
    for (const changed of new Set(parents)) this.#writeChildrenOf(changed);
    if (typeof all.waited === "object") this.#writeThreads(pid, all.waited);
    else this.write(`proc/${pid}/schedstat`, `5000000 ${all.waited ?? 0} 10\n`);
    if (all.group !== undefined) this.write(`proc/${pid}/cgroup`, `0::${all.group}\n`);
    if (all.io === "none") return;
    const { readBytes, writeBytes, operations = 0 } = all.io ?? { readBytes: 0, writeBytes: 0 };
    this.write(
      `proc/${pid}/io`,
      `rchar: 1\nwchar: 1\nsyscr: ${operations}\nsyscw: 0\nread_bytes: ${readBytes}\nwrite_bytes: ${writeBytes}\ncancelled_write_bytes: 0\n`,
    );
  }

  /** As in a kernel, an open descriptor has nothing to read any more. */
  end(pid: number): void {
    const { parent } = this.#processes.get(pid)!;
    this.#processes.delete(pid);
    truncateSync(join(this.roots.proc, String(pid), "stat"));
    rmSync(join(this.roots.proc, String(pid)), { recursive: true });
    this.#writeChildrenOf(parent);
  }

  /** As a kernel without CONFIG_PROC_CHILDREN. */
  hideChildren(): void {
    this.#showsChildren = false;
    for (const pid of this.#processes.keys())
      rmSync(join(this.roots.proc, `${pid}/task`), { recursive: true });
  }

  #writeThreads(pid: number, waited: Record<number, number>): void {
    rmSync(join(this.roots.proc, `${pid}/task`), { recursive: true, force: true });
    for (const [thread, nanos] of Object.entries(waited))
      this.write(`proc/${pid}/task/${thread}/schedstat`, `5000000 ${nanos} 10\n`);
    this.#writeChildrenOf(pid);
  }

  #writeChildrenOf(pid: number | undefined): void {
    if (!this.#showsChildren || pid === undefined || !this.#processes.has(pid)) return;
    const children = [...this.#processes].filter(([, { parent }]) => parent === pid);
    this.write(`proc/${pid}/task/${pid}/children`, children.map(([child]) => `${child} `).join(""));
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}
