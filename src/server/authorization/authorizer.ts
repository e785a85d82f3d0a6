import type { UserInfo } from '../authentication/authenticator.ts';

/** What is asked to be done (the attributes of an authorization check). */
export interface Attributes {
  readonly user: UserInfo;
  /** `get`, `list`, `create`…; for non-resource requests the lower-case HTTP method. */
  readonly verb: string;
  /** True for API resources; false for paths such as /healthz. */
  readonly resourceRequest: boolean;
  readonly path: string;
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  readonly fieldSelector?: string;
  readonly labelSelector?: string;
}

export interface AuthorizationResult {
  readonly decision: 'allow' | 'deny' | 'no-opinion';
  /** Why; shown in traces and SubjectAccessReview status. For RBAC: `RBAC: allowed by ClusterRoleBinding "x" of …`. */
  readonly reason?: string;
  /** Set when rules could not be resolved. */
  readonly evaluationError?: string;
}

export interface Authorizer {
  readonly name: string;
  authorize(attributes: Attributes): AuthorizationResult | Promise<AuthorizationResult>;
}

export interface ResourceRule {
  readonly verbs: readonly string[];
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
}
export interface NonResourceRule {
  readonly verbs: readonly string[];
  readonly nonResourceURLs: readonly string[];
}

/** What a user may do, as far as an authorizer can list it (SelfSubjectRulesReview). */
export interface RuleResolver {
  rulesFor(user: UserInfo, namespace: string): { resourceRules: ResourceRule[]; nonResourceRules: NonResourceRule[]; incomplete: boolean; evaluationError?: string };
}
