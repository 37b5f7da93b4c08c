/**
 * Availability from the access log of a web server that machines report to: each line is a sign of life of whoever sent it,
 * and between two that lie too far apart it was down. A time in which nobody at all is in the log is unknown: it may be the
 * server, or its log, that was away.
 */
import { parseClfTime } from "@culprit/agent/access-logs";
import { historyOf, measured, type Fact, type Interval } from "@culprit/hub/availability";
import { formatInstant, microsPerSecond, type Micros } from "@culprit/protocol";

export const contactKeys = ["user", "host"] as const;
export type ContactKey = (typeof contactKeys)[number];

type Contacts = { count: number; first: Micros; last: Micros; gaps: Interval[] };

/** Common and combined: host, ident, user, time. */
const entry = /^(\S{1,255}) \S+ (\S{1,255}) \[([^\]]{20,40})\] "/;
const mostNames = 100_000;
const mostIncidents = 500;
/** One may be late, and one may be lost. */
const missedAfter = 2.2;

export class ContactLog {
  readonly #every: Micros;
  readonly #by: ContactKey | undefined;
  readonly #window: Interval;
  readonly #contacts = new Map<string, Contacts>();
  readonly #all: Contacts = { count: 0, first: Infinity, last: -Infinity, gaps: [] };
  skipped = 0;

  /** `by`: what tells machines apart; by default the user where the server knows one, else the host. */
  constructor(everySeconds: number, window: Interval, by?: ContactKey) {
    this.#every = everySeconds * microsPerSecond;
    this.#window = window;
    this.#by = by;
  }

  read(line: string): void {
    if (line === "") return;
    const match = entry.exec(line);
    const at = match ? parseClfTime(match[3]!) : null;
    if (!match || at === null) {
      this.skipped++;
      return;
    }
    const [, host = "", user = ""] = match;
    const name = this.#by === "host" || (this.#by === undefined && user === "-") ? host : user;
    if (name === "-" || at < this.#window.from || at >= this.#window.to) return;
    let own = this.#contacts.get(name);
    if (!own) {
      if (this.#contacts.size >= mostNames) {
        this.skipped++;
        return;
      }
      own = { count: 0, first: at, last: at, gaps: [] };
      this.#contacts.set(name, own);
    }
    this.#note(own, at);
    this.#note(this.#all, at);
  }

  get empty(): boolean {
    return this.#all.count === 0;
  }

  /** Of each, from its own first line to the last of the log; what `plannedOf` answers, by time, does not count. */
  availability(plannedOf: (machine: string, window: Interval) => readonly Interval[] = () => []) {
    const now = this.#all.last;
    const blind = this.#contacts.size > 1 ? this.#all.gaps : [];
    return [...this.#contacts].map(([machine, { count, first, last, gaps }]) => {
      const facts: Fact[] = [up(first)];
      const tail = this.#isGap(last, now) ? [{ from: last, to: Infinity }] : [];
      for (const { from, to } of [...gaps, ...tail]) {
        if (!this.#isGap(0, uncovered({ from, to: Math.min(to, now) }, blind))) {
          facts.push({ at: from, kind: "unknown", incident: null, cause: [] }, up(to));
          continue;
        }
        const since = formatInstant(from);
        facts.push({ at: from, kind: "down", incident: "down", cause: [{ code: "not-heard", since }] });
        if (to < Infinity) facts.push(up(to));
      }
      const window = { from: first, to: now };
      const history = historyOf(facts, window, { blind, maintenance: plannedOf(machine, window), now });
      return {
        machine,
        contacts: count,
        window: { from: formatInstant(first), to: formatInstant(now) },
        lastContactAt: formatInstant(last),
        ...measured(history, mostIncidents),
      };
    });
  }

  /** Lines are in the order in which requests ended, which is nearly that of their times. */
  #note(contacts: Contacts, at: Micros): void {
    contacts.count++;
    if (contacts.last > -Infinity && this.#isGap(contacts.last, at))
      contacts.gaps.push({ from: contacts.last, to: at });
    contacts.first = Math.min(contacts.first, at);
    contacts.last = Math.max(contacts.last, at);
  }

  #isGap(from: Micros, to: Micros): boolean {
    return to - from > this.#every * missedAfter;
  }
}

/** How much of it lies in none of the others, which follow one another. */
function uncovered({ from, to }: Interval, others: readonly Interval[]): Micros {
  const covered = others.map((one) => Math.max(0, Math.min(to, one.to) - Math.max(from, one.from)));
  return to - from - covered.reduce((sum, length) => sum + length, 0);
}

const up = (at: Micros): Fact => ({ at, kind: "up", incident: null, cause: [] });
