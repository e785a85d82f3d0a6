import type { MatchResources, MutatingBinding, MutatingPolicy } from '../../api/admissionregistration/shapes.ts';
import type { GroupResource } from '../../machinery/group-version.ts';
import type { DeepReadonly } from '../../machinery/json.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';
import type { ObjectReader } from '../../server/object-reader.ts';
import { MatchCriteria } from './match-criteria.ts';

export interface PolicyKinds {
  readonly policies: GroupResource;
  readonly bindings: GroupResource;
}

/** What policies of both kinds, and their bindings, have that decides whether they run. */
type AnyPolicy = DeepReadonly<KubeObject & { spec?: Pick<NonNullable<MutatingPolicy['spec']>, 'matchConstraints' | 'failurePolicy' | 'paramKind'> }>;
type AnyBinding = DeepReadonly<MutatingBinding>;

export interface BindingHook<B> {
  readonly binding: B;
  readonly name: string;
  readonly criteria: MatchCriteria;
}

/** A policy that some binding puts to work. */
export interface PolicyHook<P, B, C> {
  readonly policy: P;
  readonly name: string;
  readonly criteria: MatchCriteria;
  readonly failClosed: boolean;
  readonly bindings: readonly BindingHook<B>[];
  /** Compiled when it is first asked for, and kept while the policy stays as it is. */
  compiled(): C;
}

/**
 * The policies of one kind that are in effect, by name. Derived from what is stored when it has changed: a policy is in
 * effect for whoever asks after its writer was answered.
 */
export class PolicyHooks<P extends AnyPolicy, B extends AnyBinding, C> {
  readonly #reader: ObjectReader;
  readonly #kinds: PolicyKinds;
  readonly #compile: (policy: P) => C;
  #revisions: readonly [policies: number, bindings: number] = [-1, -1];
  #hooks: readonly PolicyHook<P, B, C>[] = [];

  constructor(reader: ObjectReader, kinds: PolicyKinds, compile: (policy: P) => C) {
    this.#reader = reader;
    this.#kinds = kinds;
    this.#compile = compile;
  }

  /** Costs two comparisons while nothing has changed. */
  current(): readonly PolicyHook<P, B, C>[] {
    const policies = this.#reader.revision(this.#kinds.policies);
    const bindings = this.#reader.revision(this.#kinds.bindings);
    if (policies !== this.#revisions[0] || bindings !== this.#revisions[1]) {
      this.#hooks = this.#derive();
      this.#revisions = [policies, bindings];
    }
    return this.#hooks;
  }

  #derive(): readonly PolicyHook<P, B, C>[] {
    const bindings = this.#reader.list(this.#kinds.bindings, '') as unknown as readonly B[];
    const byPolicy = Map.groupBy(bindings, ({ spec }) => spec?.policyName ?? '');
    const before = new Map(this.#hooks.map((hook) => [hook.name, hook]));
    return (this.#reader.list(this.#kinds.policies, '') as unknown as readonly P[]).flatMap((policy) => {
      const name = policy.metadata.name ?? '';
      const own = byPolicy.get(name);
      return own ? [this.#hook(policy, own, before.get(name))] : [];
    });
  }

  #hook(policy: P, bindings: readonly B[], before: PolicyHook<P, B, C> | undefined): PolicyHook<P, B, C> {
    const parts = { bindings: bindings.map(bindingHook) };
    if (before !== undefined && isSame(before.policy, policy)) return { ...before, ...parts };
    let compiled: { readonly value: C } | undefined;
    return {
      policy,
      name: policy.metadata.name ?? '',
      criteria: criteriaOf(policy.spec?.matchConstraints),
      failClosed: policy.spec?.failurePolicy !== 'Ignore',
      compiled: () => (compiled ??= { value: this.#compile(policy) }).value,
      ...parts,
    };
  }
}

function isSame(a: AnyPolicy, b: AnyPolicy): boolean {
  return a.metadata.uid === b.metadata.uid && a.metadata.resourceVersion === b.metadata.resourceVersion;
}

function bindingHook<B extends AnyBinding>(binding: B): BindingHook<B> {
  return { binding, name: binding.metadata.name ?? '', criteria: criteriaOf(binding.spec?.matchResources) };
}

/** Bindings without match resources follow their policy; a policy without is refused when it is written. */
function criteriaOf(match: DeepReadonly<MatchResources> | undefined): MatchCriteria {
  return new MatchCriteria(match ?? {});
}
