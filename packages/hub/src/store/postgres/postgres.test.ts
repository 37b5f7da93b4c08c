import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { storeSuites } from "../suites/index.ts";
import { type PostgresServer, postgresPrograms, startPostgres } from "./postgres-server.ts";

const programs = postgresPrograms();

test.runIf(process.env["CI"] === "true")("PostgreSQL is installed", () => expect(programs).not.toBeNull());

describe.skipIf(!programs)("with a server", () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres(programs!);
  }, 60_000);
  afterAll(() => server.stop());
  storeSuites("postgres", () => server.createDatabase());
});
