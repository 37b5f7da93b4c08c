import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { HubClient, UnreachableError } from "./client.ts";
import { ProblemError } from "./problem.ts";

const servers: ReturnType<typeof createServer>[] = [];
afterEach(() => servers.splice(0).forEach((server) => server.close()));

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  servers.push(server);
  await new Promise((resolve) => server.once("listening", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => null,
    (error: unknown) => error,
  );

describe("the client of the hub", () => {
  test("a token pasted with a line break is sent without it, repeated filters as repeated parameters", async () => {
    const hub = await serve((request, response) => {
      response.end(JSON.stringify({ url: request.url, authorization: request.headers.authorization }));
    });
    const client = new HubClient({ hub: `${hub}/`, token: "culprit_u_abc\n def " });
    const answer = await client.get("/machines", z.object({ url: z.string(), authorization: z.string() }), {
      machine: ["a b", "c"],
      limit: 5,
      cursor: undefined,
    });
    expect(answer).toEqual({
      url: "/api/v1/machines?machine=a+b&machine=c&limit=5",
      authorization: "Bearer culprit_u_abcdef",
    });
  });

  test("a problem arrives as the problem the hub sent, with its Retry-After", async () => {
    const hub = await serve((_, response) => {
      response.writeHead(503, { "content-type": "application/problem+json", "retry-after": "7" });
      response.end(JSON.stringify(new ProblemError("overloaded", "queue is full").problem));
    });
    const error = await failure(new HubClient({ hub }).get("/machines", z.unknown()));
    expect(error).toBeInstanceOf(ProblemError);
    expect((error as ProblemError).problem).toMatchObject({
      code: "overloaded",
      detail: "queue is full",
      retryAfterSeconds: 7,
    });
  });

  test.each([502, 200])(
    "a proxy's page in HTML with status %d is told apart from the hub's answers",
    async (status) => {
      const hub = await serve((_, response) => response.writeHead(status).end("<html>Sign in first</html>"));
      const error = await failure(new HubClient({ hub }).get("/machines", z.unknown()));
      expect((error as ProblemError).problem).toMatchObject({ code: "not-a-hub", status });
    },
  );

  test("a hub that does not answer in time, or is not there, is unreachable", async () => {
    const hub = await serve(() => {});
    const slow = await failure(new HubClient({ hub, timeoutSeconds: 0.05 }).get("/machines", z.unknown()));
    expect(slow).toBeInstanceOf(UnreachableError);
    const absent = await failure(new HubClient({ hub: "http://127.0.0.1:1" }).get("/machines", z.unknown()));
    expect((absent as Error).message).toMatch(/can't reach the hub at http:\/\/127.0.0.1:1/);
  });
});
