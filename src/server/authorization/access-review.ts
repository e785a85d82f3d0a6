import type { FieldError } from '../../machinery/field-error.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';
import { badRequest, failure, invalid, type StatusError } from '../../machinery/status-error.ts';
import type { UserInfo } from '../authentication/authenticator.ts';
import { validateLocalQuestion, validateQuestion, validateReviewMetadata, validateSubject, type AccessReviewSpec, type SelectorAttributes } from './access-review-validation.ts';
import type { Attributes, AuthorizationResult, Authorizer, RuleResolver } from './authorizer.ts';

const specOf = (review: KubeObject): AccessReviewSpec => (review['spec'] ?? {}) as AccessReviewSpec;

/** Answers a SubjectAccessReview: may the subject, as the review describes it, do this? Throws Invalid. */
export async function reviewSubjectAccess(review: KubeObject, authorizer: Authorizer): Promise<KubeObject> {
  const spec = specOf(review);
  rejectFindings([...validateQuestion(spec), ...validateSubject(spec), ...validateReviewMetadata(review, false)]);
  return answered(review, await authorizer.authorize(questionOf(spec, subjectOf(spec))));
}

/** Answers a LocalSubjectAccessReview; `namespace` is that of the path. Throws Invalid, BadRequest. */
export async function reviewLocalSubjectAccess(review: KubeObject, authorizer: Authorizer, namespace: string): Promise<KubeObject> {
  const spec = specOf(review);
  const own = review.metadata.namespace ?? '';
  rejectFindings([...validateQuestion(spec), ...validateSubject(spec), ...validateReviewMetadata(review, true), ...validateLocalQuestion(spec, own)]);
  if (namespace === '') throw badRequest('namespace is required on this type: ');
  if (own !== namespace) throw badRequest(`spec.resourceAttributes.namespace must match namespace: ${namespace}`);
  return answered(review, await authorizer.authorize(questionOf(spec, subjectOf(spec))));
}

/** Answers a SelfSubjectAccessReview: may the one who asks do this? Throws Invalid. */
export async function reviewSelfAccess(review: KubeObject, authorizer: Authorizer, user: UserInfo): Promise<KubeObject> {
  const spec = specOf(review);
  rejectFindings([...validateQuestion(spec), ...validateReviewMetadata(review, false)]);
  return answered(review, await authorizer.authorize(questionOf(spec, user)));
}

/** Answers a SelfSubjectRulesReview: all that the one who asks may do in a namespace. Throws BadRequest without one. */
export function reviewSelfRules(review: KubeObject, resolver: RuleResolver, user: UserInfo): KubeObject {
  const { namespace } = (review['spec'] ?? {}) as { readonly namespace?: string };
  if (!namespace) throw badRequest('no namespace on request');
  const { resourceRules, nonResourceRules, incomplete, evaluationError } = resolver.rulesFor(user, namespace);
  return {
    apiVersion: review.apiVersion,
    kind: review.kind,
    metadata: {},
    spec: {},
    status: { resourceRules, nonResourceRules, incomplete, ...(evaluationError ? { evaluationError } : {}) },
  };
}

function subjectOf({ user = '', groups = [], uid, extra }: AccessReviewSpec): UserInfo {
  return { name: user, groups, ...(uid ? { uid } : {}), ...(extra === undefined ? {} : { extra }) };
}

/** A missing version means every version. */
function questionOf({ resourceAttributes, nonResourceAttributes }: AccessReviewSpec, user: UserInfo): Attributes {
  if (resourceAttributes === undefined) {
    const { path = '', verb = '' } = nonResourceAttributes ?? {};
    return { user, verb, resourceRequest: false, path, group: '', version: '', resource: '', subresource: '', namespace: '', name: '' };
  }
  const { verb = '', group = '', version, resource = '', subresource = '', namespace = '', name = '' } = resourceAttributes;
  const fieldSelector = selectorText(resourceAttributes.fieldSelector, true);
  const labelSelector = selectorText(resourceAttributes.labelSelector, false);
  return {
    user, verb, resourceRequest: true, path: '', group, version: version || '*', resource, subresource, namespace, name,
    ...(fieldSelector === undefined ? {} : { fieldSelector }),
    ...(labelSelector === undefined ? {} : { labelSelector }),
  };
}

/**
 * Selectors narrow what is asked, so that leaving out what cannot be written as text only asks for more: never grants
 * more than was asked.
 */
function selectorText(selector: SelectorAttributes | undefined, fields: boolean): string | undefined {
  if (selector === undefined) return undefined;
  if (selector.rawSelector) return selector.rawSelector;
  const texts = (selector.requirements ?? []).flatMap(({ key = '', operator, values = [] }) => {
    if (fields) {
      if (values.length !== 1 || (operator !== 'In' && operator !== 'NotIn')) return [];
      const value = (values[0] ?? '').replace(/[\\,=]/g, (sign) => `\\${sign}`);
      return [`${key}${operator === 'In' ? '=' : '!='}${value}`];
    }
    if (operator === 'In') return [`${key} in (${values.join(',')})`];
    if (operator === 'NotIn') return [`${key} notin (${values.join(',')})`];
    if (operator === 'Exists') return [key];
    return operator === 'DoesNotExist' ? [`!${key}`] : [];
  });
  return texts.length === 0 ? undefined : texts.join(',');
}

function answered(review: KubeObject, { decision, reason, evaluationError }: AuthorizationResult): KubeObject {
  return {
    ...review,
    status: {
      allowed: decision === 'allow',
      ...(decision === 'deny' ? { denied: true } : {}),
      ...(reason ? { reason } : {}),
      ...(evaluationError ? { evaluationError } : {}),
    },
  };
}

/** Kubernetes has lost the review's kind by the time it validates, and shows none. */
function rejectFindings(errors: readonly FieldError[]): void {
  if (errors.length === 0) return;
  const { status }: StatusError = invalid({ group: 'authorization.k8s.io', kind: '' }, '', errors);
  const { kind: _none, ...details } = status.details ?? {};
  throw failure({ code: 422, reason: 'Invalid', message: status.message ?? '', details });
}
