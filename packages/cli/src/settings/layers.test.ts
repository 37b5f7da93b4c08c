import { expect, test } from "vitest";
import { z } from "zod";
import { UsageError } from "../failures.ts";
import { refuseUnknownKeys, resolveSettings } from "./layers.ts";
import { leavesOf } from "./leaves.ts";

const schema = z.strictObject({
  listen: z.string().default("127.0.0.1:4777"),
  tlsCert: z.string().optional(),
  insecureHttp: z.boolean().default(false),
  trustedProxies: z.array(z.string()).default([]),
  retention: z.strictObject({ sampleDays: z.number().int().positive().default(14) }).prefault({}),
});

const file = (values: Record<string, unknown>) => ({ path: "/etc/culprit/culprit.yaml", values });
const none = { file: null, environment: {}, flags: new Map<string, string>() };
const originOf = (setting: string, layers: Parameters<typeof resolveSettings>[1]) =>
  resolveSettings(schema, layers).origins.find(({ path }) => path.join(".") === setting)?.origin;

test("each setting has a key, a variable and a flag", () => {
  expect(
    leavesOf(schema).map(({ path, variable, flag, type }) => [path.join("."), variable, flag, type]),
  ).toEqual([
    ["listen", "CULPRIT_LISTEN", "--listen", "text"],
    ["tlsCert", "CULPRIT_TLS_CERT", "--tls-cert", "text"],
    ["insecureHttp", "CULPRIT_INSECURE_HTTP", "--insecure-http", "boolean"],
    ["trustedProxies", "CULPRIT_TRUSTED_PROXIES", "--trusted-proxies", "list"],
    ["retention.sampleDays", "CULPRIT_RETENTION_SAMPLE_DAYS", "--retention-sample-days", "number"],
  ]);
});

test("without a word the defaults hold", () => {
  expect(resolveSettings(schema, none).settings).toEqual({
    listen: "127.0.0.1:4777",
    insecureHttp: false,
    trustedProxies: [],
    retention: { sampleDays: 14 },
  });
  expect(originOf("listen", none)).toBe("default");
});

test("a variable wins over the file, a flag over both, and each value tells where it came from", () => {
  const layers = {
    file: file({ listen: "from-file:1", retention: { sampleDays: 3 }, trustedProxies: ["10.0.0.1"] }),
    environment: { CULPRIT_LISTEN: "from-variable:2", CULPRIT_RETENTION_SAMPLE_DAYS: "5" },
    flags: new Map([["--listen", "from-flag:3"]]),
  };
  const { settings } = resolveSettings(schema, layers);
  expect(settings.listen).toBe("from-flag:3");
  expect(settings.retention.sampleDays).toBe(5);
  expect(settings.trustedProxies).toEqual(["10.0.0.1"]);
  expect(originOf("listen", layers)).toBe("--listen");
  expect(originOf("retention.sampleDays", layers)).toBe("CULPRIT_RETENTION_SAMPLE_DAYS");
  expect(originOf("trustedProxies", layers)).toBe("/etc/culprit/culprit.yaml");
});

test("an empty variable says nothing", () => {
  const layers = { ...none, file: file({ listen: "from-file:1" }), environment: { CULPRIT_LISTEN: "" } };
  expect(resolveSettings(schema, layers).settings.listen).toBe("from-file:1");
});

test("what the command presets lies under everything that a person says", () => {
  const preset = { tlsCert: "/preset.pem" };
  expect(resolveSettings(schema, { ...none, preset }).settings.tlsCert).toBe("/preset.pem");
  const environment = { CULPRIT_TLS_CERT: "/said.pem" };
  expect(resolveSettings(schema, { ...none, preset, environment }).settings.tlsCert).toBe("/said.pem");
});

test("numbers, truth and lists are read from text", () => {
  const environment = { CULPRIT_INSECURE_HTTP: "Yes", CULPRIT_TRUSTED_PROXIES: "10.0.0.1, 10.0.0.2," };
  const { settings } = resolveSettings(schema, { ...none, environment });
  expect(settings.insecureHttp).toBe(true);
  expect(settings.trustedProxies).toEqual(["10.0.0.1", "10.0.0.2"]);
});

test.each([
  [{ CULPRIT_RETENTION_SAMPLE_DAYS: "many" }, /CULPRIT_RETENTION_SAMPLE_DAYS.*many/],
  [{ CULPRIT_RETENTION_SAMPLE_DAYS: "-1" }, /retention\.sampleDays.*CULPRIT_RETENTION_SAMPLE_DAYS/],
  [{ CULPRIT_INSECURE_HTTP: "perhaps" }, /CULPRIT_INSECURE_HTTP.*perhaps/],
])("%j is refused with the name of where it was said", (environment, complaint) => {
  const resolve = () => resolveSettings(schema, { ...none, environment });
  expect(resolve).toThrow(UsageError);
  expect(resolve).toThrow(complaint);
});

test("a wrong value in the file is refused with the file's name", () => {
  expect(() => resolveSettings(schema, { ...none, file: file({ listen: 4777 }) })).toThrow(/culprit\.yaml/);
});

test("a misspelt key in the file is refused, also inside a group", () => {
  expect(() => refuseUnknownKeys(file({ lisen: "x" }), [schema])).toThrow(/lisen/);
  expect(() => refuseUnknownKeys(file({ retention: { sampleDay: 1 } }), [schema])).toThrow(
    /retention\.sampleDay/,
  );
  expect(() =>
    refuseUnknownKeys(file({ retention: { sampleDays: 1 }, listen: "a:1" }), [schema]),
  ).not.toThrow();
});
