import { fieldForbidden, fieldInvalid, fieldNotSupported, fieldRequired, type FieldError } from '../../../machinery/field-error.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import { HIGHEST_USER_PRIORITY, SYSTEM_PREFIX, SYSTEM_PRIORITIES, type PriorityClass } from './priority-class.ts';

const PREEMPTION_POLICIES = ['PreemptLowerPriority', 'Never'];

export function validate(object: KubeObject): FieldError[] {
  const priorityClass = object as PriorityClass;
  const { value = 0, preemptionPolicy } = priorityClass;
  const findings: FieldError[] = [];
  if ((object.metadata.name ?? '').startsWith(SYSTEM_PREFIX)) {
    const problem = systemClassProblem(priorityClass);
    if (problem !== undefined) {
      findings.push(fieldForbidden('metadata.name', `priority class names with '${SYSTEM_PREFIX}' prefix are reserved for system use only. error: ${problem}`));
    }
  } else if (value > HIGHEST_USER_PRIORITY) {
    findings.push(fieldForbidden('value', `maximum allowed value of a user defined priority is ${HIGHEST_USER_PRIORITY}`));
  }
  if (preemptionPolicy === '') findings.push(fieldRequired('preemptionPolicy'));
  else if (preemptionPolicy !== undefined && !PREEMPTION_POLICIES.includes(preemptionPolicy)) {
    findings.push(fieldNotSupported('preemptionPolicy', preemptionPolicy, PREEMPTION_POLICIES));
  }
  return findings;
}

/** What pods were given by a class does not change behind them. */
export function validateUpdate(object: KubeObject, oldObject: KubeObject): FieldError[] {
  const priorityClass = object as PriorityClass;
  const old = oldObject as PriorityClass;
  const findings: FieldError[] = [];
  if ((priorityClass.value ?? 0) !== (old.value ?? 0)) findings.push(fieldForbidden('value', 'may not be changed in an update.'));
  if (priorityClass.preemptionPolicy !== old.preemptionPolicy) {
    findings.push(fieldInvalid('preemptionPolicy', priorityClass.preemptionPolicy, 'field is immutable'));
  }
  return findings;
}

function systemClassProblem({ metadata, value = 0, globalDefault = false }: PriorityClass): string | undefined {
  const name = metadata.name ?? '';
  const fixed = SYSTEM_PRIORITIES.get(name);
  if (fixed === undefined) return `${name} is not a known system priority class`;
  if (value !== fixed) return `value of ${name} PriorityClass must be ${fixed}`;
  return globalDefault ? `globalDefault of ${name} PriorityClass must be false` : undefined;
}
