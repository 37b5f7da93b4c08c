import { expect, test } from "vitest";
import { withKnownLogin, withoutLogin, withoutLogins } from "./check-login.ts";
import { checkTarget, type CheckTarget } from "./check.ts";

const http = (url: string): CheckTarget => checkTarget.parse({ kind: "http", url });
const known = http("https://ops:p%40ss@shop.example/health");

test("who asks gets stars, and an address without a login as it is", () => {
  const shown = withoutLogin(known);
  expect(shown).toMatchObject({ url: "https://***:***@shop.example/health" });
  expect(checkTarget.parse(shown)).toEqual(shown);
  expect(withoutLogin(http("https://token@shop.example"))).toMatchObject({
    url: "https://***:***@shop.example/",
  });
  expect(withoutLogin(http("https://shop.example"))).toEqual(http("https://shop.example"));
});

test("stars mean what was known, at the same place alone", () => {
  const again = http("https://***:***@shop.example/other");
  expect(withKnownLogin(again, known)).toEqual(http("https://ops:p%40ss@shop.example/other"));
  for (const elsewhere of ["https://evil.example/", "https://shop.example:8443/", "http://shop.example/"])
    expect(withKnownLogin(http(elsewhere.replace("//", "//***:***@")), known)).toBeNull();
  expect(withKnownLogin(again, http("https://shop.example"))).toBeNull();
  expect(withKnownLogin(again, { kind: "ping", host: "shop.example" })).toBeNull();
  expect(withKnownLogin(again, undefined)).toBeNull();
});

test("a new login takes the place of the old one, and none is none", () => {
  for (const url of ["https://new:one@shop.example/", "https://shop.example/"])
    expect(withKnownLogin(http(url), known)).toEqual(http(url));
});

test("texts lose the logins of their addresses, and nothing else", () => {
  expect(withoutLogins('{"url":"https://a:b@c/d","n":1} http://t@h mail@h //x/y@z')).toBe(
    '{"url":"https://***:***@c/d","n":1} http://***:***@h mail@h //x/y@z',
  );
});
