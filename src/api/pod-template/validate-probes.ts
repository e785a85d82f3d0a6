import { fieldForbidden, fieldInvalid, fieldRequired, type FieldPath } from '../../machinery/field-error.ts';
import { isHttpHeaderName } from '../../machinery/names.ts';
import { checkNonnegative, checkOneOf, reportTexts, type Findings } from './findings.ts';
import type { Container, LifecycleHandler, PodSpec, Probe } from './shapes.ts';
import { checkStopSignal } from './validate-stop-signal.ts';
import { checkPortNumberOrName } from './validate-ports.ts';

type Handler = LifecycleHandler & Probe;

/** Lifecycle hooks and the three probes, for containers that may have them. */
export function checkHooksAndProbes(findings: Findings, container: Container, spec: PodSpec, path: FieldPath): void {
  const gracePeriod = spec.terminationGracePeriodSeconds;
  const { lifecycle } = container;
  if (lifecycle !== undefined) {
    const lifecyclePath = path.child('lifecycle');
    if (lifecycle.postStart !== undefined) checkHandler(findings, lifecycle.postStart, gracePeriod, lifecyclePath.child('postStart'));
    if (lifecycle.preStop !== undefined) checkHandler(findings, lifecycle.preStop, gracePeriod, lifecyclePath.child('preStop'));
    if (lifecycle.stopSignal !== undefined) checkStopSignal(findings, lifecycle.stopSignal, spec.os?.name, lifecyclePath.child('stopSignal'));
  }
  if (container.livenessProbe !== undefined) checkOneSuccessProbe(findings, container.livenessProbe, gracePeriod, path.child('livenessProbe'));
  if (container.readinessProbe !== undefined) {
    const probePath = path.child('readinessProbe');
    checkProbe(findings, container.readinessProbe, gracePeriod, probePath);
    const seconds = container.readinessProbe.terminationGracePeriodSeconds;
    if (seconds !== undefined) findings.push(fieldInvalid(probePath.child('terminationGracePeriodSeconds'), seconds, 'must not be set for readinessProbes'));
  }
  if (container.startupProbe !== undefined) checkOneSuccessProbe(findings, container.startupProbe, gracePeriod, path.child('startupProbe'));
}

function checkOneSuccessProbe(findings: Findings, probe: Probe, gracePeriod: number | undefined, path: FieldPath): void {
  checkProbe(findings, probe, gracePeriod, path);
  if (probe.successThreshold !== 1) findings.push(fieldInvalid(path.child('successThreshold'), probe.successThreshold ?? 0, 'must be 1'));
}

function checkProbe(findings: Findings, probe: Probe, gracePeriod: number | undefined, path: FieldPath): void {
  checkHandler(findings, probe, gracePeriod, path);
  for (const field of ['initialDelaySeconds', 'timeoutSeconds', 'periodSeconds', 'successThreshold', 'failureThreshold'] as const) {
    checkNonnegative(findings, path.child(field), probe[field]);
  }
  const seconds = probe.terminationGracePeriodSeconds;
  if (seconds !== undefined && seconds <= 0) findings.push(fieldInvalid(path.child('terminationGracePeriodSeconds'), seconds, 'must be greater than 0'));
}

/** Exactly one way to act; the second and later ones are refused unread. */
function checkHandler(findings: Findings, handler: Handler, gracePeriod: number | undefined, path: FieldPath): void {
  const present = (['exec', 'httpGet', 'tcpSocket', 'grpc', 'sleep'] as const).filter((kind) => handler[kind] !== undefined);
  const [first, ...others] = present;
  if (first === undefined) {
    findings.push(fieldRequired(path, 'must specify a handler type'));
    return;
  }
  checkAction(findings, handler, first, { path: path.child(first), gracePeriod });
  for (const kind of others) findings.push(fieldForbidden(path.child(kind), 'may not specify more than 1 handler type'));
}

interface ActionContext {
  readonly path: FieldPath;
  readonly gracePeriod: number | undefined;
}

function checkAction(findings: Findings, handler: Handler, kind: 'exec' | 'httpGet' | 'tcpSocket' | 'grpc' | 'sleep', { path, gracePeriod }: ActionContext): void {
  switch (kind) {
    case 'exec':
      if ((handler.exec?.command ?? []).length === 0) findings.push(fieldRequired(path.child('command')));
      return;
    case 'httpGet': {
      const action = handler.httpGet;
      if (!action?.path) findings.push(fieldRequired(path.child('path')));
      checkPortNumberOrName(findings, path.child('port'), action?.port ?? 0);
      checkOneOf(findings, path.child('scheme'), action?.scheme ?? '', ['HTTP', 'HTTPS']);
      for (const header of action?.httpHeaders ?? []) reportTexts(findings, path.child('httpHeaders'), header.name ?? '', isHttpHeaderName(header.name ?? ''));
      return;
    }
    case 'tcpSocket':
      checkPortNumberOrName(findings, path.child('port'), handler.tcpSocket?.port ?? 0);
      return;
    case 'grpc':
      checkPortNumberOrName(findings, path.child('port'), handler.grpc?.port ?? 0);
      return;
    case 'sleep': {
      const seconds = handler.sleep?.seconds ?? 0;
      if (gracePeriod !== undefined && (seconds < 0 || seconds > gracePeriod)) {
        findings.push(fieldInvalid(path, seconds, `must be non-negative and less than terminationGracePeriodSeconds (${gracePeriod})`));
      }
    }
  }
}
