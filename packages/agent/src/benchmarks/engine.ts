/** What runs JavaScript here: another version compiles the same work into faster or slower code. */
export function engineVersion(): string {
  const { bun, v8 } = process.versions;
  if (bun !== undefined) return `bun-${majorAndMinor(bun)}`;
  return `v8-${majorAndMinor(v8)}`;
}

export const majorAndMinor = (version: string): string => version.split(".").slice(0, 2).join(".");
