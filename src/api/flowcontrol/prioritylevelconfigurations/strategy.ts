import type { KindRules } from '../../kind-rules.ts';
import { ageOf } from '../../pod-template/age.ts';
import { keepObjectMeta } from '../../status-metadata.ts';
import type { PriorityLevelConfiguration } from '../shapes.ts';
import { validateStatus } from '../validate-status.ts';
import { defaults } from './defaults.ts';
import { validate } from './validation.ts';

const NONE = '<none>';

export const rules: KindRules = {
  defaults,
  validate,
  validateUpdate: validate,
  status: { prepareForUpdate: keepObjectMeta, validateUpdate: validateStatus },
  resetFields: { '': [['status']], status: [['spec'], ['metadata']] },
  cells(object, context) {
    const { metadata, spec = {} } = object as PriorityLevelConfiguration;
    const queuing = spec.limited?.limitResponse?.queuing;
    return [
      metadata.name ?? '',
      spec.type ?? '',
      spec.limited?.nominalConcurrencyShares ?? NONE,
      queuing?.queues ?? NONE,
      queuing?.handSize ?? NONE,
      queuing?.queueLengthLimit ?? NONE,
      ageOf(object, context.nowMs),
    ];
  },
};
