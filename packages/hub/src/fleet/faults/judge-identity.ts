/**
 * Whether an agent that speaks with a machine's token is the one that the hub knows. A restart looks the same as a copy, but
 * one that was replaced never speaks again; if it does, there are two. Another computer is let in when the one before was
 * not heard for a while. Of two the one that was there first stays, and the other is refused until a person decides.
 */
import { microsPerSecond, type AgentIdentity, type IdentityPart, type Micros } from "@culprit/protocol";

/** An agent and where it was heard; times by the hub's clock. */
export type Sighting = AgentIdentity & { address: string; firstAt: Micros; lastAt: Micros };

export type KnownAgent = {
  current: Sighting;
  /** Instances that spoke before, the newest first. */
  replaced: string[];
  /** The other one that spoke last with the same token. */
  other: Sighting | null;
  /** Since when both have been heard; null: not yet, or no more. */
  duplicateSince: Micros | null;
  refused: number;
  /** The computer is another one than before, for as long as that is news. */
  moved: { at: Micros; differs: IdentityPart[] } | null;
};

/** `wait`: it may be let in once the one before is no longer heard. */
export type IdentityVerdict = "accepted" | "wait" | "refused";
export type Judged = { known: KnownAgent; verdict: IdentityVerdict; isNews: boolean };

/** Heard so lately that it is there; several pings of the channel. */
export const aliveWithin: Micros = 60 * microsPerSecond;
/** What was on its way when another took over is no sign that both are there. */
const onItsWay: Micros = 5 * microsPerSecond;
const replacedKept = 8;

/** What agents are called that do not tell: they can't be told apart from each other. */
export const untold: AgentIdentity = {
  instance: "untold",
  machineId: null,
  productUuid: null,
  bootId: "",
};

export function judgeIdentity(
  known: KnownAgent | null,
  identity: AgentIdentity,
  address: string,
  now: Micros,
): Judged {
  const seen: Sighting = { ...identity, address, firstAt: now, lastAt: now };
  if (!known)
    return accept({
      current: seen,
      replaced: [],
      other: null,
      duplicateSince: null,
      refused: 0,
      moved: null,
    });
  const { current, other, duplicateSince } = known;
  if (identity.instance === current.instance) return heardAgain(known, address, now);
  if (known.replaced.includes(identity.instance)) return cameBack(known, seen, now);
  const movesComputer = hardwareDifferences(current, identity).length > 0;
  if (duplicateSince !== null) {
    const isOther = other !== null && (other.instance === identity.instance || isLike(other, seen, current));
    if (isOther || movesComputer) return refuse(known, seen);
  } else if (movesComputer && now - current.lastAt < aliveWithin) return claim(known, seen);
  return accept({
    ...known,
    current: seen,
    replaced: withReplaced(known.replaced, current.instance),
    other: duplicateSince === null ? null : other,
    moved: movesComputer ? { at: now, differs: hardwareDifferences(current, identity) } : known.moved,
  });
}

function heardAgain(known: KnownAgent, address: string, now: Micros): Judged {
  const current = { ...known.current, address, lastAt: now };
  const { other, duplicateSince } = known;
  const isDuplicate = duplicateSince === null && other !== null && now - other.firstAt >= onItsWay;
  const next = { ...known, current, duplicateSince: isDuplicate ? now : duplicateSince };
  return { known: next, verdict: "accepted", isNews: isDuplicate || address !== known.current.address };
}

/** It spoke before the current one did, and after it: both are there, and it was there first. */
function cameBack(known: KnownAgent, seen: Sighting, now: Micros): Judged {
  return accept({
    ...known,
    current: seen,
    replaced: known.replaced.filter((instance) => instance !== seen.instance),
    other: known.current,
    duplicateSince: known.duplicateSince ?? now,
    moved: null,
  });
}

function claim(known: KnownAgent, seen: Sighting): Judged {
  const next = { ...known, other: sighted(known.other, seen), refused: known.refused + 1 };
  return { known: next, verdict: "wait", isNews: known.other?.instance !== seen.instance };
}

function refuse(known: KnownAgent, seen: Sighting): Judged {
  const next = { ...known, other: sighted(known.other, seen), refused: known.refused + 1 };
  return { known: next, verdict: "refused", isNews: true };
}

const accept = (known: KnownAgent): Judged => ({ known, verdict: "accepted", isNews: true });

function sighted(other: Sighting | null, seen: Sighting): Sighting {
  return other?.instance === seen.instance ? { ...seen, firstAt: other.firstAt } : seen;
}

/** The other one after a restart of its agent: its kernel is not the current one's. */
function isLike(other: Sighting, seen: Sighting, current: Sighting): boolean {
  return seen.bootId !== "" && seen.bootId === other.bootId && seen.bootId !== current.bootId;
}

function withReplaced(replaced: readonly string[], instance: string): string[] {
  if (instance === untold.instance) return [...replaced];
  return [instance, ...replaced].slice(0, replacedKept);
}

/** A part that one of them did not tell is no difference. */
export function differences(one: AgentIdentity, two: AgentIdentity): IdentityPart[] {
  const differs = (a: string | null, b: string | null) => a !== null && b !== null && a !== b;
  return [
    ...(differs(one.machineId, two.machineId) ? (["machine-id"] as const) : []),
    ...(differs(one.productUuid, two.productUuid) ? (["product-uuid"] as const) : []),
    ...(differs(one.bootId || null, two.bootId || null) ? (["boot-id"] as const) : []),
  ];
}

/** A kernel starts anew on the same computer. */
export function hardwareDifferences(one: AgentIdentity, two: AgentIdentity): IdentityPart[] {
  return differences(one, two).filter((part) => part !== "boot-id");
}
