import { describe, expect, test } from "vitest";
import { pathSegments } from "./path-segments.ts";

const route = (target: string) => `/${pathSegments(target).segments.join("/")}`;

describe("what differs from request to request is variable", () => {
  test.each([
    ["/orders/123", "/orders/{}"],
    ["/orders/123/items/4", "/orders/{}/items/{}"],
    ["/orders/0f8fad5b-d9cb-469f-a165-70867728950e", "/orders/{}"],
    ["/commit/9fceb02d0ae598e95dc970b74767f19372d61af8", "/commit/{}"],
    ["/d/dQw4w9WgXcQz1", "/d/{}"],
    ["/report/2026-11-27", "/report/{}"],
    ["/report-2026-11", "/report-{}"],
    ["/order-123", "/order-{}"],
    ["/users/ana@example.org", "/users/{}"],
    ["/files/a%20b", "/files/{}"],
    ["/a/b/c/d/e/f/g/h/i/j/k/l/m/n", "/a/b/c/d/e/f/g/h/i/j/k/l/…"],
    ["/orders/{id}", "/orders/{}"],
    ["/orders/:id", "/orders/{}"],
    ["/orders/<int:id>", "/orders/{}"],
    [`/x/${"y".repeat(61)}`, "/x/{}"],
    ["/%ff%fe/x", "/{}/x"],
    ["/\u00c3\u0081/x", "/{}/x"],
    ["/../../etc/passwd", "/etc/passwd"],
  ])("%s is %s", (target, expected) => expect(route(target)).toBe(expected));
});

describe("what is the same for all stays", () => {
  test.each([
    ["/", "/"],
    ["", "/"],
    ["//orders///new/", "/orders/new"],
    ["/api/v1/oauth2/login", "/api/v1/oauth2/login"],
    ["/wp-admin/admin-ajax.php", "/wp-admin/admin-ajax.php"],
    ["/index.php", "/index.php"],
    ["/my-account/change-password", "/my-account/change-password"],
    ["/getOrderStatus", "/getOrderStatus"],
    ["/rel%C3%A1t%C3%B3rio", "/relátório"],
    ["http://shop.example/orders", "/orders"],
  ])("%s is %s", (target, expected) => expect(route(target)).toBe(expected));
});

describe("a secret never leaves", () => {
  test.each([
    "/reset/hunter",
    "/password-reset/correct-horse",
    "/invite/anna",
    "/hook/sk_live_51H8xYzAbCdEf",
    "/s/QmFzZTY0U2VjcmV0",
    "/s/zxcvbnmlkjhgfdsqwrtp",
    "/login?password=secret",
    "/login;jsessionid=1A530637289A03B07199A44E8D531427",
    "/login#secret",
    "/login%3Fpassword=secret",
    "/u/eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc",
  ])("%s", (target) => expect(route(target)).toMatch(/^\/(?:login|[a-z-]+\/\{\})$/));
});

test("files of a kind that is handed out as it is are told", () => {
  expect(pathSegments("/assets/app.3f2a1b.js?v=2").static).toBe(true);
  expect(pathSegments("/orders.json").static).toBe(false);
});
