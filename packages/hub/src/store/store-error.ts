/** The store can't be read or written now; nothing is known to be stored. Trying again later may help. */
export class StoreUnavailableError extends Error {
  override name = "StoreUnavailableError";
}

/** Another process has the store's file open. */
export class StoreLockedError extends Error {
  override name = "StoreLockedError";
  readonly pid: number | null;

  constructor(file: string, pid: number | null) {
    const holder = pid === null ? "another process" : `the process with id ${pid}`;
    super(
      `${file} is in use by ${holder}, probably another hub. Stop that one, or give this hub its own CULPRIT_DATA_DIR.`,
    );
    this.pid = pid;
  }
}

/** These rows can never be stored, however often they are sent. */
export class UnstorableError extends Error {
  override name = "UnstorableError";
}
