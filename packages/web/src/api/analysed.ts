type Analysed = { fittedAt: string | null; progress: number | null };

/** How often to ask again: the first analysis is waited for, what ran for the first time too; later ones come every few hours at most. */
export function analysedEvery(answer: Analysed | undefined): number {
  if (answer?.fittedAt !== null) return 60_000;
  return answer.progress === null ? 10_000 : 2_000;
}
