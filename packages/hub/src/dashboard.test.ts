import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { hubUnderTest, type HubUnderTest } from "./test/hub-under-test.ts";

let tested: HubUnderTest;
let webRoot: string;

beforeAll(async () => {
  webRoot = await mkdtemp(join(tmpdir(), "culprit-web-"));
  await mkdir(join(webRoot, "assets"));
  await writeFile(join(webRoot, "index.html"), "<!doctype html><title>Culprit</title>");
  await writeFile(join(webRoot, "assets", "app-4f2a.js"), "export {};");
  tested = await hubUnderTest("2026-11-23T03:00:00Z", { webRoot });
});
afterAll(async () => {
  await tested.close();
  await rm(webRoot, { recursive: true });
});

const get = (url: string, accept = "text/html") => tested.app.inject({ url, headers: { accept } });

test("the page answers at / and at each of its own addresses, and is asked for anew each time", async () => {
  for (const url of [
    "/",
    "/machines/m_1",
    "/sign-in?from=mail",
    "/executions/run.1/why",
    "/machines/db-1.example.net",
  ]) {
    const page = await get(url);
    expect(page.statusCode, `GET ${url}`).toBe(200);
    expect(page.body).toContain("<title>Culprit</title>");
    expect(page.headers["cache-control"]).toBe("no-cache");
    expect(page.headers["content-security-policy"]).toContain("frame-ancestors 'none'");
  }
});

test("files with a hash in their name are kept for good", async () => {
  const file = await get("/assets/app-4f2a.js", "*/*");
  expect(file.headers["cache-control"]).toBe("public, max-age=31536000, immutable");
});

test("what is not there is no page: files, the API, other methods, paths out of the folder", async () => {
  for (const url of [
    "/assets/old-1.js",
    "/favicon.ico",
    "/api/v1/nothing",
    "/../package.json",
    "/%2e%2e/package.json",
  ]) {
    const answer = await get(url);
    expect(answer.statusCode, `GET ${url}`).toBe(404);
    expect(answer.json()).toMatchObject({ code: "not-found" });
  }
  expect((await get("/machines", "application/json")).statusCode).toBe(404);
  expect((await tested.app.inject({ method: "POST", url: "/" })).statusCode).toBe(404);
});
