import { parseQuantity, quantityMilliValue, quantityValue } from '../../machinery/quantity.ts';

type ResourceList = Readonly<Record<string, string>>;

/** Amounts of resources, as plain numbers: thousandths of CPUs, bytes, counts. Mutable; whoever makes it owns it. */
export class Amounts {
  milliCpu = 0;
  memory = 0;
  ephemeralStorage = 0;
  /** Only of nodes: how many pods they take. */
  pods = 0;
  /** Everything else by its name: extended resources, huge pages, attachable volumes. */
  readonly scalars = new Map<string, number>();

  static of(list: ResourceList | undefined): Amounts {
    const amounts = new Amounts();
    for (const [name, text] of Object.entries(list ?? {})) amounts.set(name, amountOf(name, text));
    return amounts;
  }

  get(name: string): number {
    switch (name) {
      case 'cpu':
        return this.milliCpu;
      case 'memory':
        return this.memory;
      case 'ephemeral-storage':
        return this.ephemeralStorage;
      case 'pods':
        return this.pods;
      default:
        return this.scalars.get(name) ?? 0;
    }
  }

  set(name: string, amount: number): void {
    switch (name) {
      case 'cpu':
        this.milliCpu = amount;
        break;
      case 'memory':
        this.memory = amount;
        break;
      case 'ephemeral-storage':
        this.ephemeralStorage = amount;
        break;
      case 'pods':
        this.pods = amount;
        break;
      default:
        this.scalars.set(name, amount);
    }
  }

  /** Adds `other`, or takes it away with `sign` -1. */
  add(other: Amounts, sign: 1 | -1 = 1): void {
    this.milliCpu += sign * other.milliCpu;
    this.memory += sign * other.memory;
    this.ephemeralStorage += sign * other.ephemeralStorage;
    if (other.scalars.size > 0) for (const [name, amount] of other.scalars) this.scalars.set(name, (this.scalars.get(name) ?? 0) + sign * amount);
  }

  /** Raises each amount to that of `other`. */
  raiseTo(other: Amounts): void {
    this.milliCpu = Math.max(this.milliCpu, other.milliCpu);
    this.memory = Math.max(this.memory, other.memory);
    this.ephemeralStorage = Math.max(this.ephemeralStorage, other.ephemeralStorage);
    for (const [name, amount] of other.scalars) this.scalars.set(name, Math.max(this.scalars.get(name) ?? 0, amount));
  }

  clone(): Amounts {
    const copy = new Amounts();
    copy.milliCpu = this.milliCpu;
    copy.memory = this.memory;
    copy.ephemeralStorage = this.ephemeralStorage;
    copy.pods = this.pods;
    for (const [name, amount] of this.scalars) copy.scalars.set(name, amount);
    return copy;
  }
}

/** An amount as Amounts counts it. What is no quantity, which the server does not let in, counts as none. */
export function amountOf(name: string, text: string): number {
  try {
    const quantity = parseQuantity(text);
    return name === 'cpu' ? quantityMilliValue(quantity) : quantityValue(quantity);
  } catch {
    return 0;
  }
}
