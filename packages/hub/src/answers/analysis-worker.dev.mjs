/** Starts the analysis thread from its TypeScript source, in development and tests; the build leaves this file out. */
import { register } from "tsx/esm/api";

register();
await import("./analysis-worker.ts");
