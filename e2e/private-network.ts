/**
 * Machines on a network of their own: each in a network namespace, on one bridge with the machine that runs the test. As
 * root; the addresses are of the range for benchmarks of networks (RFC 2544), which nobody routes.
 */
import { execFileSync } from "node:child_process";

const bridge = "culprit-br";
const subnet = "198.18.77";

export const network = `${subnet}.0/24`;
export const hubHost = `${subnet}.1`;
/** A machine that nobody has: frames to it are delivered nowhere. */
const nowhere = "02:00:00:00:00:fe";

const ip = (...parameters: string[]) =>
  execFileSync("ip", parameters, { stdio: ["ignore", "ignore", "pipe"] });
const quietly = (...parameters: string[]) => {
  try {
    ip(...parameters);
  } catch {
    // It was not there.
  }
};

export class PrivateNetwork {
  readonly #names: string[] = [];

  constructor() {
    quietly("link", "del", bridge);
    ip("link", "add", bridge, "type", "bridge");
    ip("addr", "add", `${hubHost}/24`, "dev", bridge);
    ip("link", "set", bridge, "up");
  }

  /** Answers what runs a program on that machine. */
  add(name: string): string[] {
    const number = this.#names.push(name) - 1;
    const space = spaceOf(number);
    quietly("netns", "del", space);
    quietly("link", "del", portOf(number));
    ip("netns", "add", space);
    ip("link", "add", portOf(number), "type", "veth", "peer", "name", "eth0", "netns", space);
    ip("link", "set", portOf(number), "master", bridge, "up");
    ip("-n", space, "addr", "add", `${this.addressOf(name)}/24`, "dev", "eth0");
    ip("-n", space, "link", "set", "eth0", "up");
    ip("-n", space, "link", "set", "lo", "up");
    return ["ip", "netns", "exec", space];
  }

  addressOf(name: string): string {
    return `${subnet}.${11 + this.#names.indexOf(name)}`;
  }

  /** The cable of one machine. */
  cable(name: string, state: "up" | "down"): void {
    ip("link", "set", portOf(this.#names.indexOf(name)), state);
  }

  /** The cable of the machine that runs the hub. */
  hubCable(state: "up" | "down"): void {
    ip("link", "set", bridge, state);
  }

  /** What the hub sends there is lost without a word; what comes from there arrives. */
  loseOnTheWayTo(name: string): void {
    ip("neigh", "replace", this.addressOf(name), "lladdr", nowhere, "dev", bridge, "nud", "permanent");
  }

  findAgain(name: string): void {
    ip("neigh", "del", this.addressOf(name), "dev", bridge);
  }

  remove(): void {
    for (const [number] of this.#names.entries()) {
      quietly("netns", "del", spaceOf(number));
      quietly("link", "del", portOf(number));
    }
    quietly("link", "del", bridge);
  }
}

const spaceOf = (number: number) => `culprit-${number}`;
const portOf = (number: number) => `culprit-p${number}`;
