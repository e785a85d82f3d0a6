import type { Container, EnvVar, Pod } from '../../api/types/generated/core-v1.ts';
import type { DeepReadonly } from '../../machinery/json.ts';
import { podFromTemplate } from '../pods/pod-control.ts';
import type { NewPod } from './compute-pods.ts';
import { FAILURES_ANNOTATION, IGNORED_FAILURES_ANNOTATION, INDEX_ANNOTATION } from './job-pod-state.ts';
import { TRACKING_FINALIZER, type SharedJob } from './job-state.ts';

const INDEX_VARIABLE = 'JOB_COMPLETION_INDEX';
/** A name holds 63 characters, and the server adds five. */
const MAX_PREFIX = 58;

/** A pod of the job, with the finalizer that keeps it until it is counted. */
export function podOfJob(job: SharedJob, { index, failures }: NewPod): Pod {
  const pod = podFromTemplate(job, job.spec?.template);
  const { finalizers = [] } = pod.metadata;
  if (!finalizers.includes(TRACKING_FINALIZER)) pod.metadata.finalizers = [...finalizers, TRACKING_FINALIZER];
  if (index === undefined) return pod;
  const { name = '' } = job.metadata;
  const suffix = `-${index}-`;
  pod.metadata.generateName = name.slice(0, MAX_PREFIX - suffix.length) + suffix;
  pod.metadata.labels = { ...pod.metadata.labels, [INDEX_ANNOTATION]: String(index) };
  pod.metadata.annotations = {
    ...pod.metadata.annotations,
    [INDEX_ANNOTATION]: String(index),
    ...(failures && { [FAILURES_ANNOTATION]: String(failures.counted) }),
    ...(failures && failures.ignored > 0 && { [IGNORED_FAILURES_ANNOTATION]: String(failures.ignored) }),
  };
  if (pod.spec) {
    pod.spec.hostname = `${name}-${index}`;
    for (const container of [...(pod.spec.initContainers ?? []), ...pod.spec.containers]) addIndexVariable(container);
  }
  return pod;
}

function addIndexVariable(container: Container): void {
  const { env = [] } = container;
  if (env.some(({ name }: DeepReadonly<EnvVar>) => name === INDEX_VARIABLE)) return;
  container.env = [...env, { name: INDEX_VARIABLE, valueFrom: { fieldRef: { fieldPath: `metadata.labels['${INDEX_ANNOTATION}']` } } }];
}
