import type { JsonObject, JsonValue } from '../../../machinery/json.ts';
import { shownSelector } from '../../apps/selectors.ts';
import { asInteger, asObject, asQuantity, asSelector, asString } from './annotation-values.ts';
import type { MetricIdentifier, MetricSpec, MetricStatus, MetricTarget, MetricValue, ObjectReference } from './horizontal-pod-autoscaler.ts';

/**
 * Metrics in the form in which autoscaling/v1 carries them through its annotations: that of an early beta version, with
 * targets and current values spread over the source. Field orders are those of Go's structs, since the texts are compared.
 */
export function specToAnnotation({ type = '', object, pods, resource, containerResource, external }: MetricSpec): JsonObject {
  return {
    type,
    ...(object && {
      object: {
        target: referenceToJson(object.describedObject),
        metricName: object.metric?.name ?? '',
        targetValue: object.target?.value ?? '0',
        ...selectorToJson('selector', object.metric),
        ...optional('averageValue', object.target?.averageValue),
      },
    }),
    ...(pods && { pods: { metricName: pods.metric?.name ?? '', targetAverageValue: pods.target?.averageValue ?? '0', ...selectorToJson('selector', pods.metric) } }),
    ...(resource && { resource: { name: resource.name ?? '', ...utilization('targetAverageUtilization', 'targetAverageValue', resource.target) } }),
    ...(containerResource && {
      containerResource: {
        name: containerResource.name ?? '',
        ...utilization('targetAverageUtilization', 'targetAverageValue', containerResource.target),
        container: containerResource.container ?? '',
      },
    }),
    ...(external && {
      external: {
        metricName: external.metric?.name ?? '',
        ...selectorToJson('metricSelector', external.metric),
        ...optional('targetValue', external.target?.value),
        ...optional('targetAverageValue', external.target?.averageValue),
      },
    }),
  };
}

export function statusToAnnotation({ type = '', object, pods, resource, containerResource, external }: MetricStatus): JsonObject {
  return {
    type,
    ...(object && {
      object: {
        target: referenceToJson(object.describedObject),
        metricName: object.metric?.name ?? '',
        currentValue: object.current?.value ?? '0',
        ...selectorToJson('selector', object.metric),
        ...optional('averageValue', object.current?.averageValue),
      },
    }),
    ...(pods && { pods: { metricName: pods.metric?.name ?? '', currentAverageValue: pods.current?.averageValue ?? '0', ...selectorToJson('selector', pods.metric) } }),
    ...(resource && { resource: { name: resource.name ?? '', ...currentUtilization(resource.current) } }),
    ...(containerResource && { containerResource: { name: containerResource.name ?? '', ...currentUtilization(containerResource.current), container: containerResource.container ?? '' } }),
    ...(external && {
      external: {
        metricName: external.metric?.name ?? '',
        ...selectorToJson('metricSelector', external.metric),
        currentValue: external.current?.value ?? '0',
        ...optional('currentAverageValue', external.current?.averageValue),
      },
    }),
  };
}

/** Throws MalformedAnnotation. */
export function specFromAnnotation(value: JsonValue): MetricSpec {
  const { type, object, pods, resource, containerResource, external } = asObject(value);
  const spec: MetricSpec = { type: asString(type) };
  if (object != null) spec.object = objectSpec(asObject(object));
  if (pods != null) {
    const source = asObject(pods);
    spec.pods = { metric: identifier(source, 'selector'), target: { type: 'AverageValue', averageValue: asQuantity(source['targetAverageValue']) ?? '0' } };
  }
  if (resource != null) spec.resource = resourceSpec(asObject(resource));
  if (containerResource != null) spec.containerResource = { ...resourceSpec(asObject(containerResource)), container: asString(asObject(containerResource)['container']) };
  if (external != null) {
    const source = asObject(external);
    const amount = asQuantity(source['targetValue']);
    spec.external = {
      metric: identifier(source, 'metricSelector'),
      target: present<MetricTarget>({ type: amount === undefined ? 'AverageValue' : 'Value', value: amount, averageValue: asQuantity(source['targetAverageValue']) }),
    };
  }
  return spec;
}

/** Throws MalformedAnnotation. */
export function statusFromAnnotation(value: JsonValue): MetricStatus {
  const { type, object, pods, resource, containerResource, external } = asObject(value);
  const status: MetricStatus = { type: asString(type) };
  if (object != null) {
    const source = asObject(object);
    status.object = {
      metric: identifier(source, 'selector'),
      current: present<MetricValue>({ value: asQuantity(source['currentValue']) ?? '0', averageValue: asQuantity(source['averageValue']) }),
      describedObject: reference(asObject(source['target'])),
    };
  }
  if (pods != null) {
    const source = asObject(pods);
    status.pods = { metric: identifier(source, 'selector'), current: { averageValue: asQuantity(source['currentAverageValue']) ?? '0' } };
  }
  if (resource != null) status.resource = resourceStatus(asObject(resource));
  if (containerResource != null) status.containerResource = { ...resourceStatus(asObject(containerResource)), container: asString(asObject(containerResource)['container']) };
  if (external != null) {
    const source = asObject(external);
    status.external = {
      metric: identifier(source, 'metricSelector'),
      current: present<MetricValue>({ value: asQuantity(source['currentValue']) ?? '0', averageValue: asQuantity(source['currentAverageValue']) }),
    };
  }
  return status;
}

function objectSpec(source: JsonObject): NonNullable<MetricSpec['object']> {
  const average = asQuantity(source['averageValue']);
  const amount = asQuantity(source['targetValue']) ?? '0';
  return {
    metric: identifier(source, 'selector'),
    target: present<MetricTarget>({
      type: average === undefined ? 'Value' : 'AverageValue',
      value: average !== undefined && amount === '0' ? undefined : amount,
      averageValue: average,
    }),
    describedObject: reference(asObject(source['target'])),
  };
}

function resourceSpec(source: JsonObject): NonNullable<MetricSpec['resource']> {
  const averageUtilization = asInteger(source['targetAverageUtilization']);
  const type = averageUtilization === undefined ? 'AverageValue' : 'Utilization';
  return { name: asString(source['name']), target: present<MetricTarget>({ type, averageUtilization, averageValue: asQuantity(source['targetAverageValue']) }) };
}

function resourceStatus(source: JsonObject): NonNullable<MetricStatus['resource']> {
  return {
    name: asString(source['name']),
    current: present<MetricValue>({ averageUtilization: asInteger(source['currentAverageUtilization']), averageValue: asQuantity(source['currentAverageValue']) ?? '0' }),
  };
}

function identifier(source: JsonObject, selectorField: string): MetricIdentifier {
  return present<MetricIdentifier>({ name: asString(source['metricName']), selector: asSelector(source[selectorField]) });
}

function reference({ kind, name, apiVersion }: JsonObject): ObjectReference {
  const version = asString(apiVersion);
  return { kind: asString(kind), name: asString(name), ...(version !== '' && { apiVersion: version }) };
}

function referenceToJson(target: ObjectReference | undefined): JsonObject {
  return { kind: target?.kind ?? '', name: target?.name ?? '', ...(target?.apiVersion && { apiVersion: target.apiVersion }) };
}

function selectorToJson(field: string, metric: MetricIdentifier | undefined): JsonObject {
  return metric?.selector === undefined ? {} : { [field]: shownSelector(metric.selector) };
}

function utilization(utilizationField: string, valueField: string, target: MetricTarget | undefined): JsonObject {
  return { ...optional(utilizationField, target?.averageUtilization), ...optional(valueField, target?.averageValue) };
}

function currentUtilization(current: MetricValue | undefined): JsonObject {
  return { ...optional('currentAverageUtilization', current?.averageUtilization), currentAverageValue: current?.averageValue ?? '0' };
}

function optional(field: string, value: JsonValue | undefined): JsonObject {
  return value === undefined ? {} : { [field]: value };
}

/** Without the fields that are undefined. */
function present<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as T;
}
