import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { systemClock } from '../machinery/clock.ts';
import type { WebhookTarget } from '../extensions/webhooks/client/webhook-target.ts';
import type { AuthorizationMode, AuthorizationStep } from '../sdk/cluster/access.ts';
import type { ApiServerProcessOptions } from '../sdk/cluster/api-server-process.ts';
import { flagDurationMs, flagList, flagText, UsageError, type CommandContext, type Flag, type FlagValues } from './command.ts';

/** kube-apiserver's flags for asking others who somebody is and what he may do. */
export const WEBHOOK_FLAGS: readonly Flag[] = [
  { name: 'authentication-token-webhook-config-file', type: 'string', value: 'FILE', help: 'kubeconfig of a webhook that says whose tokens are' },
  { name: 'authentication-token-webhook-version', type: 'string', value: 'VERSION', help: 'of TokenReviews: v1 or v1beta1', default: 'v1beta1' },
  { name: 'authentication-token-webhook-cache-ttl', type: 'string', value: 'DURATION', help: 'how long its answers are kept', default: '2m0s' },
  { name: 'authorization-webhook-config-file', type: 'string', value: 'FILE', help: 'kubeconfig of the webhook of --authorization-mode Webhook' },
  { name: 'authorization-webhook-version', type: 'string', value: 'VERSION', help: 'of SubjectAccessReviews: v1 or v1beta1', default: 'v1beta1' },
  { name: 'authorization-webhook-cache-authorized-ttl', type: 'string', value: 'DURATION', help: 'how long it is kept that something is allowed', default: '5m0s' },
  { name: 'authorization-webhook-cache-unauthorized-ttl', type: 'string', value: 'DURATION', help: 'how long it is kept that something is not', default: '30s' },
  { name: 'authorization-config', type: 'string', value: 'FILE', help: 'an AuthorizationConfiguration, instead of --authorization-mode' },
];

export type AccessWebhooks = Pick<ApiServerProcessOptions, 'authorizationModes' | 'tokenWebhook'>;

const MODES: readonly (AuthorizationMode | 'Webhook')[] = ['Node', 'RBAC', 'AlwaysAllow', 'AlwaysDeny', 'Webhook'];

/** Who is asked about access, in order; reads the files that flags name. Throws UsageError. */
export async function accessWebhooks(values: FlagValues, context: CommandContext): Promise<AccessWebhooks> {
  const tokenFile = flagText(values, 'authentication-token-webhook-config-file') ?? '';
  return {
    authorizationModes: await authorizationSteps(values, context),
    ...(tokenFile !== '' && {
      tokenWebhook: {
        target: await readTarget(tokenFile, 'authentication-token-webhook-config-file', context),
        version: version(values, 'authentication-token-webhook-version'),
        cacheTtlMs: flagDurationMs(values, 'authentication-token-webhook-cache-ttl'),
      },
    }),
  };
}

async function authorizationSteps(values: FlagValues, context: CommandContext): Promise<AuthorizationStep[]> {
  const file = flagText(values, 'authorization-config') ?? '';
  if (file !== '') return fromConfiguration(file, context);
  const modes = flagList(values, 'authorization-mode')
    .flatMap((text) => text.split(','))
    .map((name) => {
      const mode = MODES.find((known) => known === name);
      if (!mode) throw new UsageError(`--authorization-mode knows ${MODES.join(', ')}, not ${JSON.stringify(name)}`);
      return mode;
    });
  const webhookFile = flagText(values, 'authorization-webhook-config-file') ?? '';
  if (webhookFile !== '' && !modes.includes('Webhook')) throw new UsageError('cannot specify --authorization-webhook-config-file without mode Webhook');
  if (webhookFile === '' && modes.includes('Webhook')) throw new UsageError("authorization-mode Webhook's authorization config file not passed");
  return Promise.all(modes.map(async (mode) => (mode === 'Webhook' ? webhookStep(webhookFile, values, context) : mode)));
}

async function webhookStep(file: string, values: FlagValues, context: CommandContext): Promise<AuthorizationStep> {
  return {
    name: 'Webhook',
    target: await readTarget(file, 'authorization-webhook-config-file', context),
    version: version(values, 'authorization-webhook-version'),
    authorizedTtlMs: flagDurationMs(values, 'authorization-webhook-cache-authorized-ttl'),
    unauthorizedTtlMs: flagDurationMs(values, 'authorization-webhook-cache-unauthorized-ttl'),
  };
}

async function fromConfiguration(file: string, context: CommandContext): Promise<AuthorizationStep[]> {
  const { AuthorizationConfigurationError, readAuthorizationConfiguration } = await import('../sdk/cluster/authorization-configuration.ts');
  try {
    return await readAuthorizationConfiguration(readFileSync(resolve(context.cwd, file), 'utf8'), (kubeconfig) => readTarget(kubeconfig, 'authorization-config', context));
  } catch (error) {
    if (error instanceof UsageError) throw error;
    if (error instanceof AuthorizationConfigurationError || (error as NodeJS.ErrnoException).code !== undefined) throw new UsageError(`--authorization-config: ${(error as Error).message}`);
    throw error;
  }
}

/** The webhook that a kubeconfig leads to. Throws UsageError. */
export async function readTarget(file: string, flag: string, { cwd, env }: CommandContext): Promise<WebhookTarget> {
  const { KubeconfigError } = await import('../client/kubeconfig/kubeconfig.ts');
  const { kubeconfigTarget } = await import('../sdk/cluster/kubeconfig-target.ts');
  try {
    return await kubeconfigTarget(resolve(cwd, file), { clock: systemClock, environment: env });
  } catch (error) {
    if (error instanceof KubeconfigError) throw new UsageError(`--${flag}: ${error.message}`);
    throw error;
  }
}

function version(values: FlagValues, flag: string): 'v1' | 'v1beta1' {
  const text = flagText(values, flag);
  if (text !== 'v1' && text !== 'v1beta1') throw new UsageError(`--${flag} takes v1 or v1beta1, not ${JSON.stringify(text)}`);
  return text;
}
