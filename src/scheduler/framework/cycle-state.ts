/** Names a value in a CycleState, and carries its type. */
export class StateKey<T> {
  readonly name: string;
  /** Never set: it carries the type. */
  readonly valueType?: T;

  constructor(name: string) {
    this.name = name;
  }
}

/** A value that knows how to copy itself, for trials with other pods on the nodes; other values are shared by copies. */
export interface Cloneable {
  clone(): unknown;
}

/** What plugins hand on from one extension point to the next, for one pod in one cycle. */
export class CycleState {
  readonly #values = new Map<StateKey<unknown>, unknown>();
  /** Plugins that said `Skip` in PreFilter or PreScore: their Filter or Score is not asked. */
  readonly skippedFilters: Set<string>;
  readonly skippedScores: Set<string>;

  constructor(skippedFilters: ReadonlySet<string> = new Set(), skippedScores: ReadonlySet<string> = new Set()) {
    this.skippedFilters = new Set(skippedFilters);
    this.skippedScores = new Set(skippedScores);
  }

  get<T>(key: StateKey<T>): T | undefined {
    return this.#values.get(key) as T | undefined;
  }

  set<T>(key: StateKey<T>, value: T): void {
    this.#values.set(key, value);
  }

  clone(): CycleState {
    const copy = new CycleState(this.skippedFilters, this.skippedScores);
    for (const [key, value] of this.#values) copy.#values.set(key, isCloneable(value) ? value.clone() : value);
    return copy;
  }
}

function isCloneable(value: unknown): value is Cloneable {
  return typeof value === 'object' && value !== null && typeof (value as Partial<Cloneable>).clone === 'function';
}
