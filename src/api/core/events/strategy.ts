import type { KubeObject } from '../../../machinery/object-meta.ts';
import type { KindRules } from '../../kind-rules.ts';
import { ageSince } from '../../pod-template/age.ts';
import { fromStorage, toStorage } from './conversion.ts';
import type { Event } from './event.ts';
import { validate, validateUpdate } from './validation.ts';

const about = (field: 'kind' | 'namespace' | 'name' | 'uid' | 'apiVersion' | 'resourceVersion' | 'fieldPath') => (object: KubeObject) => (object as Event).involvedObject?.[field] ?? '';

export const rules: KindRules = {
  allowCreateOnUpdate: true,
  validate,
  validateUpdate,
  selectableFields: {
    'involvedObject.kind': about('kind'),
    'involvedObject.namespace': about('namespace'),
    'involvedObject.name': about('name'),
    'involvedObject.uid': about('uid'),
    'involvedObject.apiVersion': about('apiVersion'),
    'involvedObject.resourceVersion': about('resourceVersion'),
    'involvedObject.fieldPath': about('fieldPath'),
    reason: (object) => (object as Event).reason ?? '',
    reportingComponent: (object) => (object as Event).reportingComponent ?? '',
    source: (object) => (object as Event).source?.component || ((object as Event).reportingComponent ?? ''),
    type: (object) => (object as Event).type ?? '',
  },
  cells,
  conversion: { toStorage, fromStorage },
};

/** Times and counts stand in different fields in events of the older and the newer style. */
function cells(object: KubeObject, { nowMs }: { readonly nowMs: number }): (string | number | boolean | null)[] {
  const event = object as Event;
  const first = ageSince(event.firstTimestamp ?? event.eventTime, nowMs);
  const last = event.series === undefined ? (event.lastTimestamp == null ? first : ageSince(event.lastTimestamp, nowMs)) : ageSince(event.series.lastObservedTime, nowMs);
  const count = event.series === undefined ? event.count || 1 : (event.series.count ?? 0);
  const kind = (event.involvedObject?.kind ?? '').toLowerCase();
  const component = event.source?.component || (event.reportingComponent ?? '');
  const instance = event.source?.host || (event.reportingInstance ?? '');
  return [
    last,
    event.type ?? '',
    event.reason ?? '',
    event.involvedObject?.name ? `${kind}/${event.involvedObject.name}` : kind,
    event.involvedObject?.fieldPath ?? '',
    instance === '' ? component : `${component}, ${instance}`,
    (event.message ?? '').trim(),
    first,
    count,
    event.metadata.name ?? '',
  ];
}
