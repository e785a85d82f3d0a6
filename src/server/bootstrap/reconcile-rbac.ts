import { cloneJson, equalJson, type DeepReadonly } from '../../machinery/json.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';
import { rulesOf } from '../authorization/policy-rule.ts';
import { roleRefOf, subjectsOf, type Subject } from '../authorization/rbac-objects.ts';
import { compactRules, rulesCover } from '../authorization/rule-coverage.ts';
import { KEEP, type Reconciliation } from './bootstrap-item.ts';

/** With the value `false` the administrator has taken the object over. */
const AUTO_UPDATE = 'rbac.authorization.kubernetes.io/autoupdate';

interface AggregationRule {
  readonly clusterRoleSelectors?: readonly unknown[];
}

/**
 * A default role gets back the rules it lacks, and labels and annotations with them; what was added stays. Rules of
 * aggregated roles are left to the controller that gathers them.
 */
export function reconcileRole(existing: DeepReadonly<KubeObject>, wanted: KubeObject): Reconciliation {
  if (existing.metadata.annotations?.[AUTO_UPDATE] === 'false') return KEEP;
  const object = withWantedMetadata(existing, wanted);
  if (wanted['aggregationRule'] === undefined) {
    const { missing } = rulesCover(rulesOf(existing), rulesOf(wanted));
    if (missing.length > 0) object['rules'] = [...rulesOf(existing), ...compactRules(missing)];
    if (existing['aggregationRule'] !== undefined) delete object['aggregationRule'];
  } else {
    object['aggregationRule'] = { clusterRoleSelectors: mergeSelectors(existing['aggregationRule'] as AggregationRule | undefined, wanted['aggregationRule'] as AggregationRule) };
  }
  return changed(existing, object);
}

/** A default binding gets back the subjects it lacks; one that leads to another role is made anew. */
export function reconcileBinding(existing: DeepReadonly<KubeObject>, wanted: KubeObject): Reconciliation {
  if (existing.metadata.annotations?.[AUTO_UPDATE] === 'false') return KEEP;
  if (!sameRef(existing, wanted)) return { type: 'recreate' };
  const object = withWantedMetadata(existing, wanted);
  const held = subjectsOf(existing);
  const missing = subjectsOf(wanted).filter((subject) => !held.some((other) => sameSubject(subject, other)));
  if (missing.length > 0) object['subjects'] = [...held, ...missing];
  return changed(existing, object);
}

function sameRef(a: DeepReadonly<KubeObject>, b: DeepReadonly<KubeObject>): boolean {
  const left = roleRefOf(a);
  const right = roleRefOf(b);
  return left.kind === right.kind && left.name === right.name;
}

function sameSubject(a: Subject, b: Subject): boolean {
  return a.kind === b.kind && a.name === b.name && (a.namespace ?? '') === (b.namespace ?? '') && (a.apiGroup ?? '') === (b.apiGroup ?? '');
}

function mergeSelectors(existing: AggregationRule | undefined, wanted: AggregationRule): unknown[] {
  const held = existing?.clusterRoleSelectors ?? [];
  return [...held, ...(wanted.clusterRoleSelectors ?? []).filter((selector) => !held.some((other) => equalJson(other, selector)))];
}

/** A copy of what is stored, with the labels and annotations that must be there; the administrator's own values win. */
export function withWantedMetadata(existing: DeepReadonly<KubeObject>, wanted: KubeObject): KubeObject {
  const object = cloneJson(existing) as KubeObject;
  const labels = { ...wanted.metadata.labels, ...object.metadata.labels };
  const annotations = { ...wanted.metadata.annotations, ...object.metadata.annotations };
  if (Object.keys(labels).length > 0) object.metadata.labels = labels;
  if (Object.keys(annotations).length > 0) object.metadata.annotations = annotations;
  return object;
}

export function changed(existing: DeepReadonly<KubeObject>, object: KubeObject): Reconciliation {
  return equalJson(existing, object) ? KEEP : { type: 'update', object };
}
