import type { PolicyEngine } from './policy-engine.ts';

/** What compiles and runs policies, loaded with the first of them. One per cluster; forks may share it. */
export class LazyPolicyEngine {
  #engine: PolicyEngine | undefined;

  /** The engine if it is loaded. */
  get current(): PolicyEngine | undefined {
    return this.#engine;
  }

  async load(): Promise<PolicyEngine> {
    this.#engine ??= new (await import('./policy-engine.ts')).PolicyEngine();
    return this.#engine;
  }
}
