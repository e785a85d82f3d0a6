import type { Endpoints } from '../../api/types/generated/core-v1.ts';
import { formatTime } from '../../machinery/clock.ts';
import { cloneJson, equalJson, type DeepReadonly } from '../../machinery/json.ts';
import type { SharedPod } from '../pods/pod-state.ts';
import { HEADLESS_LABEL, isHeadless, LAST_CHANGE_ANNOTATION, type SharedService } from '../services/service-pods.ts';
import { computeSubsets, MAX_ADDRESSES, truncateSubsets } from './compute-subsets.ts';

const MANAGED_BY_LABEL = 'endpoints.kubernetes.io/managed-by';
const MANAGER = 'endpoint-controller';
const OVER_CAPACITY = 'endpoints.kubernetes.io/over-capacity';

export interface EndpointsObservation {
  readonly service: SharedService;
  readonly pods: readonly SharedPod[];
  readonly known: DeepReadonly<Endpoints> | undefined;
  /** When what changed began to. */
  readonly triggerMs: number | undefined;
}

/** The endpoints as they should be, or undefined when they are. */
export function computeEndpoints({ service, pods, known, triggerMs }: EndpointsObservation): Endpoints | undefined {
  const all = computeSubsets(service, pods);
  const subsets = truncateSubsets(all);
  const labels = labelsOf(service);
  const truncated = subsets !== all;
  if (known && equalJson(known.subsets ?? [], subsets) && equalJson(known.metadata.labels ?? {}, labels) && saysCapacity(known, truncated)) return undefined;
  const annotations = { ...known?.metadata.annotations };
  delete annotations[LAST_CHANGE_ANNOTATION];
  delete annotations[OVER_CAPACITY];
  if (triggerMs !== undefined) annotations[LAST_CHANGE_ANNOTATION] = formatTime(triggerMs);
  if (truncated) annotations[OVER_CAPACITY] = 'truncated';
  const { namespace = '', name = '' } = service.metadata;
  const before = known ? (cloneJson(known) as Endpoints) : { apiVersion: 'v1' as const, kind: 'Endpoints' as const, metadata: { namespace, name } };
  return { ...before, metadata: { ...before.metadata, labels, annotations }, subsets: [...subsets] };
}

function labelsOf(service: SharedService): Record<string, string> {
  const labels: Record<string, string> = { ...service.metadata.labels };
  delete labels[HEADLESS_LABEL];
  if (isHeadless(service)) labels[HEADLESS_LABEL] = '';
  return { ...labels, [MANAGED_BY_LABEL]: MANAGER };
}

function saysCapacity({ metadata, subsets = [] }: DeepReadonly<Endpoints>, truncated: boolean): boolean {
  const said = metadata.annotations?.[OVER_CAPACITY];
  const count = subsets.reduce((sum, { addresses = [], notReadyAddresses = [] }) => sum + addresses.length + notReadyAddresses.length, 0);
  return truncated || count > MAX_ADDRESSES ? said === 'truncated' : said === undefined;
}
