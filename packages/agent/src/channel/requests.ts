/** What the hub may ask over the channel: a plain list of names, each with what answers it. Nothing else is done. */
import { messageOf, type Said } from "@culprit/probes";
import type { Finding, RequestRefusal, RequestRefusalCode } from "@culprit/protocol";
import type { z } from "zod";

/** What was answered, and what the audit says of it. */
export type Handled = { result: unknown; failed: boolean; detail: string };

export type ChannelRequest = {
  /** It does something: it is written to the audit, and its id is remembered past a restart. */
  acts: boolean;
  /** What is to be done for these arguments; null if they are none of this request's. */
  prepare(args: unknown): (() => Promise<Handled>) | null;
};

export type ChannelRequests = Readonly<Record<string, ChannelRequest>>;

/** A request whose arguments must match `schema` (strictly: no key that it does not know). */
export function channelRequest<Schema extends z.ZodType, Result>(request: {
  schema: Schema;
  acts: boolean;
  handle: (args: z.output<Schema>) => Promise<Result> | Result;
  /** Of one that acts: what became of it. */
  describe?: (result: Result) => { failed: boolean; detail: string };
}): ChannelRequest {
  const { schema, acts, handle, describe = () => ({ failed: false, detail: "" }) } = request;
  return {
    acts,
    prepare(args) {
      const { success, data } = schema.safeParse(args);
      if (!success) return null;
      return async () => {
        const result = await handle(data);
        return { result, ...describe(result) };
      };
    },
  };
}

/** Thrown by what handles a request; the hub is told both. */
export class RefusedRequest extends Error {
  readonly code: RequestRefusalCode;

  readonly finding: Finding;

  constructor(code: RequestRefusalCode, { text, finding }: Said) {
    super(text);
    this.name = "RefusedRequest";
    this.code = code;
    this.finding = finding;
  }
}

const mostDetailCharacters = 1000;

/** What the hub is told of it. Errors that no refusal foresees have no code of their own. */
export function refusalOf(error: unknown): RequestRefusal {
  const detail = messageOf(error).slice(0, mostDetailCharacters);
  if (!(error instanceof RefusedRequest)) return { code: "failed", detail };
  return { code: error.code, detail, finding: error.finding };
}
