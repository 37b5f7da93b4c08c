/**
 * The token with which the agent calls its hub. While it is replaced calls wait: those that are under way are answered first,
 * so that none comes to the hub with a token that has ended.
 */
import type { HubFetch } from "@culprit/protocol";

export class TokenInUse {
  readonly #fetch: HubFetch;
  readonly #underWay = new Set<Promise<unknown>>();
  #token: string;
  /** Resolves when calls may go on; null: they may. */
  #replacing: Promise<void> | null = null;

  constructor(token: string, fetch: HubFetch) {
    this.#token = token;
    this.#fetch = fetch;
  }

  get token(): string {
    return this.#token;
  }

  /** For a client without a token: puts in the one that counts when the call leaves. */
  readonly fetch: HubFetch = async (url, request) => {
    while (this.#replacing) await unlessAborted(this.#replacing, request.signal);
    const headers = { ...request.headers, authorization: `Bearer ${this.#token}` };
    const sent = this.#fetch(url, { ...request, headers });
    this.#underWay.add(sent);
    try {
      return await sent;
    } finally {
      this.#underWay.delete(sent);
    }
  };

  /** `choose` runs while no call is under way, and answers the token that counts after it; if it throws the old one goes on. */
  async replace(choose: () => Promise<string>): Promise<void> {
    const { promise, resolve } = withResolver();
    this.#replacing = promise;
    try {
      await Promise.allSettled(this.#underWay);
      this.#token = await choose();
    } finally {
      this.#replacing = null;
      resolve();
    }
  }
}

function withResolver(): { promise: Promise<void>; resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

async function unlessAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  let stop = () => {};
  const aborted = new Promise<never>((_resolve, reject) => {
    stop = () => reject(signal.reason instanceof Error ? signal.reason : new Error("aborted"));
    signal.addEventListener("abort", stop, { once: true });
  });
  try {
    await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
