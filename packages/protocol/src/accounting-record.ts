/** Process accounting: one record for every process that ended (`struct acct_v3` of linux/acct.h), in either byte order. */

export const accountingRecordBytes = 64;
const version = 3;
/** Of ac_version: the record is big-endian. */
const bigEndian = 0x80;
/** The kernel counts accounting's ticks at this rate on every machine (AHZ). */
const ticksPerSecond = 100;
const commandFrom = 48;
const commandBytes = 16;
const utf8 = new TextDecoder();

export type AccountingRecord = {
  /** At most 15 bytes of its name. */
  command: string;
  pid: number;
  uid: number;
  /** When it started, in whole seconds since 1970. */
  startSeconds: number;
  seconds: number;
  cpuSeconds: number;
  /** As wait(2) gives it. */
  status: number;
};

/** Of what begins with a record; those of the versions before 3 have no process ids. */
export function accountingVersion(bytes: Uint8Array): number {
  return (bytes[1] ?? 0) & 0x0f;
}

/** Null if it is no whole record of version 3. */
export function readAccountingRecord(bytes: Uint8Array): AccountingRecord | null {
  if (bytes.length < accountingRecordBytes || accountingVersion(bytes) !== version) return null;
  const little = (bytes[1]! & bigEndian) === 0;
  const view = new DataView(bytes.buffer, bytes.byteOffset, accountingRecordBytes);
  const ticks = (at: number): number => expand(view.getUint16(at, little));
  const name = bytes.subarray(commandFrom, commandFrom + commandBytes);
  const end = name.indexOf(0);
  return {
    command: utf8.decode(name.subarray(0, end === -1 ? commandBytes : end)),
    status: view.getUint32(4, little),
    uid: view.getUint32(8, little),
    pid: view.getUint32(16, little),
    startSeconds: view.getUint32(24, little),
    seconds: view.getFloat32(28, little) / ticksPerSecond,
    cpuSeconds: (ticks(32) + ticks(34)) / ticksPerSecond,
  };
}

/** comp_t: three bits of exponent to the base 8, thirteen of fraction. */
function expand(packed: number): number {
  return (packed & 0x1fff) * 8 ** (packed >> 13);
}
