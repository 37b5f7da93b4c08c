/** How much of one answer each of several may fill. */

/** The most that each may have so that all together have at most `most`: those who need little get it, the rest the same each. */
export function fairShare(needs: readonly number[], most: number): number {
  let left = most;
  let others = needs.length;
  for (const need of needs.toSorted((a, b) => a - b)) {
    const share = left / others;
    if (need > share) return Math.floor(share);
    left -= need;
    others--;
  }
  return Infinity;
}
