import type { KubeObject } from '../../../machinery/object-meta.ts';
import type { KindRules } from '../../kind-rules.ts';
import { ageOf } from '../../pod-template/age.ts';
import { ipWarnings } from '../../pod-template/ip-address.ts';
import { FieldPath } from '../../../machinery/field-error.ts';
import { validate, type Endpoints } from './validation.ts';

const MAX_SHOWN = 3;
const SUBSETS = FieldPath.root('subsets');

export const rules: KindRules = {
  defaults(object) {
    for (const subset of (object as Endpoints).subsets ?? []) for (const port of subset.ports ?? []) port.protocol ||= 'TCP';
  },
  validate,
  validateUpdate: (object) => validate(object),
  warningsOnCreate: warnings,
  warningsOnUpdate: warnings,
  cells: (object, { nowMs }) => [object.metadata.name ?? '', formatEndpoints(object as Endpoints), ageOf(object, nowMs)],
};

function warnings(object: KubeObject): string[] {
  return ((object as Endpoints).subsets ?? []).flatMap((subset, i) =>
    (['addresses', 'notReadyAddresses'] as const).flatMap((list) =>
      (subset[list] ?? []).flatMap((address, j) => ipWarnings(SUBSETS.index(i).child(list).index(j).child('ip'), address.ip ?? '')),
    ),
  );
}

/** The first few, and how many more there are. */
function formatEndpoints({ subsets = [] }: Endpoints): string {
  if (subsets.length === 0) return '<none>';
  const shown: string[] = [];
  let count = 0;
  for (const { addresses = [], ports = [] } of subsets) {
    for (const port of ports.length === 0 ? [undefined] : ports) {
      count += addresses.length;
      for (const { ip = '' } of addresses.slice(0, MAX_SHOWN - shown.length)) {
        const host = ip.includes(':') ? `[${ip}]` : ip;
        shown.push(port === undefined ? ip : `${host}:${port.port ?? 0}`);
      }
    }
  }
  const text = shown.join(',');
  return count > MAX_SHOWN ? `${text} + ${count - MAX_SHOWN} more...` : text;
}
