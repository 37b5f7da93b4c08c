/**
 * How long the threads of one process waited for a processor. The kernel tells it of living threads alone; what one had
 * waited when it was last seen is kept.
 */
export class ThreadWaits {
  readonly #living = new Map<number, number>();
  #endedNanos = 0;

  /** `waits`: nanoseconds by thread id, of all that live now. */
  note(waits: ReadonlyMap<number, number>): void {
    for (const [thread, before] of this.#living) {
      // An id that tells less than before is another thread's by now.
      if ((waits.get(thread) ?? -1) < before) this.#endedNanos += before;
      if (!waits.has(thread)) this.#living.delete(thread);
    }
    for (const [thread, nanos] of waits) this.#living.set(thread, nanos);
  }

  get nanos(): number {
    let sum = this.#endedNanos;
    for (const nanos of this.#living.values()) sum += nanos;
    return sum;
  }
}
