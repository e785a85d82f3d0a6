import { getOwn, setOwn, type JsonObject } from '../../../machinery/json.ts';
import { parseLabelSelector } from '../../../machinery/label-selector.ts';
import { notFound } from '../../../machinery/status-error.ts';
import type { ObjectReader } from '../../object-reader.ts';
import type { AdmissionPlugin, AdmissionRequest } from '../admission-plugin.ts';
import { admissionRefusal } from '../admission-refusal.ts';
import { admittedPod } from '../admitted-pod.ts';

const NAMESPACES = { group: '', resource: 'namespaces' };
const SELECTOR_ANNOTATION = 'scheduler.alpha.kubernetes.io/node-selector';

/** Pods of a namespace run only on the nodes that the namespace's annotation selects. */
export function podNodeSelector(reader: ObjectReader): AdmissionPlugin {
  return {
    name: 'PodNodeSelector',
    handles: (operation) => operation === 'CREATE',
    admit(request) {
      const spec = admittedPod(request)?.spec;
      if (spec === undefined) return;
      const wanted = namespaceSelector(request, reader);
      const selector = spec.nodeSelector ?? {};
      checkConflict(request, wanted, selector);
      for (const [key, value] of Object.entries(wanted)) setOwn(selector as JsonObject, key, value);
      if (Object.keys(selector).length > 0) spec.nodeSelector = selector;
    },
    validate(request) {
      const spec = admittedPod(request)?.spec;
      if (spec !== undefined) checkConflict(request, namespaceSelector(request, reader), spec.nodeSelector ?? {});
    },
  };
}

type Selector = { [key: string]: string | undefined };

function checkConflict(request: AdmissionRequest, wanted: Selector, given: Selector): void {
  for (const [key, value] of Object.entries(wanted)) {
    const own = getOwn(given, key);
    if (own !== undefined && own !== value) throw admissionRefusal(request, 'pod node label selector conflicts with its namespace node label selector');
  }
}

function namespaceSelector(request: AdmissionRequest, reader: ObjectReader): Selector {
  const namespace = reader.get(NAMESPACES, '', request.namespace);
  if (namespace === undefined) throw notFound(NAMESPACES, request.namespace);
  const selector: Selector = {};
  const text = namespace.metadata.annotations && getOwn(namespace.metadata.annotations, SELECTOR_ANNOTATION);
  if (text === undefined) return selector;
  try {
    for (const { key, operator, values } of parseLabelSelector(text).requirements) {
      if (operator === '=' || operator === '==') setOwn(selector as JsonObject, key, values[0] ?? '');
    }
  } catch (error) {
    throw admissionRefusal(request, error instanceof Error ? error.message : String(error));
  }
  return selector;
}
