import { fieldForbidden, fieldInvalid, fieldRequired, fieldTooLong, FieldPath, type FieldError } from '../../../machinery/field-error.ts';
import { equalJson } from '../../../machinery/json.ts';
import { isDns1123Subdomain } from '../../../machinery/names.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import { reportTexts, type Findings } from '../../pod-template/findings.ts';
import { internalForm } from '../../pod-template/internal-form.ts';
import type { VolumeAttachment, VolumeAttachmentSpec, VolumeAttachmentStatus, VolumeError } from '../shapes.ts';
import { checkDriverName } from '../validate-provisioner.ts';

const SPEC = FieldPath.root('spec');
const STATUS = FieldPath.root('status');
const MAX_METADATA_BYTES = 256 * 1024;
const MAX_MESSAGE_BYTES = 1024;
const LAYOUTS = { VolumeAttachmentSpec: 'Attacher:s Source:.VolumeAttachmentSource NodeName:s', VolumeAttachmentSource: 'PersistentVolumeName:* InlineVolumeSpec:*' };
const ONE_SOURCE = 'must specify exactly one of inlineVolumeSpec and persistentVolumeName';

export function validate(object: KubeObject): FieldError[] {
  const { spec = {} } = object as VolumeAttachment;
  const findings = findingsOf(object as VolumeAttachment);
  // New attachments are judged more strictly than those that are there already.
  checkDriverName(findings, spec.attacher ?? '', SPEC.child('attacher'));
  const name = spec.source?.persistentVolumeName;
  if (name !== undefined) reportTexts(findings, SPEC.child('source', 'persistentVolumeName'), name, isDns1123Subdomain(name));
  return findings;
}

export function validateUpdate(object: KubeObject, old: KubeObject): FieldError[] {
  const attachment = object as VolumeAttachment;
  const findings = findingsOf(attachment);
  if (!equalJson(attachment.spec ?? {}, (old as VolumeAttachment).spec ?? {})) {
    findings.push(fieldInvalid(SPEC, internalForm(attachment.spec, 'VolumeAttachmentSpec', LAYOUTS), 'field is immutable'));
  }
  return findings;
}

function findingsOf(attachment: VolumeAttachment): Findings {
  const findings: Findings = [];
  const { spec = {}, status = {} } = attachment;
  if (!spec.attacher) findings.push(fieldRequired(SPEC.child('attacher')));
  checkSource(findings, spec.source ?? {}, SPEC.child('source'));
  reportTexts(findings, SPEC.child('nodeName'), spec.nodeName ?? '', isDns1123Subdomain(spec.nodeName ?? ''));
  checkStatus(findings, status);
  return findings;
}

/** The volume's own specification was judged where it was written: a pod's inline volume, migrated to its driver. */
function checkSource(findings: Findings, source: NonNullable<VolumeAttachmentSpec['source']>, path: FieldPath): void {
  const { inlineVolumeSpec, persistentVolumeName } = source;
  if (inlineVolumeSpec === undefined && persistentVolumeName === undefined) findings.push(fieldRequired(path, ONE_SOURCE));
  else if (inlineVolumeSpec !== undefined && persistentVolumeName !== undefined) findings.push(fieldForbidden(path, ONE_SOURCE));
  else if (persistentVolumeName === '') findings.push(fieldRequired(path.child('persistentVolumeName'), 'must specify non empty persistentVolumeName'));
}

function checkStatus(findings: Findings, status: VolumeAttachmentStatus): void {
  let size = 0;
  for (const [key, value = ''] of Object.entries(status.attachmentMetadata ?? {})) size += Buffer.byteLength(key) + Buffer.byteLength(value);
  if (size > MAX_METADATA_BYTES) findings.push(fieldTooLong(STATUS.child('attachmentMetadata'), MAX_METADATA_BYTES));
  checkError(findings, status.attachError, STATUS.child('attachError'));
  checkError(findings, status.detachError, STATUS.child('detachError'));
}

/** Kubernetes' text names another limit than the one that is kept. */
function checkError(findings: Findings, error: VolumeError | undefined, path: FieldPath): void {
  if (Buffer.byteLength(error?.message ?? '') > MAX_MESSAGE_BYTES) findings.push(fieldTooLong(path.child('message'), MAX_METADATA_BYTES));
}
