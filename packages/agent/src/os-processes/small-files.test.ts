import { expect, test } from "vitest";
import { parseAuxiliaryVector } from "./kernel-constants.ts";
import { parseIo } from "./parse-io.ts";
import { parseDescriptorLimit } from "./process-files.ts";
import { parsePasswd } from "./user-names.ts";

test("io gives what reached the disks and counts the calls", () => {
  const text =
    "rchar: 9\nwchar: 8\nsyscr: 7\nsyscw: 6\nread_bytes: 4096\nwrite_bytes: 8192\ncancelled_write_bytes: 4096\n";
  expect(parseIo(text)).toEqual({ readBytes: 4096, writeBytes: 8192, operations: 13 });
  expect(parseIo("")).toBeNull();
  expect(parseIo("rchar: 9\n")).toBeNull();
});

test("the first name of a user number wins; comments, NIS marks and broken lines are skipped", () => {
  const names = parsePasswd(
    "root:x:0:0::/:/bin/sh\ntoor:x:0:0::/:/bin/sh\n# a:x:5:\n+::::::\nbroken\nweb user:x:33:33:::\n",
  );
  expect([...names]).toEqual([
    [0, "root"],
    [33, "web user"],
  ]);
});

test("page size and clock ticks come from the auxiliary vector, else they are the usual ones", () => {
  const words = new BigUint64Array([6n, 65536n, 17n, 250n, 0n, 0n]);
  expect(parseAuxiliaryVector(new Uint8Array(words.buffer))).toEqual({
    pageBytes: 65_536,
    ticksPerSecond: 250,
  });
  expect(parseAuxiliaryVector(new Uint8Array(7))).toEqual({ pageBytes: 4096, ticksPerSecond: 100 });
});

test("the soft limit of open files is found", () => {
  expect(parseDescriptorLimit(limitsLine("1024"))).toBe(1024);
  expect(parseDescriptorLimit(limitsLine("unlimited"))).toBe(Number.MAX_SAFE_INTEGER);
  expect(parseDescriptorLimit("")).toBeNull();
});

function limitsLine(soft: string): string {
  return `Limit    Soft Limit   Hard Limit  Units\nMax open files            ${soft}      4096      files\n`;
}
