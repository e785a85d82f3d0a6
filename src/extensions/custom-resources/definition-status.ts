/**
 * The part that controllers have in Kubernetes, as pure functions: whether a definition's names are free in its group,
 * and what its status says of it. The server runs them right after every write to a definition.
 */
import { formatTime } from '../../machinery/clock.ts';
import type { DeepReadonly } from '../../machinery/json.ts';
import { cloneJson, equalJson } from '../../machinery/json.ts';
import { approvalOf, isProtectedGroup } from './api-approval.ts';
import { findCondition, type CustomResourceDefinition, type DefinitionCondition, type DefinitionNames, type DefinitionStatus } from './custom-resource-definition.ts';

/** On a definition while objects of it may still be there. */
export const CLEANUP_FINALIZER = 'customresourcecleanup.apiextensions.k8s.io';

/**
 * The status a definition should have, given the other definitions of the cluster; the very same object as
 * `definition.status` where nothing changes. A new definition comes to its final status in two steps: the status
 * written, the function is asked again. Names that are taken keep what was accepted before, so that a served
 * resource stays served.
 */
export function computeStatus(definition: CustomResourceDefinition, others: Iterable<DeepReadonly<CustomResourceDefinition>>, nowMs: number): DefinitionStatus {
  const old: DefinitionStatus = definition.status ?? { conditions: null, acceptedNames: { plural: '', kind: '' }, storedVersions: null };
  const { acceptedNames, conflict } = acceptNames(definition, old.acceptedNames, takenNames(definition, others));
  const time = formatTime(nowMs);
  const conditions = cloneJson(old.conditions ?? []);

  const namesAccepted: DefinitionCondition = conflict
    ? { type: 'NamesAccepted', status: 'False', lastTransitionTime: time, reason: conflict.reason, message: conflict.message }
    : { type: 'NamesAccepted', status: 'True', lastTransitionTime: time, reason: 'NoConflicts', message: 'no conflicts found' };
  setCondition(conditions, namesAccepted);
  const established = findCondition(definition, 'Established');
  if (established?.status !== 'True') {
    const verdict = conflict ? ESTABLISHED.refused : established?.reason === 'Installing' ? ESTABLISHED.done : ESTABLISHED.begun;
    setCondition(conditions, { type: 'Established', ...verdict, lastTransitionTime: time });
  }
  const approval = approvalCondition(definition, time);
  if (approval !== undefined) setCondition(conditions, approval);

  const status: DefinitionStatus = { ...old, conditions, acceptedNames };
  return definition.status !== undefined && equalJson(status, old) ? old : status;
}

/** A resource is established in two steps, which watchers of definitions see one after the other. */
const ESTABLISHED = {
  refused: { status: 'False', reason: 'NotAccepted', message: 'not all names are accepted' },
  begun: { status: 'False', reason: 'Installing', message: 'the initial names have been accepted' },
  done: { status: 'True', reason: 'InitialNamesAccepted', message: 'the initial names have been accepted' },
} as const;

/** Replaces the condition of the same type; the time of transition moves only with the status. */
function setCondition(conditions: DefinitionCondition[], condition: DefinitionCondition): void {
  const index = conditions.findIndex(({ type }) => type === condition.type);
  const old = conditions[index];
  if (old === undefined) {
    conditions.push(condition);
    return;
  }
  const time = old.status === condition.status ? old.lastTransitionTime : condition.lastTransitionTime;
  conditions[index] = { ...condition, ...(time === undefined ? {} : { lastTransitionTime: time }) };
}

interface TakenNames {
  /** Plurals, singulars and short names. */
  readonly resources: ReadonlySet<string>;
  /** Kinds and list kinds. */
  readonly kinds: ReadonlySet<string>;
}

/** Which of the names that the definition wants are accepted for somebody in its group, itself included. */
function takenNames(definition: CustomResourceDefinition, others: Iterable<DeepReadonly<CustomResourceDefinition>>): TakenNames {
  const { names } = definition.spec;
  const wanted = new Set([names.plural, names.singular, ...(names.shortNames ?? [])]);
  const wantedKinds = new Set([names.kind, names.listKind]);
  const resources = new Set<string>();
  const kinds = new Set<string>();
  const take = (accepted: DeepReadonly<DefinitionNames> | undefined): void => {
    if (accepted === undefined) return;
    if (wanted.has(accepted.plural)) resources.add(accepted.plural);
    if (accepted.singular !== undefined && wanted.has(accepted.singular)) resources.add(accepted.singular);
    if (accepted.shortNames !== undefined) for (const name of accepted.shortNames) if (wanted.has(name)) resources.add(name);
    if (wantedKinds.has(accepted.kind)) kinds.add(accepted.kind);
    if (accepted.listKind !== undefined && wantedKinds.has(accepted.listKind)) kinds.add(accepted.listKind);
  };
  take(definition.status?.acceptedNames);
  for (const other of others) {
    if (other.spec.group === definition.spec.group && other.metadata.name !== definition.metadata.name) take(other.status?.acceptedNames);
  }
  return { resources, kinds };
}

interface NameConflict {
  readonly reason: string;
  readonly message: string;
}

/** The last conflict found is the one that is shown; every name that is free is accepted nevertheless. */
function acceptNames(
  definition: CustomResourceDefinition,
  accepted: DefinitionNames,
  taken: TakenNames,
): { acceptedNames: DefinitionNames; conflict: NameConflict | undefined } {
  const wanted = definition.spec.names;
  const names: DefinitionNames = { plural: accepted.plural ?? '', kind: accepted.kind ?? '' };
  let conflict: NameConflict | undefined;
  const claim = (field: 'plural' | 'singular' | 'kind' | 'listKind', used: ReadonlySet<string>, reason: string): void => {
    const name = wanted[field] ?? '';
    const mine = accepted[field] ?? '';
    const isFree = name === mine || !used.has(name);
    if (!isFree) conflict = { reason, message: `${JSON.stringify(name)} is already in use` };
    const result = isFree ? name : mine;
    if (result !== '') names[field] = result;
  };
  claim('plural', taken.resources, 'PluralConflict');
  claim('singular', taken.resources, 'SingularConflict');
  const shortNames = wanted.shortNames ?? [];
  const refused = shortNames.filter((name) => !(accepted.shortNames ?? []).includes(name) && taken.resources.has(name));
  if (refused.length > 0) {
    const texts = [...new Set(refused)].map((name) => `${JSON.stringify(name)} is already in use`);
    conflict = { reason: 'ShortNamesConflict', message: texts.length === 1 ? (texts[0] ?? '') : `[${texts.join(', ')}]` };
  }
  const resulting = refused.length > 0 ? (accepted.shortNames ?? []) : shortNames;
  if (resulting.length > 0) names.shortNames = [...resulting];
  claim('kind', taken.kinds, 'KindConflict');
  claim('listKind', taken.kinds, 'ListKindConflict');
  if (wanted.categories !== undefined && wanted.categories.length > 0) names.categories = [...wanted.categories];
  return { acceptedNames: names, conflict };
}

function approvalCondition(definition: CustomResourceDefinition, time: string): DefinitionCondition | undefined {
  if (!isProtectedGroup(definition.spec.group)) return undefined;
  const { state, message } = approvalOf(definition);
  const verdict = {
    approved: { status: 'True', reason: 'ApprovedAnnotation' },
    bypassed: { status: 'False', reason: 'UnapprovedAnnotation' },
    invalid: { status: 'False', reason: 'InvalidAnnotation' },
    missing: { status: 'False', reason: 'MissingAnnotation' },
  } as const;
  return { type: 'KubernetesAPIApprovalPolicyConformant', ...verdict[state], lastTransitionTime: time, message };
}

export type TerminatingReason = 'InstanceDeletionPending' | 'InstanceDeletionInProgress' | 'InstanceDeletionFailed' | 'InstanceDeletionCompleted';

const TERMINATING: Readonly<Record<TerminatingReason, { readonly status: 'True' | 'False'; readonly message: string }>> = {
  InstanceDeletionPending: { status: 'True', message: 'CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon' },
  InstanceDeletionInProgress: { status: 'True', message: 'CustomResource deletion is in progress' },
  InstanceDeletionFailed: { status: 'True', message: 'could not list instances' },
  InstanceDeletionCompleted: { status: 'False', message: 'removed all instances' },
};

/** Marks the deletion's progress, in place. */
export function setTerminating(definition: CustomResourceDefinition, reason: TerminatingReason, nowMs: number, message?: string): void {
  const status = (definition.status ??= { conditions: null, acceptedNames: { plural: '', kind: '' }, storedVersions: null });
  const conditions = (status.conditions ??= []);
  const verdict = TERMINATING[reason];
  setCondition(conditions, { type: 'Terminating', status: verdict.status, lastTransitionTime: formatTime(nowMs), reason, message: message ?? verdict.message });
}

/**
 * What the first deletion of a definition does before anything else, in place: it is held back until its objects are
 * gone, and says so.
 */
export function beginDeletion(definition: CustomResourceDefinition, nowMs: number): void {
  const finalizers = (definition.metadata.finalizers ??= []);
  if (!finalizers.includes(CLEANUP_FINALIZER)) finalizers.push(CLEANUP_FINALIZER);
  setTerminating(definition, 'InstanceDeletionPending', nowMs);
}

/** Served: its names were accepted once. Clients are served from then on, not only when the status says Established. */
export function isServed(definition: DeepReadonly<CustomResourceDefinition>): boolean {
  return definition.status?.conditions?.some(({ type, status, reason }) => type === 'Established' && (status === 'True' || reason === 'Installing')) === true;
}
