import type { Webhook } from '../../../api/admissionregistration/shapes.ts';
import type { DeepReadonly } from '../../../machinery/json.ts';
import { MatchCriteria } from '../../policies/match-criteria.ts';
import type { CompiledConditions } from '../../policies/compiled-conditions.ts';
import type { PolicyEngine } from '../../policies/policy-engine.ts';
import type { AdmissionReviewer } from './admission-review.ts';

/** What says which writes a hook is asked about, and what becomes of them when it fails: a webhook without its address. */
export type HookRules = Omit<DeepReadonly<Webhook>, 'clientConfig' | 'admissionReviewVersions'>;

/** One reviewer of writes, and when it is asked. */
export interface AdmissionHook {
  /** The same while the hook is the same; unlike all others'. */
  readonly id: string;
  /** What messages call it. */
  readonly name: string;
  /** What it was configured by. */
  readonly configuration: string;
  readonly criteria: MatchCriteria;
  /** False: without rules nothing matches. */
  readonly hasRules: boolean;
  readonly hasConditions: boolean;
  /** Compiled when first asked for. */
  conditions(engine: PolicyEngine): CompiledConditions;
  /** Writes go on when the hook cannot be asked. */
  readonly failOpen: boolean;
  /** It has no side effects when a write is tried only. */
  readonly allowsDryRun: boolean;
  readonly reinvocable: boolean;
  readonly timeoutMs: number;
  readonly reviewer: AdmissionReviewer;
}

const DEFAULT_TIMEOUT_SECONDS = 10;

export function admissionHook(rules: HookRules, parts: { readonly id: string; readonly configuration: string; readonly reviewer: AdmissionReviewer }): AdmissionHook {
  const { name = '', matchPolicy = 'Equivalent', namespaceSelector, objectSelector, matchConditions = [], sideEffects, timeoutSeconds = DEFAULT_TIMEOUT_SECONDS } = rules;
  let compiled: CompiledConditions | undefined;
  return {
    ...parts,
    name,
    criteria: new MatchCriteria({ resourceRules: rules.rules, matchPolicy, namespaceSelector, objectSelector }),
    hasRules: (rules.rules ?? []).length > 0,
    hasConditions: matchConditions.length > 0,
    conditions: (engine) => (compiled ??= engine.compileConditions(matchConditions)),
    failOpen: rules.failurePolicy === 'Ignore',
    allowsDryRun: sideEffects === 'None' || sideEffects === 'NoneOnDryRun',
    reinvocable: rules.reinvocationPolicy === 'IfNeeded',
    timeoutMs: timeoutSeconds * 1000,
  };
}
