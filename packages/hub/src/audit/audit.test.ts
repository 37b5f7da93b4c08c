import type { AuditEntry } from "@culprit/protocol";
import { afterEach, beforeEach, expect, test } from "vitest";
import { hubUnderTest, type HubUnderTest } from "../test/hub-under-test.ts";

let tested: HubUnderTest;
beforeEach(async () => {
  tested = await hubUnderTest("2026-11-23T03:00:00Z");
});
afterEach(() => tested.close());

async function list(query = "") {
  const { status, body } = await tested.ask("GET", `/audit${query}`);
  expect(status).toBe(200);
  return body as { items: AuditEntry[]; nextCursor?: string };
}

test("what administrators do is written, newest first, by pages and filters", async () => {
  await tested.ask("POST", "/machines", { body: { name: "web-1" } });
  await tested.ask("PATCH", "/machines/web-1", { body: { name: "web-one", paused: true } });
  await tested.ask("POST", "/tokens", { body: { name: "script", role: "viewer" } });
  await tested.ask("POST", "/users", { body: { user: "ana", role: "viewer", password: "correct horse" } });
  await tested.ask("DELETE", "/machines/web-one");
  const { items } = await list();
  expect(items.map(({ what, machine, outcome }) => [what, machine, outcome])).toEqual([
    ["machine.remove", "web-one", "done"],
    ["user.put", undefined, "done"],
    ["token.create", undefined, "done"],
    ["machine.change", "web-one", "done"],
    ["machine.create", "web-1", "done"],
  ]);
  const first = await list("?limit=2");
  const second = await list(`?limit=2&cursor=${first.nextCursor}`);
  expect([...first.items, ...second.items]).toEqual(items.slice(0, 4));
  expect((await list("?what=user.put&what=token.create&who=tester")).items).toHaveLength(2);
  expect((await list("?machine=web-1")).items).toMatchObject([{ what: "machine.create" }]);
  expect((await tested.ask("GET", "/audit?cursor=x")).status).toBe(400);
  expect((await tested.ask("GET", "/audit?what=coffee")).status).toBe(400);
});

test("a refused sign-in is written, but never a name that nobody has, nor more of them than a person reads", async () => {
  await tested.hub.access.firstStart("correct horse");
  const signIn = (user: string, at: number) =>
    tested.app.inject({
      method: "POST",
      url: "/api/v1/session",
      payload: { user, password: "wrong" },
      remoteAddress: `192.0.2.${at}`,
    });
  await signIn("Admin", 1);
  await signIn("my secret password", 2);
  expect((await list()).items).toMatchObject([
    {
      what: "session.refuse",
      who: "(unknown)",
      target: "192.0.2.2",
      outcome: "refused",
      detail: "wrong-password",
    },
    { what: "session.refuse", who: "admin", target: "192.0.2.1" },
  ]);
  for (let at = 0; at < 100; at++) tested.hub.refusedSignIns.count("all");
  await signIn("admin", 3);
  expect((await list()).items).toHaveLength(2);
});

test("the audit is for administrators alone", async () => {
  for (const role of ["viewer", "operator"] as const) {
    const { token } = await tested.hub.access.issue({ kind: "user", name: role, role });
    const headers = { authorization: `Bearer ${token}` };
    expect((await tested.ask("GET", "/audit", { headers })).status).toBe(403);
  }
});
