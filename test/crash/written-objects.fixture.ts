/** What clients of a server that is killed must be able to rely on, object by object. */

export interface Seen {
  readonly serial: number;
  readonly revision: number;
}

interface Known {
  /** The newest write that was answered with success. */
  acknowledged?: Seen;
  /** A write that was sent and not answered: it may have happened or not. */
  sent?: number;
}

export interface ConfigMap {
  readonly metadata: { readonly name: string; readonly resourceVersion: string };
  readonly data: { readonly serial: string; readonly text: string };
}

/** A text that only this serial has, of a length that differs from one to the next: a half-written one shows. */
export function textOf(serial: number): string {
  return `${serial}:`.repeat(1 + ((serial * 37) % 400));
}

/** The write an object shows; throws when what it holds was never written so. */
export function seenIn(object: ConfigMap): Seen {
  const serial = Number(object.data.serial);
  if (object.data.text !== textOf(serial)) throw new Error(`${object.metadata.name} holds serial ${serial} and another's text`);
  return { serial, revision: Number(object.metadata.resourceVersion) };
}

/** Keeps what was acknowledged, and compares it with what a restarted server shows. */
export class WrittenObjects {
  readonly #known = new Map<string, Known>();
  #acknowledged = 0;

  get acknowledged(): number {
    return this.#acknowledged;
  }

  newest(name: string): Seen | undefined {
    return this.#known.get(name)?.acknowledged;
  }

  sending(name: string, serial: number): void {
    const known = this.#known.get(name) ?? {};
    known.sent = serial;
    this.#known.set(name, known);
  }

  answered(name: string, seen: Seen): void {
    this.#known.set(name, { acknowledged: seen });
    this.#acknowledged++;
  }

  /** Sentences about what is not as it must be; afterwards what was found is what is known. */
  reconcile(found: ReadonlyMap<string, Seen>): string[] {
    const broken: string[] = [];
    for (const [name, { acknowledged, sent }] of this.#known) {
      const seen = found.get(name);
      const asAcknowledged = seen?.serial === acknowledged?.serial && seen?.revision === acknowledged?.revision;
      const asSent = seen !== undefined && seen.serial === sent && seen.revision > (acknowledged?.revision ?? 0);
      if (!asAcknowledged && !asSent) broken.push(`${name} is ${JSON.stringify(seen)}, acknowledged was ${JSON.stringify(acknowledged)}, sent after that ${sent}`);
    }
    for (const name of found.keys()) if (!this.#known.has(name)) broken.push(`${name} was never written`);
    this.#known.clear();
    for (const [name, acknowledged] of found) this.#known.set(name, { acknowledged });
    return broken;
  }
}
