import type { DeepReadonly } from '../../machinery/json.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';
import type { UserInfo } from '../authentication/authenticator.ts';
import type { ObjectReader } from '../object-reader.ts';
import { rulesOf, type PolicyRule } from './policy-rule.ts';
import { CLUSTER_ROLE_BINDINGS, CLUSTER_ROLES, ROLE_BINDINGS, ROLES, roleRefOf, serviceAccountUserName, subjectsOf, type RoleRef } from './rbac-objects.ts';

/** One binding that applies to a user, and the rules it grants. */
export interface Grant {
  /** `RBAC: allowed by RoleBinding "r1/ns" of Role "r1" to User "alice"` */
  readonly reason: string;
  readonly rules: readonly PolicyRule[];
}

export interface Grants {
  /** Cluster-wide ones first, each group in the order of the bindings' names. */
  readonly grants: readonly Grant[];
  /** Bindings to roles that do not exist. */
  readonly errors: readonly string[];
}

/** A binding as found through one of its subjects. */
interface Hit {
  readonly binding: DeepReadonly<KubeObject>;
  readonly order: number;
  readonly subject: number;
}

type SubjectIndex = ReadonlyMap<string, readonly Hit[]>;

const NO_HITS: readonly Hit[] = [];
/** Namespaces whose bindings are kept indexed; beyond it all are dropped and indexed anew as they are asked for. */
const MAX_NAMESPACES = 10_000;

/**
 * Finds roles through bindings. Bindings are indexed by subject, one index for the cluster and one a namespace, each
 * made when first asked for and again when the reader's revision of the bindings has moved.
 */
export class RoleResolver {
  readonly #reader: ObjectReader;
  #clusterIndex: SubjectIndex = new Map();
  #clusterRevision = -1;
  readonly #namespaceIndexes = new Map<string, SubjectIndex>();
  #namespaceRevision = -1;
  readonly #aggregated = new Map<string, readonly PolicyRule[]>();
  #aggregatedRevision = -1;

  constructor(reader: ObjectReader) {
    this.#reader = reader;
  }

  /** Changes whenever a role or binding does: what is derived from grants may be kept while this stays the same. */
  sameAs(seen: RbacRevisions): boolean {
    const reader = this.#reader;
    return (
      reader.revision(ROLE_BINDINGS) === seen.roleBindings &&
      reader.revision(CLUSTER_ROLE_BINDINGS) === seen.clusterRoleBindings &&
      reader.revision(ROLES) === seen.roles &&
      reader.revision(CLUSTER_ROLES) === seen.clusterRoles
    );
  }

  revisions(): RbacRevisions {
    const reader = this.#reader;
    return {
      roleBindings: reader.revision(ROLE_BINDINGS),
      clusterRoleBindings: reader.revision(CLUSTER_ROLE_BINDINGS),
      roles: reader.revision(ROLES),
      clusterRoles: reader.revision(CLUSTER_ROLES),
    };
  }

  /** What applies to the user in a namespace (cluster-wide grants included), or with '' in the whole cluster. */
  grantsFor(user: UserInfo, namespace: string): Grants {
    const grants: Grant[] = [];
    const errors: string[] = [];
    this.#collect(this.#clusterBindings(), { user, namespace: '', grants, errors });
    if (namespace !== '') this.#collect(this.#bindingsIn(namespace), { user, namespace, grants, errors });
    return { grants, errors };
  }

  /** The rules of a role that a binding in `namespace` refers to; undefined when there is no such role. */
  rulesOfRef(ref: RoleRef, namespace: string): readonly PolicyRule[] | undefined {
    if (ref.kind === 'Role') {
      const role = this.#reader.get(ROLES, namespace, ref.name);
      return role === undefined ? undefined : rulesOf(role);
    }
    if (ref.kind !== 'ClusterRole') return undefined;
    const role = this.#reader.get(CLUSTER_ROLES, '', ref.name);
    return role === undefined ? undefined : this.#clusterRoleRules(role, new Set());
  }

  #collect(index: SubjectIndex, into: { user: UserInfo; namespace: string; grants: Grant[]; errors: string[] }): void {
    const { user, namespace, grants, errors } = into;
    for (const { binding, subject } of hitsOf(index, user)) {
      const ref = roleRefOf(binding);
      const rules = this.rulesOfRef(ref, namespace);
      if (rules === undefined) {
        errors.push(`${ref.kind.toLowerCase()}.rbac.authorization.k8s.io ${JSON.stringify(ref.name)} not found`);
      } else {
        grants.push({ reason: reasonOf(binding, ref, subject), rules });
      }
    }
  }

  #clusterBindings(): SubjectIndex {
    const revision = this.#reader.revision(CLUSTER_ROLE_BINDINGS);
    if (revision !== this.#clusterRevision) {
      this.#clusterIndex = indexBySubject(this.#reader.list(CLUSTER_ROLE_BINDINGS, ''));
      this.#clusterRevision = revision;
    }
    return this.#clusterIndex;
  }

  #bindingsIn(namespace: string): SubjectIndex {
    const revision = this.#reader.revision(ROLE_BINDINGS);
    if (revision !== this.#namespaceRevision || this.#namespaceIndexes.size >= MAX_NAMESPACES) {
      this.#namespaceIndexes.clear();
      this.#namespaceRevision = revision;
    }
    let index = this.#namespaceIndexes.get(namespace);
    if (index === undefined) {
      index = indexBySubject(this.#reader.list(ROLE_BINDINGS, namespace));
      this.#namespaceIndexes.set(namespace, index);
    }
    return index;
  }

  /**
   * A controller writes the aggregated rules into a role. The default roles (admin, edit, view) must hold before it has
   * run, and where none runs: for them, empty rules are gathered from the roles their selectors name.
   */
  #clusterRoleRules(role: DeepReadonly<KubeObject>, seen: Set<string>): readonly PolicyRule[] {
    const own = rulesOf(role);
    const selectors = role['aggregationRule'] === undefined || own.length > 0 ? undefined : aggregationSelectors(role);
    if (selectors === undefined || role.metadata.labels?.['kubernetes.io/bootstrapping'] !== 'rbac-defaults') return own;
    const revision = this.#reader.revision(CLUSTER_ROLES);
    if (revision !== this.#aggregatedRevision) {
      this.#aggregated.clear();
      this.#aggregatedRevision = revision;
    }
    const name = role.metadata.name ?? '';
    const known = this.#aggregated.get(name);
    if (known !== undefined) return known;
    if (seen.has(name)) return [];
    seen.add(name);
    const rules: PolicyRule[] = [];
    for (const other of this.#reader.list(CLUSTER_ROLES, '')) {
      if (other.metadata.name === name || !selectors.some((labels) => matchesLabels(other, labels))) continue;
      rules.push(...this.#clusterRoleRules(other, seen));
    }
    this.#aggregated.set(name, rules);
    return rules;
  }
}

export interface RbacRevisions {
  readonly roleBindings: number;
  readonly clusterRoleBindings: number;
  readonly roles: number;
  readonly clusterRoles: number;
}

function aggregationSelectors(role: DeepReadonly<KubeObject>): readonly Readonly<Record<string, string>>[] {
  const rule = role['aggregationRule'] as { clusterRoleSelectors?: readonly { matchLabels?: Record<string, string>; matchExpressions?: unknown }[] } | null;
  return (rule?.clusterRoleSelectors ?? []).flatMap((selector) => (selector.matchLabels === undefined || selector.matchExpressions ? [] : [selector.matchLabels]));
}

function matchesLabels(object: DeepReadonly<KubeObject>, wanted: Readonly<Record<string, string>>): boolean {
  const labels = object.metadata.labels ?? {};
  return Object.keys(wanted).every((key) => Object.hasOwn(labels, key) && labels[key] === wanted[key]);
}

function indexBySubject(bindings: readonly DeepReadonly<KubeObject>[]): SubjectIndex {
  const index = new Map<string, Hit[]>();
  for (let order = 0; order < bindings.length; order++) {
    const binding = bindings[order] as DeepReadonly<KubeObject>;
    const subjects = subjectsOf(binding);
    for (let subject = 0; subject < subjects.length; subject++) {
      const key = subjectKey(subjects[subject], binding.metadata.namespace ?? '');
      if (key === undefined) continue;
      const hits = index.get(key);
      if (hits === undefined) index.set(key, [{ binding, order, subject }]);
      else hits.push({ binding, order, subject });
    }
  }
  return index;
}

/** A subject without a namespace in a namespaced binding means an account of that namespace. */
function subjectKey(subject: { kind: string; name: string; namespace?: string } | undefined, bindingNamespace: string): string | undefined {
  if (subject?.kind === 'User') return `U:${subject.name}`;
  if (subject?.kind === 'Group') return `G:${subject.name}`;
  if (subject?.kind !== 'ServiceAccount') return undefined;
  const namespace = subject.namespace || bindingNamespace;
  return namespace === '' ? undefined : `U:${serviceAccountUserName(namespace, subject.name)}`;
}

/** Bindings that apply to the user, in their order, each once, by its first subject that applies. */
function hitsOf(index: SubjectIndex, user: UserInfo): readonly Hit[] {
  const found: Hit[] = [...(index.get(`U:${user.name}`) ?? NO_HITS)];
  for (const group of user.groups) found.push(...(index.get(`G:${group}`) ?? NO_HITS));
  if (found.length < 2) return found;
  found.sort((a, b) => a.order - b.order || a.subject - b.subject);
  return found.filter((hit, i) => hit.order !== found[i - 1]?.order);
}

function reasonOf(binding: DeepReadonly<KubeObject>, ref: RoleRef, index: number): string {
  const quote = (text: string): string => JSON.stringify(text);
  const { namespace } = binding.metadata;
  const name = binding.metadata.name ?? '';
  const from = namespace ? `RoleBinding ${quote(`${name}/${namespace}`)}` : `ClusterRoleBinding ${quote(name)}`;
  const subject = subjectsOf(binding)[index] ?? { kind: '', name: '' };
  const to = subject.kind === 'ServiceAccount' ? `${subject.name}/${subject.namespace || (namespace ?? '')}` : subject.name;
  return `RBAC: allowed by ${from} of ${ref.kind} ${quote(ref.name)} to ${subject.kind} ${quote(to)}`;
}
