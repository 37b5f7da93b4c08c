/** The first Ctrl-C ends the import after what is under way, a second one at once. */
export class Interruption {
  wanted = false;
  readonly #note = (): void => void (this.wanted = true);

  constructor() {
    process.once("SIGINT", this.#note).once("SIGTERM", this.#note);
  }

  end(): void {
    process.off("SIGINT", this.#note).off("SIGTERM", this.#note);
  }
}
