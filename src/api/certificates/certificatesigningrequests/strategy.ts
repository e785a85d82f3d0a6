import { cloneJson } from '../../../machinery/json.ts';
import { nameIsPathSegment } from '../../../machinery/names.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import type { KindRules } from '../../kind-rules.ts';
import { keepConditions, setConditionTimes } from './conditions.ts';
import { cells } from './printer.ts';
import { APPROVED, DENIED, type SigningRequest } from './signing-request.ts';
import { validate, validateApprovalUpdate, validateStatusUpdate, validateUpdate } from './validation.ts';

/** Who asks is what the server knows of the requester, never what the request says. */
export const rules: KindRules = {
  validateName: nameIsPathSegment,
  prepareForCreate(object, context) {
    const spec = ((object as SigningRequest).spec ??= {});
    delete spec.username;
    delete spec.uid;
    delete spec.groups;
    delete spec.extra;
    if (context.userName !== '') spec.username = context.userName;
    if (context.userUid !== '') spec.uid = context.userUid;
    if (context.userGroups.length > 0) spec.groups = [...context.userGroups];
    const extra = Object.entries(context.userExtra);
    if (extra.length > 0) spec.extra = Object.fromEntries(extra.map(([key, values]) => [key, [...values]]));
  },
  validate,
  prepareForUpdate: keepSpec,
  validateUpdate,
  status: {
    prepareForUpdate(object, old, context) {
      keepConditions(object as SigningRequest, old as SigningRequest, APPROVED);
      keepConditions(object as SigningRequest, old as SigningRequest, DENIED);
      setConditionTimes(object as SigningRequest, old as SigningRequest, context.nowMs);
    },
    validateUpdate: validateStatusUpdate,
  },
  subresources: {
    approval: {
      prepareForUpdate(object, old, context) {
        keepSpec(object, old);
        const status = ((object as SigningRequest).status ??= {});
        const certificate = (old as SigningRequest).status?.certificate;
        if (certificate === undefined) delete status.certificate;
        else status.certificate = certificate;
        setConditionTimes(object as SigningRequest, old as SigningRequest, context.nowMs);
      },
      validateUpdate: validateApprovalUpdate,
    },
  },
  selectableFields: { 'spec.signerName': (object) => (object as SigningRequest).spec?.signerName ?? '' },
  resetFields: { '': [['spec'], ['status']], status: [['spec']], approval: [['spec'], ['status', 'certificate']] },
  cells,
};

function keepSpec(object: KubeObject, old: KubeObject): void {
  object['spec'] = cloneJson(old['spec'] ?? {});
}
