import type { Clock } from '../../../machinery/clock.ts';
import { admissionHook, type AdmissionHook } from '../admission/admission-hook.ts';
import { lazyReviewer } from '../admission/lazy-reviewer.ts';
import type { AdmissionFunction } from './admission-function.ts';

/** The functions as hooks, which are asked among the webhooks of configurations in the order of their names. */
export function admissionFunctionHooks(functions: readonly AdmissionFunction[], clock: Clock): { readonly mutating: AdmissionHook[]; readonly validating: AdmissionHook[] } {
  const hooks: { readonly mutating: AdmissionHook[]; readonly validating: AdmissionHook[] } = { mutating: [], validating: [] };
  functions.forEach((one, i) => {
    const { configuration, rules } = one;
    const reviewer = lazyReviewer(async () => new (await import('./function-reviewer.ts')).FunctionReviewer(one, clock));
    hooks[one.type].push(admissionHook(rules, { id: `function/${configuration}/${rules.name ?? ''}/${i}`, configuration, reviewer }));
  });
  return hooks;
}
