import { describe, expect, test } from "vitest";
import { entryOf, stepOf } from "./execution-of-span.ts";
import type { Scalar, Span } from "./span.ts";

function span(kind: Span["kind"], name: string, attributes: Record<string, Scalar>): Span {
  return {
    traceId: "5b8efff798038103d269b633813fc60c",
    spanId: "eee19b7ec3c1b174",
    parentSpanId: null,
    parentIsRemote: null,
    name,
    kind,
    startedAt: 1_000_000,
    endedAt: 2_000_000,
    failed: false,
    attributes: new Map(Object.entries(attributes)),
    resource: new Map(),
  };
}

const processOf = (attributes: Record<string, Scalar>) =>
  entryOf(span("server", "HTTP GET", attributes)).entry.process;

describe("the name of a request", () => {
  test.each<[string, Record<string, Scalar>, string]>([
    ["now", { "http.request.method": "POST", "http.route": "/orders/{id}" }, "POST /orders/{id}"],
    ["as it was before", { "http.method": "GET", "http.route": "/users/:id" }, "GET /users/:id"],
    ["with a route that lacks its slash", { "http.method": "get", "http.route": "users" }, "GET /users"],
    ["without a route", { "http.method": "GET", "url.path": "/v1/users/4711/cart" }, "GET /v1/users/{}/cart"],
    ["without a route, before", { "http.method": "PUT", "http.target": "/f/0f3a9c?key=x" }, "PUT /f/{}"],
    ["of a file", { "http.method": "GET", "url.path": "/app.js" }, "GET (static files)"],
    ["by a method that is none", { "http.method": "BREW", "http.route": "/pot" }, "_OTHER /pot"],
    ["with neither", { "http.method": "GET" }, "HTTP GET"],
    ["of a call", { "rpc.service": "Shop", "rpc.method": "Buy" }, "Shop/Buy"],
  ])("%s", (_when, attributes, expected) => {
    expect(processOf(attributes)).toBe(expected);
  });

  test("only requests over HTTP are of kind web", () => {
    const attributes = { "http.method": "GET", "http.route": "/" };
    expect(entryOf(span("server", "x", attributes)).entry.kind).toBe("web");
    expect(entryOf(span("client", "x", attributes)).entry.kind).toBe("job");
    expect(entryOf(span("server", "x", {})).entry.kind).toBe("job");
    expect(entryOf(span("consumer", "x", {})).entry.kind).toBe("job");
  });

  test("a name that can't be one is cleaned, and says so", () => {
    const { input } = entryOf(span("internal", "two\nlines", {}));
    expect(input).toMatchObject({ process: "two?lines", flags: ["name-cleaned"] });
    expect(entryOf(span("internal", "", {})).entry.process).toBe("(unnamed span)");
  });
});

describe("an outcome", () => {
  const outcomeOf = (kind: Span["kind"], status: Scalar, failed = false) =>
    entryOf({ ...span(kind, "x", { "http.response.status_code": status }), failed }).input.outcome;

  test("is failed by the span's status, and for a server by 5xx", () => {
    expect(outcomeOf("server", 500)).toBe("failed");
    expect(outcomeOf("server", 499)).toBe("ok");
    expect(outcomeOf("client", 500)).toBe("ok");
    expect(outcomeOf("internal", 200, true)).toBe("failed");
    expect(outcomeOf("server", "nonsense")).toBe("ok");
  });
});

describe("the name of a step", () => {
  const entry = { executionId: "run", process: "POST /orders", kind: "web" as const, failed: false };

  test.each<[string, Record<string, Scalar>, string]>([
    [
      "at a database",
      { "db.system": "mysql", "db.operation": "SELECT", "db.sql.table": "cards" },
      "SELECT cards",
    ],
    ["at a database that tells little", { "db.system.name": "mysql" }, "mysql"],
    ["at another host", { "http.request.method": "GET", "server.address": "pay.example" }, "GET pay.example"],
    ["anywhere else", {}, "SELECT * FROM x"],
  ])("%s", (_where, attributes, expected) => {
    const step = stepOf(span("client", "SELECT * FROM x", attributes), entry);
    expect(step).toMatchObject({ process: "POST /orders", step: expected, parentId: "run", kind: "web" });
  });
});

test("attributes are cut and cleaned, and none are made of nothing", () => {
  const one = span("internal", "x", { "error.type": `Time\nout${"x".repeat(500)}` });
  const { attributes } = entryOf(one).input;
  expect(attributes?.["error.type"]).toBe(`Time?out${"x".repeat(92)}`);
  expect(entryOf(span("internal", "x", {})).input).not.toHaveProperty("attributes");
});
