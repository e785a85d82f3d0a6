import { cloneJson, equalJson } from '../../machinery/json.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';

/**
 * Which invocations of policies with the reinvocation policy IfNeeded run once more, because something changed the
 * object after they had seen it. One per write.
 */
export class PolicyReinvocations {
  #ran = new Set<string>();
  readonly #due = new Set<string>();
  #output: KubeObject | undefined;

  /** The second round begins, with what others have made of the object. */
  begin(object: KubeObject | undefined): void {
    if (!equalJson(this.#output, object)) this.changed();
  }

  /** Everything that ran before this is due again. */
  changed(): void {
    for (const key of this.#ran) this.#due.add(key);
    this.#ran = new Set();
  }

  isDue(key: string): boolean {
    return this.#due.has(key);
  }

  ran(key: string): void {
    this.#ran.add(key);
  }

  /** A round ends; `patched` when a mutation was made in it. */
  end(object: KubeObject | undefined, patched: boolean): void {
    if (patched) this.changed();
    this.#output = this.#ran.size > 0 && object !== undefined ? cloneJson(object) : undefined;
  }
}
