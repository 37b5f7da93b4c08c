import { describe, expect, test } from "vitest";
import { checkOf, needsMachine, type CheckWish } from "./check-wish.ts";

const wish: CheckWish = { name: " shop ", machine: "", kind: "tcp", intervalSeconds: 60, fields: {} };

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

  test("a machine probes what only it can see", () => {
    expect(needsMachine("memory")).toBe(true);
    expect(needsMachine("http")).toBe(false);
  });
});
