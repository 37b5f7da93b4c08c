import { expect, test } from "vitest";
import { changeOf, wishOf } from "./machine-wish.ts";

const told = { name: "db-1", group: "shop", labels: { spare: "", role: "a, b" }, timeZone: "Asia/Tokyo" };
const before = wishOf({ ...told, timeZoneSet: true });
const change = (some: Partial<typeof before>) => changeOf({ ...before, ...some }, before);

test("a machine stands in the form as it is; only a zone that a person set does", () => {
  expect(before).toEqual({ name: "db-1", group: "shop", labels: "role=a, b\nspare", timeZone: "Asia/Tokyo" });
  expect(wishOf({ ...told, timeZoneSet: false }).timeZone).toBe("");
  expect(change({})).toEqual({});
});

test("only what was changed is asked for; an emptied group or zone is taken back", () => {
  expect(change({ name: " <b>db</b> " })).toEqual({ name: "<b>db</b>" });
  expect(change({ group: " ", timeZone: "" })).toEqual({ group: null, timeZone: null });
  expect(change({ labels: "role=db\n\n spare \n" })).toEqual({ labels: { role: "db", spare: "" } });
  expect(change({ labels: "" })).toEqual({ labels: {} });
});

test("what is wrong is told by its field", () => {
  expect(change({ name: " " })).toEqual({ field: "name" });
  expect(change({ group: "a\u202eb" })).toEqual({ field: "group" });
  expect(change({ timeZone: "Mars/Olympus" })).toEqual({ field: "timeZone" });
  expect(change({ labels: "role=db\n=x" })).toEqual({ field: "labels", line: "=x" });
  const many = Array.from({ length: 33 }, (_, at) => `label-${at}`).join("\n");
  expect(change({ labels: many })).toEqual({ field: "labels", most: 32 });
});
