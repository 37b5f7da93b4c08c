import { resolve } from "node:path";

/** The recorder for shells and crontabs that comes with this package. */
export const culpritRun = resolve(import.meta.dirname, "../sh/culprit-run");
