/** What a vendor's request means, in no vendor's words. */
import { cleanName, type Micros, type Problem } from "@culprit/protocol";
import type { CheckinSchedule } from "../store/store.ts";

export type Signal = {
  /** `heard`: someone was there, and no run is meant. */
  event: "start" | "end" | "log" | "heard";
  /** Of an end. */
  outcome: "ok" | "failed";
  /** The client's id of the run; null: the newest that has none. */
  run: string | null;
  /** Without an id it ends the newest run under way, also one that has an id. */
  endsAny: boolean;
  /** By the client's clock. */
  at: Micros | null;
  /** How long it took, by the client. */
  durationSeconds: number | null;
  exitCode: number | null;
  text: string;
  attributes: Record<string, string | number>;
};

export type CheckIn = {
  /** Null: the key names the check-in. */
  slug: string | null;
  /** Makes the check-in if it is not there. */
  create: boolean;
  /** The machine, for keys that are good for several. */
  host: string | null;
  /** Undefined: nothing told of it. */
  schedule: CheckinSchedule | undefined;
  signal: Signal;
};

/** `key`: the secret that lets in. `ignored`: parts of the request that are no check-ins. */
export type Reading = { key: string; checkIns: CheckIn[]; ignored: number; id?: string };

export type VendorRequest = {
  method: string;
  /** After the vendor's prefix, decoded; without a slash at the end. */
  path: readonly string[];
  query: URLSearchParams;
  header: (name: string) => string | undefined;
  body: Buffer;
};

export type VendorAnswer = { status: number; type: string; body: string; headers?: Record<string, string> };

export type Vendor = {
  /** True: bodies that are too large are refused. False: what is past the limit is cut off. */
  wholeBodies: boolean;
  /** Throws a problem of code invalid-request or not-found. */
  read(request: VendorRequest): Reading;
  accepted(reading: Reading, created: boolean): VendorAnswer;
  refused(problem: Problem): VendorAnswer;
};

/** Kept of a body or a message; an execution's output takes it whole. */
export const textBytes = 10_000;
/** Read of a body that is cut. */
export const bodyBytes = 100_000;

const attributeCharacters = 100;

export const plainSignal: Signal = {
  event: "end",
  outcome: "ok",
  run: null,
  endsAny: false,
  at: null,
  durationSeconds: null,
  exitCode: null,
  text: "",
  attributes: {},
};

/** The beginning of a text, to a whole character. What is no UTF-8 grows as it is replaced, so it is cut once more. */
export function textOf(body: Buffer | string): string {
  return beginningOf(Buffer.from(beginningOf(Buffer.from(body))));
}

function beginningOf(bytes: Buffer): string {
  // In a stream a character that is cut waits for its rest.
  return new TextDecoder().decode(bytes.subarray(0, textBytes), { stream: bytes.length > textBytes });
}

/** Attributes of those texts that say something. */
export function attributesOf(texts: Record<string, string | null | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(texts).flatMap(([name, text]) =>
      text ? [[name, cleanName(text.slice(0, attributeCharacters)).name]] : [],
    ),
  );
}

/** A whole number from a parameter; null if it is none, or not one that a process ends with. */
export function exitCodeOf(text: string | null): number | null {
  return text !== null && /^-?\d{1,5}$/.test(text) && Math.abs(Number(text)) <= 255 ? Number(text) : null;
}

/** Seconds from a parameter; null if they are none, or more than a year. */
export function secondsOf(text: string | number | null | undefined): number | null {
  const seconds = typeof text === "string" && text.trim() !== "" ? Number(text) : text;
  return typeof seconds === "number" && seconds >= 0 && seconds <= 366 * 86_400 ? seconds : null;
}

export const plainText = (
  status: number,
  body: string,
  headers: Record<string, string> = {},
): VendorAnswer => ({ status, type: "text/plain; charset=utf-8", body, headers });
