import { getOwn } from '../../../machinery/json.ts';

type Labels = Readonly<Record<string, string>> | undefined;

/** What kubelets say of their machine. */
const KUBELET_LABELS: ReadonlySet<string> = new Set([
  'kubernetes.io/hostname',
  'topology.kubernetes.io/zone',
  'topology.kubernetes.io/region',
  'failure-domain.beta.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region',
  'node.kubernetes.io/instance-type',
  'beta.kubernetes.io/instance-type',
  'kubernetes.io/os',
  'kubernetes.io/arch',
  'beta.kubernetes.io/os',
  'beta.kubernetes.io/arch',
]);
/** Domains that are the kubelets' own. */
const KUBELET_DOMAINS = ['kubelet.kubernetes.io', 'node.kubernetes.io'];
const RESTRICTED_DOMAIN = 'node-restriction.kubernetes.io';
const KUBERNETES_DOMAINS = ['kubernetes.io', 'k8s.io'];

/**
 * Labels that differ and that a node must not change of itself, sorted: by them it could draw pods to itself that are
 * meant for other nodes.
 */
export function forbiddenLabelChanges(labels: Labels, before: Labels): string[] {
  const keys = new Set([...Object.keys(labels ?? {}), ...Object.keys(before ?? {})]);
  return [...keys].filter((key) => (labels && getOwn(labels, key)) !== (before && getOwn(before, key)) && isForbidden(key)).sort();
}

function isForbidden(label: string): boolean {
  const domain = label.includes('/') ? label.slice(0, label.indexOf('/')) : '';
  if (isWithin(domain, RESTRICTED_DOMAIN)) return true;
  if (!KUBERNETES_DOMAINS.some((own) => isWithin(domain, own))) return false;
  return !KUBELET_LABELS.has(label) && !KUBELET_DOMAINS.some((own) => isWithin(domain, own));
}

function isWithin(domain: string, parent: string): boolean {
  return domain === parent || domain.endsWith(`.${parent}`);
}
