/** A hub with machines whose jobs check in, and what became of their runs. */
import {
  checkin,
  checkinCreated,
  execution,
  formatInstant,
  list,
  parseInstant,
  type Checkin,
  type CheckinCreated,
  type CheckinInput,
  type Execution,
} from "@culprit/protocol";
import type { HubSettingsInput } from "../settings.ts";
import { hubUnderTest, type HubUnderTest } from "./hub-under-test.ts";
import { machineUnderTest } from "./machine-under-test.ts";

const begin = "2026-11-23T03:00:00Z";

export type Called = { status: number; text: string; headers: Record<string, unknown> };

export async function checkinsHub(settings: HubSettingsInput = {}) {
  const hub = await hubUnderTest(begin, settings);
  let machines = 0;
  return {
    ...hub,
    /** One more machine, of which alone the answers below tell, at the beginning of time. */
    next: () => {
      hub.clock.set(begin);
      return withMachine(hub, `web-${++machines}`);
    },
  };
}

async function withMachine(hub: HubUnderTest, name: string) {
  const machine = await machineUnderTest(hub, name);
  return {
    ...hub,
    machine,
    name,
    /** Sets the clock to so many seconds after the beginning. */
    at(seconds: number): void {
      hub.clock.set(formatInstant(parseInstant(begin)! + seconds * 1e6));
    },
    /** `path` after `/checkin/`; `GET`, or `POST` if there is a body. */
    async call(
      path: string,
      more: {
        method?: "GET" | "HEAD" | "POST" | "PUT";
        body?: string | Buffer;
        headers?: Record<string, string>;
      } = {},
    ): Promise<Called> {
      const { body, headers = {}, method = body === undefined ? "GET" : "POST" } = more;
      const answer = await hub.app.inject({
        method,
        url: `/checkin/${path}`,
        headers: body === undefined ? headers : { "content-type": "text/plain", ...headers },
        ...(body === undefined ? {} : { payload: body }),
      });
      return { status: answer.statusCode, text: answer.body, headers: answer.headers };
    },
    async make(wish: Partial<CheckinInput> = {}): Promise<CheckinCreated> {
      const made = await hub.ask("POST", "/checkins", {
        body: { machine: name, process: "backup", ...wish },
      });
      if (made.status !== 200) throw new Error(JSON.stringify(made.body));
      return checkinCreated.parse(made.body);
    },
    /** In short, in the order of their starts: process, outcome, seconds after the beginning, and how long. */
    async runs(): Promise<string[]> {
      return (await this.executions()).map((run) =>
        [
          run.process,
          run.outcome,
          (parseInstant(run.startedAt)! - parseInstant(begin)!) / 1e6,
          run.durationSeconds ?? "?",
          ...(run.exitCode === undefined ? [] : [`exit ${run.exitCode}`]),
        ].join(" "),
      );
    },
    async executions(): Promise<Execution[]> {
      const { body } = await hub.ask(
        "GET",
        `/executions?from=2026-11-01T00:00:00Z&to=2026-12-31T00:00:00Z&limit=1000&machine=${name}`,
      );
      const { items } = list(execution).parse(body);
      return items.toSorted((a, b) => a.startedAt.localeCompare(b.startedAt) || a.id.localeCompare(b.id));
    },
    async checkins(): Promise<Checkin[]> {
      const { items } = list(checkin).parse((await hub.ask("GET", "/checkins")).body);
      return items.filter((each) => each.machine === name);
    },
    async output(id: string): Promise<string | undefined> {
      const { body } = await hub.ask("GET", `/executions/${encodeURIComponent(id)}?machine=${name}`);
      return execution.parse(body).output;
    },
  };
}

export type CheckinsUnderTest = Awaited<ReturnType<typeof withMachine>>;
