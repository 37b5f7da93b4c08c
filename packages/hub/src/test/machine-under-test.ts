/** An agent as the hub sees it: enrolled, with batches to send. */
import { gzipSync } from "node:zlib";
import {
  clockHeader,
  protocolVersion,
  type Acknowledgement,
  type IntakeAnswer,
  type Problem,
} from "@culprit/protocol";
import { enrollMachine } from "../fleet/enroll.ts";
import type { HubUnderTest } from "./hub-under-test.ts";

export type Uploaded = { status: number; body: IntakeAnswer & Problem; acknowledgements: Acknowledgement[] };

export async function machineUnderTest({ hub, app }: HubUnderTest, name: string) {
  const { id, token } = await enrollMachine(hub, name, "tester");
  const headers = { authorization: `Bearer ${token}` };
  return {
    id,
    machineId: Number(id.slice(2)),
    token,
    headers,
    async uploadBytes(payload: Buffer, encoding = "gzip", more: object = {}): Promise<Uploaded> {
      const answer = await app.inject({
        method: "POST",
        url: "/api/v1/intake",
        headers: {
          ...headers,
          "content-type": "application/x-ndjson",
          "content-encoding": encoding,
          ...more,
        },
        payload,
      });
      const body = answer.json<IntakeAnswer & Problem>();
      return { status: answer.statusCode, body, acknowledgements: body.acknowledgements ?? [] };
    },
    /** The same, with what the agent's clock shows. */
    uploadAt(clock: number | string, ...lines: unknown[]): Promise<Uploaded> {
      return this.uploadBytes(members(...lines), "gzip", { [clockHeader]: String(clock) });
    },
    /** Each line in a gzip member of its own, as a spool holds them. */
    upload(...lines: unknown[]): Promise<Uploaded> {
      return this.uploadBytes(members(...lines));
    },
  };
}

export function members(...lines: unknown[]): Buffer {
  return Buffer.concat(
    lines.map((line) => gzipSync(`${typeof line === "string" ? line : JSON.stringify(line)}\n`)),
  );
}

export function executionBatch(sequence: number, executions: unknown[], more: object = {}) {
  const stream = "exec-00000001";
  return { protocol: protocolVersion, stream, sequence, kind: "executions", executions, ...more };
}

export function sampleBatch(sequence: number, more: object) {
  return { protocol: protocolVersion, stream: "host-00000001", sequence, kind: "samples", ...more };
}

export const oneRun = (id: string, more: object = {}) => ({
  id,
  process: "backup",
  kind: "cron",
  startedAt: "2026-11-23T02:00:00Z",
  endedAt: "2026-11-23T02:00:10Z",
  ...more,
});
