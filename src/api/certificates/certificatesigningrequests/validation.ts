import { fieldDuplicate, fieldForbidden, fieldInvalid, fieldNotSupported, fieldRequired, FieldPath, type FieldError } from '../../../machinery/field-error.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import type { Findings } from '../../pod-template/findings.ts';
import { certificateProblem } from '../certificate-chain.ts';
import { parseCertificateRequest } from '../certificate-request.ts';
import { DerError } from '../der.ts';
import { decodePem } from '../pem.ts';
import { signatureProblem } from '../request-signature.ts';
import { checkSignerName } from './signer-name.ts';
import { APPROVED, conditionsOf, DENIED, FAILED, type SigningRequest, type SigningRequestSpec } from './signing-request.ts';

const SPEC = FieldPath.root('spec');
const STATUS = FieldPath.root('status');
const CONDITIONS = STATUS.child('conditions');
const CERTIFICATE = STATUS.child('certificate');
const LEGACY_SIGNER = 'kubernetes.io/legacy-unknown';
const MIN_EXPIRATION_SECONDS = 600;
const USAGES = [
  ...['any', 'cert sign', 'client auth', 'code signing', 'content commitment', 'crl sign', 'data encipherment', 'decipher only'],
  ...['digital signature', 'email protection', 'encipher only', 'ipsec end system', 'ipsec tunnel', 'ipsec user', 'key agreement'],
  ...['key encipherment', 'microsoft sgc', 'netscape sgc', 'ocsp signing', 's/mime', 'server auth', 'signing', 'timestamping'],
];

/** What an update need not mend, since the object was so before. */
interface Tolerance {
  readonly bothApprovedAndDenied: boolean;
  readonly legacySigner: boolean;
  readonly duplicateConditions: boolean;
  readonly emptyConditionType: boolean;
  readonly anyCertificate: boolean;
  readonly duplicateUsages: boolean;
  readonly unknownUsages: boolean;
}

const STRICT: Tolerance = {
  bothApprovedAndDenied: false,
  legacySigner: false,
  duplicateConditions: false,
  emptyConditionType: false,
  anyCertificate: false,
  duplicateUsages: false,
  unknownUsages: false,
};

export function validate(object: KubeObject): FieldError[] {
  return findingsOf(object as SigningRequest, STRICT);
}

export function validateUpdate(object: KubeObject, old: KubeObject): FieldError[] {
  return updateFindings(object as SigningRequest, old as SigningRequest, { maySetApproval: false, maySetCertificate: false });
}

/** Approvers say yes or no; they issue nothing. */
export function validateApprovalUpdate(object: KubeObject, old: KubeObject): FieldError[] {
  return updateFindings(object as SigningRequest, old as SigningRequest, { maySetApproval: true, maySetCertificate: false });
}

/** Signers issue; they approve nothing. */
export function validateStatusUpdate(object: KubeObject, old: KubeObject): FieldError[] {
  return updateFindings(object as SigningRequest, old as SigningRequest, { maySetApproval: false, maySetCertificate: true });
}

interface Endpoint {
  readonly maySetApproval: boolean;
  readonly maySetCertificate: boolean;
}

function updateFindings(request: SigningRequest, old: SigningRequest, endpoint: Endpoint): FieldError[] {
  const findings = findingsOf(request, toleranceOf(request, old));
  const change = (type: string): number => conditionsOf(request, type).length - conditionsOf(old, type).length;
  for (const type of [APPROVED, DENIED, FAILED]) {
    if (change(type) < 0) findings.push(fieldForbidden(CONDITIONS, `updates may not remove a condition of type "${type}"`));
  }
  for (const type of endpoint.maySetApproval ? [] : [APPROVED, DENIED]) {
    if (change(type) > 0) findings.push(fieldForbidden(CONDITIONS, `updates may not add a condition of type "${type}"`));
  }
  const oldCertificate = old.status?.certificate ?? '';
  if ((request.status?.certificate ?? '') !== oldCertificate) {
    if (!endpoint.maySetCertificate) findings.push(fieldForbidden(CERTIFICATE, 'updates may not set certificate content'));
    else if (oldCertificate !== '') findings.push(fieldForbidden(CERTIFICATE, 'updates may not modify existing certificate content'));
  }
  return findings;
}

function toleranceOf(request: SigningRequest, old: SigningRequest): Tolerance {
  const types = conditionsOf(old).map((condition) => condition.type ?? '');
  const usages = old.spec?.usages ?? [];
  const oldCertificate = old.status?.certificate ?? '';
  return {
    bothApprovedAndDenied: types.includes(APPROVED) && types.includes(DENIED),
    legacySigner: old.spec?.signerName === LEGACY_SIGNER,
    duplicateConditions: new Set(types).size < types.length,
    emptyConditionType: types.includes(''),
    anyCertificate: (request.status?.certificate ?? '') === oldCertificate || problemOfCertificate(oldCertificate) !== undefined,
    duplicateUsages: new Set(usages).size < usages.length,
    unknownUsages: usages.some((usage) => !USAGES.includes(usage)),
  };
}

function findingsOf(request: SigningRequest, tolerance: Tolerance): Findings {
  const findings: Findings = [];
  checkSpec(findings, request.spec ?? {}, tolerance);
  checkConditions(findings, request, tolerance);
  const problem = tolerance.anyCertificate ? undefined : problemOfCertificate(request.status?.certificate ?? '');
  if (problem !== undefined) findings.push(fieldInvalid(CERTIFICATE, '<certificate data>', problem));
  return findings;
}

function checkSpec(findings: Findings, spec: SigningRequestSpec, tolerance: Tolerance): void {
  const { usages = [], signerName = '', expirationSeconds } = spec;
  const problem = problemOfRequest(spec.request ?? '');
  if (problem !== undefined) findings.push(fieldInvalid(SPEC.child('request'), spec.request ?? '', problem));
  if (usages.length === 0) findings.push(fieldRequired(SPEC.child('usages')));
  usages.forEach((usage, i) => {
    const path = SPEC.child('usages').index(i);
    if (!tolerance.unknownUsages && !USAGES.includes(usage)) findings.push(fieldNotSupported(path, usage, USAGES));
    if (!tolerance.duplicateUsages && usages.indexOf(usage) < i) findings.push(fieldDuplicate(path, usage));
  });
  if (!tolerance.legacySigner && signerName === LEGACY_SIGNER) {
    findings.push(fieldInvalid(SPEC.child('signerName'), signerName, 'the legacy signerName is not allowed via this API version'));
  } else {
    checkSignerName(findings, signerName, SPEC.child('signerName'));
  }
  if (expirationSeconds !== undefined && expirationSeconds < MIN_EXPIRATION_SECONDS) {
    findings.push(fieldInvalid(SPEC.child('expirationSeconds'), expirationSeconds, 'may not specify a duration less than 600 seconds (10 minutes)'));
  }
}

function checkConditions(findings: Findings, request: SigningRequest, tolerance: Tolerance): void {
  const seen = new Set<string>();
  conditionsOf(request).forEach(({ type = '', status = '' }, i) => {
    const path = CONDITIONS.index(i);
    if (type === '' && !tolerance.emptyConditionType) findings.push(fieldRequired(path.child('type')));
    const allowed = [APPROVED, DENIED, FAILED].includes(type) ? ['True'] : ['False', 'True', 'Unknown'];
    if (status === '') findings.push(fieldRequired(path.child('status')));
    else if (!allowed.includes(status)) findings.push(fieldNotSupported(path.child('status'), status, allowed));
    const opposite = type === APPROVED ? DENIED : type === DENIED ? APPROVED : undefined;
    if (!tolerance.bothApprovedAndDenied && opposite !== undefined && seen.has(opposite)) {
      findings.push(fieldInvalid(CONDITIONS, type, 'Approved and Denied conditions are mutually exclusive'));
    }
    if (!tolerance.duplicateConditions && seen.has(type)) findings.push(fieldDuplicate(path.child('type'), type));
    seen.add(type);
  });
}

/** `base64` is the request as it travels; the text is Go's where the encoding inside the PEM block is wrong. */
function problemOfRequest(base64: string): string | undefined {
  const { block } = decodePem(fromBase64(base64));
  if (block?.type !== 'CERTIFICATE REQUEST') return 'PEM block type must be CERTIFICATE REQUEST';
  try {
    return signatureProblem(parseCertificateRequest(block.bytes));
  } catch (error) {
    if (error instanceof DerError) return error.message;
    throw error;
  }
}

function problemOfCertificate(base64: string): string | undefined {
  return base64 === '' ? undefined : certificateProblem(fromBase64(base64));
}

function fromBase64(base64: string): string {
  return Buffer.from(base64, 'base64').toString('latin1');
}
