/** Work in pieces that fit into frames. */

/** Takes steps until they are done or `most` milliseconds are over; answers whether they are done. A step is never cut. */
export function takeSlice(
  steps: Iterator<unknown>,
  most: number,
  clock: () => number = () => performance.now(),
): boolean {
  const begun = clock();
  do {
    if (steps.next().done) return true;
  } while (clock() - begun < most);
  return false;
}
