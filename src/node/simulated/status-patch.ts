import type { PodStatus } from '../../api/types/generated/core-v1.ts';
import { equalJson, type JsonObject, type JsonValue } from '../../machinery/json.ts';
import { foreignConditions } from './pod-conditions.ts';
import type { SharedPod } from './pod-run.ts';

/** What a kubelet says of a pod; other fields of a status are others' to write. */
const FIELDS = [
  'observedGeneration', 'phase', 'reason', 'message', 'startTime', 'hostIP', 'hostIPs', 'podIP', 'podIPs',
  'initContainerStatuses', 'containerStatuses', 'ephemeralContainerStatuses',
] as const satisfies readonly (keyof PodStatus)[];
/** Lists that would be merged with what is there. */
const MERGED: ReadonlySet<string> = new Set(['hostIPs', 'podIPs']);

/** The strategic merge patch from the pod's status to the new one; undefined when they say the same. */
export function statusPatch(pod: SharedPod, status: PodStatus): JsonObject | undefined {
  const before: SharedPod['status'] = pod.status ?? {};
  const changes: JsonObject = {};
  for (const field of FIELDS) {
    const value = status[field] as JsonValue | undefined;
    if (equalJson(before[field], value)) continue;
    if (value === undefined) changes[field] = null;
    else changes[field] = MERGED.has(field) && before[field] !== undefined ? [{ $patch: 'replace' }, ...(value as JsonValue[])] : value;
  }
  const conditions = conditionsPatch(before, status);
  if (conditions) changes['conditions'] = conditions;
  if (Object.keys(changes).length === 0) return undefined;
  return { metadata: { uid: pod.metadata.uid ?? '' }, status: changes };
}

function conditionsPatch(before: NonNullable<SharedPod['status']>, { conditions = [] }: PodStatus): JsonValue[] | undefined {
  if (equalJson(before.conditions ?? [], conditions)) return undefined;
  const foreign = new Set(foreignConditions(conditions).map(({ type }) => type));
  const own = conditions.filter(({ type }) => !foreign.has(type));
  const gone = (before.conditions ?? []).filter(({ type }) => !conditions.some((condition) => condition.type === type));
  const changed = own.some((condition) => !equalJson(condition, before.conditions?.find(({ type }) => type === condition.type)));
  // Conditions that others added meanwhile, and the order alone, are nothing to write for.
  if (!changed && gone.length === 0) return undefined;
  return [
    ...gone.map(({ type }) => ({ $patch: 'delete', type })),
    ...own.map((condition) => {
      const known = before.conditions?.find(({ type }) => type === condition.type);
      const { lastProbeTime: _, ...rest } = condition as unknown as JsonObject;
      return { ...rest, ...(known?.reason !== undefined && condition.reason === undefined && { reason: null }), ...(known?.message !== undefined && condition.message === undefined && { message: null }) };
    }),
  ];
}
