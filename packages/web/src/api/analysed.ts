/** How often to ask again: the first analysis is waited for, later ones are made every few hours at most. */
export const analysedEvery = (answer: { fittedAt: string | null } | undefined): number =>
  answer?.fittedAt === null ? 2_000 : 60_000;
