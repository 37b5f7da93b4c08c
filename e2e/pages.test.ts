/** The dashboard in a real browser: for everybody (axe, keyboard, phone), alive, and good at keeping its view. */
import { createRequire } from "node:module";
import { readFile } from "node:fs/promises";
import { executionsAccepted, HubClient, machineCreated, sessionCreated } from "@culprit/protocol";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { looks, openBrowser } from "./browser.ts";
import { adminPassword, startSystem, type System } from "./system.ts";

let system: System;
let client: HubClient;
let browser: Browser;
let contexts: BrowserContext[];

beforeAll(async () => {
  system = await startSystem();
  const anonymous = new HubClient({ hub: system.address });
  const session = await anonymous.post("/session", sessionCreated, {
    user: "admin",
    password: adminPassword,
  });
  client = new HubClient({ hub: system.address, token: session.token });
  await client.post("/machines", machineCreated, { name: "db1" });
  await client.post("/executions", executionsAccepted, aDay());
  browser = await openBrowser();
  contexts = [];
}, 120_000);

afterEach(async () => {
  await Promise.all(contexts.splice(0).map((context) => context.close()));
});

afterAll(async () => {
  await browser?.close();
  await system?.stop();
});

/** Twenty runs an hour of two jobs on one machine; the last `backup` is slow, beside an unusual `reindex`. */
function aDay() {
  const now = Date.now();
  const run = (process: string, minutesAgo: number, seconds: number, id = `${process}-${minutesAgo}`) => ({
    id,
    machine: "db1",
    kind: "cron",
    process,
    startedAt: new Date(now - minutesAgo * 60_000).toISOString(),
    endedAt: new Date(now - minutesAgo * 60_000 + seconds * 1000).toISOString(),
    outcome: "ok",
  });
  const usual = Array.from({ length: 200 }, (_, i) => [
    run("backup", 60 + i * 6, 60 + (i % 7)),
    run("rotate-logs", 61 + i * 6, 5 + (i % 3)),
  ]).flat();
  return [...usual, run("backup", 30, 300, "slow-backup"), run("reindex", 31, 320)];
}

async function open(options: Parameters<Browser["newContext"]>[0] = looks["light"]): Promise<Page> {
  const context = await browser.newContext(options);
  contexts.push(context);
  const page = await context.newPage();
  await page.goto(`${system.address}/sign-in`);
  await page.locator('input[name="user"]').fill("admin");
  await page.locator('input[name="password"]').fill(adminPassword);
  await page.keyboard.press("Enter");
  await page.waitForURL((url) => url.pathname === "/");
  return page;
}

async function visit(page: Page, path: string): Promise<void> {
  await page.goto(system.address + path);
  await page.getByRole("heading", { level: 1 }).waitFor();
  await page.waitForLoadState("networkidle");
}

const paths = [
  "/",
  "/timeline",
  "/timeline?table=true",
  "/processes",
  "/processes/backup",
  "/executions/slow-backup",
  "/machines",
  "/machines/db1",
  "/settings",
];

describe("the dashboard", () => {
  test.each(["light", "dark", "phone"])("has nothing that axe finds, %s", async (look) => {
    const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
    const page = await open(looks[look]);
    for (const path of paths) {
      await visit(page, path);
      await page.evaluate(axe);
      const violations = await page.evaluate(async () => {
        const { axe } = globalThis as unknown as {
          axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
        };
        return (await axe.run()).violations.map(
          ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(" | ")}`,
        );
      });
      expect(violations, `${path} ${look}`).toEqual([]);
    }
  });

  test("the link that the hub prints signs in once", async () => {
    const context = await browser.newContext();
    contexts.push(context);
    const page = await context.newPage();
    await page.goto(system.signInLink);
    await page.waitForURL((url) => url.pathname === "/");
    expect(page.url()).not.toContain("once");
    const second = await browser.newContext();
    contexts.push(second);
    const late = await second.newPage();
    await late.goto(system.signInLink);
    await late.getByRole("alert").waitFor();
    expect(new URL(late.url()).pathname).toBe("/sign-in");
  });

  test("shows a new run without a reload", async () => {
    const page = await open();
    await visit(page, "/processes");
    expect(await page.getByText("just-now").count()).toBe(0);
    const started = new Date(Date.now() - 5000).toISOString();
    await client.post("/executions", executionsAccepted, {
      machine: "db1",
      process: "just-now",
      startedAt: started,
      endedAt: new Date().toISOString(),
    });
    await page.getByText("just-now").first().waitFor({ timeout: 60_000 });
  });

  test("tells in one sentence why a run was slow, in three languages", async () => {
    for (const [locale, word] of [
      ["en-GB", "instead of"],
      ["pt-BR", "em vez de"],
      ["es-ES", "tardó"],
    ] as const) {
      const page = await open({ ...looks["light"], locale });
      await visit(page, "/executions/slow-backup");
      expect(await page.locator("main").innerText()).toContain(word);
    }
  });

  test("the timeline is worked by keyboard alone, and the address keeps the view", async () => {
    const page = await open();
    await visit(page, "/timeline");
    const picture = page.locator("canvas").first();
    await picture.locator("xpath=ancestor-or-self::*[@tabindex='0'][1]").focus();
    await page.keyboard.press("+");
    await page.keyboard.press("+");
    await expect.poll(() => page.url()).toMatch(/from=/);
    const zoomed = page.url();
    await page.reload();
    await page.waitForLoadState("networkidle");
    expect(page.url()).toBe(zoomed);
    await page.goBack();
    await expect.poll(() => page.url()).not.toBe(zoomed);
  });

  test("loads nothing from another host", async () => {
    const page = await open();
    const hosts = new Set<string>();
    page.on("request", (request) => hosts.add(new URL(request.url()).host));
    for (const path of paths) await visit(page, path);
    expect([...hosts]).toEqual([new URL(system.address).host]);
  });
});
