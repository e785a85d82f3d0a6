/** What a store can fail with; the registry turns these into Status answers in one place. */
export class StoreError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** The revision asked for was compacted away. */
export class CompactedError extends StoreError {
  readonly compactedRevision: number;
  constructor(compactedRevision: number) {
    super('required revision has been compacted');
    this.compactedRevision = compactedRevision;
  }
}

/** The revision asked for has not happened yet. */
export class FutureRevisionError extends StoreError {
  readonly requested: number;
  readonly current: number;
  constructor(requested: number, current: number) {
    super(`required revision ${requested} is a future revision, current ${current}`);
    this.requested = requested;
    this.current = current;
  }
}

/** A write could not be made durable (disk full, map full): nothing built on it was kept, and no more writes are taken. */
export class ReadOnlyError extends StoreError {}

/** It is unknown whether the write happened: the connection broke in between. */
export class UncertainError extends StoreError {}

/** The store cannot be reached now; the call had no effect. */
export class UnavailableError extends StoreError {}

export class ClosedError extends StoreError {
  constructor() {
    super('the store is closed');
  }
}

/** The data folder is held by another process. */
export class DataFolderInUseError extends StoreError {}
