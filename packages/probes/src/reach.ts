/**
 * Names are resolved once, each address is asked for leave, and connections go to the address that was asked for: a name
 * that is resolved to another address a moment later (DNS rebinding) leads nowhere else.
 */
import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { NotProbed, NotWell, type ProbeContext } from "./probe.ts";
import { messageOf, said, type Said } from "./said.ts";

export type Reached = { address: string; family: 4 | 6 };

/** The first address of `host` that may be reached. Rejects with NotWell if there is none, NotProbed if none may be. */
export async function reach(host: string, { mayReach, signal, leave }: ProbeContext): Promise<Reached> {
  const bare = host.replace(/^\[|\]$/g, "");
  const addresses = await resolve(bare, signal);
  const allowed = addresses.find(({ address }) => mayReach(bare, address));
  if (!allowed) {
    const found = addresses.map(({ address }) => address).filter((address) => address !== bare);
    const shown = found.length > 0 ? `${bare} (${found.join(", ")})` : bare;
    throw new NotProbed(notAllowed(shown, leave));
  }
  return allowed;
}

export const notAllowed = (place: string, leave: ProbeContext["leave"]): Said =>
  said(leave === "hub" ? "not-allowed-by-hub" : "not-allowed-by-machine", { place });

async function resolve(host: string, signal: AbortSignal): Promise<Reached[]> {
  const family = isIP(host);
  if (family !== 0) return [{ address: host, family: family === 4 ? 4 : 6 }];
  try {
    const found = await abortable(lookup(host, { all: true }), signal);
    return found.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }));
  } catch (error) {
    signal.throwIfAborted();
    const known = error instanceof Error && "code" in error && error.code === "ENOTFOUND";
    throw new NotWell(
      known ? said("host-unknown", { host }) : said("host-not-resolved", { host, detail: messageOf(error) }),
    );
  }
}

/** Rejects when `signal` is aborted, however long `work` goes on. */
export function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((settle, reject) => {
    const stop = () => reject(signal.reason as Error);
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
    work.then(settle, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}
