/**
 * Expressions in the Common Expression Language, as Kubernetes 1.36 compiles, prices and runs them:
 * `import { CelEnvironment } from 'steersman/cel'`. `docs/cel.md` shows how.
 */
export { CelEnvironment, CelSyntaxError, LIMITS, type CelEnvironmentOptions, type CelFunction, type CelVariable } from './cel-environment.ts';
export { CelEvaluationError, CelExpression, type CelResult } from './cel-expression.ts';
export type { EvaluateOptions } from '../../cel/program.ts';
