/**
 * Whether those that change an object are asked once more, after some of them changed it by rules of its owner's: those
 * asked before may have judged by what is no longer so. One per write; plugins keep what they need for it under their name.
 */
export class Reinvocation {
  readonly #states = new Map<string, unknown>();
  #wanted = false;
  #again = false;

  /** True while plugins are asked for the second, and last, time. */
  get isReinvocation(): boolean {
    return this.#again;
  }

  /** Asks for the second round. */
  request(): void {
    this.#wanted = true;
  }

  /** Begins the second round; false when nobody wants one. */
  begin(): boolean {
    this.#again = this.#wanted;
    return this.#wanted;
  }

  /** What a plugin keeps from the first round to the second. */
  state<T>(plugin: string, make: () => T): T {
    if (!this.#states.has(plugin)) this.#states.set(plugin, make());
    return this.#states.get(plugin) as T;
  }
}
