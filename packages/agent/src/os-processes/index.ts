/** What the benchmark of the table drives; the agent itself uses the files. */
export { systemRoots } from "../roots.ts";
export { OsProcessReport } from "./report.ts";
export { OsProcessTable } from "./os-process-table.ts";
