import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { storeSuites } from "../suites/index.ts";

const folder = mkdtempSync(join(tmpdir(), "culprit-store-"));
let stores = 0;
afterAll(() => rmSync(folder, { recursive: true }));

const address = async (): Promise<string> => `duckdb:${join(folder, `${++stores}.duckdb`)}`;
storeSuites("duckdb", address);
