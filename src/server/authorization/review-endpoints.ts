import type { KubeObject } from '../../machinery/object-meta.ts';
import type { TokenAuthenticator } from '../authentication/authenticator.ts';
import { reviewSelf, reviewToken } from '../authentication/token-review.ts';
import type { ApiCall, RegistryContext } from '../registry/api-call.ts';
import { adoptNamespace } from '../registry/create.ts';
import { readObjectBody } from '../registry/decode-body.ts';
import { endpointKey, type EndpointHandler, type EndpointHandlers } from '../registry/dispatch.ts';
import { claimOnCreate } from '../registry/field-ownership.ts';
import { parseWriteOptions, writeOptionsJson } from '../registry/request-options.ts';
import { admissionRequest } from '../registry/write-support.ts';
import { reviewLocalSubjectAccess, reviewSelfAccess, reviewSelfRules, reviewSubjectAccess } from './access-review.ts';
import type { Authorizer, RuleResolver } from './authorizer.ts';

export interface ReviewEndpointOptions {
  readonly authorizer: Authorizer;
  readonly resolver: RuleResolver;
  readonly tokens: TokenAuthenticator;
  readonly apiAudiences: readonly string[];
}

type Answer = (review: KubeObject, call: ApiCall, context: RegistryContext) => KubeObject | Promise<KubeObject>;

/** The resources that are created to be answered, and never kept. */
export function reviewEndpoints({ authorizer, resolver, tokens, apiAudiences }: ReviewEndpointOptions): EndpointHandlers {
  const answers: readonly (readonly [group: string, resource: string, answer: Answer])[] = [
    ['authorization.k8s.io', 'subjectaccessreviews', (review) => reviewSubjectAccess(review, authorizer)],
    ['authorization.k8s.io', 'localsubjectaccessreviews', (review, { info }) => reviewLocalSubjectAccess(review, authorizer, info.namespace)],
    ['authorization.k8s.io', 'selfsubjectaccessreviews', (review, { user }) => reviewSelfAccess(review, authorizer, user)],
    ['authorization.k8s.io', 'selfsubjectrulesreviews', (review, { user }) => reviewSelfRules(review, resolver, user)],
    ['authentication.k8s.io', 'tokenreviews', (review) => reviewToken(review, tokens, apiAudiences)],
    ['authentication.k8s.io', 'selfsubjectreviews', (review, { user }, { clock }) => reviewSelf(review, user, clock.now())],
  ];
  return new Map(answers.map(([group, resource, answer]) => [endpointKey(group, resource, ''), reviewHandler(answer)]));
}

/** Takes a review the way of every creation (decoded, claimed, admitted), up to where the others are stored. */
function reviewHandler(answer: Answer): EndpointHandler {
  return async (context, call) => {
    const options = parseWriteOptions('CreateOptions', call.query, false);
    const review = await readObjectBody(context, call, call.type, options.fieldValidation);
    adoptNamespace(call, review);
    await claimOnCreate(context, call, review, options);
    const admission = admissionRequest(call, 'CREATE', {
      name: review.metadata.name ?? '',
      object: review,
      dryRun: options.dryRun,
      options: writeOptionsJson(options),
    });
    await context.admission.admit(admission);
    await context.admission.validate(admission);
    return { type: 'object', status: 201, object: await answer(review, call, context) };
  };
}
