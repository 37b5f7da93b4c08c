/** Time spent drawing, in the browser's own performance timeline, where tools and tests read it. */
const mostEntries = 500;
let entries = 0;

export function measured(name: string, work: () => void): void {
  const start = performance.now();
  work();
  if (++entries % mostEntries === 0) performance.clearMeasures(name);
  performance.measure(name, { start, end: performance.now() });
}
