/** What every engine must do for access. */
import { describe, expect, test } from "vitest";
import type { Store } from "../store.ts";
import { aToken, start } from "./rows.ts";
import { type Address, storeInTest } from "./store-in-test.ts";

export function accessSuite(engine: Store["engine"], address: Address): void {
  describe(`access on ${engine}`, () => {
    const on = storeInTest(address);

    const person = { name: "Ana", role: "viewer", passwordHash: "one", createdAt: start } as const;

    test("keeps people by name without regard to case", async () => {
      const userId = await on.store.access.putUser(person);
      expect(
        await on.store.access.putUser({ ...person, name: "ANA", role: "admin", passwordHash: "two" }),
      ).toBe(userId);
      expect(await on.store.access.users()).toEqual([
        { ...person, userId, role: "admin", passwordHash: "two" },
      ]);
    });

    test("keeps tokens by their hash, until they are removed", async () => {
      const tokenId = await on.store.access.addToken({ ...aToken, expiresAt: start + 1, role: "viewer" });
      const token = {
        ...aToken,
        tokenId,
        uses: null,
        expiresAt: start + 1,
        role: "viewer",
        lastUsedAt: null,
      };
      expect(await on.store.access.tokensByHash(["hash", "other"])).toEqual([token]);
      expect(await on.store.access.tokens()).toEqual([token]);
      await expect(on.store.access.addToken(aToken)).rejects.toThrow(/[Dd]uplicate key/);
      expect(await on.store.access.removeToken(tokenId)).toBe(true);
      expect(await on.store.access.removeToken(tokenId)).toBe(false);
      expect(await on.store.access.tokensByHash(["hash"])).toEqual([]);
    });

    test("gives out the uses of a token, and no more, however many ask at once", async () => {
      const tokenId = await on.store.access.addToken({
        ...aToken,
        kind: "enroll",
        usesLeft: 3,
        madeBy: "Ana",
      });
      const uses = await Promise.all(
        Array.from({ length: 8 }, () => on.store.access.useToken(tokenId, on.now)),
      );
      expect(uses.filter(Boolean)).toHaveLength(3);
      expect(await on.store.access.tokensByHash(["hash"])).toMatchObject([
        { usesLeft: 0, uses: 3, madeBy: "Ana", lastUsedAt: on.now },
      ]);
    });

    test("an order becomes the token that was made for it, and that the only one of its machine, once each", async () => {
      const { access } = on.store;
      // One after the other, for they are listed by their numbers.
      const old = await access.addToken({ ...aToken, machineId: 7 });
      const order = { hash: "order", kind: "rotation", machineId: 7, expiresAt: start + 9 } as const;
      const ordered = await access.addToken({ ...aToken, ...order });
      const other = await access.addToken({ ...aToken, hash: "other", machineId: 8 });
      const register = (more: object = {}) =>
        access.registerNext({ hash: "order", machineId: 7, nextHash: "next", now: start, ...more });
      const confirm = (now = start) => access.confirmNext({ tokenId: ordered, machineId: 7, now });
      expect(await confirm()).toBe(false);
      expect(await register({ machineId: 8 })).toBe(false);
      expect(await register({ now: start + 9 })).toBe(false);
      expect(await register({ nextHash: "hash" })).toBe(false);
      expect([await register(), await register()]).toEqual([true, true]);
      expect(await register({ nextHash: "another" })).toBe(false);
      expect(await access.tokenById(ordered)).toMatchObject({ kind: "next", hash: "next", machineId: 7 });
      expect(await access.heldTokens([old, ordered, 999])).toEqual([old, ordered]);
      expect(await confirm(start + 9)).toBe(false);
      expect([await confirm(), await confirm()]).toEqual([true, false]);
      expect(
        (await access.tokens()).map(({ tokenId, kind, expiresAt }) => [tokenId, kind, expiresAt]),
      ).toEqual([
        [ordered, "machine", null],
        [other, "machine", null],
      ]);
      expect(await access.tokenById(old)).toBeNull();
    });

    test("removes a token only if it is of the kind that is named", async () => {
      const tokenId = await on.store.access.addToken({ ...aToken, kind: "enroll", usesLeft: 1 });
      expect(await on.store.access.removeToken(tokenId, "user")).toBe(false);
      expect(await on.store.access.removeToken(tokenId, "enroll")).toBe(true);
    });
  });
}
