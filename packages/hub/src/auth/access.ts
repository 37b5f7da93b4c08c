/** People, their sessions, and every kind of token: made, found, used up, revoked. */
import {
  microsPerSecond,
  ProblemError,
  randomText,
  type AuditEntry,
  type AuditVerb,
  type Micros,
  type UserRole,
} from "@culprit/protocol";
import type { Clock } from "../clock.ts";
import { Gathered } from "../gathered.ts";
import { fold } from "../executions/catalogue.ts";
import type { AccessStore, AuditStore, Store, TokenRow, UserRow } from "../store/store.ts";
import { hashPassword, passwordFits } from "./passwords.ts";
import { hashSecret, makeSecret } from "./secrets.ts";

/** A token that another hub revoked is refused here after this long. */
const heldFor = 5 * microsPerSecond;
const tokensHeld = 20_000;
const sessionSeconds = 14 * 86_400;

type TokenWish = Pick<TokenRow, "kind" | "name"> &
  Partial<Pick<TokenRow, "role" | "machineId" | "userId" | "usesLeft" | "madeBy">> & {
    validSeconds?: number | undefined;
  };

export type IssuedToken = { token: string; tokenId: number; expiresAt: Micros | null };
export type SignedIn = { token: string; user: string; role: UserRole; expiresAt: Micros };

export class Access {
  readonly #store: AccessStore;
  readonly #found: Gathered<string, TokenRow>;
  readonly #audit: AuditStore;
  readonly #clock: Clock;
  readonly #held = new Map<string, { row: TokenRow; until: Micros }>();

  constructor({ access, audit }: Pick<Store, "access" | "audit">, clock: Clock) {
    this.#store = access;
    this.#found = new Gathered(
      async (hashes) => new Map((await access.tokensByHash(hashes)).map((row) => [row.hash, row])),
    );
    this.#audit = audit;
    this.#clock = clock;
  }

  /** The token if this hub looked it up a moment ago: costs nothing and so needs no limit. */
  recent(hash: string): TokenRow | null {
    const held = this.#held.get(hash);
    return held && held.until > this.#clock.now() ? this.#valid(held.row) : null;
  }

  /** True if it was a token of this hub at its last look-up. */
  hasSeen(hash: string): boolean {
    return this.#held.has(hash);
  }

  async tokenByHash(hash: string): Promise<TokenRow | null> {
    const row = (await this.#found.of(hash)) ?? null;
    this.#held.delete(hash);
    // One that is to be confirmed may be so at another hub at any moment.
    if (row && row.kind !== "next") this.#held.set(hash, { row, until: this.#clock.now() + heldFor });
    const oldest = this.#held.keys().next();
    if (this.#held.size > tokensHeld && !oldest.done) this.#held.delete(oldest.value);
    return row && this.#valid(row);
  }

  #valid(row: TokenRow): TokenRow | null {
    const expired = row.expiresAt !== null && row.expiresAt <= this.#clock.now();
    return expired || row.usesLeft === 0 ? null : row;
  }

  async issue(wish: TokenWish): Promise<IssuedToken> {
    return this.#issue(wish, (token) => this.#store.addToken(token));
  }

  /** A machine's token, with which all others of it end. */
  async issueOnly(machineId: number, name: string): Promise<IssuedToken> {
    const issued = await this.#issue({ kind: "machine", name, machineId }, (token) =>
      this.#store.addOnlyToken({ ...token, machineId }),
    );
    this.forget((row) => row.machineId === machineId);
    return issued;
  }

  async #issue(wish: TokenWish, add: AccessStore["addToken"]): Promise<IssuedToken> {
    const token = makeSecret(wish.kind);
    const createdAt = this.#clock.now();
    const expiresAt =
      wish.validSeconds === undefined ? null : createdAt + wish.validSeconds * microsPerSecond;
    const tokenId = await add({
      hash: hashSecret(token)!,
      kind: wish.kind,
      name: wish.name,
      role: wish.role ?? null,
      machineId: wish.machineId ?? null,
      userId: wish.userId ?? null,
      usesLeft: wish.usesLeft ?? null,
      madeBy: wish.madeBy ?? null,
      createdAt,
      expiresAt,
    });
    return { token, tokenId, expiresAt };
  }

  /** Takes one use; false if another took the last. */
  async use(row: TokenRow): Promise<boolean> {
    this.#held.delete(row.hash);
    return this.#store.useToken(row.tokenId, this.#clock.now());
  }

  /** False if there is none, or it is of another kind than the one that is named. */
  async revoke(tokenId: number, kind?: TokenRow["kind"]): Promise<boolean> {
    this.forget((row) => row.tokenId === tokenId && (kind ?? row.kind) === row.kind);
    return this.#store.removeToken(tokenId, kind);
  }

  /**
   * Makes of an order to replace the machine's token the token with this hash, for nothing but to be confirmed. False if it
   * is no order for this machine now.
   */
  async registerNext(machineId: number, order: string, nextHash: string): Promise<boolean> {
    const hash = hashSecret(order);
    return hash !== null && this.#store.registerNext({ hash, machineId, nextHash, now: this.#clock.now() });
  }

  /** From now on it is the machine's only token; other hubs refuse the others within seconds. False if it is no more. */
  async confirmNext({ tokenId, machineId }: { tokenId: number; machineId: number }): Promise<boolean> {
    const confirmed = await this.#store.confirmNext({ tokenId, machineId, now: this.#clock.now() });
    if (confirmed) this.forget((row) => row.machineId === machineId);
    return confirmed;
  }

  token(tokenId: number): Promise<TokenRow | null> {
    return this.#store.tokenById(tokenId);
  }

  /** Of these tokens, those that hold, as far as the store says. */
  async held(tokenIds: readonly number[]): Promise<Set<number>> {
    return new Set(tokenIds.length === 0 ? [] : await this.#store.heldTokens(tokenIds));
  }

  /** Drops what is held of tokens that no longer hold. */
  forget(which: (row: TokenRow) => boolean): void {
    for (const [hash, { row }] of this.#held) if (which(row)) this.#held.delete(hash);
  }

  async tokens(kind?: TokenRow["kind"]): Promise<TokenRow[]> {
    return this.#store.tokens(kind);
  }

  async users(): Promise<UserRow[]> {
    return this.#store.users();
  }

  async hasUser(name: string): Promise<boolean> {
    return (await this.#userNamed(name)) !== undefined;
  }

  async signIn(name: string, password: string): Promise<SignedIn> {
    const user = await this.#userNamed(name);
    const fits = await passwordFits(password, user?.passwordHash ?? null);
    if (!user || !fits) throw new ProblemError("wrong-password");
    return this.#session(user);
  }

  /** Turns the token of a one-time link into a session. */
  async signInOnce(secret: string): Promise<SignedIn> {
    const hash = hashSecret(secret);
    const row = hash === null ? null : await this.tokenByHash(hash);
    const user = row?.kind === "once" ? await this.#userOf(row) : undefined;
    if (!row || !user || !(await this.use(row)))
      throw new ProblemError("wrong-password", "this sign-in link was used before, or is too old");
    return this.#session(user);
  }

  async #userOf(row: TokenRow): Promise<UserRow | undefined> {
    return (await this.#store.users()).find((user) => user.userId === row.userId);
  }

  async #session(user: UserRow): Promise<SignedIn> {
    const { token, expiresAt } = await this.issue({
      kind: "session",
      name: user.name,
      role: user.role,
      userId: user.userId,
      validSeconds: sessionSeconds,
    });
    return { token, user: user.name, role: user.role, expiresAt: expiresAt! };
  }

  /** A secret for `<hub>/sign-in#once=...` that signs this user in one time. */
  async oneTimeSecret(name: string, validSeconds: number): Promise<string> {
    const user = await this.#userNamed(name);
    if (!user) throw new ProblemError("not-found", `there is no user ${name}`);
    const wish = { kind: "once", name, userId: user.userId, usesLeft: 1, validSeconds } as const;
    return (await this.issue(wish)).token;
  }

  /** At the first start makes the user `admin`; answers the password if it had to make one up. */
  async firstStart(password: string | undefined): Promise<string | null> {
    if ((await this.#store.users()).length > 0) return null;
    const madeUp = password === undefined ? randomText(20) : null;
    await this.putUser("admin", "admin", await hashPassword(password ?? madeUp!));
    return madeUp;
  }

  /** Adds a user, or changes the one of this name, whose sessions and links then end. */
  async putUser(name: string, role: UserRole, passwordHash: string): Promise<UserRow> {
    const held = await this.#userNamed(name);
    const user = held
      ? { ...held, role, passwordHash }
      : { name, role, passwordHash, createdAt: this.#clock.now() };
    const userId = await this.#store.putUser(user);
    if (held) await this.#endSessions(userId);
    return { ...user, userId };
  }

  /** Sets a password and ends the user's sessions and links. False if there is no such user. */
  async setPassword(name: string, passwordHash: string): Promise<boolean> {
    const user = await this.#userNamed(name);
    if (!user) return false;
    await this.putUser(user.name, user.role, passwordHash);
    return true;
  }

  async #userNamed(name: string): Promise<UserRow | undefined> {
    return (await this.#store.users()).find((row) => fold(row.name) === fold(name));
  }

  async #endSessions(userId: number): Promise<void> {
    for (const token of await this.#store.tokens())
      if (token.userId === userId && token.kind !== "user") await this.revoke(token.tokenId);
  }

  /** Writes down who did what, successfully unless `more` says otherwise. `machine`: the name of the one it is about. */
  async audit(
    actor: string,
    action: AuditVerb,
    target: string,
    detail = "",
    more: { machine?: string; outcome?: AuditEntry["outcome"] } = {},
  ): Promise<void> {
    const { machine = null, outcome = "done" } = more;
    const at = this.#clock.now();
    await this.#audit.add({ at, actor, action, target, machine, outcome, detail: detail.slice(0, 1000) });
  }
}
