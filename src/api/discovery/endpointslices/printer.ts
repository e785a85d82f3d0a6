import type { KubeObject } from '../../../machinery/object-meta.ts';
import { ageOf } from '../../pod-template/age.ts';
import type { EndpointPort, EndpointSlice } from './endpoint-slice.ts';

const MAX_SHOWN = 3;

export function cells(object: KubeObject, { nowMs }: { readonly nowMs: number }): string[] {
  const { metadata, addressType, ports, endpoints } = object as EndpointSlice;
  const addresses = (endpoints ?? []).flatMap((endpoint) => endpoint.addresses ?? []);
  return [metadata.name ?? '', addressType ?? '', formatList((ports ?? []).map(formatPort)), formatList(addresses), ageOf(object, nowMs)];
}

function formatPort({ port, name }: EndpointPort): string {
  if (port !== undefined) return String(port);
  return name ?? '*';
}

/** The first few, and how many more there are. */
function formatList(texts: readonly string[]): string {
  const shown = texts.slice(0, MAX_SHOWN).join(',');
  if (texts.length > MAX_SHOWN) return `${shown} + ${texts.length - MAX_SHOWN} more...`;
  return shown === '' ? '<unset>' : shown;
}
