/** Passwords are kept as scrypt hashes that carry their own cost: `scrypt$<log2 N>$<r>$<p>$<salt>$<key>`. */
import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";

const cost = { log2N: 15, r: 8, p: 1 };
const keyBytes = 32;

export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const key = await derive(password, salt, cost);
  return ["scrypt", cost.log2N, cost.r, cost.p, salt.toString("base64url"), key.toString("base64url")].join(
    "$",
  );
}

/** Costs the same time for a hash of null (no such user) as for a wrong password. */
export async function passwordFits(password: string, hash: string | null): Promise<boolean> {
  const read = hash === null ? null : /^scrypt\$(\d+)\$(\d+)\$(\d+)\$([\w-]+)\$([\w-]+)$/.exec(hash);
  const [, log2N, r, p, salt, expected] = read ?? [];
  const key = await derive(
    password,
    Buffer.from(salt ?? "", "base64url"),
    read ? { log2N: Number(log2N), r: Number(r), p: Number(p) } : cost,
  );
  const wanted = Buffer.from(expected ?? "", "base64url");
  return wanted.length === key.length && timingSafeEqual(wanted, key);
}

function derive(password: string, salt: Buffer, { log2N, r, p }: typeof cost): Promise<Buffer> {
  const N = 2 ** log2N;
  return new Promise((resolve, reject) => {
    // The same word may arrive composed or decomposed, depending on the keyboard.
    scrypt(password.normalize("NFKC"), salt, keyBytes, { N, r, p, maxmem: 256 * N * r }, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });
}
