import { Writable } from "node:stream";
import { expect, test } from "vitest";
import { makeLog, withoutSecrets } from "./log.ts";

test("tokens in addresses are cut out, by their form and by the name of their parameter", () => {
  expect(withoutSecrets("/x?token=abc&from=1&once=def")).toBe("/x?token=***&from=1&once=***");
  expect(withoutSecrets("/hook/culprit_u_0123456789abcdefABCDEF0123456789/x")).toBe("/hook/culprit_***/x");
  expect(withoutSecrets("/t/whatever%20it%20is/savelog.php?fn=savelog")).toBe(
    "/t/***/savelog.php?fn=savelog",
  );
  expect(withoutSecrets("/executions?process=token")).toBe("/executions?process=token");
});

test("a request is logged without headers, a secret by its name not at all", () => {
  let text = "";
  const log = makeLog(
    "info",
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        text += chunk.toString();
        done();
      },
    }),
  );
  const headers = { authorization: "Bearer s3cret", cookie: "culprit_session=s3cret" };
  log.info({ req: { id: 1, method: "GET", url: "/x?token=s3cret", ip: "127.0.0.1", headers } }, "asked");
  log.info({ token: "s3cret", user: { password: "s3cret" } }, "made");
  expect(text).toContain('"url":"/x?token=***"');
  expect(text).not.toContain("s3cret");
});

test("the keys that check-ins carry in their addresses are cut out, to the end", () => {
  expect(withoutSecrets("/checkin/healthchecks/ping/s3cret/start?rid=1")).toBe("/checkin/healthchecks/***");
  expect(withoutSecrets("/checkin/sentry/api/1/envelope/?sentry_key=s3cret")).toBe("/checkin/sentry/***");
  expect(withoutSecrets("/checkin/snitch/s3cret\n?m=x")).toBe("/checkin/snitch/***");
  expect(withoutSecrets("/%63heck%69n/snitch/s3cret")).toBe("/checkin/snitch/***");
  expect(withoutSecrets("/%74/s3cret/savelog.php?%74oken=s3cret")).toBe("/t/***/savelog.php?token=***");
});
