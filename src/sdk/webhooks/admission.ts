import type { HookRules } from '../../extensions/webhooks/admission/admission-hook.ts';
import { Denial, type AdmissionFunction, type MutateFunction, type Review, type ValidateFunction } from '../../extensions/webhooks/functions/admission-function.ts';

export type { AdmissionFunction, Review } from '../../extensions/webhooks/functions/admission-function.ts';

/**
 * When a function is asked, in the words of a webhook configuration. Defaults are a configuration's own; that it has no
 * side effects is taken for granted.
 */
export interface AdmissionOptions extends HookRules {
  /** A domain name of at least three labels: `sidecar.team.example`. */
  readonly name: string;
  /** Which configuration it counts as part of: functions and webhooks are asked in the order of these. Default: the name. */
  readonly configuration?: string;
}

/** Changes objects as they are written: in place, or by returning another one. T is the kind that the rules select. */
export function mutate<T extends object>(options: AdmissionOptions, change: (object: T, review: Review, oldObject: T | null) => T | void | Promise<T | void>): AdmissionFunction {
  return { type: 'mutating', ...settingsOf(options), decide: change as unknown as MutateFunction };
}

/** Judges writes: `deny` refuses. `object` is null for deletions. T is the kind that the rules select. */
export function validate<T extends object>(options: AdmissionOptions, judge: (object: T | null, review: Review, oldObject: T | null) => void | Promise<void>): AdmissionFunction {
  return { type: 'validating', ...settingsOf(options), decide: judge as unknown as ValidateFunction };
}

/** Refuses the write. By default as Forbidden, with code 403. */
export function deny(message: string, options?: { readonly code?: number; readonly reason?: string }): never {
  throw new Denial(message, options);
}

function settingsOf({ configuration, ...rules }: AdmissionOptions): { readonly configuration: string; readonly rules: HookRules } {
  return { configuration: configuration ?? rules.name, rules: { sideEffects: 'None', ...rules } };
}
