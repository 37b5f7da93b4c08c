/** Records that the running kernel writes itself. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { testTerminal } from "../../testing/terminal.ts";
import type { ImportOptions } from "../kind.ts";
import type { Cell } from "../row.ts";
import { acct } from "./acct.ts";

const folder = mkdtempSync(join(tmpdir(), "culprit-acct-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const options: ImportOptions = { kind: "job", header: true, encoding: "utf-8" };

async function rowsOf(bytes: Buffer, more: Partial<ImportOptions>) {
  writeFileSync(join(folder, "pacct"), bytes);
  const source = await acct.open("pacct", { ...options, ...more }, testTerminal({ folder }));
  const rows: Record<string, Cell>[] = [];
  const bad: number[] = [];
  for await (const some of source.rows())
    for (const row of some) {
      if ("cells" in row)
        rows.push(Object.fromEntries(source.columns.map((name, at) => [name, row.cells[at] ?? null])));
      else bad.push(row.line);
    }
  return { rows, bad, notes: source.notes };
}

const written = join(folder, "written");
/** Where Debian keeps the machine's own accounting. */
const usual = "/var/log/account/pacct";

/** Runs `work` while the kernel accounts into our file; afterwards accounting is as it was. False: it can't here. */
function whileAccounting(work: () => void): boolean {
  const sizeOf = (): number => (existsSync(usual) ? statSync(usual).size : 0);
  const before = sizeOf();
  spawnSync("true");
  const restored = sizeOf() > before ? usual : "off";
  writeFileSync(written, "");
  if (process.getuid?.() !== 0 || spawnSync("/usr/sbin/accton", [written]).status !== 0) return false;
  try {
    work();
  } finally {
    spawnSync("/usr/sbin/accton", [restored]);
  }
  return true;
}

test("what the kernel writes of a process is read: command, times, status, CPU, user", async () => {
  const before = Date.now() / 1000;
  const burn = "my $t; do { $i++ for 1 .. 9999; ($t) = times } while $t < 0.3;";
  const accounted = whileAccounting(() => {
    spawnSync("perl", ["-e", `${burn} select undef, undef, undef, 0.4; exit 3`]);
    spawnSync("sh", ["-c", "kill -TERM $$"]);
  });
  // For a kernel that may not, the recorded ones below stand.
  if (!accounted) return;
  const { rows, bad, notes } = await rowsOf(readFileSync(written), {
    command: "perl,sh",
    minSeconds: 0,
  });
  expect(bad).toEqual([]);
  expect(notes.join()).toMatch(/\d/);
  const perl = rows.find(({ process, exitCode }) => process === "perl" && exitCode === "3")!;
  expect(perl).toMatchObject({ outcome: "failed", user: "root" });
  expect(Number(perl["start"])).toBeGreaterThan(before - 2);
  expect(Number(perl["start"])).toBeLessThan(before + 5);
  expect(Number(perl["duration"])).toBeGreaterThan(0.65);
  // The kernel shares out the ticks of a busy machine: 0.3 s by the program's own clock are a little more or less here.
  expect(Number(perl["cpuSeconds"])).toBeGreaterThan(0.1);
  expect(Number(perl["cpuSeconds"])).toBeLessThan(Number(perl["duration"]));
  expect(rows.some(({ process, exitCode }) => process === "sh" && exitCode === "143")).toBe(true);
});

/** What a kernel (6.18, x64) wrote. */
const recorded = [
  "02030000000000000000000000000000a94f0000a54f00008af9086b0000000000000000ac09ba050000550000000000616363746f6e00000000000000000000",
  "10030000000000000000000000000000924d0000904d000063f9086b003075452d0006001868b6640000cc25000000006e706d20657865632076697465737400",
  "00030000000000000000000000000000904d00004e4d000063f9086b0030754500000000700b6b08000099000000000074696d656f7574000000000000000000",
].join("");

test("recorded records are read alike on every machine, and what is none is told", async () => {
  const bytes = Buffer.from(recorded, "hex");
  const { rows, bad, notes } = await rowsOf(Buffer.concat([bytes, Buffer.alloc(64), bytes.subarray(0, 30)]), {
    all: true,
    minSeconds: 1,
  });
  expect(rows).toMatchObject([
    {
      process: "npm exec vitest",
      start: "1795750243",
      duration: "39.23",
      cpuSeconds: "0.51",
      exitCode: "0",
      pid: "19858",
    },
    { process: "timeout", duration: "39.23", cpuSeconds: "0" },
  ]);
  expect(bad).toEqual([4, 5]);
  expect(notes).toHaveLength(1);
});

test("which processes are wanted has to be said, and an older version is named", async () => {
  await expect(rowsOf(Buffer.from(recorded, "hex"), {})).rejects.toThrow("--command");
  await expect(rowsOf(Buffer.from(recorded, "hex"), { all: true, command: "a" })).rejects.toThrow(
    "--command",
  );
  await expect(rowsOf(Buffer.from(recorded, "hex"), { all: true, minSeconds: Number.NaN })).rejects.toThrow(
    "--min-seconds",
  );
  const old = Buffer.alloc(64);
  old[1] = 2;
  await expect(rowsOf(old, { all: true })).rejects.toThrow("2");
});
