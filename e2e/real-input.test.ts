/**
 * Real jobs on this machine, slowed by real stress-ng, through the recorder, the agent and the hub to the command line
 * and the pages. The screenshots are the README's picture.
 */
import { join } from "node:path";
import { deviatingExecution, execution, list, seriesAnswer, why, type HubClient } from "@culprit/protocol";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { adminClient } from "./hub-process.ts";
import { looks, openBrowser, screenshot } from "./browser.ts";
import { runRealJobs } from "./real-jobs.ts";
import { adminPassword, culpritRun, startSystem, type System } from "./system.ts";

const seconds = 100;

let system: System;
let client: HubClient;
let started: Map<string, number>;
let browser: Browser;
let startedAt: number;

beforeAll(async () => {
  system = await startSystem();
  startedAt = Date.now();
  client = await adminClient(system.address);
  started = await runRealJobs({
    culpritRun,
    intake: system.intake,
    folder: join(system.folder, "jobs"),
    seconds,
    everySeconds: 6,
    // Ten runs of each before it, and twelve seconds to come to rest.
    bursts: [61, 79],
    burstSeconds: 8,
  });
  browser = await openBrowser();
}, 300_000);

afterAll(async () => {
  await browser?.close();
  await system?.stop();
});

const stored = async () => (await client.get("/executions", list(execution), { limit: 1000 })).items;

describe("real jobs slowed by a real neighbour", () => {
  test("every run is stored once, as what it was", async () => {
    const total = [...started.values()].reduce((sum, count) => sum + count, 0);
    const ended = async () => (await stored()).filter(({ outcome }) => outcome !== "running");
    await expect.poll(async () => (await ended()).length, { timeout: 30_000 }).toBe(total);
    const runs = await stored();
    for (const [name, count] of started) {
      expect(
        runs.filter(({ process }) => process === name),
        name,
      ).toHaveLength(count);
    }
    expect(new Set(runs.map(({ outcome }) => outcome))).toEqual(new Set(["ok"]));
    const stress = runs.filter(({ process }) => process === "stress");
    expect(stress.every(({ durationSeconds }) => durationSeconds! > 7 && durationSeconds! < 12)).toBe(true);
    // A burst of twelve workers uses both cores: the run carries it.
    expect(Math.max(...stress.map(({ peakCpuCores }) => peakCpuCores ?? 0))).toBeGreaterThan(1);
  });

  test("the slow runs are found, and why shows who was running", async () => {
    const slow = async () => (await client.get("/deviations", list(deviatingExecution), {})).items;
    await expect
      .poll(async () => (await slow()).length, { timeout: 90_000, interval: 2000 })
      .toBeGreaterThanOrEqual(2);
    const victims = (await slow()).filter(
      ({ execution, deviation }) => execution.process !== "stress" && deviation.direction === "slow",
    );
    const explanations = await Promise.all(
      victims.map(({ execution }) => client.get(`/executions/${encodeURIComponent(execution.id)}/why`, why)),
    );
    const besideStress = explanations.filter(({ concurrent }) =>
      concurrent.some(
        (run) => run.process === "stress" && run.overlapSeconds > 0.2 && run.usualOverlapSeconds === 0,
      ),
    );
    expect(besideStress.length).toBeGreaterThanOrEqual(2);
    for (const one of besideStress) {
      expect(one.verdict).toBe("unknown");
      expect(one.shares.reduce((sum, share) => sum + share.seconds, 0)).toBeCloseTo(one.excessSeconds, 6);
      expect(one.host.some(({ metric }) => metric === "system.cpu.utilization")).toBe(true);
    }
  });

  test("the machine's charts hold what the agent sampled", async () => {
    const [machine] = (await stored()).map((run) => run.machine);
    const answer = await client.get("/metrics/series", seriesAnswer, {
      machine,
      metric: "system.cpu.utilization",
      from: new Date(startedAt).toISOString(),
      stepSeconds: 10,
    });
    const user = answer.series.find(({ attributes }) => attributes["cpu.mode"] === "user");
    expect(Math.max(...user!.values.map((value) => value ?? 0))).toBeGreaterThan(0.5);
    // A person who has just started it sees charts within a minute.
    const first = user!.times.find((_, index) => user!.values[index] !== null);
    expect(first! - startedAt).toBeLessThan(30_000);
  });

  test("the command line tells the same", async () => {
    const stats = await system.command("stats");
    for (const name of started.keys()) expect(stats).toContain(name);
    const [slow] = (await client.get("/deviations", list(deviatingExecution), { direction: "slow" })).items;
    const explained = await system.command("why", slow!.execution.id);
    const { text } = await client.get(`/executions/${encodeURIComponent(slow!.execution.id)}/why`, why);
    expect(explained).toContain(text);
    const json = why.parse(JSON.parse(await system.command("why", slow!.execution.id, "--json")));
    expect(json.execution.id).toBe(slow!.execution.id);
  });

  test("a person sees it in the browser, in both themes and on a phone", async () => {
    const [slow] = (await client.get("/deviations", list(deviatingExecution), { direction: "slow" })).items;
    const runs = await stored();
    const first = runs.map(({ startedAt }) => startedAt).toSorted()[0];
    const last = runs
      .flatMap(({ endedAt }) => endedAt ?? [])
      .toSorted()
      .at(-1);
    const all = Object.entries(looks);
    const seeAll = async ([look, options]: (typeof all)[number]) => {
      const context = await browser.newContext(options);
      const page = await context.newPage();
      const errors: string[] = [];
      page.on("pageerror", (error) => errors.push(error.message));
      page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
      page.on("response", (response) => response.status() >= 500 && errors.push(response.url()));
      await page.goto(`${system.address}/sign-in`);
      await page.getByLabel(/user/i).first().fill("admin");
      await page
        .getByLabel(/password/i)
        .first()
        .fill(adminPassword);
      await page.keyboard.press("Enter");
      await page.waitForURL((url) => url.pathname === "/");
      const machine = slow!.execution.machineId;
      const paths = {
        overview: "/",
        timeline: `/timeline?from=${encodeURIComponent(first!)}&to=${encodeURIComponent(last!)}`,
        processes: "/processes",
        process: `/processes/${slow!.execution.processId}`,
        why: `/executions/${encodeURIComponent(slow!.execution.id)}`,
        machines: "/machines",
        machine: `/machines/${machine}`,
      };
      for (const [name, path] of Object.entries(paths)) {
        await page.goto(system.address + path);
        await page.getByRole("heading", { level: 1 }).waitFor();
        await page.waitForLoadState("networkidle");
        await screenshot(page, `${name}-${look}`);
        expect(
          await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"),
          `${path} fits`,
        ).toBe(true);
      }
      expect(errors, system.output()).toEqual([]);
      await context.close();
    };
    await Promise.all(all.map(seeAll));
  });
});
