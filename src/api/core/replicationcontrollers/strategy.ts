import { FieldPath, fieldForbidden, fieldInvalid, fieldNotSupported, fieldRequired, type FieldError } from '../../../machinery/field-error.ts';
import { getOwn } from '../../../machinery/json.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import type { KindRules } from '../../kind-rules.ts';
import { ageOf } from '../../pod-template/age.ts';
import { containerCells, formatLabels } from '../../pod-template/cells.ts';
import { defaultPodTemplate } from '../../pod-template/defaults.ts';
import { checkNonnegative } from '../../pod-template/findings.ts';
import type { PodTemplateSpec } from '../../pod-template/shapes.ts';
import { validatePodTemplate } from '../../pod-template/validate-pod-template.ts';
import { podTemplateWarnings } from '../../pod-template/warnings.ts';

interface Status {
  replicas?: number;
  fullyLabeledReplicas?: number;
  readyReplicas?: number;
  availableReplicas?: number;
  observedGeneration?: number;
}
interface ReplicationController extends KubeObject {
  spec?: { replicas?: number; minReadySeconds?: number; selector?: Record<string, string>; template?: PodTemplateSpec };
  status?: Status;
}

const SPEC = FieldPath.root('spec');
const STATUS = FieldPath.root('status');

export const rules: KindRules = {
  tracksGeneration: true,
  defaults(object) {
    const controller = object as ReplicationController;
    const spec = (controller.spec ??= {});
    const labels = spec.template?.metadata?.labels;
    if (labels !== undefined && Object.keys(labels).length > 0) {
      if (Object.keys(spec.selector ?? {}).length === 0) spec.selector = { ...labels };
      if (Object.keys(controller.metadata.labels ?? {}).length === 0) controller.metadata.labels = { ...labels };
    }
    spec.replicas ??= 1;
    defaultPodTemplate(spec.template);
  },
  prepareForCreate(object) {
    (object as ReplicationController).status = { replicas: 0 };
  },
  validate,
  validateUpdate: (object) => validate(object),
  warningsOnCreate: warnings,
  warningsOnUpdate: (object, old) => (object.metadata.generation === old.metadata.generation ? [] : warnings(object)),
  status: { validateUpdate: validateStatus },
  selectableFields: { 'status.replicas': (object) => String((object as ReplicationController).status?.replicas ?? 0) },
  cells: (object, { nowMs }) => {
    const { metadata, spec, status } = object as ReplicationController;
    return [
      metadata.name ?? '',
      spec?.replicas ?? 0,
      status?.replicas ?? 0,
      status?.readyReplicas ?? 0,
      ageOf(object, nowMs),
      ...containerCells(spec?.template?.spec?.containers),
      formatLabels(spec?.selector),
    ];
  },
};

function validate(object: KubeObject): FieldError[] {
  const { spec = {} } = object as ReplicationController;
  const findings: FieldError[] = [];
  const selector = spec.selector ?? {};
  checkNonnegative(findings, SPEC.child('minReadySeconds'), spec.minReadySeconds);
  if (Object.keys(selector).length === 0) findings.push(fieldRequired(SPEC.child('selector')));
  checkNonnegative(findings, SPEC.child('replicas'), spec.replicas);
  const path = SPEC.child('template');
  const { template } = spec;
  if (template === undefined) {
    findings.push(fieldRequired(path));
    return findings;
  }
  const labels = template.metadata?.labels ?? {};
  const matches = Object.entries(selector).every(([key, value]) => getOwn(labels, key) === value);
  if (!matches) findings.push(fieldInvalid(path.child('metadata', 'labels'), template.metadata?.labels ?? null, '`selector` does not match template `labels`'));
  findings.push(...validatePodTemplate(template, path));
  const restartPolicy = template.spec?.restartPolicy ?? '';
  if (restartPolicy !== 'Always') findings.push(fieldNotSupported(path.child('spec', 'restartPolicy'), restartPolicy, ['Always']));
  if (template.spec?.activeDeadlineSeconds !== undefined) {
    findings.push(fieldForbidden(path.child('spec', 'activeDeadlineSeconds'), 'activeDeadlineSeconds in ReplicationController is not Supported'));
  }
  return findings;
}

function validateStatus(object: KubeObject): FieldError[] {
  const { status = {} } = object as ReplicationController;
  const findings: FieldError[] = [];
  for (const field of ['replicas', 'fullyLabeledReplicas', 'readyReplicas', 'availableReplicas', 'observedGeneration'] as const) {
    checkNonnegative(findings, STATUS.child(field), status[field]);
  }
  const replicas = status.replicas ?? 0;
  for (const field of ['fullyLabeledReplicas', 'readyReplicas', 'availableReplicas'] as const) {
    const count = status[field] ?? 0;
    if (count > replicas) findings.push(fieldInvalid(STATUS.child(field), count, 'cannot be greater than status.replicas'));
  }
  const available = status.availableReplicas ?? 0;
  if (available > (status.readyReplicas ?? 0)) findings.push(fieldInvalid(STATUS.child('availableReplicas'), available, 'cannot be greater than readyReplicas'));
  return findings;
}

function warnings(object: KubeObject): string[] {
  return podTemplateWarnings((object as ReplicationController).spec?.template ?? {}, SPEC.child('template'));
}
