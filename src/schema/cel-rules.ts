import { KubernetesRules } from '../cel/kubernetes-rules.ts';
import type { RuleCompiler } from './rule-compiler.ts';

/** Rules in the Common Expression Language. One per server: it holds the environment that all rules are compiled in. */
export function celRuleCompiler(rules: KubernetesRules = new KubernetesRules()): RuleCompiler {
  return {
    validateRules: (schema, path) => [...rules.check(schema.props, path.text)],
    compileRules(schema) {
      const set = rules.compile(schema.props);
      return { validate: (value, old, { path = '', warn }) => [...set.validate(value, { old, path, warn })] };
    },
  };
}
