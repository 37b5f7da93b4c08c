/** The pages of the answer in a real browser, over a month in which `reindex` slows two jobs down and `rotate-logs` nobody. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import axe, { type AxeResults } from "axe-core";
import {
  culprits,
  deviatingExecution,
  executionsAccepted,
  list,
  machineCreated,
  protocolVersion,
  type HubClient,
} from "@culprit/protocol";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { looks, openBrowser } from "./browser.ts";
import { adminClient, hubProcess, type HubProcess } from "./hub-process.ts";
import { adminPassword } from "./system.ts";

const hour = 3_600_000;

let folder: string;
let system: HubProcess;
let client: HubClient;
let browser: Browser;
let contexts: BrowserContext[] = [];
/** Path of the page of a run that `reindex` slowed down. */
let slowRun: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "culprit-e2e-"));
  system = await hubProcess(folder);
  system.hub.start();
  await system.ready();
  client = await adminClient(system.address);
  const { token } = await client.post("/machines", machineCreated, { name: "db1" });
  await client.post("/machines", machineCreated, { name: "app1" });
  await client.post("/executions", executionsAccepted, [...slowedByReindex(), ...twoThatStartTogether()]);
  await sendSamples(token);
  await vi.waitFor(
    async () => {
      const found = await client.get("/culprits", culprits);
      expect(found.culprits.map(({ process }) => process)).toEqual(["reindex"]);
    },
    { timeout: 110_000, interval: 500 },
  );
  const { items } = await client.get("/deviations", list(deviatingExecution), {
    process: "thumbnails",
    direction: "slow",
    limit: 1,
  });
  slowRun = `/executions/${items[0]!.execution.id}`;
  browser = await openBrowser();
});

afterEach(async () => {
  await Promise.all(contexts.splice(0).map((context) => context.close()));
});

afterAll(async () => {
  await browser?.close();
  await system?.hub.end("SIGTERM");
  await rm(folder, { recursive: true, force: true });
});

type Hour = {
  start: number;
  random: () => number;
  /** Seconds, give or take a twentieth. */
  about: (seconds: number) => number;
  add: (process: string, start: number, seconds: number) => void;
};

/** Runs of one machine: what `play` adds in each hour of a month. */
function aMonthOf(machine: string, seed: number, play: (hour: Hour) => void) {
  let state = seed;
  const random = () => (state = (state * 1_103_515_245 + 12_345) % 2 ** 31) / 2 ** 31;
  const about = (seconds: number) => seconds * (0.95 + 0.1 * random());
  const runs: object[] = [];
  const add = (process: string, start: number, seconds: number) => {
    const [startedAt, endedAt] = [start, start + seconds * 1000].map((at) => new Date(at).toISOString());
    runs.push({ machine, kind: "cron", process, startedAt, endedAt });
  };
  const first = Math.floor(Date.now() / hour) * hour - 30 * 24 * hour;
  for (let start = first; start < Date.now() - hour; start += hour) play({ start, random, about, add });
  return runs;
}

/** `reindex` at a third of all hours; what of another job lies beside it takes nearly twice as long. */
const slowedByReindex = () =>
  aMonthOf("db1", 11, ({ start, random, about, add }) => {
    const beside = random() < 0.33;
    // Where in the hour it starts changes, so that how much of it lies beside another changes too.
    const at = start + Math.floor(random() * 4) * 600_000;
    if (beside) add("reindex", at, about(1200));
    for (const [process, minute, normal] of [
      ["export", 12, 240],
      ["thumbnails", 25, 400],
    ] as const) {
      const begun = start + minute * 60_000;
      const slow = beside && begun >= at && begun + normal * 1000 < at + 1_200_000;
      add(process, begun + 2000 * random(), about(slow ? normal * 1.9 : normal));
    }
    add("rotate-logs", start + 40 * 60_000, about(30));
  });

/** On another machine `vacuum` and `stats` always start with the same line of a crontab, at changing hours, and slow one job down. */
const twoThatStartTogether = () =>
  aMonthOf("app1", 5, ({ start, random, about, add }) => {
    const beside = random() < 0.33;
    if (beside) for (const process of ["vacuum", "stats"]) add(process, start + 5 * 60_000, about(1200));
    add("mailing", start + 10 * 60_000 + 2000 * random(), about(beside ? 570 : 300));
  });

/** CPU of the last hour and a half, as an agent tells it. */
async function sendSamples(token: string): Promise<void> {
  const minutes = Array.from({ length: 90 }, (_, index) => 89 - index);
  const batch = {
    protocol: protocolVersion,
    stream: "host-00000001",
    sequence: 1,
    kind: "samples",
    series: [
      { metric: "system.cpu.utilization", attributes: { "cpu.mode": "user" }, unit: "1", type: "gauge" },
    ],
    points: {
      series: minutes.map(() => 0),
      at: minutes.map((ago) => (Date.now() - ago * 60_000) * 1000),
      value: minutes.map((ago) => (ago < 30 ? 0.9 : 0.2)),
      intervalSeconds: minutes.map(() => 0),
    },
  };
  const answer = await fetch(`${system.address}/api/v1/intake`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/x-ndjson" },
    body: `${JSON.stringify(batch)}\n`,
  });
  expect(answer.status).toBe(200);
}

async function open(): Promise<Page> {
  const context = await browser.newContext(looks["light"]);
  contexts.push(context);
  const page = await context.newPage();
  await page.goto(`${system.address}/sign-in`);
  await page.locator('input[name="user"]').fill("admin");
  await page.locator('input[name="password"]').fill(adminPassword);
  await page.keyboard.press("Enter");
  await page.waitForURL((url) => url.pathname === "/");
  return page;
}

/** What axe finds, with the places. */
async function violations(page: Page): Promise<string[]> {
  const found = await page.evaluate<AxeResults>("axe.run()");
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" | ")}`);
}

async function visit(page: Page, path: string): Promise<void> {
  await page.goto(system.address + path);
  await page.getByRole("heading", { level: 1 }).waitFor();
  await page.waitForLoadState("networkidle");
}

const moves = encodeURIComponent(
  JSON.stringify([{ process: "thumbnails", machine: "db1", shiftSeconds: 1800 }]),
);

describe("the pages of the answer", () => {
  test("have nothing that axe finds, light and dark, and are no wider than a phone", async () => {
    const page = await open();
    const to = Date.now() - 2 * hour;
    const span = `from=${new Date(to - hour).toISOString()}&to=${new Date(to).toISOString()}`;
    for (const path of ["/culprits", `/schedule?moves=${moves}`, `/differences?${span}`, slowRun]) {
      await visit(page, path);
      await page.evaluate(axe.source);
      for (const look of ["light", "dark", "phone"] as const) {
        const { viewport, colorScheme } = looks[look]!;
        await page.setViewportSize(viewport!);
        await page.emulateMedia({ colorScheme: colorScheme! });
        // Colours fade from one theme to the other.
        await expect.poll(() => violations(page), { message: `${path} ${look}`, timeout: 5000 }).toEqual([]);
        const wide = await page.evaluate("document.documentElement.scrollWidth - window.innerWidth");
        expect(wide, `${path} ${look}`).toBeLessThanOrEqual(0);
      }
    }
  });

  test("a culprit opens by keyboard to its victims, and the address keeps what is open", async () => {
    const page = await open();
    await visit(page, "/culprits");
    const main = page.locator("main");
    const name = main.locator("summary", { hasText: "reindex" });
    const victims = main.getByRole("region", { name: "Victims" }).locator("tbody tr");
    expect(await victims.locator("td:first-child").allInnerTexts()).toEqual(
      expect.arrayContaining(["export", "thumbnails"]),
    );
    expect(await main.innerText()).not.toContain("rotate-logs");
    await main
      .getByRole("img", { name: /with and without reindex/ })
      .first()
      .waitFor();
    await name.focus();
    await page.keyboard.press("Enter");
    await victims.first().waitFor({ state: "detached" });
    await expect.poll(() => page.url(), { timeout: 10_000 }).toMatch(/[?&]open=/);
    await page.reload();
    await name.waitFor();
    expect(await victims.count()).toBe(0);
    await name.focus();
    await page.keyboard.press("Enter");
    await victims.first().waitFor();
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      main.getByRole("button", { name: /Time that each cost others.* CSV/ }).click(),
    ]);
    expect(await readFile(await download.path(), "utf8")).toMatch(/^reindex,\d/m);
  });

  test("the page of a slow run names the culprit with its bounds, and leads to what was different", async () => {
    const page = await open();
    await visit(page, slowRun);
    const main = page.locator("main");
    expect(await main.locator(".page-sentence").innerText()).toContain("because reindex");
    const part = main.locator(".parts li", { hasText: "reindex" });
    expect(await part.innerText()).toMatch(/min.*\(.* to .*\)/s);
    expect(await main.locator(".legend").innerText()).toContain("blamed for lost time");
    await main.getByRole("link", { name: "What was different then?" }).click();
    await page.waitForURL((url) => url.pathname === "/differences" && url.searchParams.has("machine"));
  });

  test("what can't be told apart is named with an experiment, and as starting in the same minute", async () => {
    const page = await open();
    await visit(page, "/culprits");
    const heading = page.getByRole("heading", { name: "Cannot be told apart" });
    const together = page.locator("section.section", { has: heading });
    await expect.poll(() => together.innerText()).toMatch(/vacuum|stats/);
    expect(await together.innerText()).toMatch(/would tell which/);
    await visit(page, "/schedule?days=30");
    const herd = page.getByRole("table", { name: "Started in the same minute" }).getByRole("row").nth(1);
    expect(await herd.innerText()).toMatch(/stats[^]*vacuum|vacuum[^]*stats/);
    expect(await herd.innerText()).toContain("app1");
  });

  test("what a move would change is asked in the page, and the address keeps the question", async () => {
    const page = await open();
    await visit(page, "/schedule");
    await page.getByLabel("Process", { exact: true }).selectOption({ label: "thumbnails (db1)" });
    await page.getByLabel(/^Minutes later/).fill("30");
    await page.keyboard.press("Enter");
    const answer = page.locator(".what-if-answer .answer");
    await answer.waitFor();
    const text = await answer.innerText();
    expect(text).toMatch(/a day/);
    await page.reload();
    await answer.waitFor();
    expect(await answer.innerText()).toBe(text);
  });

  test("a span that is drawn out on a machine's chart asks what was different then", async () => {
    const page = await open();
    await visit(page, "/machines/db1");
    const chart = page.getByRole("img", { name: /^CPU\./ });
    await chart.locator("canvas").waitFor();
    const { x, y, width } = (await chart.boundingBox())!;
    await page.mouse.move(x + width * 0.6, y + 60);
    await page.mouse.down();
    await page.mouse.move(x + width * 0.7, y + 60, { steps: 4 });
    await page.mouse.move(x + width * 0.8, y + 60, { steps: 4 });
    await page.mouse.up();
    await page.getByRole("link", { name: "What was different then?" }).click();
    await page.waitForURL((url) => url.pathname === "/differences");
    const { searchParams } = new URL(page.url());
    const [from, to] = ["from", "to"].map((name) => Date.parse(searchParams.get(name)!));
    expect((to! - from!) / 60_000).toBeGreaterThan(8);
    expect((to! - from!) / 60_000).toBeLessThan(20);
  });
});
