import { fieldForbidden, fieldInvalid, fieldNotSupported, fieldRequired, type FieldError, type FieldPath } from '../../../machinery/field-error.ts';
import { isPathSegmentName } from '../../../machinery/names.ts';
import { isQuantity, parseQuantity, quantitySign } from '../../../machinery/quantity.ts';
import { reportTexts } from '../../pod-template/findings.ts';
import type { MetricIdentifier, MetricSpec, MetricTarget } from './horizontal-pod-autoscaler.ts';
import { checkReference } from './reference-validation.ts';

const TYPES = ['ContainerResource', 'External', 'Object', 'Pods', 'Resource'];
/** In the order in which sources are looked at. */
const SOURCES = ['object', 'external', 'pods', 'resource', 'containerResource'] as const;
type Source = (typeof SOURCES)[number];
const SOURCE_OF_TYPE: ReadonlyMap<string, Source> = new Map([
  ['Object', 'object'],
  ['Pods', 'pods'],
  ['Resource', 'resource'],
  ['External', 'external'],
  ['ContainerResource', 'containerResource'],
]);

export function checkMetrics(findings: FieldError[], metrics: readonly MetricSpec[], path: FieldPath, minReplicas: number | undefined): void {
  metrics.forEach((metric, i) => checkMetric(findings, metric, path.index(i)));
  if (minReplicas === 0 && !metrics.some(({ type }) => type === 'Object' || type === 'External')) {
    findings.push(fieldForbidden(path, 'must specify at least one Object or External metric to support scaling to zero replicas'));
  }
}

function checkMetric(findings: FieldError[], metric: MetricSpec, path: FieldPath): void {
  const type = metric.type ?? '';
  const typePath = path.child('type');
  const expected = SOURCE_OF_TYPE.get(type);
  if (type === '') findings.push(fieldRequired(typePath, 'must specify a metric source type'));
  if (expected === undefined) findings.push(fieldNotSupported(typePath, type, TYPES));
  const present = SOURCES.filter((source) => metric[source] !== undefined);
  if (present[0] !== undefined) checkSource(findings, metric, present[0], path.child(present[0]));
  if (expected === undefined) findings.push(fieldNotSupported(typePath, type, TYPES));
  else if (metric[expected] === undefined) findings.push(fieldRequired(path.child(expected), 'must populate information for the given metric source'));
  if (present.length === 1) return;
  for (const source of present) if (source !== expected) findings.push(fieldForbidden(path.child(source), 'must populate the given metric source only'));
}

function checkSource(findings: FieldError[], metric: MetricSpec, source: Source, path: FieldPath): void {
  switch (source) {
    case 'object':
      checkReference(findings, metric.object?.describedObject ?? {}, path.child('describedObject'), { needsGroup: false, checksApiVersion: true });
      checkIdentifier(findings, metric.object?.metric, path.child('metric'));
      checkAmount(findings, metric.object?.target ?? {}, path.child('target'));
      return;
    case 'external': {
      const target = metric.external?.target ?? {};
      checkIdentifier(findings, metric.external?.metric, path.child('metric'));
      checkAmount(findings, target, path.child('target'));
      if (target.value !== undefined && target.averageValue !== undefined) {
        findings.push(fieldForbidden(path.child('target', 'value'), 'may not set both a target value for metric and a per-pod target'));
      }
      return;
    }
    case 'pods': {
      const target = metric.pods?.target ?? {};
      checkIdentifier(findings, metric.pods?.metric, path.child('metric'));
      checkTarget(findings, target, path.child('target'));
      if (target.averageValue === undefined || signOf(target.averageValue) !== 1) {
        findings.push(fieldRequired(path.child('target', 'averageValue'), 'must specify a positive target averageValue'));
      }
      return;
    }
    case 'resource':
      checkResource(findings, metric.resource ?? {}, path);
      return;
    case 'containerResource':
      checkResource(findings, metric.containerResource ?? {}, path, metric.containerResource?.container ?? '');
      return;
  }
}

function checkResource(findings: FieldError[], { name, target = {} }: { name?: string | undefined; target?: MetricTarget | undefined }, path: FieldPath, container?: string): void {
  if (!name) findings.push(fieldRequired(path.child('name'), 'must specify a resource name'));
  if (container === '') findings.push(fieldRequired(path.child('container'), 'must specify a container'));
  const targetPath = path.child('target');
  checkTarget(findings, target, targetPath);
  const { averageUtilization, averageValue } = target;
  if (averageUtilization === undefined && averageValue === undefined) {
    findings.push(fieldRequired(targetPath.child('averageUtilization'), 'must set either a target raw value or a target utilization'));
  }
  if (averageUtilization !== undefined && averageValue !== undefined) {
    findings.push(fieldForbidden(targetPath.child('averageValue'), 'may not set both a target raw value and a target utilization'));
  }
}

function checkAmount(findings: FieldError[], target: MetricTarget, path: FieldPath): void {
  checkTarget(findings, target, path);
  if (target.value === undefined && target.averageValue === undefined) {
    findings.push(fieldRequired(path.child('averageValue'), 'must set either a target value for metric or a per-pod target'));
  }
}

function checkTarget(findings: FieldError[], { type = '', value, averageValue, averageUtilization }: MetricTarget, path: FieldPath): void {
  if (type === '') findings.push(fieldRequired(path.child('type'), 'must specify a metric target type'));
  if (!['Utilization', 'Value', 'AverageValue'].includes(type)) findings.push(fieldInvalid(path.child('type'), type, 'must be either Utilization, Value, or AverageValue'));
  if (value !== undefined && signOf(value) !== 1) findings.push(fieldInvalid(path.child('value'), value, 'must be positive'));
  if (averageValue !== undefined && signOf(averageValue) !== 1) findings.push(fieldInvalid(path.child('averageValue'), averageValue, 'must be positive'));
  if (averageUtilization !== undefined && averageUtilization < 1) findings.push(fieldInvalid(path.child('averageUtilization'), averageUtilization, 'must be greater than 0'));
}

function checkIdentifier(findings: FieldError[], metric: MetricIdentifier | undefined, path: FieldPath): void {
  const name = metric?.name ?? '';
  if (name === '') findings.push(fieldRequired(path.child('name'), 'must specify a metric name'));
  else reportTexts(findings, path.child('name'), name, isPathSegmentName(name));
}

export function signOf(quantity: string): number {
  return isQuantity(quantity) ? quantitySign(parseQuantity(quantity)) : 0;
}
