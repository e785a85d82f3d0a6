import { FieldPath } from '../../../machinery/field-error.ts';
import { equalJson, getOwn } from '../../../machinery/json.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import type { KindRules } from '../../kind-rules.ts';
import { ipWarnings } from '../../pod-template/ip-address.ts';
import { defaults } from './defaults.ts';
import type { EndpointSlice } from './endpoint-slice.ts';
import { cells } from './printer.ts';
import { validate, validateUpdate } from './validation.ts';

const HOSTNAME_LABEL = 'kubernetes.io/hostname';

export const rules: KindRules = {
  defaults,
  prepareForCreate: (object) => dropTopology(object as EndpointSlice, undefined),
  prepareForUpdate: (object, old) => dropTopology(object as EndpointSlice, old as EndpointSlice),
  validate,
  validateUpdate,
  warningsOnCreate: (object) => [
    ...((object as EndpointSlice).addressType === 'FQDN' ? ['spec.addressType: FQDN endpoints are deprecated'] : []),
    ...addressWarnings(object),
  ],
  warningsOnUpdate: addressWarnings,
  tracksGeneration: true,
  cells,
};

/**
 * Topology labels were written through v1beta1 only. A node's name that stood in them moves to its own field when an
 * older slice is changed.
 */
function dropTopology(slice: EndpointSlice, old: EndpointSlice | undefined): void {
  if (old !== undefined && equalJson(slice.endpoints, old.endpoints)) return;
  const oldNodes = new Set((old?.endpoints ?? []).map((endpoint) => getOwn(endpoint.deprecatedTopology ?? {}, HOSTNAME_LABEL)));
  for (const endpoint of slice.endpoints ?? []) {
    const topology = endpoint.deprecatedTopology ?? {};
    const node = getOwn(topology, HOSTNAME_LABEL);
    if (endpoint.nodeName === undefined && node !== undefined && oldNodes.has(node) && Object.keys(topology).length === 1) endpoint.nodeName = node;
    delete endpoint.deprecatedTopology;
  }
}

function addressWarnings(object: KubeObject): string[] {
  const { addressType, endpoints } = object as EndpointSlice;
  if (addressType === 'FQDN') return [];
  return (endpoints ?? []).flatMap((endpoint, i) =>
    (endpoint.addresses ?? []).flatMap((address, j) => ipWarnings(FieldPath.root('endpoints').index(i).child('addresses').index(j), address)),
  );
}
