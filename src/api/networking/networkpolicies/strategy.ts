import { FieldPath } from '../../../machinery/field-error.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import type { KindRules } from '../../kind-rules.ts';
import { cidrWarnings } from '../../pod-template/ip-address.ts';
import { defaults } from './defaults.ts';
import { directions, type NetworkPolicy } from './network-policy.ts';
import { cells } from './printer.ts';
import { validate, validateUpdate } from './validation.ts';

export const rules: KindRules = {
  defaults,
  validate,
  validateUpdate,
  warningsOnCreate: rangeWarnings,
  warningsOnUpdate: rangeWarnings,
  tracksGeneration: true,
  cells,
};

function rangeWarnings(object: KubeObject): string[] {
  return directions(object as NetworkPolicy).flatMap(({ rules: field, peers: peersField, list }) =>
    list.flatMap(({ peers }, i) =>
      peers.flatMap(({ ipBlock }, j) => {
        if (ipBlock === undefined) return [];
        const path = FieldPath.root('spec').child(field).index(i).child(peersField).index(j).child('ipBlock');
        const exceptions = (ipBlock.except ?? []).flatMap((text, k) => cidrWarnings(path.child('except').index(k), text));
        return [...cidrWarnings(path.child('cidr'), ipBlock.cidr ?? ''), ...exceptions];
      }),
    ),
  );
}
