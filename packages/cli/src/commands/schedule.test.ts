import { expect, test } from "vitest";
import { UsageError } from "../failures.ts";
import { parseMove } from "./schedule.ts";

test.each([
  ["backup@db-1=+45m", "backup", "db-1", 2700],
  ["backup@db-1=45m", "backup", "db-1", 2700],
  ["POST /a?b=1@web 1=-1.5h", "POST /a?b=1", "web 1", -5400],
  ["root@host job@m_1=2d", "root@host job", "m_1", 172_800],
])("--move %s is a process, a machine and a shift", (text, process, machine, shiftSeconds) => {
  expect(parseMove(text)).toEqual({ process, machine, shiftSeconds });
});

test.each([
  "backup=+45m",
  "@db-1=+45m",
  "backup@=+45m",
  "backup@db-1",
  "backup@db-1=soon",
  "backup@db-1=8d",
  "",
])("--move %s is refused as a usage error that shows how", (text) => {
  expect(() => parseMove(text)).toThrow(UsageError);
  expect(() => parseMove(text)).toThrow(/backup@db-1=\+45m/);
});
