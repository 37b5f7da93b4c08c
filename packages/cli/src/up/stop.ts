/**
 * Resolves when this process is asked to end: Ctrl-C, SIGTERM, or the end of the `culprit up` that started it (so that
 * a killed parent leaves no children behind).
 */
export function askedToStop(): Promise<string> {
  return new Promise((stop) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => stop(signal));
    process.once("disconnect", () => stop("disconnect"));
  });
}
