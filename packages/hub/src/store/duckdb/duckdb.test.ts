import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { storeSuite } from "../store-suite.ts";

const folder = mkdtempSync(join(tmpdir(), "culprit-store-"));
let stores = 0;
afterAll(() => rmSync(folder, { recursive: true }));

storeSuite("duckdb", async () => `duckdb:${join(folder, `${++stores}.duckdb`)}`);
