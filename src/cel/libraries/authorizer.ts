import { noSuchOverload } from '../evaluation-error.ts';
import { declare, overload } from '../functions.ts';
import type { Implementation, Library } from '../functions.ts';
import { opaque, typeOf } from '../types.ts';
import type { CelType } from '../types.ts';
import { CelTypeValue } from '../values.ts';
import type { CelValue, OpaqueValue } from '../values.ts';

/** What an expression asks about the user of the request. */
export interface AuthorizationQuery {
  /** Ask about this service account instead of the user of the request: `system:serviceaccount:<namespace>:<name>`. */
  readonly serviceAccount?: { readonly namespace: string; readonly name: string };
  readonly verb: string;
  /** A path that is no resource's; otherwise the resource is asked about. */
  readonly path?: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  readonly fieldSelector?: string;
  readonly labelSelector?: string;
}

export interface AuthorizationAnswer {
  readonly allowed: boolean;
  readonly reason: string;
  readonly error?: string;
}

/** Answers at once: expressions do not wait. */
export interface CelAuthorizer {
  check(query: AuthorizationQuery): AuthorizationAnswer;
}

export const AUTHORIZER_TYPE = opaque('kubernetes.authorization.Authorizer');
export const RESOURCE_CHECK_TYPE = opaque('kubernetes.authorization.ResourceCheck');
const GROUP_CHECK_TYPE = opaque('kubernetes.authorization.GroupCheck');
const PATH_CHECK_TYPE = opaque('kubernetes.authorization.PathCheck');
const DECISION_TYPE = opaque('kubernetes.authorization.Decision');

const NOTHING: AuthorizationQuery = { verb: '', group: '', resource: '', subresource: '', namespace: '', name: '' };

/** A question in the making, or the authorizer before any. */
export class AuthorizationValue implements OpaqueValue {
  readonly celType: CelType;
  readonly authorizer: CelAuthorizer;
  readonly query: AuthorizationQuery;
  constructor(celType: CelType, authorizer: CelAuthorizer, query: AuthorizationQuery = NOTHING) {
    this.celType = celType;
    this.authorizer = authorizer;
    this.query = query;
  }
  with(celType: CelType, part: Partial<AuthorizationQuery>): AuthorizationValue {
    return new AuthorizationValue(celType, this.authorizer, { ...this.query, ...part });
  }
  equals(other: OpaqueValue): boolean {
    return other === this;
  }
}

class DecisionValue implements OpaqueValue {
  readonly celType: CelType = DECISION_TYPE;
  readonly answer: AuthorizationAnswer;
  constructor(answer: AuthorizationAnswer) {
    this.answer = answer;
  }
  equals(other: OpaqueValue): boolean {
    return other === this;
  }
}

/** The value of the variable `authorizer`. */
export const authorizerValue = (authorizer: CelAuthorizer): CelValue => new AuthorizationValue(AUTHORIZER_TYPE, authorizer);
/** The value of `authorizer.requestResource`: a question about what the request is about, but for the verb. */
export const requestResourceValue = (authorizer: CelAuthorizer, query: Omit<AuthorizationQuery, 'verb'>): CelValue =>
  new AuthorizationValue(RESOURCE_CHECK_TYPE, authorizer, { ...query, verb: '' });

const text = (value: unknown): string => (typeof value === 'string' ? value : noSuchOverload());
const question = (value: unknown): AuthorizationValue => (value instanceof AuthorizationValue ? value : noSuchOverload());
const narrowed = (type: CelType, part: (text: string) => Partial<AuthorizationQuery>): Implementation => (value, argument) => question(value).with(type, part(text(argument)));
const check: Implementation = (value, verb) => {
  const { authorizer, query } = question(value);
  return new DecisionValue(authorizer.check({ ...query, verb: text(verb) }));
};
const decision = (read: (answer: AuthorizationAnswer) => CelValue): Implementation => (value) => (value instanceof DecisionValue ? read(value.answer) : noSuchOverload());

const AUTHORIZER = AUTHORIZER_TYPE.name;
const RESOURCE = RESOURCE_CHECK_TYPE.name;
const onResource = (name: string, part: (text: string) => Partial<AuthorizationQuery>, id = `resourcecheck_${name.toLowerCase()}`) =>
  declare(name, overload(id, `${RESOURCE} . (string) -> ${RESOURCE}`, narrowed(RESOURCE_CHECK_TYPE, part)));

/** `authorizer.group('apps').resource('deployments').check('create').allowed()` */
export const authorizer: Library = {
  name: 'kubernetes.authz',
  constants: [AUTHORIZER_TYPE, RESOURCE_CHECK_TYPE, GROUP_CHECK_TYPE, PATH_CHECK_TYPE, DECISION_TYPE].map((type) => ({ name: type.name, type: typeOf(type), value: new CelTypeValue(type) })),
  functions: [
    declare('path', overload('authorizer_path', `${AUTHORIZER} . (string) -> ${PATH_CHECK_TYPE.name}`, narrowed(PATH_CHECK_TYPE, (path) => ({ path })))),
    declare('group', overload('authorizer_group', `${AUTHORIZER} . (string) -> ${GROUP_CHECK_TYPE.name}`, narrowed(GROUP_CHECK_TYPE, (group) => ({ group })))),
    declare(
      'serviceAccount',
      overload('authorizer_serviceaccount', `${AUTHORIZER} . (string, string) -> ${AUTHORIZER}`, (value, namespace, name) =>
        question(value).with(AUTHORIZER_TYPE, { serviceAccount: { namespace: text(namespace), name: text(name) } }),
      ),
    ),
    declare('resource', overload('groupcheck_resource', `${GROUP_CHECK_TYPE.name} . (string) -> ${RESOURCE}`, narrowed(RESOURCE_CHECK_TYPE, (resource) => ({ resource })))),
    onResource('subresource', (subresource) => ({ subresource })),
    onResource('namespace', (namespace) => ({ namespace })),
    onResource('name', (name) => ({ name })),
    onResource('fieldSelector', (fieldSelector) => ({ fieldSelector }), 'authorizer_fieldselector'),
    onResource('labelSelector', (labelSelector) => ({ labelSelector }), 'authorizer_labelselector'),
    declare('check', overload('pathcheck_check', `${PATH_CHECK_TYPE.name} . (string) -> ${DECISION_TYPE.name}`, check), overload('resourcecheck_check', `${RESOURCE} . (string) -> ${DECISION_TYPE.name}`, check)),
    declare('errored', overload('decision_errored', `${DECISION_TYPE.name} . () -> bool`, decision((answer) => answer.error !== undefined))),
    declare('error', overload('decision_error', `${DECISION_TYPE.name} . () -> string`, decision((answer) => answer.error ?? ''))),
    declare('allowed', overload('decision_allowed', `${DECISION_TYPE.name} . () -> bool`, decision((answer) => answer.allowed))),
    declare('reason', overload('decision_reason', `${DECISION_TYPE.name} . () -> string`, decision((answer) => answer.reason))),
  ],
};
