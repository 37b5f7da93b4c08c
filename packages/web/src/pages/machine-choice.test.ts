import { expect, test } from "vitest";
import { byGroup, chosen, groupsOf, labelsOf } from "./machine-choice.ts";

const machines = [
  { name: "db-1", group: "shop", labels: { role: "db", spare: "" } },
  { name: "web-1", group: "Shop 10", labels: { role: "web" } },
  { name: "web-2", group: "Shop 9", labels: { role: "web", spare: "yes" } },
  { name: "old", labels: {} },
];
const names = (some: { name: string }[]) => some.map(({ name }) => name);

test("groups and labels are offered as people write them, in their order", () => {
  expect(groupsOf(machines)).toEqual(["shop", "Shop 9", "Shop 10"]);
  expect(labelsOf(machines)).toEqual(["role=db", "role=web", "spare", "spare=yes"]);
});

test("machines are chosen by group, by label and by both; a damaged choice of a label chooses nothing away", () => {
  expect(names(chosen(machines, {}))).toEqual(["db-1", "web-1", "web-2", "old"]);
  expect(names(chosen(machines, { group: "shop" }))).toEqual(["db-1"]);
  expect(names(chosen(machines, { group: "" }))).toEqual(["old"]);
  expect(names(chosen(machines, { label: "role=web" }))).toEqual(["web-1", "web-2"]);
  expect(names(chosen(machines, { label: "spare" }))).toEqual(["db-1"]);
  expect(names(chosen(machines, { group: "shop", label: "role=web" }))).toEqual([]);
  expect(names(chosen(machines, { label: "=" }))).toHaveLength(4);
});

test("machines stand by group, those without one last, and in one list where nobody has one", () => {
  expect(byGroup(machines).map(({ group, machines: some }) => [group, names(some)])).toEqual([
    ["shop", ["db-1"]],
    ["Shop 9", ["web-2"]],
    ["Shop 10", ["web-1"]],
    [null, ["old"]],
  ]);
  expect(byGroup([machines[3]!])).toEqual([{ group: null, machines: [machines[3]] }]);
});
