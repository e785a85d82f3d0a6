import type { KubeObject } from '../../../machinery/object-meta.ts';
import type { EndpointSlice } from './endpoint-slice.ts';

export function defaults(object: KubeObject): void {
  for (const port of (object as EndpointSlice).ports ?? []) {
    port.name ??= '';
    port.protocol ??= 'TCP';
  }
}
