/**
 * Machines on a network of their own: each in a network namespace, on one bridge with the machine that runs the test. As
 * root; the addresses are of the range for benchmarks of networks (RFC 2544), which nobody routes. Names and addresses are of
 * the process that makes them, so that two may run at a time.
 */
import { execFileSync } from "node:child_process";

/** A machine that nobody has: frames to it are delivered nowhere. */
const nowhere = "02:00:00:00:00:fe";

const ip = (...parameters: string[]): string =>
  execFileSync("ip", parameters, { stdio: ["ignore", "pipe", "pipe"], encoding: "utf8" });
const tc = (...parameters: string[]) =>
  execFileSync("tc", parameters, { stdio: ["ignore", "ignore", "pipe"] });
const quietly = (...parameters: string[]): string => {
  try {
    return ip(...parameters);
  } catch {
    return ""; // It was not there.
  }
};

export class PrivateNetwork {
  readonly network: string;
  readonly hubHost: string;
  readonly #names: string[] = [];
  readonly #bridge = bridgeOf(process.pid);
  readonly #subnet = `198.18.${process.pid % 256}`;

  constructor() {
    removeLeftOver();
    this.network = `${this.#subnet}.0/24`;
    this.hubHost = `${this.#subnet}.1`;
    quietly("link", "del", this.#bridge);
    ip("link", "add", this.#bridge, "type", "bridge");
    ip("addr", "add", `${this.hubHost}/24`, "dev", this.#bridge);
    ip("link", "set", this.#bridge, "up");
  }

  /** Answers what runs a program on that machine. */
  add(name: string): string[] {
    const number = this.#names.push(name) - 1;
    const space = spaceOf(process.pid, number);
    const port = this.#portOf(name);
    quietly("netns", "del", space);
    quietly("link", "del", port);
    ip("netns", "add", space);
    ip("link", "add", port, "type", "veth", "peer", "name", "eth0", "netns", space);
    ip("link", "set", port, "master", this.#bridge, "up");
    ip("-n", space, "addr", "add", `${this.addressOf(name)}/24`, "dev", "eth0");
    ip("-n", space, "link", "set", "eth0", "up");
    ip("-n", space, "link", "set", "lo", "up");
    return ["ip", "netns", "exec", space];
  }

  addressOf(name: string): string {
    return `${this.#subnet}.${11 + this.#names.indexOf(name)}`;
  }

  /** The cable of one machine. */
  cable(name: string, state: "up" | "down"): void {
    ip("link", "set", this.#portOf(name), state);
  }

  /** The cable of the machine that runs the hub. */
  hubCable(state: "up" | "down"): void {
    ip("link", "set", this.#bridge, state);
  }

  /** What the hub sends there is lost without a word; what comes from there arrives. */
  loseOnTheWayTo(name: string): void {
    ip("neigh", "replace", this.addressOf(name), "lladdr", nowhere, "dev", this.#bridge, "nud", "permanent");
  }

  /** What the machine sends to the hub is lost; what the hub sends arrives. */
  loseOnTheWayFrom(name: string): void {
    ip(
      "-n",
      this.#spaceOf(name),
      ...`neigh replace ${this.hubHost} lladdr ${nowhere}`.split(" "),
      ...permanent,
    );
  }

  findAgain(name: string): void {
    quietly("neigh", "del", this.addressOf(name), "dev", this.#bridge);
    quietly("-n", this.#spaceOf(name), "neigh", "del", this.hubHost, "dev", "eth0");
  }

  /** So many kilobits a second each way, with what does not fit waiting for up to two seconds; null: as many as there are. */
  narrow(name: string, kilobits: number | null): void {
    const port = this.#portOf(name);
    if (kilobits === null) {
      tc("qdisc", "del", "dev", port, "root");
      tc("-n", this.#spaceOf(name), "qdisc", "del", "dev", "eth0", "root");
      return;
    }
    const bucket = `root tbf rate ${kilobits}kbit burst 2000 latency 2s`.split(" ");
    tc("qdisc", "add", "dev", port, ...bucket);
    tc("-n", this.#spaceOf(name), "qdisc", "add", "dev", "eth0", ...bucket);
  }

  remove(): void {
    removeOf(process.pid, this.#names.length);
  }

  #spaceOf(name: string): string {
    return spaceOf(process.pid, this.#names.indexOf(name));
  }

  #portOf(name: string): string {
    return portOf(process.pid, this.#names.indexOf(name));
  }
}

const permanent = ["dev", "eth0", "nud", "permanent"];
const bridgeOf = (pid: number) => `culprit-${pid}`;
const spaceOf = (pid: number, number: number) => `culprit-${pid}-${number}`;
/** The kernel takes 15 characters. */
const portOf = (pid: number, number: number) => `cu${pid}p${number}`;
const mostMachines = 20;

/** Of processes that were killed before they could. */
function removeLeftOver(): void {
  for (const [, pid] of quietly("-o", "link", "show", "type", "bridge").matchAll(/: culprit-(\d+):/g))
    if (!isAlive(Number(pid))) removeOf(Number(pid), mostMachines);
}

function removeOf(pid: number, machines: number): void {
  for (let number = 0; number < machines; number++) {
    quietly("netns", "del", spaceOf(pid, number));
    quietly("link", "del", portOf(pid, number));
  }
  quietly("link", "del", bridgeOf(pid));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
