/** Bytes that went to and from disks, and the number of read and write calls, since the process started. */
export type IoTotals = { readBytes: number; writeBytes: number; operations: number };

/**
 * /proc/<pid>/io. Writes that were taken back before they reached a disk (`cancelled_write_bytes`) count: the process
 * did ask for them. Null if the lines are not there.
 */
export function parseIo(text: string): IoTotals | null {
  const match = /syscr: (\d+)\nsyscw: (\d+)\nread_bytes: (\d+)\nwrite_bytes: (\d+)\n/.exec(text);
  if (!match) return null;
  const [, reads, writes, readBytes, writeBytes] = match.map(Number);
  return { readBytes: readBytes!, writeBytes: writeBytes!, operations: reads! + writes! };
}
