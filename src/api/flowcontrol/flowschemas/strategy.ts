import type { KindRules } from '../../kind-rules.ts';
import { ageOf } from '../../pod-template/age.ts';
import { keepObjectMeta } from '../../status-metadata.ts';
import type { FlowSchema } from '../shapes.ts';
import { validateStatus } from '../validate-status.ts';
import { defaults } from './defaults.ts';
import { validate } from './validation.ts';

export const rules: KindRules = {
  defaults,
  validate,
  validateUpdate: validate,
  status: { prepareForUpdate: keepObjectMeta, validateUpdate: validateStatus },
  resetFields: { '': [['status']], status: [['spec'], ['metadata']] },
  cells(object, context) {
    const { metadata, spec = {}, status } = object as FlowSchema;
    const dangling = (status?.conditions ?? []).find((condition) => condition.type === 'Dangling');
    return [
      metadata.name ?? '',
      spec.priorityLevelConfiguration?.name ?? '',
      spec.matchingPrecedence ?? 0,
      spec.distinguisherMethod?.type ?? '<none>',
      ageOf(object, context.nowMs),
      dangling === undefined ? '?' : (dangling.status ?? ''),
    ];
  },
};
