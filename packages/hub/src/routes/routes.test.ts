import { readdir } from "node:fs/promises";
import { makeMachineToken } from "@culprit/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { buildApp } from "../app.ts";
import { hashSecret } from "../auth/secrets.ts";
import { enrollMachine } from "../fleet/enroll.ts";
import { makeEnrollmentToken } from "../fleet/enrollment-tokens.ts";
import { StoreUnavailableError } from "../store/store-error.ts";
import { hubUnderTest, type HubUnderTest } from "../test/hub-under-test.ts";
import { agentRoutes, apiRoutes, rootRoutes } from "./index.ts";
import { policies, type CallerRole } from "./policy.ts";

let tested: HubUnderTest;
const tokens = new Map<CallerRole, string>();

beforeAll(async () => {
  tested = await hubUnderTest("2026-11-23T03:00:00Z");
  const { access } = tested.hub;
  for (const role of ["viewer", "operator", "admin"] as const)
    tokens.set(role, (await access.issue({ kind: "user", name: role, role })).token);
  const { id, token } = await enrollMachine(tested.hub, "web-1", "tester");
  tokens.set("machine", token);
  const enrolling = await makeEnrollmentToken(tested.hub, { uses: 100, validSeconds: 600 }, "tester");
  tokens.set("enroll", enrolling.token);
  const machineId = Number(id.slice(2));
  const rotation = { kind: "rotation", name: "web-1", machineId, validSeconds: 600 } as const;
  const next = makeMachineToken();
  const { token: order } = await access.issue(rotation);
  await access.registerNext(machineId, order, hashSecret(next)!);
  tokens.set("renew", next);
});
afterAll(() => tested.close());

const notRoutes = new Set(["index", "policy", "problems"]);
const camel = (file: string) => file.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());

test("every file of routes/ is in exactly one of the lists", async () => {
  const files = (await readdir(import.meta.dirname))
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
    .map((file) => file.replace(/\.ts$/, ""))
    .filter((file) => !notRoutes.has(file));
  const listed = [apiRoutes, agentRoutes, rootRoutes].flatMap((list) => Object.keys(list));
  expect(listed.toSorted()).toEqual(files.map(camel).toSorted());
});

test("a route without a policy keeps the app from starting", async () => {
  const app = await buildApp(tested.hub);
  app.get("/forgotten", () => "open to all");
  await expect(app.ready()).rejects.toThrow("routes without a policy: GET /forgotten");
  await app.close();
});

test("each route lets in the roles of its policy, answers 401 to no one and 403 to all others", async () => {
  const { app } = tested;
  const guarded = app.declaredRoutes.flatMap(({ method, url, config }) => {
    const policy = config!.policy!;
    const open = policies[policy] === null || url === "/api/v1/channel";
    return open ? [] : [method].flat().map((one) => ({ method: one, url, policy }));
  });
  expect(guarded.length).toBeGreaterThan(20);
  for (const { method, url, policy } of guarded) {
    const path = url.replace(":id", "none");
    const ask = (token?: string) =>
      app.inject({
        method: method as "GET",
        url: path,
        headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
      });
    expect((await ask()).statusCode, `${method} ${path} without a token`).toBe(401);
    for (const [role, token] of tokens) {
      // The session's own route would sign the role out.
      if (method === "DELETE" && url.endsWith("/session")) continue;
      // Once confirmed it is a machine's as any other.
      if (role === "renew" && policy === "renewing") continue;
      const allowed = (policies[policy] as readonly CallerRole[]).includes(role);
      const { statusCode } = await ask(token);
      const admitted = statusCode !== 401 && statusCode !== 403;
      expect(admitted, `${method} ${path} as ${role} answered ${statusCode}`).toBe(allowed);
    }
  }
});

test("the API is described with every route of /api/v1 in OpenAPI 3.1", async () => {
  const answer = await tested.app.inject({ url: "/openapi.json" });
  const described = answer.json<{ openapi: string; paths: Record<string, object> }>();
  expect(described.openapi).toBe("3.1.0");
  expect(Object.keys(described.paths)).toContain("/api/v1/executions/{id}");
  expect((await tested.app.inject({ url: "/docs/" })).headers["content-type"]).toContain("text/html");
});

test("what does not exist is a problem, also outside the API", async () => {
  for (const url of ["/api/v1/nothing", "/nothing"]) {
    const answer = await tested.app.inject({ url });
    expect(answer.statusCode).toBe(404);
    expect(answer.headers["content-type"]).toContain("application/problem+json");
    expect(answer.json()).toMatchObject({ code: "not-found", status: 404 });
  }
});

test("a store that can't be read now is told as that, with when to ask again", async () => {
  const app = await buildApp(tested.hub);
  app.get("/reads", { config: { policy: "anyone" } }, () => {
    throw new StoreUnavailableError("the store failed and is being opened anew");
  });
  const answer = await app.inject({ url: "/reads" });
  expect(answer.statusCode).toBe(503);
  expect(answer.headers["retry-after"]).toBe("10");
  expect(answer.json()).toMatchObject({ code: "store-unavailable" });
  await app.close();
});

test("health, readiness and own counters are open and say something", async () => {
  expect((await tested.app.inject({ url: "/healthz" })).json()).toEqual({ status: "ok" });
  expect((await tested.app.inject({ url: "/readyz" })).json()).toEqual({ status: "ready" });
  const metrics = await tested.app.inject({ url: "/metrics" });
  expect(metrics.headers["content-type"]).toContain("text/plain; version=0.0.4");
  expect(metrics.body).toMatch(/^culprit_machines 1$/m);
  expect(metrics.body).toMatch(/^process_resident_memory_bytes \d+$/m);
});
