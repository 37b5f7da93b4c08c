import { expect, it } from "vitest";
import { arrange } from "./arrange.ts";

type Row = { name: string; size: number | null };
const rows: Row[] = [
  { name: "web10", size: null },
  { name: "web9", size: 20 },
  { name: "db1", size: 3 },
];
const columns = [
  { key: "name", value: ({ name }: Row) => name },
  { key: "size", value: ({ size }: Row) => size },
];
const names = (sorted: Row[]) => sorted.map(({ name }) => name);

it("texts sort with their numbers as numbers", () => {
  expect(names(arrange(rows, columns, { key: "name", descending: false }, ""))).toEqual([
    "db1",
    "web9",
    "web10",
  ]);
});

it("what is absent comes last, whichever way", () => {
  expect(names(arrange(rows, columns, { key: "size", descending: false }, ""))).toEqual([
    "db1",
    "web9",
    "web10",
  ]);
  expect(names(arrange(rows, columns, { key: "size", descending: true }, ""))).toEqual([
    "web9",
    "db1",
    "web10",
  ]);
});

it("a filter looks at every column and knows no case", () => {
  expect(names(arrange(rows, columns, undefined, " WEB"))).toEqual(["web10", "web9"]);
  expect(names(arrange(rows, columns, undefined, "20"))).toEqual(["web9"]);
});

it("the rows that were given keep their order", () => {
  arrange(rows, columns, { key: "name", descending: false }, "");
  expect(names(rows)).toEqual(["web10", "web9", "db1"]);
});
