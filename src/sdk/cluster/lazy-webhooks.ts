import type { CustomResourceDefinition } from '../../extensions/custom-resources/custom-resource-definition.ts';
import type { ObjectConverter } from '../../extensions/custom-resources/custom-resource-kind.ts';
import type { TokenWebhookSettings } from '../../extensions/webhooks/authentication/token-webhook.ts';
import type { AuthorizationWebhookSettings } from '../../extensions/webhooks/authorization/webhook-authorizer.ts';
import type { LazyWebhookClient } from '../../extensions/webhooks/client/lazy-webhook-client.ts';
import type { ConvertFunction } from '../../extensions/webhooks/conversion/function-converter.ts';
import type { Clock } from '../../machinery/clock.ts';
import type { DeepReadonly } from '../../machinery/json.ts';
import type { TokenAuthenticator } from '../../server/authentication/authenticator.ts';
import type { Authorizer, RuleResolver } from '../../server/authorization/authorizer.ts';

/** What calls go out with; each kind of webhook is loaded with its first question. */
export interface WebhookCalls {
  readonly client: LazyWebhookClient;
  readonly clock: Clock;
  /** 0 ≤ n < 1. */
  readonly random: () => number;
}

export function lazyTokenWebhook(settings: TokenWebhookSettings & { readonly apiAudiences: readonly string[] }, calls: WebhookCalls): TokenAuthenticator {
  let made: TokenAuthenticator | undefined;
  const load = async (): Promise<TokenAuthenticator> => {
    const { tokenWebhook } = await import('../../extensions/webhooks/authentication/token-webhook.ts');
    const { ReviewCaller } = await import('../../extensions/webhooks/client/review-caller.ts');
    return (made ??= tokenWebhook({ ...settings, clock: calls.clock, caller: new ReviewCaller(calls) }));
  };
  return { name: 'webhook', authenticateToken: (token, audiences) => (made ? made.authenticateToken(token, audiences) : load().then((webhook) => webhook.authenticateToken(token, audiences))) };
}

export function lazyAuthorizationWebhook(settings: AuthorizationWebhookSettings, calls: WebhookCalls): Authorizer & RuleResolver {
  let made: Authorizer | undefined;
  const load = async (): Promise<Authorizer> => {
    const { webhookAuthorizer } = await import('../../extensions/webhooks/authorization/webhook-authorizer.ts');
    const { ReviewCaller } = await import('../../extensions/webhooks/client/review-caller.ts');
    return (made ??= webhookAuthorizer({ ...settings, clock: calls.clock, caller: new ReviewCaller(calls) }));
  };
  return {
    name: settings.name,
    authorize: (attributes) => (made ? made.authorize(attributes) : load().then((webhook) => webhook.authorize(attributes))),
    rulesFor: () => ({ resourceRules: [], nonResourceRules: [], incomplete: true, evaluationError: 'webhook authorizer does not support user rule resolution' }),
  };
}

/** Converts by functions, by the names of definitions, and by the webhooks that definitions name. */
export function lazyConverter(functions: ReadonlyMap<string, ConvertFunction>, { client, uuid }: { readonly client: LazyWebhookClient; readonly uuid: () => string }): ObjectConverter {
  let made: ObjectConverter | undefined;
  const load = async (): Promise<ObjectConverter> => {
    const { functionConverter } = await import('../../extensions/webhooks/conversion/function-converter.ts');
    const { webhookConverter } = await import('../../extensions/webhooks/conversion/webhook-converter.ts');
    return (made ??= functionConverter(functions, webhookConverter({ client, uuid })));
  };
  return {
    handles: ({ metadata, spec }: DeepReadonly<CustomResourceDefinition>) => functions.has(metadata.name ?? '') || spec.conversion?.strategy === 'Webhook',
    convert: async (...args) => (made ?? (await load())).convert(...args),
  };
}
