/**
 * /proc/<pid>/task/<tid>/schedstat: nanoseconds on a processor, nanoseconds ready to run without one, times it was given one.
 * Null where the kernel does not count, which shows as three zeros.
 */
export function parseSchedstat(text: string): number | null {
  const match = /^\d+ (\d+) (\d+)$/m.exec(text);
  return match && match[2] !== "0" ? Number(match[1]) : null;
}
