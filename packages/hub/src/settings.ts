/** What a hub can be told. The command line merges file, environment and flags into one of these. */
import { join } from "node:path";
import { limits, timeZone } from "@culprit/protocol";
import { z } from "zod";
import { isTarget } from "@culprit/probes";

const positive = z.number().int().positive();

export const legacyClients = ["savelog", "checks"] as const;

export const hubSettings = z.strictObject({
  dataDir: z.string().default("./culprit-data"),
  /** `duckdb:<file>` or `postgres://...`; without it `culprit.duckdb` in the data directory. */
  store: z
    .string()
    .regex(/^(duckdb:.+|postgres(ql)?:\/\/.+)$/, "duckdb:<file> or postgres://...")
    .optional(),
  storeMemoryMegabytes: positive.default(100),
  listen: z
    .string()
    .regex(/^(\[[0-9a-fA-F:.]+\]|[^:[\]]+):\d{1,5}$/, "<address>:<port>")
    .default("127.0.0.1:4777"),
  /** Where people reach the hub, if a proxy stands before it. */
  publicUrl: z.url().optional(),
  tlsCert: z.string().optional(),
  tlsKey: z.string().optional(),
  /** Allows plain http on an address that others can reach. */
  insecureHttp: z.boolean().default(false),
  /** Addresses or networks whose X-Forwarded-For and -Proto are believed. */
  trustedProxies: z.array(z.string()).default([]),
  /** Of the user `admin`, at the first start only. */
  adminPassword: z.string().min(8).max(1000).optional(),
  /** The built dashboard; without it the hub serves the API alone. */
  webRoot: z.string().optional(),
  /** The built agent and recorders that machines are given; without it none enrols by a pasted line. */
  agentFiles: z.string().optional(),
  /** A file that gets a fresh enrolment token at each start, for the agent that `culprit up` starts beside the hub. */
  localAgentTokenFile: z.string().optional(),
  channelPingSeconds: z.number().positive().max(300).default(15),
  logLevel: z.enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"]).default("info"),
  retention: z
    .strictObject({
      sampleDays: positive.default(14),
      executionDays: positive.default(365),
      keyDays: positive.default(7),
      /** Hour of the day, UTC, at which what is older is removed. */
      hour: z.number().int().min(0).max(23).default(3),
    })
    .prefault({}),
  /** Who makes others slow. */
  attribution: z
    .strictObject({
      /** The usual window of a fit, up to now. */
      windowDays: positive.max(400).default(30),
      /** Newest runs of a window that a fit is made from, at most: about 200 bytes of memory each while it is made. */
      mostRuns: positive.default(2_000_000),
      /** What several machines use together (a database server, a disk), by names or ids of all of them. */
      shared: z
        .array(
          z.strictObject({
            name: z.string().min(1).max(limits.nameCharacters),
            machines: z.array(z.string().min(1).max(limits.nameCharacters)).min(2).max(10_000),
          }),
        )
        .max(100)
        .default([]),
    })
    .prefault({}),
  /** What the hub probes itself. */
  checks: z
    .strictObject({
      /** Addresses, `<address>/<bits>`, host names and `*.<domain>` that it may reach though they are internal ones. */
      internalTargets: z
        .array(z.string().max(253).refine(isTarget, "no address, <address>/<bits>, host name or *.<domain>"))
        .max(200)
        .default([]),
    })
    .prefault({}),
  /** Of the hub itself. */
  benchmarks: z
    .strictObject({
      /** 0: only when someone asks. */
      everyHours: z
        .number()
        .min(0)
        .max(14 * 24)
        .default(6),
    })
    .prefault({}),
  /** When machines are missed, and how they are looked for. */
  health: z
    .strictObject({
      /** Without a sign of life for so long a machine is looked for; default 1.2 times channelPingSeconds. */
      contactSeconds: z.number().positive().max(3600).optional(),
      /** Its data lags when the newest is older than this, and than twice its usual step. */
      samplesSeconds: z.number().positive().max(3600).default(25),
      /** Between two looks at a machine in doubt. */
      lookSeconds: z.number().min(0.1).max(60).default(2),
      probeTimeoutSeconds: z.number().min(0.1).max(10).default(2),
      /** Of machines that are known to be gone. */
      lookAgainSeconds: z.number().positive().max(3600).default(30),
      /** Probes that run at the same time. */
      probesAtOnce: positive.max(5000).default(200),
    })
    .prefault({}),
  /** OpenTelemetry's spans (`POST /v1/traces`). */
  traces: z
    .strictObject({
      /** Which become executions: where work enters a service, or only requests and messages that a service takes. */
      spans: z.enum(["root", "server"]).default("root"),
      /** Names of further spans that become executions of their own. */
      names: z.array(z.string().max(limits.nameCharacters)).max(100).default([]),
      /** Of one execution; past it the shorter ones are left out and counted. 0: none are recorded. */
      stepsPerExecution: z.number().int().min(0).max(1000).default(50),
    })
    .prefault({}),
  /** Clients of other monitors that check in at `/checkin/`. */
  checkins: z
    .strictObject({
      enabled: z.boolean().default(true),
      perMachine: positive.default(limits.processNamesPerMachine),
      /** Of one check-in. */
      perMinute: positive.default(120),
      /** A run whose end did not come is lost then, unless its client told its own limit. */
      lostAfterHours: z.number().positive().default(24),
    })
    .prefault({}),
  /** Clients of systems that came before, each by its name. */
  legacy: z
    .strictObject({
      enabled: z.array(z.enum(legacyClients)).default([]),
      /** Of local times from machines whose agent has not told theirs; without it the zone of the hub's machine. */
      timeZone: timeZone.optional(),
      /** Which machine `/v1.0/checks` is about (without it the only one), and its service. */
      checks: z
        .strictObject({
          machine: z.string().min(1).max(limits.nameCharacters).optional(),
          service: z.string().min(1).max(limits.nameCharacters).default("httpd"),
        })
        .prefault({}),
    })
    .prefault({}),
  limits: z
    .strictObject({
      bodyBytes: positive.default(limits.bodyBytes),
      itemsPerRequest: positive.default(limits.itemsPerRequest),
      processNamesPerMachine: positive.default(limits.processNamesPerMachine),
      webRequestsPerSecond: positive.default(limits.webRequestsPerSecond),
      seriesPerMachine: positive.default(limits.seriesPerMachine),
      pastYears: positive.default(limits.pastYears),
      futureHours: positive.default(limits.futureHours),
      /** Bytes of all request bodies held at one time, until they are committed; above it the hub answers 503. */
      bodiesInMemoryBytes: positive.default(48 * 1024 * 1024),
    })
    .prefault({}),
});

export type HubSettings = z.infer<typeof hubSettings>;
export type HubSettingsInput = z.input<typeof hubSettings>;

export function storeAddress(settings: HubSettings): string {
  return settings.store ?? `duckdb:${join(settings.dataDir, "culprit.duckdb")}`;
}
