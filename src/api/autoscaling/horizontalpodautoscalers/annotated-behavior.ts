import type { JsonObject, JsonValue } from '../../../machinery/json.ts';
import { asInteger, asList, asObject, asQuantity, asString } from './annotation-values.ts';
import type { Behavior, Condition, ScalingRules } from './horizontal-pod-autoscaler.ts';

/** A behavior as autoscaling/v1 carries it through an annotation: Kubernetes' internal struct. */
export function behaviorToAnnotation({ scaleUp, scaleDown }: Behavior): JsonObject {
  return { ScaleUp: rulesToJson(scaleUp), ScaleDown: rulesToJson(scaleDown) };
}

/** Undefined for one that says nothing. Throws MalformedAnnotation. */
export function behaviorFromAnnotation(value: JsonValue | undefined): Behavior | undefined {
  const { ScaleUp, ScaleDown } = asObject(value);
  if (ScaleUp == null && ScaleDown == null) return undefined;
  return { ...(ScaleUp != null && { scaleUp: rulesFromJson(asObject(ScaleUp)) }), ...(ScaleDown != null && { scaleDown: rulesFromJson(asObject(ScaleDown)) }) };
}

export function conditionToAnnotation({ type = '', status = '', lastTransitionTime, reason, message }: Condition): JsonObject {
  return { type, status, lastTransitionTime: lastTransitionTime ?? null, ...(reason && { reason }), ...(message && { message }) };
}

/** Throws MalformedAnnotation. */
export function conditionFromAnnotation(value: JsonValue): Condition {
  const { type, status, lastTransitionTime, reason, message } = asObject(value);
  const time = asString(lastTransitionTime);
  return {
    type: asString(type),
    status: asString(status),
    lastTransitionTime: time === '' || Number.isNaN(Date.parse(time)) ? null : time,
    ...(reason != null && { reason: asString(reason) }),
    ...(message != null && { message: asString(message) }),
  };
}

function rulesToJson(rules: ScalingRules | undefined): JsonObject | null {
  if (rules === undefined) return null;
  return {
    StabilizationWindowSeconds: rules.stabilizationWindowSeconds ?? null,
    SelectPolicy: rules.selectPolicy ?? null,
    Policies: rules.policies?.map((policy) => ({ Type: policy.type ?? '', Value: policy.value ?? 0, PeriodSeconds: policy.periodSeconds ?? 0 })) ?? null,
    Tolerance: rules.tolerance ?? null,
  };
}

function rulesFromJson(rules: JsonObject): ScalingRules {
  const seconds = asInteger(rules['StabilizationWindowSeconds']);
  const tolerance = asQuantity(rules['Tolerance']);
  const selectPolicy = asString(rules['SelectPolicy']);
  const policies = asList(rules['Policies'], (item) => {
    const { Type, Value, PeriodSeconds } = asObject(item);
    return { type: asString(Type), value: asInteger(Value) ?? 0, periodSeconds: asInteger(PeriodSeconds) ?? 0 };
  });
  return {
    ...(seconds !== undefined && { stabilizationWindowSeconds: seconds }),
    ...(selectPolicy !== '' && { selectPolicy }),
    ...(policies.length > 0 && { policies }),
    ...(tolerance !== undefined && { tolerance }),
  };
}
