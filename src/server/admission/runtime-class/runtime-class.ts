import type { PodSpec, ResourceList, Toleration } from '../../../api/pod-template/shapes.ts';
import { cloneJson, getOwn, setOwn, type DeepReadonly, type JsonObject } from '../../../machinery/json.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import { compareQuantity, isQuantity, parseQuantity } from '../../../machinery/quantity.ts';
import type { ObjectReader } from '../../object-reader.ts';
import type { AdmissionPlugin, AdmissionRequest } from '../admission-plugin.ts';
import { admissionRefusal } from '../admission-refusal.ts';
import { admittedPod } from '../admitted-pod.ts';
import { mergeTolerations } from '../tolerations.ts';

const CLASSES = { group: 'node.k8s.io', resource: 'runtimeclasses' };

interface RuntimeClass {
  readonly overhead?: { readonly podFixed?: Readonly<Record<string, string>> };
  readonly scheduling?: { readonly nodeSelector?: Readonly<Record<string, string>>; readonly tolerations?: readonly Toleration[] };
}

/** Gives a pod what its runtime class costs and where it can run; nobody else sets the overhead. */
export function runtimeClass(reader: ObjectReader): AdmissionPlugin {
  return {
    name: 'RuntimeClass',
    handles: (operation) => operation === 'CREATE',
    admit(request) {
      const spec = admittedPod(request)?.spec;
      const found = spec && classOf(request, spec, reader);
      if (spec === undefined || found === undefined) return;
      if (found.overhead !== undefined) {
        if (!isEmpty(spec.overhead)) checkOverhead(request, spec, found);
        spec.overhead = { ...found.overhead.podFixed };
      }
      if (found.scheduling !== undefined) schedule(request, spec, found.scheduling);
    },
    validate(request) {
      const spec = admittedPod(request)?.spec;
      if (spec === undefined) return;
      const found = classOf(request, spec, reader);
      if (found?.overhead !== undefined) checkOverhead(request, spec, found);
      else if (!isEmpty(spec.overhead)) throw admissionRefusal(request, 'pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead');
    },
  };
}

function classOf(request: AdmissionRequest, spec: PodSpec, reader: ObjectReader): RuntimeClass | undefined {
  const name = spec.runtimeClassName;
  if (name === undefined) return undefined;
  const found = reader.get(CLASSES, '', name);
  if (found === undefined) throw admissionRefusal(request, `pod rejected: RuntimeClass ${JSON.stringify(name)} not found`);
  return found as DeepReadonly<KubeObject> & RuntimeClass;
}

function checkOverhead(request: AdmissionRequest, spec: PodSpec, { overhead }: RuntimeClass): void {
  if (!sameAmounts(spec.overhead ?? {}, overhead?.podFixed ?? {})) throw admissionRefusal(request, "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead");
}

function schedule(request: AdmissionRequest, spec: PodSpec, { nodeSelector = {}, tolerations = [] }: NonNullable<RuntimeClass['scheduling']>): void {
  const selector = { ...spec.nodeSelector };
  for (const [key, wanted] of Object.entries(nodeSelector)) {
    const given = getOwn(selector, key);
    if (given !== undefined && given !== wanted) {
      throw admissionRefusal(request, `conflict: runtimeClass.scheduling.nodeSelector[${key}] = ${wanted}; pod.spec.nodeSelector[${key}] = ${given}`);
    }
    setOwn(selector as JsonObject, key, wanted);
  }
  if (Object.keys(selector).length > 0) spec.nodeSelector = selector;
  const merged = mergeTolerations(spec.tolerations ?? [], cloneJson(tolerations) as Toleration[]);
  if (merged.length > 0) spec.tolerations = merged;
}

function isEmpty(list: ResourceList | undefined): boolean {
  return list === undefined || Object.keys(list).length === 0;
}

function sameAmounts(a: ResourceList, b: ResourceList): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => sameAmount(getOwn(a, name), getOwn(b, name)));
}

function sameAmount(a: string | undefined, b: string | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a === b || (isQuantity(a) && isQuantity(b) && compareQuantity(parseQuantity(a), parseQuantity(b)) === 0);
}
