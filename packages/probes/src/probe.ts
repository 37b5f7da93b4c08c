/** One look at something that is checked: where it may go, what it found. */
import type { CheckNumber, CheckState, CheckTarget, Finding } from "@culprit/protocol";
import type { Said } from "./said.ts";

/** `finding`: what the text says, as a code with values; of what speaks for itself there is none. */
export type Probed = {
  state: CheckState;
  text: string;
  numbers: CheckNumber[];
  finding?: Finding | null;
};

export type ProbeContext = {
  /** Aborted when the time is up or nobody waits any more; what was begun must end then. */
  readonly signal: AbortSignal;
  readonly timeoutSeconds: number;
  /** Whether connections may go to `address`, which `host` was resolved to. Asked before each one, redirects too. */
  readonly mayReach: (host: string, address: string) => boolean;
  /** Whose settings give that leave, for whoever is told that there is none. */
  readonly leave: "hub" | "machine";
};

/** May reject: who runs it makes a result of that. */
export type Probe<Kind extends CheckTarget["kind"]> = (
  target: Extract<CheckTarget, { kind: Kind }>,
  context: ProbeContext,
) => Promise<Probed>;

/** How a probe ends without a result of its own; a plain text is one that others wrote. */
class ProbeEnd extends Error {
  readonly finding: Finding | null;

  constructor(what: Said | string, options?: ErrorOptions) {
    super(typeof what === "string" ? what : what.text, options);
    this.finding = typeof what === "string" ? null : what.finding;
  }
}

/** What was probed is not well: the check is critical, and `message` says what was met. */
export class NotWell extends ProbeEnd {
  override name = "NotWell";
}

/** It could not be probed, so nothing is known of it. */
export class NotProbed extends ProbeEnd {
  override name = "NotProbed";
}
