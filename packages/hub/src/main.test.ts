import { execFileSync } from "node:child_process";
import { request as httpsRequest } from "node:https";
import { mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HubClient, machineCreated, sessionCreated } from "@culprit/protocol";
import { afterEach, beforeEach, expect, test } from "vitest";
import { requestUserReset } from "./auth/user-reset.ts";
import { startHub, type RunningHub } from "./main.ts";
import type { HubSettingsInput } from "./settings.ts";

let folder: string;
const running: RunningHub[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "culprit-main-"));
});
afterEach(async () => {
  for (const hub of running.splice(0)) await hub.stop();
  await rm(folder, { recursive: true });
});

async function start(more: HubSettingsInput = {}): Promise<RunningHub> {
  const hub = await startHub({
    dataDir: join(folder, "data"),
    listen: "127.0.0.1:0",
    logLevel: "silent",
    ...more,
  });
  running.push(hub);
  return hub;
}

const signIn = (hub: RunningHub, password: string) =>
  new HubClient({ hub: hub.address }).post("/session", sessionCreated, { user: "admin", password });

test("the first start makes a password and tells it once; what is stored outlives the hub", async () => {
  const first = await start();
  expect(first.address).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  const { token } = await signIn(first, first.adminPassword!);
  const client = new HubClient({ hub: first.address, token });
  await client.post("/machines", machineCreated, { name: "web-1" });
  await first.stop();
  const second = await start();
  expect(second.adminPassword).toBeNull();
  const later = new HubClient({ hub: second.address, token });
  await expect(later.post("/machines", machineCreated, { name: "web-1" })).rejects.toThrow(
    "named web-1 already",
  );
});

test("the first password can be given, and the link signs in once", async () => {
  const hub = await start({ adminPassword: "correct horse" });
  expect(hub.adminPassword).toBeNull();
  expect((await signIn(hub, "correct horse")).role).toBe("admin");
  const once = await hub.oneTimeSecret();
  const session = await new HubClient({ hub: hub.address }).post("/session", sessionCreated, { once });
  expect(session.user).toBe("admin");
});

test("a second hub on one file says why and does not start", async () => {
  await start();
  // In this process the file is held by the same one; another process sees the lock of the file itself.
  const script = `
    const { startHub } = await import(${JSON.stringify(join(import.meta.dirname, "../dist/main.js"))});
    await startHub({ dataDir: ${JSON.stringify(join(folder, "data"))}, listen: "127.0.0.1:0", logLevel: "silent" })
      .then(() => console.log("started"), (error) => console.log(error.message));
    process.exit();`;
  const options = ["--input-type=module", "-e", script];
  const said = execFileSync(process.execPath, options, { encoding: "utf8", timeout: 15_000 });
  expect(said).toContain("is in use by");
  expect(said).toContain("CULPRIT_DATA_DIR");
});

test("a port that is taken is named, and the store is free again", async () => {
  const first = await start();
  const listen = new URL(first.address).host;
  const other = { dataDir: join(folder, "other"), logLevel: "silent" } as const;
  await expect(startHub({ ...other, listen })).rejects.toThrow(
    /port \d+ on 127.0.0.1 is taken.*CULPRIT_LISTEN/,
  );
  await start({ ...other });
});

test("plain http is refused where others could listen, unless it is asked for", async () => {
  await expect(start({ listen: "0.0.0.0:0" })).rejects.toThrow("CULPRIT_TLS_CERT");
  await expect(start({ listen: "[::]:0" })).rejects.toThrow("CULPRIT_INSECURE_HTTP");
  await expect(start({ tlsCert: "cert.pem" })).rejects.toThrow("belong together");
  expect((await start({ listen: "0.0.0.0:0", insecureHttp: true })).address).toMatch(
    /^http:\/\/127\.0\.0\.1:/,
  );
});

test("with a certificate the hub speaks TLS and tells browsers to stay with it", async () => {
  const [tlsCert, tlsKey] = [join(folder, "cert.pem"), join(folder, "key.pem")];
  const subject = ["-subj", "/CN=localhost", "-days", "2", "-nodes", "-newkey", "ec"];
  const curve = ["-pkeyopt", "ec_paramgen_curve:prime256v1"];
  execFileSync("openssl", ["req", "-x509", ...subject, ...curve, "-keyout", tlsKey, "-out", tlsCert], {
    stdio: "pipe",
  });
  const hub = await start({ listen: "0.0.0.0:0", tlsCert, tlsKey });
  const ca = await readFile(tlsCert);
  const headers = await new Promise<NodeJS.Dict<string | string[]>>((resolve, reject) => {
    const url = `${hub.address}/docs/static/index.html`;
    httpsRequest(url, { ca, servername: "localhost" }, (response) => {
      response.resume();
      resolve(response.headers);
    })
      .on("error", reject)
      .end();
  });
  expect(headers["strict-transport-security"]).toContain("max-age");
});

test("a fresh enrolment token for the agent beside it lies in a file that only its user can read", async () => {
  const localAgentTokenFile = join(folder, "agent", "enrollment-token");
  const hub = await start({ localAgentTokenFile });
  expect((await stat(localAgentTokenFile)).mode & 0o777).toBe(0o600);
  const token = await readFile(localAgentTokenFile, "utf8");
  const enroller = new HubClient({ hub: hub.address, token });
  expect(await enroller.post("/enrollments", machineCreated, { name: "here" })).toMatchObject({
    name: "here",
  });
  await expect(enroller.post("/enrollments", machineCreated, { name: "again" })).rejects.toThrow("token");
});

test("a lost password is set anew while the hub runs, and ends the sessions of before", async () => {
  const hub = await start({ adminPassword: "first password" });
  const { token } = await signIn(hub, "first password");
  const dataDir = join(folder, "data");
  expect(await requestUserReset(dataDir, "admin", "second password")).toBe("done");
  await expect(signIn(hub, "first password")).rejects.toThrow("password is wrong");
  expect((await signIn(hub, "second password")).role).toBe("admin");
  const old = new HubClient({ hub: hub.address, token });
  await expect(old.post("/machines", machineCreated, { name: "web-1" })).rejects.toThrow(/Sign in/);
  await expect(requestUserReset(dataDir, "nobody", "some password")).rejects.toThrow(
    "there is no user nobody",
  );
});

test("a password asked for while no hub runs is set by the next one", async () => {
  const dataDir = join(folder, "data");
  await (await start({ adminPassword: "first password" })).stop();
  expect(await requestUserReset(dataDir, "admin", "second password", 0.3)).toBe("pending");
  const hub = await start();
  await expect
    .poll(
      () =>
        signIn(hub, "second password").then(
          () => "in",
          () => "out",
        ),
      { timeout: 5000 },
    )
    .toBe("in");
});

test("a reset file that another could have written, or a link, changes nothing", async () => {
  const hub = await start({ adminPassword: "first password" });
  const file = join(folder, "data", "user-reset.json");
  const refused = join(folder, "data", "user-reset.refused");
  const gone = () =>
    stat(file).then(
      () => false,
      () => true,
    );
  const content = JSON.stringify({ user: "admin", passwordHash: "scrypt$1$1$1$AA$AA" });
  await writeFile(file, content, { mode: 0o666 });
  execFileSync("chmod", ["666", file]);
  await expect.poll(gone, { timeout: 5000 }).toBe(true);
  expect(await readFile(refused, "utf8")).toContain("another user could have written it");
  const elsewhere = join(folder, "elsewhere.json");
  await writeFile(elsewhere, content, { mode: 0o600 });
  await symlink(elsewhere, file);
  await expect.poll(gone, { timeout: 5000 }).toBe(true);
  expect(await readFile(elsewhere, "utf8")).toBe(content);
  await mkdir(file);
  await expect.poll(gone, { timeout: 5000 }).toBe(true);
  expect((await signIn(hub, "first password")).role).toBe("admin");
});
