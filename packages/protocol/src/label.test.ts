import { expect, test } from "vitest";
import { hasLabels, labels, labelText, readLabel } from "./label.ts";

test("a label is a key, or a key with a value, as people write it", () => {
  expect(readLabel("role=db")).toEqual({ key: "role", value: "db" });
  expect(readLabel(" app/tier = a=b ")).toEqual({ key: "app/tier", value: "a=b" });
  expect(readLabel("spare")).toEqual({ key: "spare", value: null });
  expect(readLabel("spare=")).toEqual({ key: "spare", value: "" });
  for (const wrong of ["", "=db", "a b=c", "__proto__=x", "role=a\u202eb", "-a", "a-"])
    expect([wrong, readLabel(wrong)]).toEqual([wrong, null]);
  expect(labelText(["role", "db"])).toBe("role=db");
  expect(labelText(["spare", ""])).toBe("spare");
});

test("a machine is found by all labels that are asked for; a key alone fits any value", () => {
  const db = { role: "db", spare: "" };
  const has = (...wanted: string[]) =>
    hasLabels(
      db,
      wanted.map((text) => readLabel(text)!),
    );
  expect([has(), has("role"), has("role=db"), has("role=db", "spare")]).toEqual([true, true, true, true]);
  expect([has("role=web"), has("role", "rack"), has("constructor"), has("role=")]).toEqual([
    false,
    false,
    false,
    false,
  ]);
});

test("a machine has a bounded number of labels", () => {
  const some = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, at) => [`label-${at}`, ""]));
  expect(labels.safeParse(some(32)).success).toBe(true);
  expect(labels.safeParse(some(33)).success).toBe(false);
});
