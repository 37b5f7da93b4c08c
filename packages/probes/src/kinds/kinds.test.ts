/** Real sockets, servers, certificates and a DNS server, all of the test's own. */
import { execFileSync } from "node:child_process";
import { createSocket, type Socket as Datagrams } from "node:dgram";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server, type ServerResponse } from "node:http";
import { createServer as createSecure } from "node:https";
import { createServer as createPlain, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkTarget, type CheckTarget } from "@culprit/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runProbe } from "../run-probe.ts";
import { isRemote, probeRemote, remoteKinds } from "./index.ts";
import { judge } from "./ping.ts";

const folder = mkdtempSync(join(tmpdir(), "culprit-probes-"));
const servers: Server[] = [];
let web: string;
let names: Datagrams;
const asked: string[] = [];

async function listening(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  servers.push(server);
  return (server.address() as AddressInfo).port;
}

function certificate(name: string, days: number, host: string) {
  const [key, cert] = [join(folder, `${name}.key`), join(folder, `${name}.pem`)];
  const subject = ["-subj", `/CN=${host}`, "-addext", `subjectAltName=DNS:${host}`];
  const made = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  execFileSync("openssl", [...made, "-days", String(days), "-keyout", key, "-out", cert, ...subject], {
    stdio: "ignore",
  });
  return { key: readFileSync(key), cert: readFileSync(cert) };
}

beforeAll(async () => {
  const port = await listening(
    createServer((request, response) => {
      asked.push(request.url!);
      serve(request.url!, response);
    }),
  );
  web = `http://127.0.0.1:${port}`;
  names = createSocket("udp4").bind(0, "127.0.0.1");
  names.on("message", (question, from) => names.send(answerTo(question), from.port, from.address));
  await once(names, "listening");
});

afterAll(() => {
  for (const server of servers) {
    server.closeAllConnections?.();
    server.close();
  }
  names.close();
  rmSync(folder, { recursive: true });
});

function serve(path: string, response: ServerResponse): void {
  const redirect = (location: string) => response.writeHead(302, { location }).end();
  const more = () => response.write("x".repeat(65_536), () => setImmediate(more));
  const pages: Record<string, () => unknown> = {
    "/slow": () => undefined,
    "/gone": () => response.writeHead(410).end("gone"),
    "/loop": () => redirect("/loop"),
    "/away": () => redirect("http://169.254.169.254/latest/meta-data"),
    "/file": () => redirect("file:///etc/passwd"),
    "/here": () => redirect("/page"),
    "/endless": more,
    "/page": () => response.end("a page with \u001b[31mcolour\u001b[0m and a word"),
  };
  pages[path]?.();
}

/** One A record, 192.0.2.7, for every name but those that begin with `no`: those are not there. */
function answerTo(question: Buffer): Buffer {
  const absent = question.subarray(13, 15).toString() === "no";
  const header = Buffer.from(question.subarray(0, 12));
  header.writeUInt16BE(absent ? 0x8183 : 0x8180, 2);
  header.writeUInt16BE(absent ? 0 : 1, 6);
  header.writeUInt16BE(0, 8);
  header.writeUInt16BE(0, 10);
  const end = question.indexOf(0, 12) + 5;
  const record = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 9, 0, 4, 192, 0, 2, 7]);
  return Buffer.concat([header, question.subarray(12, end), ...(absent ? [] : [record])]);
}

const loopbackOnly = (_host: string, address: string): boolean => address === "127.0.0.1";

function probe(input: object, mayReach = loopbackOnly, timeoutSeconds = 2) {
  const target: CheckTarget = checkTarget.parse(input);
  if (!isRemote(target)) throw new Error("not a remote kind");
  return runProbe((context) => probeRemote(target, context), {
    timeoutSeconds,
    mayReach,
    leave: "machine",
  });
}

test("the list of kinds has what the folder has", () => {
  const files = readdirSync(import.meta.dirname).filter((name) => !/^index|test/.test(name));
  expect(files.map((name) => name.replace(".ts", "")).toSorted()).toEqual([...remoteKinds].toSorted());
});

describe("tcp", () => {
  test("a port that listens is well, one that does not is critical", async () => {
    const { port } = new URL(web);
    expect(await probe({ kind: "tcp", host: "127.0.0.1", port: Number(port) })).toMatchObject({
      state: "ok",
    });
    const free = createPlain().listen(0, "127.0.0.1");
    await once(free, "listening");
    const closed = (free.address() as AddressInfo).port;
    free.close();
    await once(free, "close");
    const result = await probe({ kind: "tcp", host: "127.0.0.1", port: closed });
    expect(result).toMatchObject({ state: "critical" });
    expect(result.text).toContain("ECONNREFUSED");
  });

  test("an address that may not be reached is not connected to", async () => {
    const { port } = new URL(web);
    const result = await probe({ kind: "tcp", host: "127.0.0.1", port: Number(port) }, () => false);
    expect(result).toMatchObject({ state: "unknown" });
    expect(result.text).toBe(
      "127.0.0.1 may not be reached from here: the machine's own file (allowed.yaml) does not list it under probes",
    );
  });
});

describe("http", () => {
  test("a page is well by its status and by what it contains, and its times are told", async () => {
    const result = await probe({ kind: "http", url: `${web}/here`, contains: "a word" });
    expect(result).toMatchObject({ state: "ok" });
    expect(result.numbers.map(({ label }) => label)).toEqual(["time", "connect", "first byte"]);
    expect(await probe({ kind: "http", url: `${web}/page`, contains: "another" })).toMatchObject({
      state: "critical",
    });
    expect(await probe({ kind: "http", url: `${web}/gone` })).toMatchObject({ state: "critical" });
    expect(await probe({ kind: "http", url: `${web}/gone`, statuses: [410] })).toMatchObject({ state: "ok" });
  });

  test("a redirect to where it may not go is not followed, and one without end ends", async () => {
    const away = await probe({ kind: "http", url: `${web}/away` });
    expect(away.state).toBe("unknown");
    expect(away.text).toContain("169.254.169.254");
    expect((await probe({ kind: "http", url: `${web}/loop` })).text).toContain("more than 5 redirects");
    expect((await probe({ kind: "http", url: `${web}/file` })).text).toContain("no address of the web");
  });

  test.each(["2130706433", "0x7f.1", "[::ffff:127.0.0.1]", "localhost"])(
    "%s is the address that it stands for",
    async (host) => {
      const port = new URL(web).port;
      const before = asked.length;
      const never = await probe({ kind: "http", url: `http://${host}:${port}/page` }, () => false);
      expect(never.state).toBe("unknown");
      expect(asked).toHaveLength(before);
    },
  );

  test("what never answers is critical in time, and a page without end is not read to it", async () => {
    const slow = await probe({ kind: "http", url: `${web}/slow` }, loopbackOnly, 0.2);
    expect(slow).toMatchObject({ state: "critical", text: "no answer within 0.2 s" });
    expect(slow.durationSeconds).toBeLessThan(1.5);
    expect(await probe({ kind: "http", url: `${web}/endless`, contains: "y" })).toMatchObject({
      state: "critical",
    });
  });

  test.each([
    ["changes the protocol", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n"],
    ["only says to go on", "HTTP/1.1 100 Continue\r\n\r\n"],
    ["stops in its page", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc"],
    ["speaks no HTTP", "\0\0\r\n\r\n"],
  ])("a server that %s is critical in time", async (_, bytes) => {
    const server = createPlain((socket) => {
      socket.on("error", () => {});
      socket.once("data", () => socket.write(bytes));
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const result = await probe({ kind: "http", url, contains: "x" }, loopbackOnly, 0.3);
    expect(result.state).toBe("critical");
    expect(result.durationSeconds).toBeLessThan(1.5);
    server.close();
  });

  test("a certificate of nobody, or for another name, is critical, and who has it is sent no login", async () => {
    const received: string[] = [];
    const port = await listening(
      createSecure(certificate("own", 3, "elsewhere.example"), ({ headers }, response) => {
        received.push(String(headers.authorization));
        response.end("page");
      }).on("tlsClientError", () => {}),
    );
    const url = `https://watch:s3cret@localhost:${port}/`;
    const result = await probe({ kind: "http", url }, (_, address) => /^127|^::1/.test(address));
    expect(result).toMatchObject({ state: "critical" });
    expect(result.text).toMatch(/certificate of localhost: (DEPTH_ZERO_SELF_SIGNED_CERT|ERR_TLS)/);
    expect(received).toEqual([]);
  });
});

describe("dns", () => {
  const ask = (more: object) =>
    probe({ kind: "dns", host: "yes.example", server: `127.0.0.1:${names.address().port}`, ...more });

  test("a name is well if it has the record that is expected", async () => {
    expect(await ask({})).toMatchObject({ state: "ok", text: "A of yes.example: 192.0.2.7" });
    expect(await ask({ expects: "192.0.2.7" })).toMatchObject({ state: "ok" });
    expect(await ask({ expects: "192.0.2.8" })).toMatchObject({ state: "critical" });
    expect(await ask({ host: "no.example" })).toMatchObject({ state: "critical" });
  });

  test("a server that may not be reached is not asked", async () => {
    const result = await probe({ kind: "dns", host: "yes.example", server: "192.0.2.1" });
    expect(result).toMatchObject({ state: "unknown" });
  });
});

describe("ping", () => {
  test.runIf(existsSync("/usr/bin/ping") || existsSync("/bin/ping"))(
    "this machine answers itself",
    async () => {
      expect(await probe({ kind: "ping", host: "127.0.0.1" }, loopbackOnly, 5)).toMatchObject({
        state: "ok",
      });
    },
  );

  test("its summary is read, of iputils and of busybox", () => {
    const iputils =
      "3 packets transmitted, 2 received, 33.3333% packet loss, time 402ms\nrtt min/avg/max/mdev = 0.030/0.041/0.050/0.008 ms\n";
    expect(judge(iputils, {})).toMatchObject({ state: "warning" });
    const busybox =
      "3 packets transmitted, 3 packets received, 0% packet loss\nround-trip min/avg/max = 80.064/90.082/100.110 ms\n";
    expect(judge(busybox, { warningSeconds: 0.09 })).toMatchObject({ state: "warning" });
    expect(judge(busybox, { criticalSeconds: 0.05 })).toMatchObject({ state: "critical" });
    expect(judge("3 packets transmitted, 0 received, 100% packet loss, time 2030ms\n", {})).toMatchObject({
      state: "critical",
    });
    expect(() => judge("ping: socket: Operation not permitted", {})).toThrow("Operation not permitted");
  });
});
