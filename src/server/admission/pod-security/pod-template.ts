import type { PodSpec, PodTemplateSpec } from '../../../api/pod-template/shapes.ts';
import type { GroupResource } from '../../../machinery/group-version.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import type { CheckedPod } from './checks/check.ts';

type Template = (object: KubeObject) => PodTemplateSpec | undefined;

const ofSpec: Template = (object) => (object['spec'] as { template?: PodTemplateSpec } | undefined)?.template;

const TEMPLATES: ReadonlyMap<string, Template> = new Map<string, Template>([
  ['/podtemplates', (object) => object['template'] as PodTemplateSpec | undefined],
  ['/replicationcontrollers', ofSpec],
  ['apps/replicasets', ofSpec],
  ['apps/deployments', ofSpec],
  ['apps/statefulsets', ofSpec],
  ['apps/daemonsets', ofSpec],
  ['batch/jobs', ofSpec],
  ['batch/cronjobs', (object) => (object['spec'] as { jobTemplate?: { spec?: { template?: PodTemplateSpec } } } | undefined)?.jobTemplate?.spec?.template],
]);

/** The pod that a workload makes; undefined for objects that make none. */
export function templateOf({ group, resource }: GroupResource, object: KubeObject): CheckedPod | undefined {
  const template = TEMPLATES.get(`${group}/${resource}`)?.(object);
  return template && { metadata: template.metadata ?? {}, spec: template.spec ?? ({} as PodSpec) };
}

export function makesPods({ group, resource }: GroupResource): boolean {
  return TEMPLATES.has(`${group}/${resource}`);
}
