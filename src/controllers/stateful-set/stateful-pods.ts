import type { PersistentVolumeClaim, Pod, PodTemplateSpec } from '../../api/types/generated/core-v1.ts';
import { cloneJson, type DeepReadonly } from '../../machinery/json.ts';
import { podFromTemplate } from '../pods/pod-control.ts';
import { identityLabels, podName, REVISION_LABEL, withClaimVolumes, type SharedStatefulSet } from './stateful-identity.ts';

/** A template by the name of the revision that holds it. */
export interface TemplateRevision {
  readonly name: string;
  readonly template: DeepReadonly<PodTemplateSpec>;
}

/** The pod of this number. */
export function statefulPod(set: SharedStatefulSet, ordinal: number, { name: revision, template }: TemplateRevision): Pod {
  const pod = podFromTemplate(set, template);
  const name = podName(set, ordinal);
  const labels = { ...pod.metadata.labels, ...identityLabels(set, ordinal), [REVISION_LABEL]: revision };
  const { serviceName = '' } = set.spec ?? {};
  return withClaimVolumes(set, ordinal, {
    ...pod,
    metadata: { ...pod.metadata, name, labels },
    ...(pod.spec && { spec: { ...pod.spec, hostname: name, ...(serviceName !== '' && { subdomain: serviceName }) } }),
  });
}

/** The claims that the pod of this number mounts. */
export function statefulClaims(set: SharedStatefulSet, ordinal: number): PersistentVolumeClaim[] {
  const { namespace = '' } = set.metadata;
  return (set.spec?.volumeClaimTemplates ?? []).map((template) => {
    const { metadata, spec } = cloneJson(template) as PersistentVolumeClaim;
    return {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { ...metadata, name: `${metadata.name ?? ''}-${podName(set, ordinal)}`, namespace, labels: { ...metadata.labels, ...set.spec?.selector.matchLabels } },
      ...(spec && { spec }),
    };
  });
}
