import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { WrittenProc } from "../testing/written-proc.ts";
import { AccountingFile } from "./accounting-file.ts";
import { OsProcessReport } from "./report.ts";
import { OsProcessTable } from "./os-process-table.ts";
import { ShortLived } from "./short-lived.ts";
import { openToldNames, ToldNames } from "./told-names.ts";
import { UserTotals } from "./user-totals.ts";

test("a hashed name is the same at every start of one machine, another one elsewhere, and no user's is a process's", async () => {
  const folder = mkdtempSync(join(tmpdir(), "culprit-names-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "names.key");
  const first = await openToldNames("hashed", path);
  const again = await openToldNames("hashed", path);
  const elsewhere = await openToldNames("hashed", join(folder, "other.key"));
  expect(first.ofProcess("payroll")).toMatch(/^process-[0-9a-f]{12}$/);
  expect(again.ofProcess("payroll")).toBe(first.ofProcess("payroll"));
  expect(again.ofProcess("payroll2")).not.toBe(first.ofProcess("payroll"));
  expect(elsewhere.ofProcess("payroll")).not.toBe(first.ofProcess("payroll"));
  expect(first.ofUser("payroll").slice(5)).not.toBe(first.ofProcess("payroll").slice(8));
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readFileSync(path, "utf8")).toMatch(/^[0-9a-f]{64}$/);
});

test("with hashed names, or none, nothing that is told of OS processes holds a name of a process or user", () => {
  for (const [setting, told] of [
    ["hashed", /^process-/],
    ["none", /^anonymous$/],
  ] as const) {
    const proc = new WrittenProc();
    onTestFinished(() => proc.remove());
    proc.write("etc/passwd", "secretuser:x:0:0::/:/bin/sh\n");
    const table = new OsProcessTable(proc.roots, { names: new ToldNames(setting, new Uint8Array(32)) });
    onTestFinished(() => table.close());
    const users = new UserTotals(table);
    const report = new OsProcessReport({
      table,
      settings: { busyCpuSeconds: 1, busyIoBytes: 1e9 },
      memoryBytes: 1e9,
      users,
    });
    const shortLived = new ShortLived(table, new AccountingFile(proc.roots));
    proc.put(10, { name: "secretparent" });
    const look = (at: number) => {
      const moment = { at: (1_000_001_000 + at) * 1e6, monotonicSeconds: at };
      table.look(moment);
      shortLived.note();
      users.note();
      return moment;
    };
    look(0);
    proc.put(11, { name: "secretchild", startTicks: 100_100, cpuTicks: 9, parent: 10 });
    look(5);
    proc.end(11);
    proc.put(10, { waitedTicks: 900 });
    const moment = look(60);
    const rows = report.rows("all", moment);
    const readings = [...shortLived.readings(moment), ...users.readings(moment)];
    expect(rows.name[0]).toMatch(told);
    expect(readings.map(({ metric }) => metric)).toContain("culprit.os_process.short_lived.count");
    expect(readings.some(({ attributes }) => "process.parent.name" in attributes)).toBe(true);
    expect(JSON.stringify([rows, readings])).not.toMatch(/secret/);
  }
});
