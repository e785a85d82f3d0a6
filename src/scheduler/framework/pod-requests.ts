import type { Container, ContainerStatus } from '../../api/types/generated/core-v1.ts';
import type { DeepReadonly } from '../../machinery/json.ts';
import { amountOf, Amounts } from './amounts.ts';
import type { SharedPod } from './objects.ts';

/** What a container without requests is taken to use when nodes are compared, so that such pods spread as well. */
export const DEFAULT_MILLI_CPU_REQUEST = 100;
export const DEFAULT_MEMORY_REQUEST = 200 * 1024 * 1024;

export interface PodRequests {
  /** What the pod asks for. */
  readonly exact: Amounts;
  /** The same with the defaults for containers that ask for no CPU or memory. */
  readonly nonZeroMilliCpu: number;
  readonly nonZeroMemory: number;
}

type SharedContainer = DeepReadonly<Container>;
interface Defaults {
  readonly milliCpu: number;
  readonly memory: number;
}

const NONE: Defaults = { milliCpu: 0, memory: 0 };

/**
 * What a pod needs from its node at its peak: containers and sidecars together, or an init container with the sidecars
 * that started before it, whichever is more; requests of the whole pod instead where it has them; and its overhead.
 */
export function podRequests(pod: SharedPod): PodRequests {
  const exact = peak(pod, NONE);
  const podLevel = pod.spec?.resources?.requests;
  const defaults: Defaults = {
    milliCpu: podLevel?.['cpu'] === undefined ? DEFAULT_MILLI_CPU_REQUEST : 0,
    memory: podLevel?.['memory'] === undefined ? DEFAULT_MEMORY_REQUEST : 0,
  };
  const nonZero = peak(pod, defaults);
  return { exact, nonZeroMilliCpu: nonZero.milliCpu, nonZeroMemory: nonZero.memory };
}

function peak(pod: SharedPod, defaults: Defaults): Amounts {
  const { containers = [], initContainers = [], resources, overhead } = pod.spec ?? {};
  const total = new Amounts();
  const ask = containerRequests(pod, defaults);
  for (const container of containers) total.add(ask(container));
  const sidecars = new Amounts();
  const starting = new Amounts();
  for (const container of initContainers) {
    const own = ask(container);
    if (container.restartPolicy === 'Always') {
      total.add(own);
      sidecars.add(own);
      starting.raiseTo(sidecars);
    } else {
      own.add(sidecars);
      starting.raiseTo(own);
    }
  }
  total.raiseTo(starting);
  for (const [name, text] of Object.entries(resources?.requests ?? {})) if (isPodLevelResource(name)) total.set(name, amountOf(name, text));
  if (overhead !== undefined) total.add(Amounts.of(overhead));
  return total;
}

/** Of a running pod, a container counts with what it has, was granted, or wants by now, whichever is most. */
function containerRequests(pod: SharedPod, defaults: Defaults): (container: SharedContainer) => Amounts {
  const { containerStatuses = [], initContainerStatuses = [], conditions = [] } = pod.status ?? {};
  const statuses = new Map<string, DeepReadonly<ContainerStatus>>();
  for (const status of [...containerStatuses, ...initContainerStatuses]) statuses.set(status.name, status);
  const resizeIsInfeasible = conditions.some(({ type, reason }) => type === 'PodResizePending' && reason === 'Infeasible');
  return (container) => {
    const wanted = Amounts.of(container.resources?.requests);
    const status = statuses.get(container.name);
    const actual = status?.resources?.requests;
    const granted = status?.allocatedResources;
    const amounts = resizeIsInfeasible && (actual ?? granted) !== undefined ? new Amounts() : wanted;
    if (actual !== undefined) amounts.raiseTo(Amounts.of(actual));
    if (granted !== undefined) amounts.raiseTo(Amounts.of(granted));
    if (container.resources?.requests?.['cpu'] === undefined) amounts.milliCpu = Math.max(amounts.milliCpu, defaults.milliCpu);
    if (container.resources?.requests?.['memory'] === undefined) amounts.memory = Math.max(amounts.memory, defaults.memory);
    return amounts;
  };
}

export function isPodLevelResource(name: string): boolean {
  return name === 'cpu' || name === 'memory' || name.startsWith('hugepages-');
}
