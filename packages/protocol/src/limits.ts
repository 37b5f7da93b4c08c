/** The bounds of everything that comes from outside. Each is the default of a setting of the hub or the agent. */
export const limits = {
  nameCharacters: 200,
  argumentsCharacters: 400,
  itemsPerRequest: 10_000,
  bodyBytes: 8 * 1024 * 1024,
  /** Of one machine. */
  labels: 32,
  labelCharacters: 63,
  attributes: 32,
  attributesBytes: 2048,
  outputBytes: 10_240,
  processNamesPerMachine: 2000,
  /** Of one machine, recorded one by one; past it all slow and failed ones and a sample of the rest. */
  webRequestsPerSecond: 20,
  pastYears: 10,
  futureHours: 24,
  seriesPerMachine: 5000,
  executionPageItems: 1000,
  seriesPointsPerRequest: 500_000,
  rowsPerPart: 100_000,
  /** Of any measured value: sums and rates of such stay numbers. */
  magnitude: 1e18,
  intakeFileBytes: 64 * 1024,
  spoolBytes: 512 * 1024 * 1024,
  spoolDays: 7,
  cronCharacters: 200,
  /** Of a schedule's period, its grace and the bounds of a run's length: a year. */
  expectedSeconds: 366 * 86_400,
} as const;
