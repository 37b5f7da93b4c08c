import type { UserRole } from "@culprit/protocol";
import type { Selectable, Transaction } from "kysely";
import type { Engine } from "./engine.ts";
import { integerSet, nameKey, takeNumbers, textSet } from "./sql.ts";
import type { AccessStore, TokenRow } from "./store.ts";
import type { Tables } from "./tables.ts";

export function accessStore(engine: Engine): AccessStore {
  return {
    async users() {
      const rows = await engine.read.selectFrom("person").selectAll().orderBy("user_id").execute();
      return rows.map((row) => ({
        userId: row.user_id,
        name: row.name,
        role: row.role as UserRole,
        passwordHash: row.password_hash,
        createdAt: row.created_at,
      }));
    },

    putUser: (user) =>
      engine.write(async (db) => {
        const [user_id] = await takeNumbers(db, "person", 1);
        const { name, role, passwordHash: password_hash, createdAt: created_at } = user;
        const row = await db
          .insertInto("person")
          .values({ user_id: user_id!, name, name_key: nameKey(name), role, password_hash, created_at })
          .onConflict((conflict) => conflict.column("name_key").doUpdateSet({ role, password_hash }))
          .returning("user_id")
          .executeTakeFirstOrThrow();
        return row.user_id;
      }),

    async tokens(kind) {
      const rows = await engine.read
        .selectFrom("access_token")
        .selectAll()
        .$if(kind !== undefined, (query) => query.where("kind", "=", kind!))
        .orderBy("token_id")
        .execute();
      return rows.map(tokenOf);
    },

    addToken: (token) => engine.write((db) => insertToken(db, token)),

    addOnlyToken: (token) =>
      engine.write(async (db) => {
        const tokenId = await insertToken(db, token);
        await endOthers(db, token.machineId, tokenId);
        return tokenId;
      }),

    async tokensByHash(hashes) {
      const rows = await engine.read
        .selectFrom("access_token")
        .selectAll()
        .where("hash", "in", textSet(hashes))
        .execute();
      return rows.map(tokenOf);
    },

    useToken: (tokenId, now) =>
      engine.write(async (db) => {
        const used = await db
          .updateTable("access_token")
          .set((set) => ({ uses_left: set("uses_left", "-", 1), last_used_at: now }))
          .where("token_id", "=", tokenId)
          .where("uses_left", ">", 0)
          .returning("token_id")
          .execute();
        return used.length > 0;
      }),

    registerNext: ({ hash, machineId, nextHash, now }) =>
      engine.write(async (db) => {
        const there = await db
          .selectFrom("access_token")
          .select(["kind", "machine_id"])
          .where("hash", "=", nextHash)
          .executeTakeFirst();
        if (there) return there.kind === "next" && there.machine_id === machineId;
        const registered = await db
          .updateTable("access_token")
          .set({ kind: "next", hash: nextHash })
          .where("hash", "=", hash)
          .where("kind", "=", "rotation")
          .where("machine_id", "=", machineId)
          .where("expires_at", ">", now)
          .returning("token_id")
          .execute();
        return registered.length > 0;
      }),

    confirmNext: ({ tokenId, machineId, now }) =>
      engine.write(async (db) => {
        const confirmed = await db
          .updateTable("access_token")
          .set({ kind: "machine", expires_at: null })
          .where("token_id", "=", tokenId)
          .where("kind", "=", "next")
          .where("expires_at", ">", now)
          .returning("token_id")
          .execute();
        if (confirmed.length === 0) return false;
        await endOthers(db, machineId, tokenId);
        return true;
      }),

    async tokenById(tokenId) {
      const row = await engine.read
        .selectFrom("access_token")
        .selectAll()
        .where("token_id", "=", tokenId)
        .executeTakeFirst();
      return row ? tokenOf(row) : null;
    },

    async heldTokens(tokenIds) {
      const rows = await engine.read
        .selectFrom("access_token")
        .select("token_id")
        .where("token_id", "in", integerSet([...tokenIds]))
        .execute();
      return rows.map((row) => row.token_id);
    },

    removeToken: (tokenId, kind) =>
      engine.write(async (db) => {
        const removed = await db
          .deleteFrom("access_token")
          .where("token_id", "=", tokenId)
          .$if(kind !== undefined, (query) => query.where("kind", "=", kind!))
          .returning("token_id")
          .execute();
        return removed.length > 0;
      }),
  };
}

async function insertToken(
  db: Transaction<Tables>,
  token: Parameters<AccessStore["addToken"]>[0],
): Promise<number> {
  const [token_id] = await takeNumbers(db, "access_token", 1);
  await db
    .insertInto("access_token")
    .values({
      token_id: token_id!,
      hash: token.hash,
      kind: token.kind,
      name: token.name,
      role: token.role,
      machine_id: token.machineId,
      user_id: token.userId,
      uses_left: token.usesLeft,
      created_at: token.createdAt,
      expires_at: token.expiresAt,
      last_used_at: null,
      made_by: token.madeBy,
      uses: token.usesLeft,
    })
    .execute();
  return token_id!;
}

/** All with which a machine's agent may call, or may come to, but one. */
async function endOthers(db: Transaction<Tables>, machineId: number, tokenId: number): Promise<void> {
  await db
    .deleteFrom("access_token")
    .where("machine_id", "=", machineId)
    .where("kind", "in", ["machine", "next", "rotation"])
    .where("token_id", "!=", tokenId)
    .execute();
}

function tokenOf(row: Selectable<Tables["access_token"]>): TokenRow {
  return {
    tokenId: row.token_id,
    hash: row.hash,
    kind: row.kind as TokenRow["kind"],
    name: row.name,
    role: row.role as UserRole | null,
    machineId: row.machine_id,
    userId: row.user_id,
    usesLeft: row.uses_left,
    uses: row.uses,
    madeBy: row.made_by,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    lastUsedAt: row.last_used_at,
  };
}
