/**
 * How often passwords can be guessed at, without a way to lock their owner out: who has failed waits, and of those who have not
 * each has one try. In one day a hub lets strangers try 24,000 passwords of a user (1000 an hour, from as many addresses), one
 * address 28,800 of all users together, and 2880 of one from where that user has signed in. After OWASP's "Slow Down Online
 * Guessing Attacks with Device Cookies", with addresses in place of cookies: scripts sign in, too.
 */
import type { Clock } from "../clock.ts";
import { Attempts } from "./attempts.ts";

/** Addresses from which users have signed in, the newest, since the hub's start. */
const sendersKnown = 1000;

export class SignInGuard {
  readonly #byAddress: Attempts;
  readonly #ofUsers: Guesses;
  /** The same for names that nobody has, so that these can't be told from others; apart, so that they take no user's place. */
  readonly #ofOthers: Guesses;

  constructor(clock: Clock) {
    this.#byAddress = new Attempts(clock, 20, 60);
    this.#ofUsers = new Guesses(clock);
    this.#ofOthers = new Guesses(clock);
  }

  /** Before any sign-in is looked at. Throws a problem of code too-many-requests. */
  address(sender: string): void {
    this.#byAddress.check(sender);
    this.#byAddress.count(sender);
  }

  /**
   * Before a password is looked at: counts as a failure until `succeeded`, for many may come at once. `exists`: somebody has
   * this name. Throws a problem of code too-many-requests.
   */
  password(user: string, sender: string, exists: boolean): void {
    (exists ? this.#ofUsers : this.#ofOthers).take(user, sender);
  }

  /** The password was right. */
  succeeded(user: string, sender: string): void {
    this.#ofUsers.wasRight(user, sender);
  }
}

class Guesses {
  /** Of one user from one address. */
  readonly #here: Attempts;
  /** Of one user from addresses that are not known, before it counts as an attack. */
  readonly #strangers: Attempts;
  /** During an attack: who has failed. */
  readonly #failed: Attempts;
  /** The most of an attack: beyond it only known addresses are let in. */
  readonly #attack: Attempts;
  readonly #known = new Set<string>();

  constructor(clock: Clock) {
    this.#here = new Attempts(clock, 10, 300);
    this.#strangers = new Attempts(clock, 10, 300);
    this.#failed = new Attempts(clock, 1, 3600);
    this.#attack = new Attempts(clock, 1000, 3600);
  }

  take(user: string, sender: string): void {
    const here = keyOf(user, sender);
    this.#here.check(here);
    if (!this.#known.has(here)) {
      if (this.#strangers.isUsedUp(user)) this.#failed.check(here);
      this.#attack.check(user);
      this.#strangers.count(user);
      this.#failed.count(here);
      this.#attack.count(user);
    }
    this.#here.count(here);
  }

  wasRight(user: string, sender: string): void {
    const here = keyOf(user, sender);
    this.#here.clear(here);
    this.#failed.clear(here);
    if (!this.#known.delete(here)) {
      this.#strangers.giveBack(user);
      this.#attack.giveBack(user);
    }
    this.#known.add(here);
    const [oldest] = this.#known;
    if (this.#known.size > sendersKnown && oldest !== undefined) this.#known.delete(oldest);
  }
}

const keyOf = (user: string, sender: string): string => `${user} from ${sender}`;
