/** Starts a thread from its TypeScript source, in development and tests; the build leaves this file out. */
import { workerData } from "node:worker_threads";
import { register } from "tsx/esm/api";

register();
await import(workerData.module);
