/** Whatever the store holds: each question of the API's description is answered, or refused with a reason. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { hubUnderTest, type HubUnderTest } from "../test/hub-under-test.ts";
import { oddMachines, oddNow } from "../test/odd-machines.ts";
import { questions } from "../test/questions.ts";

let tested: HubUnderTest;
beforeAll(async () => {
  tested = await hubUnderTest(oddNow);
  await oddMachines(tested);
}, 30_000);
afterAll(() => tested.close());

type Query = Record<string, string>;

/** Of the first thing of a kind all windows are asked, of the others the first two. */
const windows: Query[] = [
  {},
  { from: "0000-01-01T00:00:00Z", to: "9999-12-31T23:59:59.999999Z" },
  { from: "2026-10-20T00:00:00Z" },
  { to: "0000-01-01T00:00:00Z" },
  { from: "2026-11-23T02:59:59.999999Z" },
  { from: "2026-11-23T03:00:00Z", to: "2027-11-23T03:00:00Z" },
];
/** A window of these is a fit of its own. */
const fitted = /\/(culprits|schedule\/advice)$/;
/** Without which a question is not one. */
const required: Query = { metric: "system.disk.io", machine: "huge" };
const also: Query = {
  zone: "America/Sao_Paulo",
  timeZone: "Pacific/Apia",
  verdicts: "true",
  parts: "1",
  stepSeconds: "300",
  uid: "u1",
  withdrawn: "true",
  limit: "1",
};
const things: Record<string, readonly string[]> = {
  machines: ["zeros", "huge", "bursts", "slow"],
  processes: ["instant", "burst", "growing", "shop", "__proto__"],
  executions: ["slow", "unknown", "a", "c", "once"],
  checks: ["c_1", "c_2"],
};

const spans = (path: string, thing: number) =>
  windows.slice(0, thing > 0 || fitted.test(path) ? 2 : windows.length);

test("each question of the API is answered, or refused with a reason", async () => {
  const statuses = new Map<string, number>();
  for (const url of questions(tested.app, { things, required, spans, also }))
    statuses.set(url, (await tested.ask("GET", url)).status);
  const answered = (wanted: (status: number) => boolean) =>
    [...statuses].flatMap(([url, status]) => (wanted(status) ? [`${status} ${url}`] : []));
  expect(answered((status) => status >= 500)).toEqual([]);
  expect(answered((status) => status === 404)).toEqual([]);
  expect(answered((status) => status === 200).length).toBeGreaterThan(statuses.size / 2);
}, 60_000);
