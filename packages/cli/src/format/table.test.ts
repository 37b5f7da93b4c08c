import { expect, test } from "vitest";
import stringWidth from "string-width";
import { cutTo, formatTable, printable, type Column } from "./table.ts";

type Row = { process: string; seconds: string };

const columns: Column<Row>[] = [
  { title: "PROCESS", cell: (row) => row.process, shrinkTo: 6 },
  { title: "DURATION", align: "right", cell: (row) => row.seconds },
];
const rows: Row[] = [
  { process: "nightly-backup-of-everything", seconds: "12 s" },
  { process: "report", seconds: "1,234 s" },
];
const plain = { columns: null, colours: false };

test("columns stand one under the other, numbers to the right", () => {
  expect(formatTable(columns, rows, plain)).toBe(
    [
      "PROCESS                       DURATION",
      "nightly-backup-of-everything      12 s",
      "report                         1,234 s",
    ].join("\n"),
  );
});

test("on a narrow terminal the columns that may shrink do, and no line is wider", () => {
  const table = formatTable(columns, rows, { columns: 24, colours: false });
  expect(table.split("\n").map((line) => stringWidth(line))).toEqual([24, 24, 24]);
  expect(table).toContain("nightly-backu…  ");
  expect(table).toContain("1,234 s");
});

test("a column never shrinks below its least width, whatever the terminal", () => {
  expect(formatTable(columns, rows, { columns: 5, colours: false })).toContain("night…");
});

test("wide characters count for two cells, and are never cut in half", () => {
  expect(cutTo("日本語バックアップ", 7)).toBe("日本語…");
  expect(stringWidth(cutTo("👨‍👩‍👧‍👦👨‍👩‍👧‍👦👨‍👩‍👧‍👦", 5))).toBeLessThanOrEqual(5);
  expect(cutTo("exact", 5)).toBe("exact");
});

test("a cell can't steer the terminal", () => {
  expect(printable("a\u001b[2Jb\r\nc\u202ed")).toBe("a?[2Jb??c?d");
  const table = formatTable(columns, [{ process: "\u001b]0;title\u0007", seconds: "1" }], plain);
  expect(table).not.toMatch(/[\u0007\u001b]/);
});

test("colours change nothing but colours", () => {
  const coloured: Column<Row>[] = [{ ...columns[0]!, colour: () => "red" }, columns[1]!];
  const painted = formatTable(coloured, rows, { columns: 24, colours: true });
  expect(painted).toContain("\u001b[31mreport\u001b[39m");
  expect(painted.replaceAll(/\u001b\[\d+m/g, "")).toBe(
    formatTable(columns, rows, { columns: 24, colours: false }),
  );
});

test("a table without rows is its titles", () => {
  expect(formatTable(columns, [], plain)).toBe("PROCESS  DURATION");
});
