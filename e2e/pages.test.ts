/** The dashboard in a real browser: for everybody (axe, keyboard, phone), alive, and good at keeping its view. */
import { readFile } from "node:fs/promises";
import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { promisify } from "node:util";
import {
  check,
  executionsAccepted,
  HubClient,
  list,
  machine,
  machineCreated,
  osProcess,
  protocolVersion,
  sessionCreated,
} from "@culprit/protocol";
import axe, { type AxeResults } from "axe-core";
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { looks, openBrowser } from "./browser.ts";
import { adminPassword, startSystem, type System } from "./system.ts";

const root = resolve(import.meta.dirname, "..");

let system: System;
let client: HubClient;
let browser: Browser;
let contexts: BrowserContext[];
let signedIn: StorageState | undefined;

type StorageState = Awaited<ReturnType<BrowserContext["storageState"]>>;

beforeAll(async () => {
  system = await startSystem();
  const anonymous = new HubClient({ hub: system.address });
  const session = await anonymous.post("/session", sessionCreated, {
    user: "admin",
    password: adminPassword,
  });
  client = new HubClient({ hub: system.address, token: session.token });
  await client.post("/machines", machineCreated, { name: "db1" });
  const far = await client.post("/machines", machineCreated, { name: "far" });
  expect(await tellZone(far.token, "Pacific/Auckland")).toBe(200);
  const newer = await client.post("/machines", machineCreated, { name: "newer" });
  expect(await tellZone(newer.token, "UTC", protocolVersion + 1)).toBe(409);
  const marked = await client.post("/machines", machineCreated, { name: strangeNames[0]! });
  expect(await tellZone(marked.token, "UTC")).toBe(200);
  await client.post("/executions", executionsAccepted, aDay());
  const hubItself = { kind: "http", url: `${system.address}/healthz` };
  await client.post("/checks", check, { name: "the hub", target: hubItself, intervalSeconds: 5 });
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

/** As the machine's agent tells what it runs on; answers the status. */
async function tellZone(token: string, timeZone: string, protocol = protocolVersion): Promise<number> {
  const text = {
    hostName: "far",
    os: "Debian",
    kernel: "6.1",
    architecture: "x86_64",
    bootId: "1",
    cpuModel: "x",
  };
  const numbers = {
    bootedAt: Date.now() * 1000,
    cpuCores: 2,
    cpuMegahertz: null,
    memoryBytes: 1,
    swapBytes: 0,
  };
  const computer = { ...text, ...numbers, timeZone, partitions: [], agentVersion: "0", capabilities: [] };
  const batch = {
    protocol,
    stream: "host-00000001",
    sequence: 1,
    kind: "samples",
    computer,
  };
  const answer = await fetch(`${system.address}/api/v1/intake`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/x-ndjson" },
    body: `${JSON.stringify(batch)}\n`,
  });
  return answer.status;
}

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
  const strange = strangeNames.map((name, i) => ({
    ...run(name, 40 + i, 20, `strange-${i}`),
    machine: i === 0 ? name : "db1",
  }));
  return [...usual, ...strange, run("backup", 30, 300, "slow-backup"), run("reindex", 31, 320)];
}

/** Names as people and attackers give them: markup, a spreadsheet's formula, the longest there is, right to left. */
const strangeNames = [
  "<img src=x onerror=\"document.title='broken'\">",
  "=cmd('calc')",
  "w".repeat(200),
  "גיבוי לילה",
];

/** A page of somebody who signed in before. */
async function open(options: BrowserContextOptions = looks["light"]!): Promise<Page> {
  signedIn ??= await (await openAndSignIn()).context().storageState();
  const context = await browser.newContext({ ...options, storageState: signedIn });
  contexts.push(context);
  const page = await context.newPage();
  await page.goto(`${system.address}/`);
  return page;
}

async function openAndSignIn(): Promise<Page> {
  const context = await browser.newContext(looks["light"]);
  contexts.push(context);
  const page = await context.newPage();
  await page.goto(`${system.address}/sign-in`);
  await signIn(page);
  await page.waitForURL((url) => url.pathname === "/");
  return page;
}

async function signIn(page: Page): Promise<void> {
  await page.locator('input[name="user"]').fill("admin");
  await page.locator('input[name="password"]').fill(adminPassword);
  await page.keyboard.press("Enter");
}

/** Pages that refresh themselves every ten seconds: the clock of this one goes on by as much at a time, until that is so. */
async function afterRefreshes(page: Page, reached: () => Promise<boolean>): Promise<void> {
  const look = async () => {
    await page.clock.fastForward(10_500);
    return reached();
  };
  await expect.poll(look, { timeout: 60_000, interval: 300 }).toBe(true);
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
  "/add-machine",
  "/availability",
  "/checks",
  "/checks/c_1",
  "/settings",
];

describe("the dashboard", () => {
  test("has nothing that axe finds, nor loads from another host, light, dark and on a phone", async () => {
    const seeAll = async (look: string, page: Page) => {
      const hosts = new Set<string>();
      page.on("request", (request) => hosts.add(new URL(request.url()).host));
      for (const path of paths) {
        await visit(page, path);
        await page.evaluate(axe.source);
        // Dark and light are one page in other colours.
        const rules =
          look === "dark"
            ? '{ runOnly: ["color-contrast"] }'
            : '{ rules: { "label-content-name-mismatch": { enabled: true } } }';
        const { violations } = await page.evaluate<AxeResults>(`axe.run(${rules})`);
        const found = violations.map(
          ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" | ")}`,
        );
        expect(found, `${path} ${look}`).toEqual([]);
      }
      expect([...hosts], look).toEqual([new URL(system.address).host]);
    };
    const opened: [look: string, page: Page][] = [];
    // One after the other, for the first signs in; then they mostly wait, each for its own pages.
    for (const look of ["light", "dark", "phone"]) opened.push([look, await open(looks[look])]);
    await Promise.all(opened.map(([look, page]) => seeAll(look, page)));
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
    await page.clock.install();
    await visit(page, "/timeline?table=true");
    expect(await page.getByText("just-now").count()).toBe(0);
    const started = new Date(Date.now() - 5000).toISOString();
    await client.post("/executions", executionsAccepted, {
      machine: "db1",
      process: "just-now",
      startedAt: started,
      endedAt: new Date().toISOString(),
    });
    await afterRefreshes(page, async () => (await page.getByText("just-now").count()) > 0);
  });

  test("tells in one sentence why a run was slow, in three languages", async () => {
    for (const [locale, word] of [
      ["en-GB", "instead of"],
      ["pt-BR", "em vez de"],
      ["es-ES", "tardó"],
    ] as const) {
      const page = await open({ ...looks["light"], locale });
      await visit(page, "/executions/slow-backup");
      await expect.poll(() => page.locator("main").innerText(), { timeout: 15_000 }).toContain(word);
    }
  });

  test("a machine that is added is told to be here as soon as it has come", async () => {
    const page = await open();
    await page.goto(`${system.address}/add-machine`);
    await page.getByRole("button", { name: "Make the line" }).click();
    const line = await page.locator(".install-way code").first().innerText();
    const [token] = /culprit_e_\w+/.exec(line) ?? [];
    await page.getByText("Waiting for the machine").waitFor();
    // As the pasted line has the agent do.
    const newcomer = new HubClient({ hub: system.address, token: token! });
    await newcomer.post("/enrollments", machineCreated, { name: "newcomer" });
    await page.getByRole("link", { name: "newcomer is here" }).click();
    await expect.poll(() => page.getByRole("heading", { level: 1 }).textContent()).toContain("newcomer");
    // It is set up anew, and its name is another.
    await page.getByRole("link", { name: "Install again" }).click();
    await page.getByRole("button", { name: "Make the line" }).click();
    const again = await page.locator(".install-way code").first().innerText();
    const anew = new HubClient({ hub: system.address, token: /culprit_e_\w+/.exec(again)![0] });
    const { name } = await anew.post("/enrollments", machineCreated, { name: "localhost" });
    expect(name).toBe("newcomer");
    await page.getByRole("link", { name: "newcomer is here" }).click();
    await page.getByRole("link", { name: "Install again" }).waitFor();
  });

  test("what is wrong with a machine is told on the overview, until somebody says to have seen to it", async () => {
    const page = await open();
    const told = page.getByText("the hub version");
    await page.getByRole("listitem").filter({ has: told }).getByRole("link", { name: "newer" }).click();
    const alert = page.getByRole("alert").filter({ has: told });
    await alert.getByRole("button", { name: "Seen to" }).click();
    await alert.waitFor({ state: "detached" });
    await page.getByRole("navigation").getByRole("link", { name: "Machines" }).click();
    await page.getByRole("heading", { name: "Inventory" }).waitFor();
    // What it was told before is shown until the list has been read again.
    await expect.poll(() => told.count()).toBe(0);
  });

  test("a check-in is made, called and removed, and its address is shown once", async () => {
    const page = await open();
    await visit(page, "/settings");
    await page.getByLabel("Process that its runs").fill("checked-in");
    await page.keyboard.press("Enter");
    const address = await page.locator("code", { hasText: "/checkin/healthchecks/" }).textContent();
    await page.evaluate(axe.source);
    expect((await page.evaluate<AxeResults>("axe.run()")).violations).toEqual([]);
    expect(await (await fetch(`${address}/fail`, { method: "POST", body: "no space" })).text()).toBe("OK");
    await visit(page, "/settings");
    expect(await page.locator("main").innerText()).not.toContain("/checkin/");
    const row = page.getByRole("row", { name: /checked-in/ });
    await row.getByText("failure").waitFor();
    await row.getByRole("button").click();
    await row.getByRole("button", { name: "stop working" }).click();
    await row.waitFor({ state: "detached" });
    expect((await fetch(address!)).status).toBe(404);
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

  test("shows what it had while the hub is away, says so, and recovers by itself", async () => {
    const page = await open();
    await page.clock.install();
    await visit(page, "/timeline?table=true");
    const isStale = async () => (await page.locator(".stale").count()) > 0;
    expect(await isStale()).toBe(false);
    await page.context().route("**/api/**", (route) => route.abort("connectionrefused"));
    await afterRefreshes(page, isStale);
    expect(await page.getByText("backup").count()).toBeGreaterThan(0);
    await page.context().unroute("**/api/**");
    await afterRefreshes(page, async () => !(await isStale()));
  });

  test("a session that has ended leads to the sign-in, and from there back to the page", async () => {
    const page = await open();
    await page.clock.install();
    await visit(page, "/machines/db1?hours=6");
    await page.context().clearCookies();
    await afterRefreshes(page, async () => new URL(page.url()).pathname === "/sign-in");
    await signIn(page);
    await page.waitForURL((url) => url.pathname === "/machines/db1");
    expect(new URL(page.url()).search).toBe("?hours=6");
    await page.getByRole("heading", { level: 1 }).waitFor();
  });

  test("a run that is not there is a page that says so", async () => {
    const page = await open();
    await visit(page, "/executions/never-was");
    expect(await page.getByRole("alert").innerText()).toContain("There is no such thing");
  });

  test("the timeline is worked by the mouse: drag moves, the wheel zooms, Shift and drag selects", async () => {
    const page = await open();
    await visit(page, "/timeline?last=86400");
    const box = (await page.locator("canvas").first().boundingBox())!;
    const [x, y] = [box.x + box.width * 0.6, box.y + 120];
    const view = () => {
      const { searchParams } = new URL(page.url());
      const [from, to] = ["from", "to"].map((name) => Date.parse(searchParams.get(name) ?? ""));
      return { from: from!, span: to! - from! };
    };
    await drag(page, x, y, 200);
    await expect.poll(view).toMatchObject({ span: expect.closeTo(86_400_000, -2) });
    const moved = view();
    await page.mouse.wheel(0, -300);
    await expect.poll(() => view().span).toBeLessThan(moved.span * 0.8);
    const zoomed = view();
    await page.keyboard.down("Shift");
    await drag(page, x, y, 150);
    await page.keyboard.up("Shift");
    await page.getByRole("heading", { name: "Selected span" }).waitFor();
    expect(view()).toEqual(zoomed);
  });

  test("a click on a machine's chart fills the table of OS processes at that instant", async () => {
    const page = await open();
    const own = (await client.get("/machines", list(machine), {})).items.find((one) => one.connected);
    const sampled = async () =>
      (await client.get("/os-processes", list(osProcess), { machine: own!.id })).items.length;
    await expect.poll(sampled, { timeout: 60_000, interval: 1000 }).toBeGreaterThan(0);
    await visit(page, `/machines/${own!.id}`);
    const chart = page.getByRole("img", { name: /^CPU\./ });
    await chart.locator("canvas").waitFor();
    const { width } = (await chart.boundingBox())!;
    // The view starts with the first sample: a little after it, about a minute of a quarter of an hour.
    await chart.click({ position: { x: 130 + (width - 146) * 0.06, y: 70 } });
    await expect.poll(() => page.url()).toMatch(/[?&]at=/);
    const table = page.getByRole("region", { name: "OS processes" }).locator("tbody tr");
    await expect.poll(() => table.count(), { timeout: 15_000 }).toBeGreaterThan(0);
  });

  test("a machine's page asks it how it is while that is in view, and not otherwise", async () => {
    const page = await open();
    const own = (await client.get("/machines", list(machine), {})).items.find((one) => one.connected);
    let asked = 0;
    page.on("request", (request) => {
      if (new URL(request.url()).pathname === `/api/v1/machines/${own!.id}/live`) asked++;
    });
    await page.goto(`${system.address}/machines/${own!.id}`);
    const memory = page.locator(".live-figures div", { hasText: "Memory" });
    await expect.poll(() => memory.textContent(), { timeout: 15_000 }).toMatch(/\d%/);
    await expect.poll(() => asked, { timeout: 10_000 }).toBeGreaterThan(1);
    await page.getByText("Processes, cores, disks and network").click();
    const top = page.getByRole("region", { name: "Top processes right now" }).locator("tbody tr");
    await expect.poll(() => top.count(), { timeout: 10_000 }).toBeGreaterThan(0);
    await page.evaluate(axe.source);
    const { violations } = await page.evaluate<AxeResults>(
      'axe.run(document.querySelector(".live-figures").closest("section"))',
    );
    expect(violations.map(({ id }) => id)).toEqual([]);
    await page.evaluate("window.scrollTo(0, document.documentElement.scrollHeight)");
    await page.waitForTimeout(300);
    const before = asked;
    await page.waitForTimeout(2300);
    expect(asked).toBe(before);
  });

  test("times are in the reader's zone, in UTC, or in that of the machine, and name it", async () => {
    const page = await open({ ...looks["light"], timezoneId: "America/Sao_Paulo" });
    const start = (zone: string) =>
      new Intl.DateTimeFormat("en", { timeZone: zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
    const startedAt = new Date(Date.now() - 3600_000).toISOString();
    const run = { id: "far-1", machine: "far", process: "far", startedAt, endedAt: new Date().toISOString() };
    await client.post("/executions", executionsAccepted, run);
    for (const [choice, zone] of [
      ["viewer", "America/Sao_Paulo"],
      ["machine", "Pacific/Auckland"],
      ["utc", "UTC"],
    ] as const) {
      await visit(page, "/settings");
      await page.getByRole("combobox", { name: "Time zone" }).selectOption(choice);
      await visit(page, "/executions/far-1");
      const title = page.getByRole("heading", { level: 1 }).locator("time");
      await expect
        .poll(() => title.textContent(), { timeout: 40_000 })
        .toContain(start(zone).format(new Date(startedAt)));
      expect(await title.getAttribute("title")).toContain(`(${zone})`);
      expect(await page.getByText(new RegExp(`^${zone}( \\(GMT.*\\))?$`)).count()).toBeGreaterThanOrEqual(2);
    }
    // Pages about many machines keep to the reader's.
    await visit(page, "/timeline?table=true");
    await page.getByRole("columnheader", { name: "Started (UTC)" }).waitFor();
  });

  test("charts and tables can be taken away, and no spreadsheet runs what a name says", async () => {
    const page = await open();
    await visit(page, "/processes");
    const csv = await downloaded(page, () => page.getByRole("button", { name: "CSV" }).first().click());
    expect(csv.toString()).toMatch(/^"?'=cmd\('calc'\)/m);
    expect(csv.toString()).not.toMatch(/(^|,)"?=cmd/m);
    await visit(page, "/processes/backup");
    await page
      .getByRole("img", { name: /^Duration of each run/ })
      .locator("canvas")
      .waitFor();
    const png = await downloaded(page, () =>
      page
        .getByRole("button", { name: /as PNG/ })
        .first()
        .click(),
    );
    expect(png.subarray(1, 4).toString()).toBe("PNG");
  });

  test.each(["light", "phone"])(
    "names are shown as text, whatever they are, and break no page, %s",
    async (look) => {
      const page = await open(looks[look]);
      for (const path of [
        "/",
        "/timeline?table=true",
        "/processes",
        "/executions/strange-0",
        "/executions/strange-2",
        "/machines",
        `/machines/${encodeURIComponent(strangeNames[0]!)}`,
      ]) {
        await visit(page, path);
        expect(await page.locator("img[src=x]").count(), path).toBe(0);
        expect(await page.title(), path).not.toBe("broken");
        const wide = await page.evaluate("document.documentElement.scrollWidth - window.innerWidth");
        expect(wide, path).toBeLessThanOrEqual(0);
      }
    },
  );

  test("the menu of a phone opens by touch and closes with the choice", async () => {
    const page = await open(looks["phone"]);
    const link = page.getByRole("navigation").getByRole("link", { name: "Machines" });
    expect(await link.isVisible()).toBe(false);
    await page.getByRole("button", { name: "Menu" }).tap();
    await link.tap();
    await page.waitForURL((url) => url.pathname === "/machines");
    await expect.poll(() => link.isVisible()).toBe(false);
  });

  test("refreshes ask for news alone, not for all runs again", async () => {
    const page = await open();
    await page.clock.install();
    await visit(page, "/timeline?last=86400");
    const asked: URL[] = [];
    page.on("request", (request) => {
      const url = new URL(request.url());
      if (url.pathname === "/api/v1/executions") asked.push(url);
    });
    await afterRefreshes(page, async () => asked.length > 0);
    for (const { searchParams } of asked) {
      expect(Date.parse(searchParams.get("from")!)).toBeGreaterThan(Date.now() - 60 * 60_000);
    }
  });
});

describe("a hub without any run", () => {
  let empty: System;
  beforeAll(async () => {
    empty = await startSystem();
  }, 60_000);
  afterAll(() => empty?.stop());

  test("says on the pages of the answer that nothing is analysed yet, and accuses nobody", async () => {
    const context = await browser.newContext(looks["light"]);
    contexts.push(context);
    const page = await context.newPage();
    await page.goto(empty.address);
    await signIn(page);
    for (const [link, text] of [
      ["Culprits", /Not analysed yet\.|Nobody is accused\./],
      ["Schedule", /Not analysed yet\.|No move is worth advising\./],
    ] as const) {
      await page.getByRole("navigation").getByRole("link", { name: link }).click();
      await page.locator(".empty-title", { hasText: text }).waitFor();
    }
    await page.goto(`${empty.address}/differences`);
    await page.getByRole("button", { name: "Compare" }).click();
    await page.getByText("There is nothing to compare").waitFor();
    expect(await page.locator("main table").count()).toBe(0);
  });

  test("says how to record one, with a line that works", async () => {
    const context = await browser.newContext(looks["light"]);
    contexts.push(context);
    const page = await context.newPage();
    await page.clock.install();
    await page.goto(empty.signInLink);
    await page.getByText("No executions yet.").waitFor();
    const line = await page.locator(".snippet code").first().innerText();
    await promisify(execFile)("sh", ["-c", line], { cwd: root, env: empty.environment });
    await afterRefreshes(page, async () => (await page.locator("canvas").count()) > 0);
    expect(await page.locator("main").innerText()).toContain("Since the first run");
  });
});

async function drag(page: Page, x: number, y: number, by: number): Promise<void> {
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + by / 2, y, { steps: 4 });
  await page.mouse.move(x + by, y, { steps: 4 });
  await page.mouse.up();
}

async function downloaded(page: Page, act: () => Promise<void>): Promise<Buffer> {
  const [download] = await Promise.all([page.waitForEvent("download"), act()]);
  return readFile(await download.path());
}
