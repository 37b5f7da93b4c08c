/** What an agent can be told. The command line merges file, environment and flags into one of these. */
import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { cleanName, enrollment, group, labelsFrom, labelTexts, limits, name } from "@culprit/protocol";
import { z } from "zod";
import { allowedPath } from "./control/allowed.ts";
import { defaultCollectSettings } from "./collect-settings.ts";
import { nameSettings } from "./os-processes/told-names.ts";

const positive = z.number().positive();
const token = z
  .string()
  .transform((text) => text.replace(/\s+/g, ""))
  .pipe(z.string().min(1));

const path = z.string().startsWith("/", "an absolute path");

/** An access log of nginx or Apache. In a list of texts each is a path. */
const accessLog = z.union([
  path.transform((path) => ({ path })),
  z.strictObject({
    path,
    /** A log_format of nginx or LogFormat of Apache; without one it is told by the lines. */
    format: z.string().min(1).max(2000).optional(),
    /** Put before the names of its requests where one machine serves several sites. */
    site: name
      .max(60)
      .regex(/^[^/]+$/, "no slash")
      .optional(),
  }),
]);

export const accessLogSettings = z.array(accessLog).max(20);

export type AccessLogSettings = { path: string; format?: string | undefined; site?: string | undefined };

export const agentSettings = z.strictObject({
  hub: z
    .url({ protocol: /^https?$/, error: "http://<address> or https://<address>" })
    .default("http://127.0.0.1:4777"),
  /** Of this machine. Without one the agent enrols itself, if it has a token for that. */
  token: token.optional(),
  tokenFile: z.string().optional(),
  enrollmentToken: token.optional(),
  enrollmentTokenFile: z.string().optional(),
  /** Under which it enrols. */
  machineName: z
    .string()
    .transform((text) => cleanName(text).name)
    .prefault(() => hostname()),
  /** What the hub is told of it when it enrols; after that people say it there. */
  labels: labelTexts.default([]),
  group: group.optional(),
  dataDir: z.string().default(defaultDataDir),
  intake: z.string().optional(),
  accessLogs: accessLogSettings.default([]),
  /** Root's own file of what the hub may ask of this machine (docs/services.md). */
  allowedFile: path.default(allowedPath),
  /** A file of certificate authorities (PEM) that are trusted besides the well-known ones. */
  ca: z.string().optional(),
  /** Sends the token and all data readable for everybody on the way. */
  allowPlainHttp: z.boolean().default(false),
  collect: z
    .strictObject({
      hostSeconds: z.number().int().min(1).max(3600).default(defaultCollectSettings.hostSeconds),
      osProcessSeconds: z.number().int().min(1).max(3600).default(defaultCollectSettings.osProcessSeconds),
      osProcessLimit: z.number().int().min(0).default(defaultCollectSettings.osProcessLimit),
      busySeconds: z.number().int().min(1).max(3600).default(defaultCollectSettings.busySeconds),
      perCore: z.boolean().default(defaultCollectSettings.perCore),
      busyCpuSeconds: positive.default(defaultCollectSettings.busyCpuSeconds),
      /** Under which names OS processes and their users leave this machine. */
      names: z.enum(nameSettings).default("plain"),
      /** Of OS processes; scrubbed, and told only with plain names. */
      arguments: z.enum(["none", "scrubbed"]).default("none"),
      busyIoBytes: positive.default(defaultCollectSettings.busyIoBytes),
    })
    .prefault({}),
  /** Records what nobody records: jobs of cron and at, and units of systemd. */
  observe: z
    .strictObject({
      cron: z.boolean().default(true),
      systemd: z.boolean().default(true),
      /** Services of systemd that no timer starts, by name or pattern. */
      services: z
        .array(
          z
            .string()
            .regex(/^[\w:.@*?\\][\w:.@*?\\-]*\.service$/, "<name>.service, with * and ? as wildcards"),
        )
        .default([]),
    })
    .prefault({}),
  /** How often those that the machine's own file allows are run, when it is quiet. */
  benchmarks: z
    .strictObject({
      /** 0: only when someone asks. */
      everyHours: z
        .number()
        .min(0)
        .max(14 * 24)
        .default(6),
      /** Each, without what it prepares. */
      seconds: z.number().min(0.2).max(5).default(1.5),
    })
    .prefault({}),
  spool: z
    .strictObject({
      maxBytes: z
        .number()
        .int()
        .min(1024 * 1024)
        .default(limits.spoolBytes),
      maxDays: positive.default(limits.spoolDays),
      graceSeconds: z.number().nonnegative().default(3600),
      graceBytes: z
        .number()
        .int()
        .nonnegative()
        .default(64 * 1024 * 1024),
    })
    .prefault({}),
});

export type AgentSettings = z.infer<typeof agentSettings>;
export type AgentSettingsInput = z.input<typeof agentSettings>;

/** What this machine tells of itself when it enrols. */
export function enrollmentOf({
  machineName,
  labels,
  group,
}: Pick<AgentSettings, "machineName" | "labels" | "group">): z.infer<typeof enrollment> {
  return enrollment.parse({
    name: machineName,
    hostName: hostname().slice(0, 200),
    // Hubs of before know neither.
    ...(labels.length === 0 ? {} : { labels: labelsFrom(labels) }),
    group,
  });
}

/** What the person who starts the agent has to change; the message says how. */
export class SettingsError extends Error {
  override name = "SettingsError";
}

function defaultDataDir(): string {
  if (process.getuid?.() === 0) return "/var/lib/culprit-agent";
  const state = process.env["XDG_STATE_HOME"] || join(process.env["HOME"] ?? ".", ".local/state");
  return join(state, "culprit-agent");
}

/** Tokens travel to the hub: beyond this machine only encrypted, unless somebody asked for it. */
export function checkHub({ hub, allowPlainHttp }: Pick<AgentSettings, "hub" | "allowPlainHttp">): void {
  const { protocol, hostname: host } = new URL(hub);
  if (protocol === "https:" || allowPlainHttp || isLoopback(host)) return;
  throw new SettingsError(
    `${hub} is plain http and not on this machine: its token and data could be read on the way. ` +
      "Use https (set ca, or CULPRIT_CA, for a certificate authority of your own), or set allowPlainHttp to accept that.",
  );
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "[::1]" || /^127(\.\d{1,3}){3}$/.test(host);
}

/** A secret given in a file; white space around it, and line breaks in it, don't count. */
export function readSecret(path: string): string {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new SettingsError(`the token file can't be read: ${error instanceof Error ? error.message : path}`);
  }
  const parsed = token.safeParse(text);
  if (!parsed.success) throw new SettingsError(`the token file ${path} is empty`);
  return parsed.data;
}

export function readCertificates({ ca }: Pick<AgentSettings, "ca">): string | undefined {
  if (ca === undefined) return undefined;
  try {
    return readFileSync(ca, "utf8");
  } catch (error) {
    throw new SettingsError(`the file of certificate authorities can't be read: ${String(error)}`);
  }
}
