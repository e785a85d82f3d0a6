import type { GroupResource } from '../../../machinery/group-version.ts';
import type { DeepReadonly } from '../../../machinery/json.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import type { ObjectReader } from '../../object-reader.ts';
import type { AdmissionPlugin, AdmissionRequest } from '../admission-plugin.ts';
import { admissionRefusal } from '../admission-refusal.ts';
import { admittedPod, isAbout, type AdmittedPod } from '../admitted-pod.ts';

const CLASSES: GroupResource = { group: 'scheduling.k8s.io', resource: 'priorityclasses' };
const DEFAULT_PREEMPTION = 'PreemptLowerPriority';

interface PriorityClass {
  readonly metadata: { readonly name?: string };
  readonly value?: number;
  readonly globalDefault?: boolean;
  readonly preemptionPolicy?: 'PreemptLowerPriority' | 'Never';
}

/** Pods of the system itself name them: without them they could not be made again. */
const SYSTEM_CLASSES: ReadonlySet<string> = new Set(['system-node-critical', 'system-cluster-critical']);

/**
 * Turns the name of a priority class into the numbers that the scheduler goes by, keeps the default class the only one,
 * and the system's own classes from deletion.
 */
export function priority(reader: ObjectReader): AdmissionPlugin {
  return {
    name: 'Priority',
    handles: (operation) => operation !== 'CONNECT',
    admit(request) {
      const pod = admittedPod(request);
      if (pod === undefined || request.operation === 'DELETE') return;
      if (request.operation === 'CREATE') prioritize(request, pod, reader);
      else keepPriority(pod, request.oldObject);
    },
    validate(request) {
      if (!isAbout(request, CLASSES.group, CLASSES.resource)) return;
      const { operation, object, name } = request;
      if (operation === 'DELETE' && SYSTEM_CLASSES.has(name)) throw admissionRefusal(request, 'this is a system priority class and cannot be deleted');
      if (object?.['globalDefault'] !== true) return;
      const other = defaultClass(reader);
      if (other === undefined || (operation === 'UPDATE' && other.metadata.name === object.metadata.name)) return;
      throw admissionRefusal(request, `PriorityClass ${other.metadata.name ?? ''} is already marked as default. Only one default can exist`);
    },
  };
}

/** Clients that do not know the fields leave them out when they write a pod back. */
function keepPriority({ spec }: AdmittedPod, old: KubeObject | undefined): void {
  const before = old?.['spec'] as AdmittedPod['spec'] | undefined;
  if (before?.priority !== undefined) spec.priority ??= before.priority;
  if (before?.preemptionPolicy !== undefined) spec.preemptionPolicy ??= before.preemptionPolicy;
}

function prioritize(request: AdmissionRequest, { spec }: AdmittedPod, reader: ObjectReader): void {
  const found = spec.priorityClassName ? classNamed(request, spec.priorityClassName, reader) : defaultClass(reader);
  if (!spec.priorityClassName && found?.metadata.name !== undefined) spec.priorityClassName = found.metadata.name;
  const value = found?.value ?? 0;
  if (spec.priority !== undefined && spec.priority !== value) {
    throw admissionRefusal(request, `the integer value of priority (${spec.priority}) must not be provided in pod spec; priority admission controller computed ${value} from the given PriorityClass name`);
  }
  spec.priority = value;
  const policy = found?.preemptionPolicy ?? DEFAULT_PREEMPTION;
  if (spec.preemptionPolicy !== undefined && spec.preemptionPolicy !== policy) {
    throw admissionRefusal(request, `the string value of PreemptionPolicy (${spec.preemptionPolicy}) must not be provided in pod spec; priority admission controller computed ${policy} from the given PriorityClass name`);
  }
  spec.preemptionPolicy = policy;
}

function classNamed(request: AdmissionRequest, name: string, reader: ObjectReader): PriorityClass {
  const found = reader.get(CLASSES, '', name);
  if (found === undefined) throw admissionRefusal(request, `no PriorityClass with name ${name} was found`);
  return asClass(found);
}

/** Of several that a race has let in, the lowest. */
function defaultClass(reader: ObjectReader): PriorityClass | undefined {
  let lowest: PriorityClass | undefined;
  for (const object of reader.list(CLASSES, '')) {
    const candidate = asClass(object);
    if (candidate.globalDefault === true && (lowest === undefined || (candidate.value ?? 0) < (lowest.value ?? 0))) lowest = candidate;
  }
  return lowest;
}

function asClass(object: DeepReadonly<KubeObject>): PriorityClass {
  return object as DeepReadonly<KubeObject> & PriorityClass;
}
