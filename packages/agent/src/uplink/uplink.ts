/**
 * Sends what is in the spool and takes the hub's acknowledgements. One upload is under way at a time; after a failure
 * whose outcome is unknown the hub's marks are read first, so that nothing is sent that it has.
 */
import {
  clockHeader,
  intakeAnswer,
  intakeMarks,
  ProblemError,
  type Acknowledgement,
  type HubClient,
  type IntakeAnswer,
  UnreachableError,
} from "@culprit/protocol";
import { Backoff, soon } from "../backoff.ts";
import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import { pause } from "../pause.ts";
import type { OutgoingPart, Spool } from "../spool/spool.ts";
import type { ReadLimits } from "../spool/stream.ts";
import type { DeadLetters } from "./dead-letters.ts";

export type UplinkOptions = {
  client: HubClient;
  spool: Spool;
  deadLetters: DeadLetters;
  clock: Clock;
  random: () => number;
  log: Log;
  /** A stream with unsent data older than this is sealed when the hub is back, so that live data goes first. */
  backlogSeconds?: number;
};

const uploadLimits: ReadLimits = { memberBytes: 1024 * 1024, decodedBytes: 4 * 1024 * 1024, batches: 500 };
/** Of them, on a way so slow that more does not arrive in the time that a request has. */
const leastShare = 1 / 64;
/** Appends of one moment travel together. */
const gatherSeconds = 0.2;
const problemsOfTheBody = new Set(["invalid-request", "too-large", "too-many-items", "limit-exceeded"]);

/** Someone has to do something; until then another try now and then costs least. */
const problemsOfTheAgent = new Set(["duplicate-identity", "protocol-version"]);

export class Uplink {
  readonly #options: UplinkOptions;
  readonly #soon: Backoff;
  readonly #seldom: Backoff;
  #knowsMarks = false;
  /** Uploads to send one batch at a time, to find the one that the hub can't read. */
  #single = 0;
  /** Of `uploadLimits`: less after an upload that did not get through, twice as much after each that did. */
  #share = 1;
  #state: "fine" | "failing" = "fine";
  #wake: (() => void) | null = null;
  readonly #skipped = new Set<string>();

  constructor(options: UplinkOptions) {
    this.#options = options;
    this.#soon = new Backoff(soon, options.random);
    this.#seldom = new Backoff({ firstSeconds: 60, mostSeconds: 900 }, options.random);
  }

  /** Something was appended. */
  wake(): void {
    this.#wake?.();
  }

  /** Runs until `signal` is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    while (!signal.aborted) {
      try {
        if (!this.#knowsMarks) await this.#readMarks(signal);
        if (await this.#sendOnce(signal)) continue;
        await this.#untilAppended(signal);
        await pause(clock, gatherSeconds, signal);
      } catch (error) {
        if (signal.aborted) return;
        await pause(clock, this.#failed(error), signal);
      }
    }
  }

  async #readMarks(signal: AbortSignal): Promise<void> {
    const { client, spool, backlogSeconds = 60 } = this.#options;
    const answer = await client.get("/intake", intakeMarks, {}, signal);
    await spool.reconcile(answer);
    spool.sealBacklog(backlogSeconds);
    this.#knowsMarks = true;
    if (this.#state === "failing") this.#options.log.info("the hub is back");
    this.#succeeded();
  }

  /** Answers false if there was nothing to send. */
  async #sendOnce(signal: AbortSignal): Promise<boolean> {
    const { client, spool } = this.#options;
    const parts = await spool.nextParts(this.#limits());
    if (parts.length === 0) return false;
    const members = parts.flatMap(({ batches }) => batches.map(({ member }) => member));
    const body = {
      bytes: Uint8Array.from(Buffer.concat(members)),
      type: "application/x-ndjson",
      encoding: "gzip",
    };
    let answer: IntakeAnswer;
    try {
      const headers = { [clockHeader]: String(this.#options.clock.now()) };
      answer = await client.request("POST", "/intake", intakeAnswer, { body, headers, signal });
    } catch (error) {
      if (error instanceof UnreachableError) this.#share = Math.max(leastShare, this.#share / 4);
      if (!(error instanceof ProblemError) || !problemsOfTheBody.has(error.problem.code)) throw error;
      await this.#bodyRefused(parts, members.length, error);
      return true;
    }
    this.#single = Math.max(0, this.#single - 1);
    this.#share = Math.min(1, this.#share * 2);
    await this.#take(parts, answer);
    return true;
  }

  #limits(): ReadLimits {
    const part = (most: number) => Math.ceil(most * this.#share);
    const { memberBytes, decodedBytes, batches } = uploadLimits;
    return {
      memberBytes: part(memberBytes),
      decodedBytes: part(decodedBytes),
      batches: this.#single > 0 ? 1 : part(batches),
    };
  }

  async #take(parts: readonly OutgoingPart[], answer: IntakeAnswer): Promise<void> {
    const { spool, log } = this.#options;
    for (const acknowledgement of answer.acknowledgements) {
      const { status, stream, sequence, rejected } = acknowledgement;
      if (rejected.length > 0 && status === "stored") {
        spool.count("rejected", rejected.length);
        const [first] = rejected;
        log.warn(`the hub set ${rejected.length} rows of ${stream} ${sequence} aside: ${first!.detail}`);
      }
      if (status === "refused") await this.#refused(parts, acknowledgement, answer);
    }
    await spool.confirm(answer.marks);
    if (answer.epoch !== spool.epoch) throw new Error("the hub's store was set up anew");
    const gap = answer.acknowledgements.find(({ status }) => status === "gap");
    if (gap) throw new Error(`the hub lacks batches before ${gap.stream} ${gap.sequence}`);
    this.#succeeded();
  }

  async #refused(
    parts: readonly OutgoingPart[],
    { stream, sequence, code, detail }: Acknowledgement,
    answer: IntakeAnswer,
  ): Promise<void> {
    const part = parts.find((one) => one.stream === stream);
    const batch = part?.batches.find((one) => one.sequence === sequence);
    if (!part || !batch) throw new Error(`the hub refused a batch that was not sent: ${detail ?? code}`);
    const mark = answer.marks.find((one) => one.stream === stream)?.sequence ?? 0;
    await this.#setAside(stream, batch, `${code ?? "refused"}: ${detail ?? ""}`);
    if (mark < sequence) await this.#skip(stream, sequence);
  }

  /** The upload as a whole was refused: find the batch, and set that one aside. */
  async #bodyRefused(parts: readonly OutgoingPart[], count: number, error: ProblemError): Promise<void> {
    if (count > 1) {
      this.#single = count;
      return;
    }
    const [part] = parts;
    const [batch] = part!.batches;
    await this.#setAside(part!.stream, batch!, `${error.problem.code}: ${error.message}`);
    await this.#skip(part!.stream, batch!.sequence);
  }

  async #setAside(stream: string, batch: OutgoingPart["batches"][number], reason: string): Promise<void> {
    const { deadLetters, spool, log } = this.#options;
    log.error(`the hub refuses batch ${stream} ${batch.sequence}, set aside: ${reason}`);
    spool.count("refused", batch.rows);
    await deadLetters.add(stream, batch.sequence, batch.member, reason).catch((error: unknown) => {
      log.warn(`it could not even be kept as a dead letter: ${String(error)}`);
    });
  }

  async #skip(stream: string, sequence: number): Promise<void> {
    const key = `${stream} ${sequence}`;
    if (this.#skipped.has(key)) throw new Error(`the hub refuses even the record that ${key} was dropped`);
    this.#skipped.add(key);
    await this.#options.spool.skip(stream, sequence, "refused");
  }

  #succeeded(): void {
    this.#state = "fine";
    this.#soon.reset();
    this.#seldom.reset();
  }

  /** Answers how many seconds to wait. */
  #failed(error: unknown): number {
    this.#knowsMarks = false;
    const { log } = this.#options;
    const problem = error instanceof ProblemError ? error.problem : null;
    const first = this.#state === "fine";
    this.#state = "failing";
    if (problem?.status === 401 || problem?.status === 403) {
      const seconds = this.#seldom.next(problem.retryAfterSeconds);
      if (first) log.error(`the hub does not accept this machine's token (${problem.code}): trying seldom`);
      return seconds;
    }
    if (problem && problemsOfTheAgent.has(problem.code)) {
      if (first) log.error(`${message(error)}; data stays in the spool, trying seldom`);
      return this.#seldom.next(problem.retryAfterSeconds);
    }
    if (first) log.warn(`${message(error)}; data stays in the spool until the hub takes it`);
    return this.#soon.next(problem?.retryAfterSeconds);
  }

  async #untilAppended(signal: AbortSignal): Promise<void> {
    if (this.#options.spool.hasUnsent || signal.aborted) return;
    await new Promise<void>((resolve) => {
      const end = () => {
        this.#wake = null;
        signal.removeEventListener("abort", end);
        resolve();
      };
      this.#wake = end;
      signal.addEventListener("abort", end);
    });
  }
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
