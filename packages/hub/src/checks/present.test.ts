/** What probes found, said in the reader's language. */
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { findingText } from "@culprit/messages/finding-text";
import { findingCodes, said } from "@culprit/probes";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { locales } from "../answers/why-text.ts";
import { hubUnderTest, type HubUnderTest } from "../test/hub-under-test.ts";
import { machineUnderTest, sampleBatch } from "../test/machine-under-test.ts";

/** A value of every name that any code has. */
const all = {
  host: "db",
  detail: "why",
  address: "http://a/",
  date: "2026-11-23",
  method: "GET",
  expected: "cart",
  record: "A",
  answers: "192.0.2.7",
  mountPoint: "/",
  service: "httpd",
  state: "stopped",
  command: "disk",
  program: "/bin/x",
  seconds: 0.25,
  status: 503,
  days: 3,
  count: 2,
  lostPercent: 33.3,
  percent: 99.25,
  average: 1.5,
  cores: 4,
  file: "/etc/culprit/allowed.yaml",
  folder: "/etc/culprit",
  user: 1000,
  bytes: 65_536,
  place: "services.httpd",
  key: "servces",
  names: "cpu-integer",
  most: 200,
  verb: "stop",
  check: "c_1",
};
/** They say what they say without any value. */
const plain = new Set<string>([
  "ping-unanswered",
  "ping-missing",
  "disk-none",
  "helper-missing",
  "helper-silent",
  "token-in-settings",
  "token-busy",
  "not-welcomed",
  "other-machine",
  "came-too-late",
  "valid-too-long",
  "made-before",
  "too-many-requests",
  "request-unknown",
  "arguments-unknown",
]);

test.each(findingCodes)("%s is said in every language, and not without its values", (code) => {
  const texts = locales.map((locale) => findingText({ code, values: all }, locale));
  for (const text of texts) expect(text).toMatch(/^(?!.*(?:found_|refused_|undefined|\{\w)).{3,}$/);
  const without = findingText({ code, values: {} }, "en");
  expect(without).toBe(plain.has(code) ? texts[0] : null);
});

test("numbers, durations and states are written as the reader writes them", () => {
  const say = (code: string, values: Record<string, string | number>) =>
    locales.map((locale) => findingText({ code, values }, locale));
  expect(say("disk-used", { mountPoint: "/", percent: 91.25 })).toEqual([
    "/ is 91.3% full",
    "/ está 91,3% cheio",
    expect.stringMatching(/^\/ está lleno al 91,3\s%$/),
  ]);
  expect(say("page-certificate-ends", { ...all, days: 1 })[0]).toBe(
    "GET http://a/: 503 in 250 ms; its certificate ends in 1 day",
  );
  expect(say("service-state", { service: "httpd", state: "failed" })).toEqual([
    "service httpd: failed",
    expect.stringContaining(" httpd: "),
    expect.stringContaining(" httpd: "),
  ]);
});

test("what is no finding that is known here is none: other codes, other kinds of values, names of objects", () => {
  for (const code of ["new-code", "toString", "__proto__"])
    expect(findingText({ code, values: {} }, "en")).toBeNull();
  expect(findingText({ code: "cpu-busy", values: { percent: "99" } }, "en")).toBeNull();
  expect(
    findingText({ code: "service-state", values: { service: "a", state: "toString" } }, "en"),
  ).toBeNull();
});

describe("the API", () => {
  let tested: HubUnderTest;
  beforeAll(async () => {
    tested = await hubUnderTest("2026-11-23T03:00:00Z", { checks: { internalTargets: ["127.0.0.1"] } });
  });
  afterAll(() => tested.close());
  const get = async (url: string, language: string): Promise<string> =>
    JSON.stringify((await tested.ask("GET", url, { headers: { "accept-language": language } })).body);

  test("tells a result of the hub in the language that is asked for, now, in the list and in the history", async () => {
    const free = createServer().listen(0, "127.0.0.1");
    await once(free, "listening");
    const { port } = free.address() as AddressInfo;
    free.close();
    await once(free, "close");
    const target = { kind: "tcp", host: "127.0.0.1", port };
    await tested.ask("POST", "/checks", { body: { name: "port", target, retries: 0 } });
    const { body } = await tested.ask("POST", "/checks/port/run", {
      headers: { "accept-language": "pt-BR" },
    });
    const refused = `127.0.0.1:${port} recusa conexões`;
    expect(body).toMatchObject({
      text: refused,
      finding: { code: "connection-refused", values: { place: `127.0.0.1:${port}` } },
    });
    await tested.hub.checks.settle();
    tested.clock.set("2026-11-23T03:00:10Z");
    for (const url of ["/checks", "/checks/results", "/checks/incidents"]) {
      expect(await get(url, "es")).toContain("rechaza las conexiones");
      expect(await get(url, "en")).toContain("refuses connections");
    }
    expect(await get("/checks/port/availability", "es")).toContain("rechaza las conexiones");
  });

  test("tells what an agent sent: a code in any language, else its text; a finding that is none is set aside", async () => {
    const web = await machineUnderTest(tested, "web-1");
    const target = { kind: "memory" };
    const made = await tested.ask("POST", "/checks", { body: { name: "memory", machine: "web-1", target } });
    const { id } = made.body as { id: string };
    const findings = [
      JSON.stringify(said("memory-used", { percent: 41.5 }).finding),
      null,
      JSON.stringify({ code: "of-the-future", values: { a: "b\u001b[31m" } }),
      "{",
      JSON.stringify({ code: "UPPER", values: {} }),
      JSON.stringify({ code: "command-not-run", values: { program: "\u001b[2J", detail: "gone" } }),
    ];
    const at = Date.parse("2026-11-23T03:00:00Z") * 1000;
    const column = <T>(value: T) => findings.map(() => value);
    const answer = await web.upload(
      sampleBatch(1, {
        checkResults: {
          check: column(id),
          at: findings.map((_, index) => at + index),
          state: column(0),
          durationSeconds: column(0.1),
          text: column("as it came"),
          numbers: column("[]"),
          finding: findings,
        },
      }),
    );
    expect(answer.acknowledgements[0]!.rejected.map(({ index }) => index)).toEqual([3, 4]);
    const { body } = await tested.ask("GET", "/checks/results?check=memory", {
      headers: { "accept-language": "pt-BR" },
    });
    const texts = (body as { items: { text: string }[] }).items.map(({ text }) => text);
    expect(texts).toEqual([
      " não pode ser executado: gone",
      "as it came",
      "as it came",
      expect.stringMatching(/^41,5% da memória está em uso$/),
    ]);
  });
});
