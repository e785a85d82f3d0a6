import type { KubeObject } from '../../../machinery/object-meta.ts';
import { ageOf } from '../../pod-template/age.ts';
import type { Ingress } from './ingress.ts';

const MAX_SHOWN_HOSTS = 3;

export function cells(object: KubeObject, { nowMs }: { readonly nowMs: number }): string[] {
  const { metadata, spec, status } = object as Ingress;
  const addresses = new Set((status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip || hostname || '').filter((text) => text !== ''));
  return [
    metadata.name ?? '',
    spec?.ingressClassName ?? '<none>',
    formatHosts(spec?.rules ?? []),
    [...addresses].sort().join(','),
    (spec?.tls ?? []).length > 0 ? '80, 443' : '80',
    ageOf(object, nowMs),
  ];
}

/** The first hosts, and how many rules there are beyond. */
function formatHosts(rules: readonly { readonly host?: string | undefined }[]): string {
  const shown: string[] = [];
  let more = false;
  for (const { host } of rules) {
    if (shown.length === MAX_SHOWN_HOSTS) more = true;
    else if (host) shown.push(host);
  }
  if (shown.length === 0) return '*';
  return more ? `${shown.join(',')} + ${rules.length - MAX_SHOWN_HOSTS} more...` : shown.join(',');
}
