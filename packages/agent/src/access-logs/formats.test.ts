import { describe, expect, test } from "vitest";
import { readJsonFormat } from "./json-lines.ts";
import { tellFormat } from "./told-format.ts";
import { readWrittenFormat, textOfFormatError } from "./written-format.ts";

const at = Date.UTC(2026, 10, 27, 3, 31, 35) * 1000;
const combined =
  '192.0.2.7 - ana [27/Nov/2026:03:31:35 +0000] "GET /orders/1?x=1 HTTP/1.1" 200 512 "https://shop.example/" "Mozilla/5.0 (X11; \\"x\\")"';
const request = { method: "GET", target: "/orders/1?x=1", status: 200, at };

describe("the first lines tell the format", () => {
  test.each([
    ["nginx with $request_time", `${combined} 0.123`, "combined + $request_time", "end", 0.123],
    ["nginx with rt=", `${combined} rt=0.123 uct="0.001"`, "combined + rt=", "end", 0.123],
    ["more fields", `${combined} "203.0.113.9" 0.123 0.120 .`, "combined + $request_time", "end", 0.123],
    ["Apache with %D", `${combined} 123456`, "combined + %D", "start", 0.123456],
    ["a virtual host before it", `shop.example:443 ${combined} 123456`, "combined + %D", "start", 0.123456],
    [
      "a time zone",
      `${combined.replace("03:31:35 +0000", "00:31:35 -0300")} 0.5`,
      "combined + $request_time",
      "end",
      0.5,
    ],
  ])("%s", (_name, line, name, timeIs, seconds) => {
    const format = tellFormat([line])!;
    expect(format).toMatchObject({ name, timeIs, hasDuration: true, grainSeconds: 1 });
    expect(format.parse(line)).toEqual({ ...request, seconds });
  });

  test("whole seconds of Apache's %T are told by many small numbers", () => {
    const lines = Array.from({ length: 25 }, (_, number) => `${combined} ${number % 3}`);
    expect(tellFormat(lines)?.name).toBe("combined + %T");
    expect(tellFormat(lines)?.parse(lines[2]!)?.seconds).toBe(2);
  });

  test("without a time it has none, and no number elsewhere is taken for it", () => {
    const common = '192.0.2.7 - - [27/Nov/2026:03:31:35 +0000] "GET /orders/1?x=1 HTTP/1.1" 200 512';
    for (const line of [combined, common, `${combined} "203.0.113.9"`]) {
      const format = tellFormat([line])!;
      expect(format.hasDuration).toBe(false);
      expect(format.parse(line)).toEqual({ ...request, seconds: null });
    }
  });

  test("no client tells how long its request took, whatever it sends as a header", () => {
    const forwarded = (text: string, time: string) => `${combined} "${text}"${time}`;
    for (const text of ["99999", "rt=99999", "x 99999 y", '\\" rt=99999 \\"'])
      expect(tellFormat([forwarded(text, "")])?.hasDuration).toBe(false);
    for (const time of [" rt=0.250", " 0.250"]) {
      const told = tellFormat([forwarded("203.0.113.9", time)]);
      for (const text of ["99999", "rt=99999", "x 99999 y", '\\" rt=99999 \\"'])
        expect(told?.parse(forwarded(text, time))?.seconds).toBe(0.25);
    }
    const host = (name: string) => `${combined} ${name} 0.250`;
    const told = tellFormat([host("shop.example"), host("99.5"), host("shop.example")]);
    expect(told?.parse(host("99.5"))?.seconds).toBe(0.25);
  });

  test("a request that can't be read is one all the same", () => {
    const line = combined.replace("GET /orders/1?x=1 HTTP/1.1", "\\x16\\x03\\x01").replace("200", "400");
    expect(tellFormat([line])?.parse(line)).toMatchObject({ method: "_OTHER", target: "/", status: 400 });
  });

  test.each(["rubbish", "", "{", '{"a":1}', "Nov 27 03:31:35 host sshd[1]: x", "2026-11-27 1 2 3", '"[" "'])(
    "%j is of no known format",
    (line) => expect(tellFormat([line])).toBeNull(),
  );

  test("a hostile line takes no longer than its length is worth", () => {
    const before = performance.now();
    for (const line of [
      '"\\'.repeat(30_000),
      "[".repeat(60_000),
      `[${" ".repeat(60_000)}`,
      `${combined} ${"1 ".repeat(30_000)}x`,
    ])
      tellFormat([line]);
    expect(performance.now() - before).toBeLessThan(500);
  });
});

describe("JSON lines", () => {
  test.each([
    [
      {
        time_iso8601: "2026-11-27T03:31:35+00:00",
        request_method: "GET",
        request_uri: "/orders/1?x=1",
        status: "200",
        request_time: "0.123",
      },
      0.123,
    ],
    [
      { msec: "1795750295.000", request: "GET /orders/1?x=1 HTTP/2.0", status: 200, request_time: 0.123 },
      0.123,
    ],
    [
      { ts: 1795750295, request: { method: "GET", uri: "/orders/1?x=1" }, status: 200, duration: 0.123 },
      0.123,
    ],
    [
      {
        "@timestamp": "2026-11-27T03:31:35Z",
        method: "GET",
        path: "/orders/1?x=1",
        status_code: 200,
        duration_ms: 123,
      },
      0.123,
    ],
    [{ time: "27/Nov/2026:03:31:35 +0000", method: "GET", url: "/orders/1?x=1", status: 200 }, null],
  ])("%j", (value, seconds) => {
    const format = readJsonFormat(JSON.stringify(value))!;
    expect(format.parse(JSON.stringify(value))).toEqual({ ...request, seconds });
    expect(format.hasDuration).toBe(seconds !== null);
  });

  test.each(["null", "[]", '{"status":200}', '{"time":"x","method":"GET","path":"/","status":200}'])(
    "%s is none",
    (line) => expect(readJsonFormat(line)).toBeNull(),
  );
});

describe("a format as it stands in the server's configuration", () => {
  const nginx = '$remote_addr [$msec] $host "$request" $status ${request_time} $upstream_response_time';
  const apache = '%v:%p %h %l %u %t \\"%r\\" %>s %O \\"%{Referer}i\\" \\"%{User-Agent}i\\" %{ms}T';

  test("of nginx, with milliseconds", () => {
    const format = readWrittenFormat(nginx);
    if ("missing" in format) throw new Error(textOfFormatError(format));
    expect(format).toMatchObject({
      name: "log_format",
      timeIs: "end",
      hasDuration: true,
      grainSeconds: 0.001,
    });
    expect(
      format.parse('192.0.2.7 [1795750295.250] shop.example "GET /orders/1?x=1 HTTP/1.1" 200 0.123 -'),
    ).toEqual({ ...request, at: at + 250_000, seconds: 0.123 });
    expect(format.parse("rubbish")).toBeNull();
  });

  test("of Apache", () => {
    const format = readWrittenFormat(apache);
    if ("missing" in format) throw new Error(textOfFormatError(format));
    expect(format).toMatchObject({ name: "LogFormat", timeIs: "start", hasDuration: true, grainSeconds: 1 });
    expect(format.parse(`shop.example:443 ${combined} 123`)).toEqual({ ...request, seconds: 0.123 });
  });

  test.each([
    ["$remote_addr $request", "no $status"],
    ["$status $request", "no $time_local / $msec"],
    ["%h %t %>s", "no %r"],
    ["$time_local$status $request", "two fields with nothing between them"],
  ])("%s: %s", (text, error) => {
    const format = readWrittenFormat(text);
    expect("missing" in format && textOfFormatError(format)).toBe(error);
  });
});
