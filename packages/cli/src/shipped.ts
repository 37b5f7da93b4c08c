import { resolve } from "node:path";

const folder = resolve(import.meta.dirname, "../sh");

/** The recorder for shells and crontabs that comes with this package. */
export const culpritRun = resolve(folder, "culprit-run");

/** What a shell reads to complete commands. */
export const completionScript = (shell: string): string => resolve(folder, `completion/culprit.${shell}`);
