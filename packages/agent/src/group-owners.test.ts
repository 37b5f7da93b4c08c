import { expect, test } from "vitest";
import { annotatedName, dockerName, nameInLogs, podmanName } from "./container-names.ts";
import { ownerOfGroup } from "./control-group-names.ts";
import { parseIoStat, parseServiceBytes } from "./group-use.ts";

const id = "4f0c1d2e3b4a".padEnd(64, "0");
const pod = "kubepods-burstable-pod099b88fb_2a99_45ad_af94_d91eb81a87e9.slice";

test.each([
  [`/system.slice/docker-${id}.scope`, "docker"],
  [`/docker/${id}`, "docker"],
  [`/machine.slice/libpod-${id}.scope`, "podman"],
  [`/kubepods.slice/kubepods-burstable.slice/${pod}/cri-containerd-${id}.scope`, "containerd"],
  [`/kubepods.slice/kubepods-burstable.slice/${pod}/crio-${id}.scope`, "cri-o"],
  [`/kubepods/burstable/pod099b88fb-2a99-45ad-af94-d91eb81a87e9/${id}`, "kubernetes"],
  [`/default/${id}`, "containerd"],
])("%s is a container of %s", (path, runtime) => {
  expect(ownerOfGroup(path)).toEqual({ kind: "container", runtime, id });
});

test("lxc and systemd-machined name the group itself, a dash of systemd as \\x2d", () => {
  expect(ownerOfGroup("/lxc.payload.web")).toEqual({ kind: "container", runtime: "lxc", id: "web" });
  expect(ownerOfGroup("/lxc/db")).toEqual({ kind: "container", runtime: "lxc", id: "db" });
  expect(ownerOfGroup("/machine.slice/machine-qemu\\x2d1\\x2dvm.scope")).toMatchObject({ id: "qemu-1-vm" });
});

test("units are services and users; what passes, and what only holds others, is nobody's", () => {
  expect(ownerOfGroup("/system.slice/nginx.service")).toEqual({ kind: "unit", name: "nginx.service" });
  expect(ownerOfGroup("/user.slice/user-1000.slice")).toEqual({ kind: "unit", name: "user-1000.slice" });
  const nobodys = [
    "",
    "/system.slice",
    "/user.slice",
    "/init.scope",
    "/system.slice/run-u812.service",
    "/system.slice/systemd-coredump@12-8123-0.service",
    "/user.slice/user-1000.slice/session-12.scope",
    `/kubepods.slice/kubepods-burstable.slice/${pod}`,
    `/system.slice/docker-${id.slice(1)}.scope`,
  ];
  expect(nobodys.map(ownerOfGroup)).toEqual(nobodys.map(() => null));
});

test("names come from what the engines write, and from nothing else", () => {
  expect(dockerName('{"ID":"x","Name":"/web"}')).toBe("web");
  expect(podmanName(`[{"id":"other","names":["no"]},{"id":"${id}","names":["db"]}]`, id)).toBe("db");
  const annotations = {
    "io.kubernetes.cri.container-name": "app",
    "io.kubernetes.cri.sandbox-name": "shop-0",
  };
  expect(annotatedName(JSON.stringify({ annotations }))).toBe("shop-0/app");
  expect(annotatedName('{"annotations":{"nerdctl/name":"cache"}}')).toBe("cache");
  expect(nameInLogs([`shop-0_prod_app-${id}.log`], id)).toBe("shop-0/app");
  for (const broken of ["", "[]", "null", '{"Name":7}', '{"annotations":null}']) {
    expect([dockerName(broken), podmanName(broken, id), annotatedName(broken)]).toEqual([null, null, null]);
  }
  expect(nameInLogs([`x-${id}.log`], id)).toBeNull();
});

test("disk traffic of a group counts once, though the disks that lie on others name it again", () => {
  const isDisk = (device: string) => device === "8:0";
  const two = "8:0 rbytes=4096 wbytes=8192 rios=1 wios=2 dbytes=0 dios=0\n";
  expect(parseIoStat(two + two.replace("8:0", "253:0"), isDisk)).toEqual({
    readBytes: 4096,
    writeBytes: 8192,
  });
  const one = "8:0 Read 4096\n8:0 Write 8192\n8:0 Sync 0\n8:0 Total 12288\n253:0 Read 4096\nTotal 12288\n";
  expect(parseServiceBytes(one, isDisk)).toEqual({ readBytes: 4096, writeBytes: 8192 });
  expect(parseIoStat("8:0 \n", isDisk)).toBeNull();
});
