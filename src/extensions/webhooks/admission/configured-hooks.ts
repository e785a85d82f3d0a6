import type { WebhookConfiguration } from '../../../api/admissionregistration/shapes.ts';
import type { GroupResource } from '../../../machinery/group-version.ts';
import type { DeepReadonly } from '../../../machinery/json.ts';
import type { ObjectReader } from '../../../server/object-reader.ts';
import type { LazyWebhookClient } from '../client/lazy-webhook-client.ts';
import { admissionHook, type AdmissionHook } from './admission-hook.ts';
import { lazyReviewer } from './lazy-reviewer.ts';

const GROUP = 'admissionregistration.k8s.io';
const RESOURCES = { mutating: { group: GROUP, resource: 'mutatingwebhookconfigurations' }, validating: { group: GROUP, resource: 'validatingwebhookconfigurations' } } as const;

export interface ConfiguredHooksOptions {
  readonly reader: ObjectReader;
  readonly client: LazyWebhookClient;
  readonly kind: keyof typeof RESOURCES;
  /** Hooks that are not configured by objects. */
  readonly functions: readonly AdmissionHook[];
}

type Configuration = DeepReadonly<WebhookConfiguration>;

/**
 * The webhooks in effect, ordered by the names of their configurations and by their places in them. Derived from what is
 * stored when it has changed: a webhook is asked about every write that begins after its writer was answered.
 */
export class ConfiguredHooks {
  readonly #options: ConfiguredHooksOptions;
  readonly #resource: GroupResource;
  #revision = -1;
  #hooks: readonly AdmissionHook[] = [];
  #byConfiguration = new Map<string, { readonly configuration: Configuration; readonly hooks: readonly AdmissionHook[] }>();

  constructor(options: ConfiguredHooksOptions) {
    this.#options = options;
    this.#resource = RESOURCES[options.kind];
  }

  /** Costs one comparison while nothing has changed. */
  current(): readonly AdmissionHook[] {
    const { reader } = this.#options;
    const revision = reader.revision(this.#resource);
    if (revision !== this.#revision) {
      this.#derive(reader.list(this.#resource, '') as unknown as readonly Configuration[]);
      this.#revision = revision;
    }
    return this.#hooks;
  }

  /** What a configuration compiled is kept while it stays as it is. */
  #derive(configurations: readonly Configuration[]): void {
    const before = this.#byConfiguration;
    this.#byConfiguration = new Map();
    for (const configuration of configurations) {
      const name = configuration.metadata.name ?? '';
      const known = before.get(name);
      const same = known !== undefined && known.configuration.metadata.resourceVersion === configuration.metadata.resourceVersion && known.configuration.metadata.uid === configuration.metadata.uid;
      this.#byConfiguration.set(name, { configuration, hooks: same ? known.hooks : this.#hooksOf(configuration) });
    }
    const all = [...[...this.#byConfiguration.values()].flatMap(({ hooks }) => hooks), ...this.#options.functions];
    this.#hooks = all.toSorted((a, b) => (a.configuration < b.configuration ? -1 : a.configuration > b.configuration ? 1 : 0));
  }

  #hooksOf(configuration: Configuration): AdmissionHook[] {
    const { client, kind } = this.#options;
    const name = configuration.metadata.name ?? '';
    const seen = new Map<string, number>();
    return (configuration.webhooks ?? []).map((webhook) => {
      const hookName = webhook.name ?? '';
      const occurrence = seen.get(hookName) ?? 0;
      seen.set(hookName, occurrence + 1);
      const { clientConfig = {}, admissionReviewVersions = [], ...rules } = webhook;
      const reviewer = lazyReviewer(async () => {
        const { RemoteReviewer } = await import('./remote-reviewer.ts');
        return new RemoteReviewer({ client, clientConfig, reviewVersions: admissionReviewVersions, mutating: kind === 'mutating' });
      });
      return admissionHook(rules, { id: `${name}/${hookName}/${occurrence}`, configuration: name, reviewer });
    });
  }
}
