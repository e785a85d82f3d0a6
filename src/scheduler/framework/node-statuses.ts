import { Status } from './status.ts';

const NOT_LOOKED_AT = Status.unresolvable();

/** Why nodes did not do, by node. Nodes that are not in it have `absent`. */
export class NodeStatuses {
  readonly #statuses = new Map<string, Status>();
  absent: Status;

  constructor(absent: Status = NOT_LOOKED_AT) {
    this.absent = absent;
  }

  get size(): number {
    return this.#statuses.size;
  }

  set(node: string, status: Status): void {
    this.#statuses.set(node, status);
  }

  get(node: string): Status {
    return this.#statuses.get(node) ?? this.absent;
  }

  entries(): IterableIterator<[string, Status]> {
    return this.#statuses.entries();
  }
}
