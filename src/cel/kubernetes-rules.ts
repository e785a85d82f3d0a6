import type { Environment } from './environment.ts';
import { kubernetesEnvironment } from './kubernetes-environment.ts';
import { checkRuleDefinitions } from './rule-definitions.ts';
import type { RuleSchema } from './rule-compilation.ts';
import type { RuleFinding } from './rule-findings.ts';
import { compileRuleTree, runRules } from './rule-runs.ts';
import type { RuleRunOptions } from './rule-runs.ts';

export type { RuleSchema, ValidationRule } from './rule-compilation.ts';
export type { RuleFinding } from './rule-findings.ts';
export type { RuleRunOptions } from './rule-runs.ts';

/** The rules of one schema, ready to run. */
export interface RuleSet {
  /** True when the schema has no rules at all. */
  readonly empty: boolean;
  /**
   * Runs every rule on a value that has passed the schema, parents before children. Transition rules run where the old
   * object has a counterpart. All rules share one budget; whoever exceeds it ends the run with a finding.
   */
  validate(value: unknown, options?: RuleRunOptions): readonly RuleFinding[];
}

/**
 * `x-kubernetes-validations`: judges rules when they are defined and runs them when objects are written. Holds one
 * environment; make one per server and keep it.
 */
export class KubernetesRules {
  private readonly environment: Environment;

  constructor(environment: Environment = kubernetesEnvironment()) {
    this.environment = environment;
  }

  /**
   * Findings about the rules of a definition's schema: texts, syntax, types, estimated costs. `path` is that of the
   * schema, and begins every finding's field. For schemas that are sound in every other respect.
   */
  check(schema: RuleSchema, path: string): readonly RuleFinding[] {
    return checkRuleDefinitions(schema, path, this.environment);
  }

  /** Makes the rules of a whole resource's schema runnable. Rules with errors answer every object with a finding. */
  compile(schema: RuleSchema): RuleSet {
    const tree = compileRuleTree(schema, this.environment, true);
    return { empty: tree === undefined, validate: (value, options) => (tree === undefined ? [] : runRules(tree, value, options)) };
  }
}
