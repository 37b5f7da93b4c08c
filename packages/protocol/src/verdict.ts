/** What is said of a slow run in a word. `normal` of one that is not slow. */
export const verdicts = ["culprit", "own-work", "host", "not-separable", "unknown", "normal"] as const;
export type Verdict = (typeof verdicts)[number];
