import type { KindRules } from '../../kind-rules.ts';
import { ageOf } from '../../pod-template/age.ts';
import { keepObjectMeta } from '../../status-metadata.ts';
import type { VolumeAttachment } from '../shapes.ts';
import { validate, validateUpdate } from './validation.ts';

export const rules: KindRules = {
  allowUnconditionalUpdate: false,
  validate,
  validateUpdate,
  status: { prepareForUpdate: keepObjectMeta, validateUpdate },
  resetFields: { '': [['status']], status: [['metadata'], ['spec']] },
  cells(object, context) {
    const { metadata, spec = {}, status = {} } = object as VolumeAttachment;
    return [
      metadata.name ?? '',
      spec.attacher ?? '',
      spec.source?.persistentVolumeName ?? '',
      spec.nodeName ?? '',
      status.attached ?? false,
      ageOf(object, context.nowMs),
    ];
  },
};
