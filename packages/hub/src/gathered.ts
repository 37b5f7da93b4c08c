/** How many keys one look-up takes. */
const keysAtOnce = 1000;

type Waiting<Key, Value> = {
  key: Key;
  resolve: (value: Value | undefined) => void;
  reject: (error: unknown) => void;
};

/** One look-up serves all that ask while the one before is under way: a fleet that comes at once costs a few. */
export class Gathered<Key, Value> {
  readonly #lookUp: (keys: readonly Key[]) => Promise<ReadonlyMap<Key, Value>>;
  readonly #waiting: Waiting<Key, Value>[] = [];
  #running = false;

  constructor(lookUp: (keys: readonly Key[]) => Promise<ReadonlyMap<Key, Value>>) {
    this.#lookUp = lookUp;
  }

  /** What a look-up that began after this call has found; undefined if there is nothing. */
  of(key: Key): Promise<Value | undefined> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ key, resolve, reject });
      if (!this.#running) void this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#running = true;
    while (this.#waiting.length > 0) {
      const group = this.#waiting.splice(0, keysAtOnce);
      try {
        const found = await this.#lookUp([...new Set(group.map(({ key }) => key))]);
        for (const { key, resolve } of group) resolve(found.get(key));
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
    }
    this.#running = false;
  }
}
