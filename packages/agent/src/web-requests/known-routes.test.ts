import { beforeEach, expect, test } from "vitest";
import { KnownRoutes, otherRoutes, staticFiles, unknownRoutes } from "./known-routes.ts";

const hour = 3_600_000_000;
let now = 0;
const clock = () => now;
beforeEach(() => {
  now = Date.UTC(2026, 10, 27) * 1000;
});

const small = { routes: 50, nodes: 200, valuesAtTop: 10, values: 5 };

test("a path that was only ever refused is no route", () => {
  const routes = new KnownRoutes(clock);
  expect(routes.routeOf("", "/wp-login.php", true)).toBe(unknownRoutes);
  expect(routes.routeOf("", "/orders", false)).toBe("/orders");
  expect(routes.routeOf("", "/orders", true)).toBe("/orders");
  expect(routes.routeOf("", "/favicon.ico", true)).toBe(staticFiles);
});

test("a place that takes too many values is variable and stays so, also after a start", () => {
  const routes = new KnownRoutes(clock, undefined, small);
  const words = ["ash", "birch", "cedar", "elm", "fir", "oak", "pine", "yew"];
  const names = words.map((word) => routes.routeOf("", `/trees/${word}/leaves`, false));
  expect(names.slice(0, 5)).toEqual(words.slice(0, 5).map((word) => `/trees/${word}/leaves`));
  expect(new Set(names.slice(5))).toEqual(new Set(["/trees/{}/leaves"]));
  const again = new KnownRoutes(clock, structuredClone(routes.saved), small);
  expect(again.routeOf("", "/trees/ash/leaves", false)).toBe("/trees/{}/leaves");
  expect(again.routeOf("", "/trees/larch/leaves", true)).toBe("/trees/{}/leaves");
});

test("a word beside ids keeps its name", () => {
  const routes = new KnownRoutes(clock);
  expect(routes.routeOf("", "/orders/1", false)).toBe("/orders/{}");
  expect(routes.routeOf("", "/orders/new", false)).toBe("/orders/new");
  expect(routes.routeOf("", "/orders/2", false)).toBe("/orders/{}");
});

test("sites of one machine are apart", () => {
  const routes = new KnownRoutes(clock);
  routes.routeOf("shop", "/orders", false);
  expect(routes.routeOf("wiki", "/orders", true)).toBe(unknownRoutes);
});

test("however many paths there are, their names are fewer than a machine may have", () => {
  const routes = new KnownRoutes(clock);
  const letters = Array.from("abcdefghijklmnopqrstuvwxyz");
  const words = letters.flatMap((a) => letters.slice(0, 8).map((b) => `${a}${b}x`));
  const names = new Set<string>();
  for (let number = 0; number < 30_000; number++) {
    const path = [
      words[number % 208],
      words[(number * 7) % 205],
      words[(number * 3) % 199],
      words[number % 193],
    ];
    names.add(routes.routeOf("", `/${path.join("/")}`, false));
  }
  expect(names.size).toBeLessThan(1000);
  expect(names.has(otherRoutes) || names.has("/{}/{}/{}/{}")).toBe(true);
});

/** As a site that answers everything does: its own three pages for some hours, then a scan of made-up paths. */
function scanned(): KnownRoutes {
  const routes = new KnownRoutes(clock, undefined, small);
  for (let hours = 0; hours < 3; hours++, now += hour)
    for (const page of ["orders", "customers", "reports"]) routes.routeOf("shop", `/${page}/list`, false);
  for (const letter of "abcdefghijklmnopqrstuvw") routes.routeOf("shop", `/made-${letter}-up`, false);
  return routes;
}

test("a scan that is answered takes no known route's name; the paths it made up share one", () => {
  const routes = scanned();
  expect(routes.routeOf("shop", "/orders/list", false)).toBe("/orders/list");
  expect(routes.routeOf("shop", "/orders/list", true)).toBe("/orders/list");
  expect(routes.routeOf("shop", "/made-x-up", false)).toBe("/{}");
  const again = new KnownRoutes(clock, structuredClone(routes.saved), small);
  expect(again.routeOf("shop", "/reports/list", false)).toBe("/reports/list");
});

test("a new route of a crowded place has its own name once it has come in three different hours", () => {
  const routes = scanned();
  const names = Array.from({ length: 4 }, () => {
    now += hour;
    return [1, 2].map(() => routes.routeOf("shop", "/invoices", false));
  });
  const [shared, own] = [
    ["/{}", "/{}"],
    ["/invoices", "/invoices"],
  ];
  expect(names).toEqual([shared, shared, own, own]);
});

test("a place that has too many well-known values is variable for a month, then for two", () => {
  const routes = new KnownRoutes(clock, undefined, small);
  const users = Array.from("abcdefg", (letter) => `/users/${letter}-name`);
  const closings: (number | undefined)[] = [];
  for (let day = 0; day < 100; day++) {
    for (let third = 0; third < 3; third++, now += 8 * hour)
      for (const user of users) routes.routeOf("", user, false);
    closings.push(routes.saved.next[""]!.next["users"]!.closings);
  }
  expect(routes.routeOf("", "/users/a-name", false)).toBe("/users/{}");
  const first = (count: number) => closings.indexOf(count);
  expect([first(1), first(2), first(3), first(4)]).toEqual([1, 31, 91, -1]);
});

test("what has not come for a month is forgotten, and makes room", () => {
  const routes = new KnownRoutes(clock, undefined, { ...small, routes: 3 });
  for (const page of ["/a", "/b", "/c"]) routes.routeOf("", page, false);
  expect(routes.routeOf("", "/d", false)).toBe(otherRoutes);
  now += 20 * 24 * hour;
  routes.routeOf("", "/a", false);
  now += 20 * 24 * hour;
  expect(routes.routeOf("", "/d", false)).toBe("/d");
  expect(routes.routeOf("", "/a", true)).toBe("/a");
  expect(routes.routeOf("", "/b", true)).toBe(unknownRoutes);
});

test("what an agent before this one closed opens after a month", () => {
  const saved = {
    next: { "": { closed: true as const, next: { "{}": { next: {}, ends: true as const } } } },
  };
  const routes = new KnownRoutes(clock, saved, small);
  expect(routes.routeOf("", "/orders", false)).toBe("/{}");
  now += 30 * 24 * hour;
  const names = Array.from({ length: 4 }, () => {
    now += hour;
    return routes.routeOf("", "/orders", false);
  });
  expect(names.at(-1)).toBe("/orders");
});
