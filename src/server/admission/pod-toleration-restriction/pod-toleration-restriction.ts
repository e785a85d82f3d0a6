import { computeQosClass } from '../../../api/core/pods/qos.ts';
import type { Toleration } from '../../../api/pod-template/shapes.ts';
import { getOwn } from '../../../machinery/json.ts';
import { failure, notFound } from '../../../machinery/status-error.ts';
import type { ObjectReader } from '../../object-reader.ts';
import type { AdmissionPlugin, AdmissionRequest } from '../admission-plugin.ts';
import { admittedPod, isWrite, type AdmittedPod } from '../admitted-pod.ts';
import { areAllCovered, mergeTolerations } from '../tolerations.ts';

const NAMESPACES = { group: '', resource: 'namespaces' };
const DEFAULTS_ANNOTATION = 'scheduler.alpha.kubernetes.io/defaultTolerations';
const WHITELIST_ANNOTATION = 'scheduler.alpha.kubernetes.io/tolerationsWhitelist';

/** Namespaces say what their pods tolerate by default, and what they may tolerate at all. */
export function podTolerationRestriction(reader: ObjectReader): AdmissionPlugin {
  return {
    name: 'PodTolerationRestriction',
    handles: isWrite,
    admit(request) {
      const pod = admittedPod(request);
      if (pod === undefined) return;
      const extra = request.operation === 'CREATE' ? annotatedTolerations(request, reader, DEFAULTS_ANNOTATION) : [];
      // Who has asked for memory keeps running where it is short.
      if (computeQosClass(pod.spec) !== 'BestEffort') extra.push({ key: 'node.kubernetes.io/memory-pressure', operator: 'Exists', effect: 'NoSchedule' });
      if (extra.length > 0) pod.spec.tolerations = mergeTolerations(extra, pod.spec.tolerations ?? []);
      checkWhitelist(request, pod, reader);
    },
    validate(request) {
      const pod = admittedPod(request);
      if (pod !== undefined) checkWhitelist(request, pod, reader);
    },
  };
}

function checkWhitelist(request: AdmissionRequest, { spec }: AdmittedPod, reader: ObjectReader): void {
  if (!spec.tolerations?.length) return;
  if (areAllCovered(spec.tolerations, annotatedTolerations(request, reader, WHITELIST_ANNOTATION))) return;
  throw failure({ code: 500, message: 'pod tolerations (possibly merged with namespace default tolerations) conflict with its namespace whitelist' });
}

function annotatedTolerations(request: AdmissionRequest, reader: ObjectReader, annotation: string): Toleration[] {
  const namespace = reader.get(NAMESPACES, '', request.namespace);
  if (namespace === undefined) throw notFound(NAMESPACES, request.namespace);
  const text = namespace.metadata.annotations && getOwn(namespace.metadata.annotations, annotation);
  if (!text) return [];
  try {
    const parsed: unknown = JSON.parse(text);
    if (Array.isArray(parsed) && parsed.every((entry) => typeof entry === 'object' && entry !== null)) return parsed as Toleration[];
    throw new Error(`json: cannot unmarshal ${Array.isArray(parsed) ? 'an entry' : typeof parsed} into Go value of type []core.Toleration`);
  } catch (error) {
    throw failure({ code: 500, message: error instanceof Error ? error.message : String(error), cause: error });
  }
}
