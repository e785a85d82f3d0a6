import { nameIsDnsLabel } from '../../../machinery/names.ts';
import type { KindRules } from '../../kind-rules.ts';
import { dropUnusedValues, keepAllocatedValues, normalizeClusterIps } from './allocated-values.ts';
import { defaults } from './defaults.ts';
import { cells } from './printer.ts';
import type { Service } from './service.ts';
import { validate, validateStatusUpdate, validateUpdate } from './validation.ts';
import { serviceWarnings } from './warnings.ts';

/**
 * Cluster IPs and node ports are allocated by the registry, between defaulting and these rules: see
 * `prepareServiceAddresses` and `allocationsOf`.
 */
export const rules: KindRules = {
  validateName: nameIsDnsLabel,
  defaults,
  prepareForCreate(object) {
    normalizeClusterIps(((object as Service).spec ??= {}), undefined);
  },
  validate,
  warningsOnCreate: serviceWarnings,
  prepareForUpdate(object, oldObject) {
    const spec = ((object as Service).spec ??= {});
    const old = (oldObject as Service).spec ?? {};
    keepAllocatedValues(spec, old);
    normalizeClusterIps(spec, old);
    dropUnusedValues(spec, old);
  },
  validateUpdate,
  warningsOnUpdate: serviceWarnings,
  status: { validateUpdate: validateStatusUpdate },
  selectableFields: {
    'spec.clusterIP': (object) => (object as Service).spec?.clusterIP ?? '',
    'spec.type': (object) => (object as Service).spec?.type ?? '',
  },
  cells,
};
