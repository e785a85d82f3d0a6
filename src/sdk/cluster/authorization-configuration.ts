import { DurationError, parseDurationMs } from '../../machinery/duration.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../machinery/json.ts';
import { parseYaml } from '../../machinery/parse-yaml.ts';
import { AccessReviewConditionError, AccessReviewConditions } from '../../cel/access-review-conditions.ts';
import type { AuthorizationWebhookSettings } from '../../extensions/webhooks/authorization/webhook-authorizer.ts';
import type { WebhookTarget } from '../../extensions/webhooks/client/webhook-target.ts';
import type { AuthorizationMode, AuthorizationStep } from './access.ts';

/** What is wrong with a file, in one line. */
export class AuthorizationConfigurationError extends Error {
  override readonly name = 'AuthorizationConfigurationError';
}

const VERSIONS: ReadonlySet<string> = new Set(['apiserver.config.k8s.io/v1', 'apiserver.config.k8s.io/v1beta1']);
const MODES: readonly AuthorizationMode[] = ['Node', 'RBAC', 'AlwaysAllow', 'AlwaysDeny'];
const NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/**
 * The authorizers of an AuthorizationConfiguration (`--authorization-config`), in their order. `targetOf` reads the
 * kubeconfig of a webhook. Throws AuthorizationConfigurationError.
 */
export async function readAuthorizationConfiguration(text: string, targetOf: (kubeconfigFile: string) => Promise<WebhookTarget>): Promise<AuthorizationStep[]> {
  const { value } = parseYaml(text);
  if (!isJsonObject(value) || value['kind'] !== 'AuthorizationConfiguration' || typeof value['apiVersion'] !== 'string' || !VERSIONS.has(value['apiVersion'])) {
    throw new AuthorizationConfigurationError('expected an AuthorizationConfiguration of apiserver.config.k8s.io/v1');
  }
  const authorizers = Array.isArray(value['authorizers']) ? value['authorizers'] : [];
  if (authorizers.length === 0) throw new AuthorizationConfigurationError('authorizers: Required value: at least one authorization mode must be defined');
  const steps: AuthorizationStep[] = [];
  const seen = new Set<string>();
  for (const [i, entry] of authorizers.entries()) {
    const path = `authorizers[${i}]`;
    if (!isJsonObject(entry)) throw new AuthorizationConfigurationError(`${path}: Invalid value: must be an object`);
    const step = await readStep(entry, path, targetOf);
    const key = typeof step === 'string' ? `type ${step}` : `name ${step.name}`;
    if (seen.has(key)) throw new AuthorizationConfigurationError(`${path}: Duplicate value: ${JSON.stringify(key.slice(5))}`);
    seen.add(key);
    steps.push(step);
  }
  return steps;
}

async function readStep(entry: JsonObject, path: string, targetOf: (file: string) => Promise<WebhookTarget>): Promise<AuthorizationMode | AuthorizationWebhookSettings> {
  const { type, name, webhook } = entry;
  if (typeof name !== 'string' || !NAME.test(name)) throw new AuthorizationConfigurationError(`${path}.name: Invalid value: ${JSON.stringify(name ?? '')}: authorizer name is invalid, must be a DNS1123 subdomain`);
  if (type !== 'Webhook') {
    const mode = MODES.find((known) => known === type);
    if (mode === undefined) throw new AuthorizationConfigurationError(`${path}.type: Unsupported value: ${JSON.stringify(type ?? '')}: supported values: ${[...MODES, 'Webhook'].map((known) => JSON.stringify(known)).join(', ')}`);
    if (webhook !== undefined) throw new AuthorizationConfigurationError(`${path}.webhook: Invalid value: may only be specified when type=Webhook`);
    return mode;
  }
  if (!isJsonObject(webhook)) throw new AuthorizationConfigurationError(`${path}.webhook: Required value: required when type=Webhook`);
  return readWebhook(name, webhook, `${path}.webhook`, targetOf);
}

async function readWebhook(name: string, webhook: JsonObject, path: string, targetOf: (file: string) => Promise<WebhookTarget>): Promise<AuthorizationWebhookSettings> {
  const version = oneOf(webhook['subjectAccessReviewVersion'], ['v1', 'v1beta1'] as const, `${path}.subjectAccessReviewVersion`);
  const failurePolicy = oneOf(webhook['failurePolicy'], ['NoOpinion', 'Deny'] as const, `${path}.failurePolicy`);
  const timeoutMs = duration(webhook['timeout'], `${path}.timeout`);
  if (timeoutMs === undefined) throw new AuthorizationConfigurationError(`${path}.timeout: Required value`);
  if (timeoutMs <= 0 || timeoutMs > 30_000) throw new AuthorizationConfigurationError(`${path}.timeout: Invalid value: must be > 0s and <= 30s`);
  const connection = isJsonObject(webhook['connectionInfo']) ? webhook['connectionInfo'] : {};
  oneOf(connection['type'], ['KubeConfigFile'] as const, `${path}.connectionInfo.type`);
  const file = connection['kubeConfigFile'];
  if (typeof file !== 'string' || file === '') throw new AuthorizationConfigurationError(`${path}.connectionInfo.kubeConfigFile: Required value`);
  const authorizedTtlMs = webhook['cacheAuthorizedRequests'] === false ? 0 : duration(webhook['authorizedTTL'], `${path}.authorizedTTL`);
  const unauthorizedTtlMs = webhook['cacheUnauthorizedRequests'] === false ? 0 : duration(webhook['unauthorizedTTL'], `${path}.unauthorizedTTL`);
  return {
    name,
    target: await targetOf(file),
    version,
    failurePolicy,
    timeoutMs,
    matchConditions: readConditions(webhook['matchConditions'], `${path}.matchConditions`),
    ...(authorizedTtlMs !== undefined && { authorizedTtlMs }),
    ...(unauthorizedTtlMs !== undefined && { unauthorizedTtlMs }),
  };
}

function readConditions(value: JsonValue | undefined, path: string): string[] {
  const expressions = (Array.isArray(value) ? value : []).map((condition, i) => {
    const expression = isJsonObject(condition) ? condition['expression'] : undefined;
    if (typeof expression !== 'string' || expression.trim() === '') throw new AuthorizationConfigurationError(`${path}[${i}].expression: Required value`);
    return expression;
  });
  expressions.forEach((expression, i) => {
    try {
      void new AccessReviewConditions([expression]);
    } catch (error) {
      if (error instanceof AccessReviewConditionError) throw new AuthorizationConfigurationError(`${path}[${i}].expression: Invalid value: ${JSON.stringify(expression)}: ${error.message}`);
      throw error;
    }
  });
  return expressions;
}

function oneOf<T extends string>(value: JsonValue | undefined, known: readonly T[], path: string): T {
  if (value === undefined || value === '') throw new AuthorizationConfigurationError(`${path}: Required value`);
  const found = known.find((one) => one === value);
  if (found === undefined) throw new AuthorizationConfigurationError(`${path}: Unsupported value: ${JSON.stringify(value)}: supported values: ${known.map((one) => JSON.stringify(one)).join(', ')}`);
  return found;
}

function duration(value: JsonValue | undefined, path: string): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'string') throw new AuthorizationConfigurationError(`${path}: Invalid value: must be a duration`);
  try {
    return parseDurationMs(value);
  } catch (error) {
    if (error instanceof DurationError) throw new AuthorizationConfigurationError(`${path}: Invalid value: ${error.message}`);
    throw error;
  }
}
