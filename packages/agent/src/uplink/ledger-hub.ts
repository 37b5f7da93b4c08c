/** A small hub for tests: takes uploads by the rules of the wire and keeps a ledger of what it stored. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";
import { batch, type Acknowledgement, type Batch, type IntakeAnswer } from "@culprit/protocol";

export type LedgerHubOptions = {
  /** Off: every batch that arrives counts, as if sequences meant nothing, and no mark is told after a start. */
  deduplicates?: boolean;
  /** Off: says that it stored what it did not. */
  stores?: boolean;
};

export class LedgerHub {
  readonly batches: Batch[] = [];
  readonly marks = new Map<string, number>();
  readonly uploads: Batch[][] = [];
  readonly requests: string[] = [];
  epoch = "first";
  /** Asked for each batch before it is stored: a reason to refuse it. */
  refuses: (one: Batch) => string | null = () => null;
  /** Answers instead of the hub when it returns true. */
  interferes: (request: IncomingMessage, response: ServerResponse, body: Buffer) => boolean = () => false;
  /** The answer to an upload that was stored is lost while true. */
  losesAnswers = false;
  readonly #deduplicates: boolean;
  readonly #stores: boolean;
  readonly #server: Server;

  constructor({ deduplicates = true, stores = true }: LedgerHubOptions = {}) {
    this.#deduplicates = deduplicates;
    this.#stores = stores;
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  async start(port = 0): Promise<void> {
    this.#server.listen(port, "127.0.0.1");
    await once(this.#server, "listening");
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get address(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async stop(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, "close");
  }

  get executions(): { id: string; outcome: string; [key: string]: unknown }[] {
    return this.batches.flatMap((one) =>
      one.kind === "executions" ? (one.executions as { id: string; outcome: string }[]) : [],
    );
  }

  /** How often each finished execution was stored. */
  get finished(): Map<string, number> {
    const times = new Map<string, number>();
    for (const { id, outcome } of this.executions)
      if (outcome !== "running") times.set(id, (times.get(id) ?? 0) + 1);
    return times;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.requests.push(`${request.method} ${request.url}`);
    const parts: Buffer[] = [];
    for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
    const body = Buffer.concat(parts);
    if (this.interferes(request, response, body)) return;
    const acknowledgements = request.method === "POST" ? this.#take(gunzipSync(body).toString()) : [];
    if (this.losesAnswers && request.method === "POST") {
      request.socket.destroy();
      return;
    }
    if (request.method === "GET" && !this.#deduplicates) this.marks.clear();
    const answer: IntakeAnswer = {
      epoch: this.epoch,
      acknowledgements,
      marks: [...this.marks].map(([stream, sequence]) => ({ stream, sequence })),
      receivedAt: new Date().toISOString(),
    };
    response.setHeader("content-type", "application/json").end(JSON.stringify(answer));
  }

  #take(lines: string): Acknowledgement[] {
    const upload = lines
      .trimEnd()
      .split("\n")
      .map((line) => batch.parse(JSON.parse(line)));
    this.uploads.push(upload);
    return upload.map((one) => {
      const { stream, sequence } = one;
      const answer = (status: Acknowledgement["status"], detail?: string) => ({
        stream,
        sequence,
        status,
        rows: 0,
        rejected: [],
        ...(detail ? { code: "invalid-request", detail } : {}),
      });
      const reason = this.refuses(one);
      if (reason) return answer("refused", reason);
      const mark = this.marks.get(stream) ?? 0;
      if (sequence <= mark && this.#deduplicates) return answer("duplicate");
      const from = Math.min(sequence, ...(one.dropped ?? []).map(({ fromSequence }) => fromSequence));
      if (from > mark + 1) return answer("gap");
      this.marks.set(stream, Math.max(mark, sequence));
      if (this.#stores) this.batches.push(one);
      return answer("stored");
    });
  }
}
