/**
 * /proc/<pid>/stat from bytes, without making a string: this runs for every OS process every few seconds.
 * The name may hold spaces, parentheses, newlines and bytes that are no UTF-8; what follows its last `)` never does.
 */

/** One line; a single object is filled over and over. */
export type StatLine = {
  /** Where the name is in the buffer. */
  nameFrom: number;
  nameTo: number;
  /** Changes when the name does (an exec, a thread that renames itself). */
  nameHash: number;
  /** It has ended, and nobody has waited for it yet. */
  zombie: boolean;
  parentPid: number;
  flags: number;
  /** Page faults that had to wait for a disk. */
  majorFaults: number;
  /** In clock ticks: of itself, and of children that ended and were waited for. */
  ownTicks: number;
  waitedTicks: number;
  threads: number;
  /** In clock ticks since the kernel started. */
  startTicks: number;
  rssPages: number;
};

export function emptyStatLine(): StatLine {
  return {
    nameFrom: 0,
    nameTo: 0,
    nameHash: 0,
    zombie: false,
    parentPid: 0,
    flags: 0,
    majorFaults: 0,
    ownTicks: 0,
    waitedTicks: 0,
    threads: 0,
    startTicks: 0,
    rssPages: 0,
  };
}

const open = 0x28;
const close = 0x29;
const space = 0x20;
const zero = 0x30;
const nine = 0x39;
const minus = 0x2d;
const zombie = 0x5a;
/** The kernel keeps names of at most 64 bytes (workers of work queues); others have 15. */
const longestName = 80;

// Columns of proc(5), counted from 1.
const parentPid = 4;
const flags = 9;
const majorFaults = 12;
const userTicks = 14;
const systemTicks = 15;
const waitedUserTicks = 16;
const waitedSystemTicks = 17;
const threads = 20;
const startTicks = 22;
const rssPages = 24;

const columns = new Float64Array(rssPages + 1);

/** False if the bytes are no whole line. */
export function parseStat(bytes: Uint8Array, length: number, into: StatLine): boolean {
  let at = 0;
  while (at < length && bytes[at] !== open) at++;
  const nameFrom = at + 1;
  let nameTo = Math.min(length - 1, nameFrom + longestName);
  while (nameTo >= nameFrom && bytes[nameTo] !== close) nameTo--;
  if (nameTo < nameFrom) return false;
  let hash = 0;
  for (at = nameFrom; at < nameTo; at++) hash = (Math.imul(hash, 31) + bytes[at]!) | 0;
  // After `) ` comes the state, a letter; then numbers only.
  at = nameTo + 4;
  let column = parentPid;
  while (column <= rssPages && at < length) {
    let value = 0;
    const negative = bytes[at] === minus;
    if (negative) at++;
    const digits = at;
    for (let byte = bytes[at]!; byte >= zero && byte <= nine; byte = bytes[++at]!)
      value = value * 10 + (byte - zero);
    if (at === digits) return false;
    columns[column++] = negative ? -value : value;
    if (bytes[at] !== space) break;
    at++;
  }
  if (column <= rssPages) return false;
  into.nameFrom = nameFrom;
  into.nameTo = nameTo;
  into.nameHash = hash;
  into.zombie = bytes[nameTo + 2] === zombie;
  into.parentPid = columns[parentPid]!;
  into.flags = columns[flags]!;
  into.majorFaults = columns[majorFaults]!;
  into.ownTicks = columns[userTicks]! + columns[systemTicks]!;
  into.waitedTicks = columns[waitedUserTicks]! + columns[waitedSystemTicks]!;
  into.threads = columns[threads]!;
  into.startTicks = columns[startTicks]!;
  into.rssPages = columns[rssPages]!;
  return true;
}
