import type { Problem } from "@culprit/protocol";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { guards } from "../context.ts";
import { senderOf } from "../auth/sender.ts";
import { SignInGuard } from "../auth/sign-in-guard.ts";
import { hubUnderTest, type HubUnderTest } from "../test/hub-under-test.ts";

const now = "2026-11-23T03:00:00Z";
let tested: HubUnderTest;
beforeAll(async () => {
  tested = await hubUnderTest(now);
  await tested.hub.access.firstStart("correct horse");
});
beforeEach(() => {
  const { hub, clock } = tested;
  clock.set(now);
  // Nobody has guessed yet, at passwords or tokens.
  Object.assign(hub, guards(clock));
});
afterAll(() => tested.close());

type Answer = Problem & { token: string; user: string; role: string };

async function signIn(payload: object, headers: Record<string, string> = {}, remoteAddress = "127.0.0.1") {
  const answer = await tested.app.inject({
    method: "POST",
    url: "/api/v1/session",
    payload,
    headers,
    remoteAddress,
  });
  return { status: answer.statusCode, headers: answer.headers, body: answer.json<Answer>() };
}
const right = { user: "admin", password: "correct horse" };
const wrong = { user: "admin", password: "wrong" };
const guess = (at: number) => `culprit_u_${String(at).padStart(32, "0")}`;
const own = { host: "hub.example", origin: "http://hub.example" };

test("a user signs in with name and password, is known by token and by cookie, and signs out", async () => {
  const { status, headers, body } = await signIn({ ...right, user: "Admin" });
  expect(status).toBe(200);
  expect(body).toMatchObject({ user: "admin", role: "admin", expiresAt: "2026-12-07T03:00:00.000000Z" });
  const cookie = String(headers["set-cookie"]);
  expect(cookie).toMatch(
    /^culprit_session=culprit_s_\w{32}; Max-Age=1209600; Path=\/; HttpOnly; SameSite=Strict$/,
  );
  const withCookie = { cookie: cookie.split(";")[0]! };
  const who = (more: Record<string, string>) => tested.app.inject({ url: "/api/v1/session", headers: more });
  expect((await who(withCookie)).json()).toEqual({ user: "admin", role: "admin" });
  expect((await who({ authorization: `Bearer ${body.token}` })).statusCode).toBe(200);
  const out = await tested.app.inject({
    method: "DELETE",
    url: "/api/v1/session",
    headers: { ...withCookie, ...own },
  });
  expect(out.statusCode).toBe(204);
  expect(out.headers["set-cookie"]).toContain("Max-Age=0");
  expect((await who(withCookie)).statusCode).toBe(401);
});

test("a wrong password and an unknown user get the same answer", async () => {
  const [a, b] = [await signIn(wrong), await signIn({ user: "nobody", password: "wrong" })];
  expect(a.status).toBe(401);
  expect(a.body).toEqual(b.body);
  expect(a.body.code).toBe("wrong-password");
});

test("the link for one sign-in works once, and not after its time", async () => {
  const once = await tested.hub.access.oneTimeSecret("admin", 600);
  expect((await signIn({ once })).body).toMatchObject({ user: "admin" });
  expect((await signIn({ once })).body).toMatchObject({ code: "wrong-password" });
  const late = await tested.hub.access.oneTimeSecret("admin", 600);
  tested.clock.set("2026-11-23T03:10:00Z");
  expect((await signIn({ once: late })).status).toBe(401);
  expect(
    (await tested.app.inject({ url: "/api/v1/session", headers: { authorization: `Bearer ${late}` } }))
      .statusCode,
  ).toBe(401);
});

test("a session ends with its time", async () => {
  const { body } = await signIn(right);
  tested.clock.set("2026-12-07T03:00:00Z");
  const answer = await tested.app.inject({
    url: "/api/v1/session",
    headers: { authorization: `Bearer ${body.token}` },
  });
  expect(answer.statusCode).toBe(401);
});

test("who guesses at one user waits, from wherever, and its owner gets in from where nobody has guessed", async () => {
  expect((await signIn(wrong, {}, "10.0.0.3")).status).toBe(401);
  // As nine more wrong passwords would.
  for (let attempt = 0; attempt < 9; attempt++)
    tested.hub.signIns.password("admin", `10.0.1.${attempt}`, true);
  const stopped = await signIn(right, {}, "10.0.0.3");
  expect(stopped.body).toMatchObject({ code: "too-many-requests", retryAfterSeconds: 3600 });
  expect(stopped.headers["retry-after"]).toBe("3600");
  expect((await signIn(wrong, {}, "10.0.0.98")).status, "one try each").toBe(401);
  expect((await signIn(wrong, {}, "10.0.0.98")).status).toBe(429);
  expect((await signIn(right, {}, "10.0.0.99")).status).toBe(200);
  expect((await signIn(wrong, {}, "10.0.0.3")).status, "that the owner came in helps nobody").toBe(429);
  tested.clock.set("2026-11-23T03:05:00Z");
  expect((await signIn(right, {}, "10.0.0.3")).status, "an attack ends").toBe(200);
});

test("a mistyped password is no attack, and ten of them from one address wait five minutes", () => {
  const guard = new SignInGuard(tested.clock);
  const mistype = (times: number) => {
    for (let time = 0; time < times; time++) guard.password("admin", "office", true);
  };
  mistype(9);
  guard.password("admin", "office", true);
  guard.succeeded("admin", "office");
  guard.password("admin", "elsewhere", true);
  mistype(10);
  expect(() => mistype(1)).toThrow("try again in 300 seconds");
});

test("a thousand addresses an hour may guess at a user; after that who has signed in before goes on", () => {
  const guard = new SignInGuard(tested.clock);
  guard.password("admin", "office", true);
  guard.succeeded("admin", "office");
  for (let sender = 0; sender < 1000; sender++) guard.password("admin", `stranger ${sender}`, true);
  expect(() => guard.password("admin", "stranger 1000", true)).toThrow("try again in 3600 seconds");
  guard.password("admin", "office", true);
  guard.password("ana", "stranger 1000", true);
  // Names that nobody has are counted alike, and however many they are no user is forgotten for them.
  for (let sender = 0; sender < 1000; sender++) guard.password("nobody", `stranger ${sender}`, false);
  expect(() => guard.password("nobody", "stranger 1000", false)).toThrow("try again in 3600 seconds");
  for (let name = 0; name < 11_000; name++) guard.password(`nobody ${name}`, "stranger 1000", false);
  expect(() => guard.password("admin", "stranger 1000", true)).toThrow("try again in 3600 seconds");
});

test("one network of IPv6 has the attempts of one address", async () => {
  for (let attempt = 0; attempt < 20; attempt++)
    await signIn({ once: `wrong-${attempt}` }, {}, `2001:db8:0:1::${attempt.toString(16)}`);
  expect((await signIn(right, {}, "2001:0db8:0000:0001:abcd::1")).status).toBe(429);
  expect((await signIn(right, {}, "2001:db8:0:2::1")).status).toBe(200);
  expect(
    ["::1", "::ffff:192.0.2.7", "fe80::1%eth0", "1:2:3:4:5:6:7:8", "64:ff9b::192.0.2.7"].map(senderOf),
  ).toEqual(["0:0:0:0::/64", "192.0.2.7", "fe80:0:0:0::/64", "1:2:3:4::/64", "64:ff9b:0:0::/64"]);
});

test("guessing from one address stops after twenty tries, others may go on", async () => {
  for (let attempt = 0; attempt < 20; attempt++) await signIn({ once: `wrong-${attempt}` });
  expect((await signIn(right)).status).toBe(429);
  expect((await signIn(right, {}, "10.0.0.1")).status).toBe(200);
});

test("guessing at tokens from one address stops; tokens in use there go on", async () => {
  const issued = await tested.hub.access.issue({ kind: "user", name: "script", role: "viewer" });
  const ask = (token: string) =>
    tested.app.inject({ url: "/api/v1/session", headers: { authorization: `Bearer ${token}` } });
  expect((await ask(issued.token)).statusCode).toBe(200);
  for (let at = 0; at < 60; at++) expect((await ask(guess(at))).statusCode).toBe(401);
  expect((await ask(guess(60))).statusCode).toBe(429);
  expect((await ask(issued.token)).statusCode).toBe(200);
});

test("guessing elsewhere behind the same address keeps no machine out that was let in before", async () => {
  const issued = await tested.hub.access.issue({ kind: "user", name: "script", role: "viewer" });
  const ask = (token: string) =>
    tested.app.inject({ url: "/api/v1/session", headers: { authorization: `Bearer ${token}` } });
  expect((await ask(issued.token)).statusCode).toBe(200);
  tested.clock.set("2026-11-23T03:00:20Z");
  for (let at = 0; at < 61; at++) await ask(guess(at));
  expect((await ask(guess(61))).statusCode).toBe(429);
  expect((await ask(issued.token)).statusCode).toBe(200);
});

test("what a page of another site sends with the cookie is refused, also a sign-in", async () => {
  const { headers } = await signIn(right);
  const cookie = String(headers["set-cookie"]).split(";")[0]!;
  const post = (more: Record<string, string>) =>
    tested.app.inject({
      method: "POST",
      url: "/api/v1/machines",
      headers: { cookie, host: "hub.example", ...more },
      payload: { name: `web-${JSON.stringify(more).length}` },
    });
  for (const foreign of [
    { origin: "http://evil.example" },
    { origin: "null" },
    { origin: "https://hub.example" },
    {},
  ]) {
    const answer = await post(foreign);
    expect(answer.statusCode).toBe(403);
    expect(answer.json()).toMatchObject({ code: "cross-site" });
  }
  expect((await post({ origin: own.origin })).statusCode).toBe(200);
  expect((await post({ "sec-fetch-site": "same-origin" })).statusCode).toBe(200);
  expect((await signIn(right, { ...own, origin: "http://evil.example" })).body.code).toBe("cross-site");
});

test("the answer for a page carries a policy that loads nothing from elsewhere", async () => {
  const { headers } = await tested.app.inject({ url: "/docs/static/index.html" });
  expect(headers["content-security-policy"]).toContain("default-src 'none'");
  expect(headers["content-security-policy"]).not.toMatch(/https?:/);
  expect(headers["strict-transport-security"]).toBeUndefined();
});

test("people are added and changed by an admin; a change ends their sessions", async () => {
  const put = (role: string, password: string) =>
    tested.ask("POST", "/users", { body: { user: "ana", role, password } });
  expect((await put("viewer", "first password")).body).toMatchObject({ user: "ana", role: "viewer" });
  const { body } = await signIn({ user: "ana", password: "first password" });
  expect((await put("operator", "second password")).status).toBe(200);
  const old = await tested.app.inject({
    url: "/api/v1/session",
    headers: { authorization: `Bearer ${body.token}` },
  });
  expect(old.statusCode).toBe(401);
  expect((await signIn({ user: "ana", password: "first password" })).status).toBe(401);
  expect((await signIn({ user: "ana", password: "second password" })).body).toMatchObject({
    role: "operator",
  });
  expect((await put("viewer", "short")).status).toBe(400);
});

test("a token is shown once, listed without its secret, and revoked", async () => {
  const made = (await tested.ask("POST", "/tokens", { body: { name: "script", role: "viewer" } })).body as {
    id: string;
    token: string;
  };
  const listed = (await tested.ask("GET", "/tokens")).body as { items: { id: string }[] };
  expect(listed.items).toContainEqual(
    expect.objectContaining({ id: made.id, name: "script", role: "viewer" }),
  );
  expect(JSON.stringify(listed)).not.toContain(made.token);
  const remove = () => tested.ask("DELETE", `/tokens/${made.id}`);
  expect((await remove()).status).toBe(204);
  expect((await remove()).status).toBe(404);
});
