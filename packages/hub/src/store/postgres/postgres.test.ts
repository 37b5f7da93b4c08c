import { afterAll, beforeAll, test } from "vitest";
import { storeSuite } from "../store-suite.ts";
import { type PostgresServer, postgresPrograms, startPostgres } from "./postgres-server.ts";

const programs = postgresPrograms();
let server: PostgresServer;

if (programs) {
  beforeAll(async () => {
    server = await startPostgres(programs);
  }, 60_000);
  afterAll(() => server.stop());
  storeSuite("postgres", () => server.createDatabase());
} else {
  test.skipIf(process.env["CI"] !== "true")("PostgreSQL is installed", () => {
    throw new Error("PostgreSQL's programs are not in /usr/lib/postgresql");
  });
}
