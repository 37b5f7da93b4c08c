/** How often the machine is looked at, and how closely. */
export type CollectSettings = {
  readonly hostSeconds: number;
  /** Full table of OS processes. */
  readonly osProcessSeconds: number;
  /** Of so many at most there are rows of their own, the rest is one row; 0 for all. */
  readonly osProcessLimit: number;
  /** Busy OS processes and the trees of running executions. */
  readonly busySeconds: number;
  readonly perCore: boolean;
  /** An OS process is busy when it moved at least this much since the look before. */
  readonly busyCpuSeconds: number;
  readonly busyIoBytes: number;
};

export const defaultCollectSettings: CollectSettings = {
  hostSeconds: 10,
  osProcessSeconds: 60,
  osProcessLimit: 0,
  busySeconds: 5,
  perCore: false,
  busyCpuSeconds: 0.05,
  busyIoBytes: 256 * 1024,
};
