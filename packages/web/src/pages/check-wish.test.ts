import { checkTarget, type Check } from "@culprit/protocol";
import { describe, expect, test } from "vitest";
import { checkOf, needsMachine, wishOf, type CheckWish } from "./check-wish.ts";

const wish: CheckWish = { name: " shop ", machine: "", kind: "tcp", intervalSeconds: 60, fields: {} };

const shop: Check = {
  id: "c_1",
  name: "shop",
  machine: "web-1",
  machineId: "m_1",
  target: { kind: "memory", warningPercent: 90, criticalPercent: 97 },
  intervalSeconds: 60,
  timeoutSeconds: 10,
  retries: 2,
  running: true,
  state: null,
  since: null,
  flapping: false,
  last: null,
  createdAt: "2026-11-23T03:00:00.000000Z",
};

describe("the form of a new check", () => {
  test("asks for nothing while something is missing or wrong", () => {
    expect(checkOf(wish)).toBeNull();
    expect(checkOf({ ...wish, fields: { host: "db1", port: "70000" } })).toBeNull();
    expect(checkOf({ ...wish, name: " ", fields: { host: "db1", port: "5432" } })).toBeNull();
    expect(checkOf({ ...wish, kind: "http", fields: { url: "ftp://shop.example/" } })).toBeNull();
  });

  test("asks for the check that its fields say, and takes nothing from another kind's", () => {
    const check = checkOf({ ...wish, fields: { host: " db1 ", port: "5432", url: "https://shop.example/" } });
    expect(check).toMatchObject({ name: "shop", target: { kind: "tcp", host: "db1", port: 5432 } });
    expect(check).not.toHaveProperty("machine");
    expect(check!.target).not.toHaveProperty("url");
  });

  test("what is left empty takes the defaults", () => {
    const check = checkOf({ ...wish, kind: "disk", machine: "m_1", fields: { mountPoint: "  " } });
    expect(check).toMatchObject({ machine: "m_1", target: { kind: "disk", warningPercent: 85 } });
    expect(check!.target).not.toHaveProperty("mountPoint");
  });

  test("of one that is there keeps what it has no field for", () => {
    const target = checkTarget.parse({
      kind: "http",
      url: "https://***:***@shop.example/",
      contains: "cart",
      statuses: [200, 401],
    });
    const there = { ...shop, target };
    expect(checkOf(wishOf(there), target)).toMatchObject({ name: "shop", machine: "m_1", target });
    const emptied = { ...wishOf(there), fields: { url: "https://shop.example/x", contains: " " } };
    expect(checkOf(emptied, target)!.target).toEqual({
      ...checkTarget.parse({ kind: "http", url: "https://shop.example/x" }),
      statuses: [200, 401],
    });
  });

  test("a machine probes what only it can see", () => {
    expect(needsMachine("memory")).toBe(true);
    expect(needsMachine("http")).toBe(false);
  });
});
