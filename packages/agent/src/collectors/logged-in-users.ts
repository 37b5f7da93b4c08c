import { existsSync, readdirSync, readFileSync } from "node:fs";
import type { CollectorFactory } from "../collector.ts";
import { readTextIfPresent } from "../read-text.ts";
import { gauge } from "../readings.ts";
import type { Roots } from "../roots.ts";

const maxSessions = 1000;
const maxFileBytes = 400 * maxSessions;

/** How many are logged in: by utmp, or by systemd-logind where there is no utmp any more. Their names stay here. */
export const loggedInUsers: CollectorFactory = ({ roots }) => ({
  name: "logged-in-users",
  everySeconds: 60,
  collect() {
    const logins = countLogins(roots);
    if (logins === null) return {};
    return {
      readings: [
        gauge("system.linux.login.sessions", "{session}", logins.sessions),
        gauge("system.linux.login.users", "{user}", logins.users),
      ],
    };
  },
});

/** Null where nobody keeps a record of it. */
export function countLogins(roots: Roots): { sessions: number; users: number } | null {
  const sessions = utmpSessions(roots) ?? logindSessions(roots);
  return sessions && { sessions: sessions.length, users: new Set(sessions).size };
}

const userProcess = 7;
/** utmp(5): 384 bytes where old programs of 32 bits had to read it, 400 on arm64 and its like. */
const recordLengths = process.arch === "arm64" ? [400, 384] : [384, 400];

export type UtmpSession = { user: string; line: string; pid: number };

/** Sessions of people: type 7. Records of either length; a file that is cut short ends at its last whole record. */
export function parseUtmp(bytes: Buffer): UtmpSession[] {
  const length = recordLengths.find((each) => bytes.length % each === 0) ?? recordLengths[0]!;
  const sessions: UtmpSession[] = [];
  for (let at = 0; at + length <= bytes.length; at += length) {
    if (bytes.readInt16LE(at) !== userProcess) continue;
    const text = (from: number, most: number) =>
      bytes.toString("latin1", at + from, at + from + most).split("\0", 1)[0]!;
    sessions.push({ user: text(44, 32), line: text(8, 32), pid: bytes.readInt32LE(at + 4) });
  }
  return sessions;
}

function utmpSessions({ run, proc }: Roots): string[] | null {
  let bytes: Buffer;
  try {
    bytes = readFileSync(`${run}/utmp`);
  } catch {
    return null;
  }
  // Whoever was cut off is not written out: their process is gone.
  return parseUtmp(bytes.subarray(0, maxFileBytes))
    .filter(({ user, pid }) => user !== "" && existsSync(`${proc}/${pid}`))
    .map(({ user }) => user);
}

/** The user of a session file of systemd-logind; null for its services, greeters and sessions that close. */
export function parseLogindSession(text: string): string | null {
  const value = (name: string) => new RegExp(`^${name}=(.*)$`, "m").exec(text)?.[1];
  const isOfPerson = (value("CLASS") ?? "user").startsWith("user") && value("STATE") !== "closing";
  return isOfPerson ? (value("UID") ?? value("USER") ?? null) : null;
}

function logindSessions({ run }: Roots): string[] | null {
  const folder = `${run}/systemd/sessions`;
  try {
    return readdirSync(folder)
      .filter((name) => /^\w+$/.test(name))
      .slice(0, maxSessions)
      .flatMap((name) => parseLogindSession(readTextIfPresent(`${folder}/${name}`) ?? "CLASS=gone") ?? []);
  } catch {
    return null;
  }
}
