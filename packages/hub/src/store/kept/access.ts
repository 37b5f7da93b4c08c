import type { Micros, UserRole } from "@culprit/protocol";

export type UserRow = {
  userId: number;
  name: string;
  role: UserRole;
  passwordHash: string;
  createdAt: Micros;
};

/**
 * `machine` tokens and `enroll` tokens carry no user; `session` and `once` expire. A `rotation` is an order to replace a
 * machine's token; it becomes the token that was made for it, `next`, which becomes the `machine`'s when it is confirmed.
 * Only hashes are kept.
 */
export type TokenRow = {
  tokenId: number;
  hash: string;
  kind: "machine" | "user" | "session" | "once" | "enroll" | "rotation" | "next";
  name: string;
  role: UserRole | null;
  machineId: number | null;
  userId: number | null;
  /** Of `uses` that it had at first. */
  usesLeft: number | null;
  uses: number | null;
  madeBy: string | null;
  createdAt: Micros;
  expiresAt: Micros | null;
  lastUsedAt: Micros | null;
};

export type AccessStore = {
  users(): Promise<UserRow[]>;
  /** Creates the user, or sets password and role of the one with this name. */
  putUser(user: Omit<UserRow, "userId">): Promise<number>;
  /** Of one kind, where it is named. */
  tokens(kind?: TokenRow["kind"]): Promise<TokenRow[]>;
  /** `usesLeft` is also what it had at first. */
  addToken(token: Omit<TokenRow, "tokenId" | "lastUsedAt" | "uses">): Promise<number>;
  /** As `addToken`, for a machine, whose other tokens end with it. */
  addOnlyToken(token: Parameters<AccessStore["addToken"]>[0] & { machineId: number }): Promise<number>;
  tokensByHash(hashes: readonly string[]): Promise<TokenRow[]>;
  /** Takes one use of a token that has a number of them; false if none was left. */
  useToken(tokenId: number, now: Micros): Promise<boolean>;
  /**
   * Makes of the order with this hash the token that the machine has made for it. False if there is no such order of this
   * machine now, or the token's hash is another token's; true again if that was done before.
   */
  registerNext(order: { hash: string; machineId: number; nextHash: string; now: Micros }): Promise<boolean>;
  /** Makes a next token the only one of its machine; orders and other next ones go with its others. False if it does not hold. */
  confirmNext(token: { tokenId: number; machineId: number; now: Micros }): Promise<boolean>;
  tokenById(tokenId: number): Promise<TokenRow | null>;
  /** Of these, those that are there. */
  heldTokens(tokenIds: readonly number[]): Promise<number[]>;
  /** Of that kind alone, where one is named. */
  removeToken(tokenId: number, kind?: TokenRow["kind"]): Promise<boolean>;
};
