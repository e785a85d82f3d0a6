import type { DeepReadonly } from '../../../machinery/json.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import type { PodSpec } from '../../../api/pod-template/shapes.ts';
import { violationReasons, type PodSecurityEvaluator } from './evaluation.ts';
import { formatLevelVersion, type LevelVersion } from './level-version.ts';

/** More are not looked at while a client waits. */
const MAX_PODS = 3000;

export interface ExistingPods {
  readonly namespace: string;
  readonly pods: readonly DeepReadonly<KubeObject>[];
  readonly isExempt: (spec: PodSpec) => boolean;
}

/** Which of a namespace's pods a new policy would not let in: one line for all that break the same controls. */
export function warningsAboutExistingPods(evaluator: PodSecurityEvaluator, enforce: LevelVersion, { namespace, pods, isExempt }: ExistingPods): string[] {
  const checked = pods.length > MAX_PODS ? onePerController(pods).slice(0, MAX_PODS) : pods;
  const found = new Map<string, { first: string; count: number }>();
  for (const pod of checked) {
    const spec = (pod['spec'] ?? {}) as PodSpec;
    const reasons = isExempt(spec) ? '' : violationReasons(evaluator.evaluate(enforce, { metadata: pod.metadata as KubeObject['metadata'], spec }));
    if (reasons === '') continue;
    const name = pod.metadata.name ?? '';
    const entry = found.get(reasons);
    if (entry === undefined) found.set(reasons, { first: name, count: 1 });
    else {
      entry.count++;
      if (name < entry.first) entry.first = name;
    }
  }
  const warnings: string[] = [];
  if (checked.length < pods.length) warnings.push(`new PodSecurity enforce level only checked against the first ${checked.length} of ${pods.length} existing pods`);
  if (found.size > 0) warnings.push(`existing pods in namespace ${JSON.stringify(namespace)} violate the new PodSecurity enforce level ${JSON.stringify(formatLevelVersion(enforce))}`);
  return [...warnings, ...[...found].map(([reasons, { first, count }]) => `${first}${others(count)}: ${reasons}`).sort()];
}

function others(count: number): string {
  if (count === 1) return '';
  return count === 2 ? ' (and 1 other pod)' : ` (and ${count - 1} other pods)`;
}

/** Pods of one controller are alike: the first of each comes before the others. */
function onePerController(pods: readonly DeepReadonly<KubeObject>[]): DeepReadonly<KubeObject>[] {
  const seen = new Set<string>();
  const first: DeepReadonly<KubeObject>[] = [];
  const rest: DeepReadonly<KubeObject>[] = [];
  for (const pod of pods) {
    const controller = pod.metadata.ownerReferences?.find((owner) => owner.controller === true)?.uid;
    if (controller === undefined || !seen.has(controller)) first.push(pod);
    else rest.push(pod);
    if (controller !== undefined) seen.add(controller);
  }
  return [...first, ...rest];
}
