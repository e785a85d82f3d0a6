import type { UserInfo } from '../authentication/authenticator.ts';
import type { ObjectReader } from '../object-reader.ts';
import type { Attributes, AuthorizationResult, Authorizer, NonResourceRule, ResourceRule, RuleResolver } from './authorizer.ts';
import { GrantTable } from './grant-table.ts';
import { RoleResolver, type RbacRevisions } from './role-resolver.ts';

/** Users that are not known by identity (impersonated ones, a front proxy's) are found again by name and groups. */
const MAX_REMEMBERED_USERS = 2_000;
/** Tables of namespaces kept for one user. */
const MAX_TABLES = 1_000;

/** What one user may do, per namespace ('' for the whole cluster), as long as no role or binding changes. */
interface UserTables {
  revisions: RbacRevisions;
  readonly byNamespace: Map<string, GrantTable>;
}

/**
 * Allows what roles grant through bindings. The first question of a user in a namespace gathers that user's grants into
 * a table; the following ones cost a few map look-ups until a role or binding changes.
 */
export class RbacAuthorizer implements Authorizer, RuleResolver {
  readonly name = 'RBAC';
  readonly roles: RoleResolver;
  readonly #byIdentity = new WeakMap<UserInfo, UserTables>();
  readonly #byName = new Map<string, UserTables>();

  constructor(reader: ObjectReader) {
    this.roles = new RoleResolver(reader);
  }

  authorize(attributes: Attributes): AuthorizationResult {
    const namespace = attributes.resourceRequest ? attributes.namespace : '';
    return this.#table(attributes.user, namespace).decide(attributes);
  }

  rulesFor(user: UserInfo, namespace: string): ReturnType<RuleResolver['rulesFor']> {
    const { grants, errors } = this.roles.grantsFor(user, namespace);
    const resourceRules: ResourceRule[] = [];
    const nonResourceRules: NonResourceRule[] = [];
    for (const { verbs, apiGroups, resources, resourceNames, nonResourceURLs } of grants.flatMap((grant) => grant.rules)) {
      if (resources !== undefined && resources.length > 0) {
        resourceRules.push({ verbs, apiGroups: apiGroups ?? [], resources, ...(resourceNames?.length ? { resourceNames } : {}) });
      }
      if (nonResourceURLs !== undefined && nonResourceURLs.length > 0) nonResourceRules.push({ verbs, nonResourceURLs });
    }
    return { resourceRules, nonResourceRules, incomplete: false, ...(errors.length === 0 ? {} : { evaluationError: joinErrors(errors) }) };
  }

  #table(user: UserInfo, namespace: string): GrantTable {
    let tables = this.#byIdentity.get(user);
    if (tables === undefined) {
      tables = this.#tablesByName(user);
      this.#byIdentity.set(user, tables);
    }
    if (!this.roles.sameAs(tables.revisions)) {
      tables.byNamespace.clear();
      tables.revisions = this.roles.revisions();
    }
    let table = tables.byNamespace.get(namespace);
    if (table === undefined) {
      if (tables.byNamespace.size >= MAX_TABLES) tables.byNamespace.clear();
      const { grants, errors } = this.roles.grantsFor(user, namespace);
      table = new GrantTable(grants, errors.length === 0 ? '' : `RBAC: ${joinErrors(errors)}`);
      tables.byNamespace.set(namespace, table);
    }
    return table;
  }

  #tablesByName(user: UserInfo): UserTables {
    const key = JSON.stringify([user.name, user.groups]);
    let tables = this.#byName.get(key);
    if (tables === undefined) {
      if (this.#byName.size >= MAX_REMEMBERED_USERS) this.#byName.clear();
      tables = { revisions: this.roles.revisions(), byNamespace: new Map() };
      this.#byName.set(key, tables);
    }
    return tables;
  }
}

/** Several errors as one text: each once, in brackets. */
export function joinErrors(errors: readonly string[]): string {
  const texts = [...new Set(errors)];
  return texts.length === 1 ? (texts[0] ?? '') : `[${texts.join(', ')}]`;
}
