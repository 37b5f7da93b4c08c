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
};

/** A small /proc in a temporary folder, with processes that a test lets work and end. */
export class WrittenProc {
  readonly roots: Roots;
  readonly folder: string;
  readonly #processes = new Map<number, WrittenProcess>();

  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), "culprit-proc-"));
    this.roots = {
      proc: join(this.folder, "proc"),
      sys: join(this.folder, "sys"),
      etc: join(this.folder, "etc"),
    };
    this.write("proc/sys/kernel/random/boot_id", "11111111-2222-4333-8444-555555555555\n");
    this.write("proc/stat", "cpu  1 0 1 1 0 0 0 0 0 0\nbtime 1000000000\nprocs_running 1\n");
    this.write("proc/uptime", "1000.00 900.00\n");
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
    const all = { ...this.#processes.get(pid), ...change };
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
      0,
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
      Buffer.from(`) S ${[...numbers, ...more].join(" ")} 1844\n`),
    ];
    this.write(`proc/${pid}/stat`, Buffer.concat(line));
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
    this.#processes.delete(pid);
    truncateSync(join(this.roots.proc, String(pid), "stat"));
    rmSync(join(this.roots.proc, String(pid)), { recursive: true });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}
