import type { KindRules } from '../../api/kind-rules.ts';
import { DELETION_SHOWS_OBJECT } from './storage-versions.ts';

/** Rules of a group's kinds by plural. */
export type GroupRules = Readonly<Record<string, KindRules>>;

/** How the rules of each group are come by; '' is the core group. Groups that are not named have none. */
export type KindRuleLoaders = Readonly<Record<string, () => Promise<GroupRules>>>;

const NO_RULES: KindRules = {};

/**
 * The rules of built-in kinds, loaded by group when first needed: there are hundreds of files of them, and most clusters
 * are asked about few kinds before they have to be up.
 */
export class KindRuleSets {
  readonly #loaders: KindRuleLoaders;
  readonly #loading = new Map<string, Promise<void>>();
  readonly #rules = new Map<string, KindRules>();
  readonly #loaded = new Set<string>();

  constructor(loaders: KindRuleLoaders) {
    this.#loaders = loaders;
  }

  /** Undefined when nothing needs to be waited for. */
  load(group: string): Promise<void> | undefined {
    if (this.#loaded.has(group)) return undefined;
    let loading = this.#loading.get(group);
    if (!loading) {
      loading = this.#load(group);
      this.#loading.set(group, loading);
    }
    return loading;
  }

  /** Everything, for servers that have time after their start. */
  async loadAll(): Promise<void> {
    for (const group of Object.keys(this.#loaders)) await this.load(group);
  }

  /** The kind's rules; none before they are loaded. */
  get(group: string, resource: string): KindRules {
    return this.#rules.get(`${group}/${resource}`) ?? NO_RULES;
  }

  async #load(group: string): Promise<void> {
    const loader = Object.hasOwn(this.#loaders, group) ? this.#loaders[group] : undefined;
    const rules = loader ? await loader() : {};
    for (const [resource, given] of Object.entries(rules)) this.#rules.set(`${group}/${resource}`, given);
    for (const key of DELETION_SHOWS_OBJECT) {
      if (!key.startsWith(`${group}/`)) continue;
      const given = this.#rules.get(key) ?? NO_RULES;
      if (given.answersDeletionWithObject === undefined) this.#rules.set(key, { ...given, answersDeletionWithObject: true });
    }
    this.#loaded.add(group);
  }
}
