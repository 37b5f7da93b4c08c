import { expect, test } from "vitest";
import { KnownRoutes, otherRoutes, staticFiles, unknownRoutes } from "./known-routes.ts";

const small = { routes: 50, nodes: 200, valuesAtTop: 10, values: 5 };

test("a path that was only ever refused is no route", () => {
  const routes = new KnownRoutes();
  expect(routes.routeOf("", "/wp-login.php", true)).toBe(unknownRoutes);
  expect(routes.routeOf("", "/orders", false)).toBe("/orders");
  expect(routes.routeOf("", "/orders", true)).toBe("/orders");
  expect(routes.routeOf("", "/favicon.ico", true)).toBe(staticFiles);
});

test("a place that takes too many values is variable and stays so, also after a start", () => {
  const routes = new KnownRoutes(undefined, small);
  const words = ["ash", "birch", "cedar", "elm", "fir", "oak", "pine", "yew"];
  const names = words.map((word) => routes.routeOf("", `/trees/${word}/leaves`, false));
  expect(names.slice(0, 5)).toEqual(words.slice(0, 5).map((word) => `/trees/${word}/leaves`));
  expect(new Set(names.slice(5))).toEqual(new Set(["/trees/{}/leaves"]));
  const again = new KnownRoutes(structuredClone(routes.saved), small);
  expect(again.routeOf("", "/trees/ash/leaves", false)).toBe("/trees/{}/leaves");
  expect(again.routeOf("", "/trees/larch/leaves", true)).toBe("/trees/{}/leaves");
});

test("a word beside ids keeps its name", () => {
  const routes = new KnownRoutes();
  expect(routes.routeOf("", "/orders/1", false)).toBe("/orders/{}");
  expect(routes.routeOf("", "/orders/new", false)).toBe("/orders/new");
  expect(routes.routeOf("", "/orders/2", false)).toBe("/orders/{}");
});

test("sites of one machine are apart", () => {
  const routes = new KnownRoutes();
  routes.routeOf("shop", "/orders", false);
  expect(routes.routeOf("wiki", "/orders", true)).toBe(unknownRoutes);
});

test("however many paths there are, their names are fewer than a machine may have", () => {
  const routes = new KnownRoutes();
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
