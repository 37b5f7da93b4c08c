/**
 * The pool's connections, with errors as the rest of the hub knows them. A read that lost its connection is asked once more on
 * another one: a connection that ended while nobody used it (a restarted server, a proxy, an idle time-out) is only found so,
 * a read changes nothing, and one more is no load for a server that is in trouble. Transactions are repeated by who knows what
 * they did (store/intake.ts).
 */
import type { PostgresCursor, PostgresPool, PostgresPoolClient, PostgresQueryResult } from "kysely";
import type { Pool, PoolClient } from "pg";
import { StoreUnavailableError, UnstorableError } from "../store-error.ts";

const tries = 2;

/** Rejects with `StoreUnavailableError` if the server failed, or had no connection. */
export async function reading<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  try {
    for (let attempt = 1; ; attempt++) {
      const client = await pool.connect();
      try {
        const result = await work(client);
        client.release();
        return result;
      } catch (error) {
        // Not used again: a copy that was cut off leaves it in the middle.
        client.release(true);
        if (attempt === tries || !isLost(error)) throw error;
      }
    }
  } catch (error) {
    throw asReadError(error);
  }
}

/** Each query has a connection to itself, none is part of a transaction. */
export const readingPool = (pool: Pool): PostgresPool =>
  poolOf(async () =>
    clientOf((text, values) => reading(pool, (client: PostgresPoolClient) => client.query(text, values))),
  );

/** For transactions. */
export const writingPool = (pool: Pool): PostgresPool =>
  poolOf(async () => {
    const raw = await pool.connect();
    const client: PostgresPoolClient = raw;
    let lost = false;
    const ask = async <R>(text: string, values: readonly unknown[]): Answer<R> => {
      try {
        return await client.query<R>(text, values);
      } catch (error) {
        lost ||= isLost(error);
        throw error;
      }
    };
    return clientOf(ask, () => raw.release(lost));
  });

type Answer<R> = Promise<PostgresQueryResult<R>>;

/** The pool is ended by who made it. */
const poolOf = (connect: PostgresPool["connect"]): PostgresPool => ({ connect, end: async () => {} });

function clientOf(
  ask: <R>(text: string, values: readonly unknown[]) => Answer<R>,
  release = () => {},
): PostgresPoolClient {
  function query<R>(text: string, values: readonly unknown[]): Answer<R>;
  function query<R>(cursor: PostgresCursor<R>): PostgresCursor<R>;
  function query<R>(text: string | PostgresCursor<R>, values: readonly unknown[] = []): unknown {
    if (typeof text !== "string") throw new TypeError("nothing is read by cursors");
    return ask<R>(text, values);
  }
  return { query, release };
}

/** Of a write: class 22 and 23 come from its values. */
export function asWriteError(error: unknown): unknown {
  return error instanceof Error && /^(22|23)...$/.test(codeOf(error))
    ? new UnstorableError(error.message, { cause: error })
    : asReadError(error);
}

/** By SQLSTATE: class 22, 23 and 42 come from the question and its values, all others from the server. */
function asReadError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof StoreUnavailableError) return error;
  const code = codeOf(error);
  if (/^(22|23|42)...$/.test(code)) return error;
  return /^([0-9A-Z]{5}|E[A-Z]+)$/.test(code) || isBroken(error)
    ? new StoreUnavailableError(error.message, { cause: error })
    : error;
}

/** The connection ended: class 08, a server that shuts down (57P01), crashed (57P02) or starts (57P03), or the socket. */
function isLost(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = codeOf(error);
  return /^(08...|57P0[123]|E[A-Z]+)$/.test(code) || (code === "" && isBroken(error));
}

/** What the client itself says has no code. */
const isBroken = ({ message }: Error): boolean =>
  /connection|terminated|timeout|not queryable/i.test(message);

const codeOf = (error: Error): string =>
  "code" in error && typeof error.code === "string" ? error.code : "";
