import type { RuleCompiler } from '../../schema/rule-compiler.ts';

/** The CEL engine, loaded with the first definition that may need it. One per cluster; forks share it. */
export class LazyRuleCompiler {
  #compiler: RuleCompiler | undefined;

  /** The compiler if it is loaded. */
  get current(): RuleCompiler | undefined {
    return this.#compiler;
  }

  async load(): Promise<RuleCompiler> {
    this.#compiler ??= (await import('../../schema/cel-rules.ts')).celRuleCompiler();
    return this.#compiler;
  }
}
