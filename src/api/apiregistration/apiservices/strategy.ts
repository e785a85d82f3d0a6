import { formatTime } from '../../../machinery/clock.ts';
import { nameIsPathSegment } from '../../../machinery/names.ts';
import type { KindRules } from '../../kind-rules.ts';
import { ageOf } from '../../pod-template/age.ts';
import { keepObjectMeta } from '../../status-metadata.ts';
import type { ApiService } from './api-service.ts';
import { defaults } from './defaults.ts';
import { validate, validateStatusUpdate } from './validation.ts';

export const rules: KindRules = {
  validateName: nameIsPathSegment,
  allowUnconditionalUpdate: false,
  defaults,
  // What this server serves itself is there at once.
  prepareForCreate(object, context) {
    const service = object as ApiService;
    if (service.spec?.service != null) return;
    service.status = {
      conditions: [{ type: 'Available', status: 'True', lastTransitionTime: formatTime(context.nowMs), reason: 'Local', message: 'Local APIServices are always available' }],
    };
  },
  validate,
  validateUpdate: validate,
  status: { prepareForUpdate: keepObjectMeta, validateUpdate: validateStatusUpdate },
  resetFields: { '': [['status']], status: [['spec'], ['metadata']] },
  cells(object, context) {
    const { metadata, spec, status } = object as ApiService;
    const service = spec?.service == null ? 'Local' : `${spec.service.namespace ?? ''}/${spec.service.name ?? ''}`;
    const available = (status?.conditions ?? []).find((condition) => condition.type === 'Available');
    const shown = available === undefined ? 'Unknown' : available.status === 'True' ? 'True' : `${available.status ?? ''} (${available.reason ?? ''})`;
    return [metadata.name ?? '', service, shown, ageOf(object, context.nowMs)];
  },
};
