import type { AdmissionPlugin } from '../../../server/admission/admission-plugin.ts';
import type { LazyWebhookClient } from '../client/lazy-webhook-client.ts';
import type { AdmissionHook } from './admission-hook.ts';
import { ConfiguredHooks } from './configured-hooks.ts';
import { HookContext, type HookContextOptions } from './hook-invocation.ts';
import { mutatingAdmissionWebhook } from './mutating-admission-webhook.ts';
import { validatingAdmissionWebhook } from './validating-admission-webhook.ts';

export interface AdmissionWebhookOptions extends HookContextOptions {
  readonly client: LazyWebhookClient;
  /** Hooks in this process. Configurations and they are asked in the order of their configurations' names. */
  readonly functions?: { readonly mutating?: readonly AdmissionHook[]; readonly validating?: readonly AdmissionHook[] };
}

/** MutatingAdmissionWebhook and ValidatingAdmissionWebhook, to be placed where their names belong. */
export function admissionWebhooks({ client, functions = {}, ...options }: AdmissionWebhookOptions): readonly AdmissionPlugin[] {
  const context = new HookContext(options);
  const { reader } = options;
  const { mutating = [], validating = [] } = functions;
  return [
    mutatingAdmissionWebhook(new ConfiguredHooks({ reader, client, kind: 'mutating', functions: mutating }), context),
    validatingAdmissionWebhook(new ConfiguredHooks({ reader, client, kind: 'validating', functions: validating }), context),
  ];
}
