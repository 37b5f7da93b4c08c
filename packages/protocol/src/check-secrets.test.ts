import { expect, test } from "vitest";
import { textWithoutSecrets, withKnownSecrets, withoutSecrets } from "./check-secrets.ts";
import { checkTarget, type CheckTarget } from "./check.ts";

const http = (url: string): CheckTarget => checkTarget.parse({ kind: "http", url });
const known = http("https://ops:p%40ss@shop.example/health");

test("who asks gets stars, and an address without a login as it is", () => {
  const shown = withoutSecrets(known);
  expect(shown).toMatchObject({ url: "https://***:***@shop.example/health" });
  expect(checkTarget.parse(shown)).toEqual(shown);
  expect(withoutSecrets(http("https://token@shop.example"))).toMatchObject({
    url: "https://***:***@shop.example/",
  });
  expect(withoutSecrets(http("https://shop.example"))).toEqual(http("https://shop.example"));
});

test("stars mean what was known, at the same place alone", () => {
  const again = http("https://***:***@shop.example/other");
  expect(withKnownSecrets(again, known)).toEqual(http("https://ops:p%40ss@shop.example/other"));
  for (const elsewhere of ["https://evil.example/", "https://shop.example:8443/", "http://shop.example/"])
    expect(withKnownSecrets(http(elsewhere.replace("//", "//***:***@")), known)).toBeNull();
  expect(withKnownSecrets(again, http("https://shop.example"))).toBeNull();
  expect(withKnownSecrets(again, { kind: "ping", host: "shop.example" })).toBeNull();
  expect(withKnownSecrets(again, undefined)).toBeNull();
});

test("a new login takes the place of the old one, and none is none", () => {
  for (const url of ["https://new:one@shop.example/", "https://shop.example/"])
    expect(withKnownSecrets(http(url), known)).toEqual(http(url));
});

test("values of a query are stars, which mean what was known of the same place, each by its name", () => {
  const query = http("https://shop.example/health?key=a%20b&page=2&key=&key=c&TOKEN#top");
  const shown = withoutSecrets(query);
  expect(shown).toMatchObject({ url: "https://shop.example/health?key=***&page=***&key=&key=***&***#top" });
  expect(withKnownSecrets(shown, query)).toEqual(query);
  expect(withoutSecrets(shown)).toEqual(shown);
  const changed = http("https://shop.example/other?page=3&key=***");
  expect(withKnownSecrets(changed, query)).toEqual(http("https://shop.example/other?page=3&key=a%20b"));
  expect(withKnownSecrets(http("https://shop.example/?new=***"), query)).toBeNull();
  expect(withKnownSecrets(http("https://evil.example/?key=***"), query)).toBeNull();
  expect(withKnownSecrets(http("https://shop.example/?key=***"), undefined)).toBeNull();
  const both = http("https://ops:secret@shop.example/?key=a");
  expect(withoutSecrets(both)).toMatchObject({ url: "https://***:***@shop.example/?key=***" });
  expect(withKnownSecrets(withoutSecrets(both), both)).toEqual(both);
  expect(withKnownSecrets(http("https://***:***@shop.example/?key=b"), both)).toEqual(
    http("https://ops:secret@shop.example/?key=b"),
  );
});

test("texts lose the logins and queries of their addresses and the secrets of tokens, and nothing else", () => {
  expect(textWithoutSecrets('{"url":"https://c/d?token=x&y=/z","n":1} why? //q')).toBe(
    '{"url":"https://c/d?***","n":1} why? //q',
  );
  expect(textWithoutSecrets(`{"order":"culprit_r_${"a1".repeat(16)}"} culprit_run_1`)).toBe(
    '{"order":"culprit_r_***"} culprit_run_1',
  );
  expect(textWithoutSecrets('{"url":"https://a:b@c/d","n":1} http://t@h mail@h //x/y@z')).toBe(
    '{"url":"https://***:***@c/d","n":1} http://***:***@h mail@h //x/y@z',
  );
});
