/** A hub on a DuckDB file of its own, or on the store of its settings, with a clock that stands still, for tests that send requests to it. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseInstant, type Micros } from "@culprit/protocol";
import Fastify, { type FastifyInstance } from "fastify";
import { buildApp } from "../app.ts";
import { assembleHub, type Hub } from "../context.ts";
import { hubSettings, type HubSettingsInput } from "../settings.ts";
import { openStore } from "../store/open.ts";

export type HubUnderTest = {
  hub: Hub;
  app: FastifyInstance;
  clock: { now(): Micros; set(instant: string): void };
  /** Asks as an administrator. */
  ask(
    method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE",
    url: string,
    more?: { body?: object; headers?: Record<string, string> },
  ): Promise<{ status: number; body: unknown }>;
  close(): Promise<void>;
};

export async function hubUnderTest(now: string, more: HubSettingsInput = {}): Promise<HubUnderTest> {
  const folder = await mkdtemp(join(tmpdir(), "culprit-hub-"));
  let instant = parseInstant(now)!;
  const clock = {
    now: () => instant,
    set: (text: string) => {
      instant = parseInstant(text)!;
    },
  };
  const store = await openStore(more.store ?? `duckdb:${join(folder, "culprit.duckdb")}`, { clock });
  const settings = hubSettings.parse({ ...more, dataDir: folder, logLevel: "silent" });
  const hub = await assembleHub({ settings, clock, store, log: Fastify({ logger: false }).log });
  const app = await buildApp(hub);
  const { token } = await hub.access.issue({ kind: "user", name: "tester", role: "admin" });
  return {
    hub,
    app,
    clock,
    async ask(method, url, { body, headers = {} } = {}) {
      const answer = await app.inject({
        method,
        url: `/api/v1${url}`,
        headers: { authorization: `Bearer ${token}`, ...headers },
        ...(body ? { payload: body } : {}),
      });
      return { status: answer.statusCode, body: answer.body === "" ? null : answer.json<unknown>() };
    },
    async close() {
      await app.close();
      await Promise.all([hub.attribution.close(), hub.analysis.close()]);
      await store.close();
      await rm(folder, { recursive: true });
    },
  };
}
