import { fieldForbidden, fieldInvalid, fieldNotSupported, fieldRequired, FieldPath, type FieldError } from '../../../machinery/field-error.ts';
import { equalJson } from '../../../machinery/json.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import type { Findings } from '../../pod-template/findings.ts';
import { internalForm } from '../../pod-template/internal-form.ts';
import { FLOW_LAYOUTS } from '../internal-layouts.ts';
import { EXEMPT, MANDATORY_PRIORITY_LEVELS } from '../mandatory.ts';
import type { ExemptPriorityLevel, LimitedPriorityLevel, LimitResponse, PriorityLevelConfiguration, PriorityLevelSpec, QueuingConfiguration } from '../shapes.ts';
import { validateStatus } from '../validate-status.ts';

const SPEC = FieldPath.root('spec');
const MAX_QUEUES = 10_000_000;
/** Bits of the hash that deals a request its hand of queues. */
const MAX_HASH_BITS = 60;

export function validate(object: KubeObject): FieldError[] {
  const findings: Findings = [];
  const { metadata, spec = {} } = object as PriorityLevelConfiguration;
  checkSpec(findings, spec, metadata.name ?? '');
  checkMandatory(findings, spec, metadata.name ?? '');
  return [...findings, ...validateStatus(object)];
}

function checkMandatory(findings: Findings, spec: PriorityLevelSpec, name: string): void {
  const fixed = MANDATORY_PRIORITY_LEVELS.get(name);
  if (fixed === undefined) return;
  const compared = name === EXEMPT ? { ...spec, exempt: undefined } : spec;
  if (equalJson(compared, fixed)) return;
  const exception = name === EXEMPT ? " except the 'spec.exempt' field" : '';
  findings.push(fieldInvalid(SPEC, internalForm(spec, 'PriorityLevelConfigurationSpec', FLOW_LAYOUTS), `spec of '${name}'${exception} must equal the fixed value`));
}

function checkSpec(findings: Findings, spec: PriorityLevelSpec, name: string): void {
  const { type = '', limited, exempt } = spec;
  if ((name === EXEMPT) !== (type === 'Exempt')) findings.push(fieldInvalid(SPEC.child('type'), type, "must be 'Exempt' if and only if `name` is 'exempt'"));
  if (type === 'Exempt') {
    if (limited !== undefined) findings.push(fieldForbidden(SPEC.child('limited'), 'must be nil if the type is not Limited'));
    if (exempt !== undefined) checkExempt(findings, exempt, SPEC.child('exempt'));
  } else if (type === 'Limited') {
    if (exempt !== undefined) findings.push(fieldForbidden(SPEC.child('exempt'), 'must be nil if the type is Limited'));
    if (limited === undefined) findings.push(fieldRequired(SPEC.child('limited'), 'must not be empty when type is Limited'));
    else checkLimited(findings, limited, SPEC.child('limited'));
  } else {
    findings.push(fieldNotSupported(SPEC.child('type'), type, ['Exempt', 'Limited']));
  }
}

function checkExempt(findings: Findings, exempt: ExemptPriorityLevel, path: FieldPath): void {
  const shares = exempt.nominalConcurrencyShares;
  if (shares !== undefined && shares < 0) findings.push(fieldInvalid(path.child('nominalConcurrencyShares'), shares, 'must be a non-negative integer'));
  checkLendablePercent(findings, exempt.lendablePercent, path);
}

function checkLimited(findings: Findings, limited: LimitedPriorityLevel, path: FieldPath): void {
  const { nominalConcurrencyShares: shares = 0, borrowingLimitPercent: borrowing } = limited;
  if (shares < 0) findings.push(fieldInvalid(path.child('nominalConcurrencyShares'), shares, 'must be a non-negative integer'));
  checkLimitResponse(findings, limited.limitResponse ?? {}, path.child('limitResponse'));
  checkLendablePercent(findings, limited.lendablePercent, path);
  if (borrowing !== undefined && borrowing < 0) {
    findings.push(fieldInvalid(path.child('borrowingLimitPercent'), borrowing, 'if specified, must be a non-negative integer'));
  }
}

function checkLendablePercent(findings: Findings, percent: number | undefined, path: FieldPath): void {
  if (percent !== undefined && (percent < 0 || percent > 100)) findings.push(fieldInvalid(path.child('lendablePercent'), percent, 'must be between 0 and 100, inclusive'));
}

/** Kubernetes' texts say Limited where they mean Queue. */
function checkLimitResponse(findings: Findings, response: LimitResponse, path: FieldPath): void {
  const { type = '', queuing } = response;
  const at = path.child('queuing');
  if (type === 'Reject') {
    if (queuing !== undefined) findings.push(fieldForbidden(at, 'must be nil if limited.limitResponse.type is not Limited'));
  } else if (type === 'Queue') {
    if (queuing === undefined) findings.push(fieldRequired(at, 'must not be empty if limited.limitResponse.type is Limited'));
    else checkQueuing(findings, queuing, at);
  } else {
    findings.push(fieldNotSupported(path.child('type'), type, ['Queue', 'Reject']));
  }
}

/** Every request is dealt a hand of queues; the hash must have the bits to deal any hand. */
function checkQueuing(findings: Findings, queuing: QueuingConfiguration, path: FieldPath): void {
  const { queueLengthLimit = 0, queues = 0, handSize = 0 } = queuing;
  if (queueLengthLimit <= 0) findings.push(fieldInvalid(path.child('queueLengthLimit'), queueLengthLimit, 'must be positive'));
  if (queues <= 0) findings.push(fieldInvalid(path.child('queues'), queues, 'must be positive'));
  else if (queues > MAX_QUEUES) findings.push(fieldInvalid(path.child('queues'), queues, `must not be greater than ${MAX_QUEUES}`));
  const at = path.child('handSize');
  if (handSize <= 0) findings.push(fieldInvalid(at, handSize, 'must be positive'));
  else if (handSize > queues) findings.push(fieldInvalid(at, handSize, `should not be greater than queues (${queues})`));
  else if (Math.ceil(Math.log2(queues) * handSize) > MAX_HASH_BITS) {
    findings.push(fieldInvalid(at, handSize, `required entropy bits of deckSize ${queues} and handSize ${handSize} should not be greater than ${MAX_HASH_BITS}`));
  }
}
