import type { Facts } from '../../api/facts/facts.ts';
import type { Clock } from '../../machinery/clock.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';
import { parseIpRange, type IpRange } from '../../server/allocation/ip-range.ts';
import { DEFAULT_NODE_PORT_RANGE, parsePortRange } from '../../server/allocation/node-ports.ts';
import { serviceCompanion, type ServiceAllocationOptions } from '../../server/allocation/service-companion.ts';
import type { AdmissionPlugin } from '../../server/admission/admission-plugin.ts';
import { defaultAdmissionPlugins } from '../../server/admission/default-plugins.ts';
import type { ResourcesOfKind } from '../../server/admission/owner-references/owner-references-permission-enforcement.ts';
import { storedQuotas } from '../../server/admission/resource-quota/stored-quotas.ts';
import type { Access, ServerCore } from '../../server/api-server.ts';
import type { Authenticator, TokenAuthenticator } from '../../server/authentication/authenticator.ts';
import { bearerAuthenticator } from '../../server/authentication/bearer-token.ts';
import { bootstrapTokens } from '../../server/authentication/bootstrap-tokens.ts';
import { clientCertificateAuthenticator } from '../../server/authentication/client-certificates.ts';
import { requestHeaderAuthenticator } from '../../server/authentication/request-header.ts';
import { parseTokenFile } from '../../server/authentication/static-tokens.ts';
import { unionAuthenticator, unionTokenAuthenticator } from '../../server/authentication/union-authenticator.ts';
import type { Authorizer, RuleResolver } from '../../server/authorization/authorizer.ts';
import type { LazyPolicyEngine } from '../../extensions/policies/lazy-policy-engine.ts';
import { mutatingAdmissionPolicy } from '../../extensions/policies/mutating-admission-policy.ts';
import { validatingAdmissionPolicy } from '../../extensions/policies/validating-admission-policy.ts';
import { admissionWebhooks } from '../../extensions/webhooks/admission/admission-webhooks.ts';
import type { TokenWebhookSettings } from '../../extensions/webhooks/authentication/token-webhook.ts';
import type { AuthorizationWebhookSettings } from '../../extensions/webhooks/authorization/webhook-authorizer.ts';
import type { AdmissionFunction } from '../../extensions/webhooks/functions/admission-function.ts';
import { admissionFunctionHooks } from '../../extensions/webhooks/functions/function-hooks.ts';
import { LazyWebhookClient } from '../../extensions/webhooks/client/lazy-webhook-client.ts';
import { clusterServiceResolver } from '../../extensions/webhooks/client/service-resolver.ts';
import { deviceAdminAccess } from '../../server/admission/device-admin-access/device-admin-access.ts';
import { escalationPlugin } from '../../server/authorization/escalation-plugin.ts';
import { NodeAuthorizer } from '../../server/authorization/node-authorizer.ts';
import { podsByNode } from '../../server/authorization/pods-by-node.ts';
import { rulesOf, type PolicyRule } from '../../server/authorization/policy-rule.ts';
import { RbacAuthorizer } from '../../server/authorization/rbac-authorizer.ts';
import { reviewEndpoints } from '../../server/authorization/review-endpoints.ts';
import { alwaysAllow, alwaysDeny, privilegedGroups, unionAuthorizer, unionRuleResolver } from '../../server/authorization/union-authorizer.ts';
import { lazyAuthorizationWebhook, lazyTokenWebhook, type WebhookCalls } from './lazy-webhooks.ts';
import { lazyCertificates, lazyTokens } from './lazy-authenticators.ts';
import { lazily } from '../../machinery/lazily.ts';
import { noNodes, type NodeConnector } from '../../server/endpoints/node-connector.ts';
import { resourceEndpoints } from '../../server/endpoints/resource-endpoints.ts';
import type { Gate } from '../../server/flow-control/gate.ts';
import { InFlightLimits } from '../../server/flow-control/in-flight-limits.ts';
import { PriorityAndFairness } from '../../server/flow-control/priority-and-fairness.ts';
import { DEFAULT_REQUEST_TIMEOUT_MS } from '../../server/api-server.ts';
import type { ClusterCertificates } from '../../server/certificates/cluster-certificates.ts';
import { tokenKey, type TokenKey } from '../../server/service-account-tokens/json-web-token.ts';
import { tokenEndpoint } from '../../server/service-account-tokens/token-endpoint.ts';
import { serviceAccountTokens } from '../../server/service-account-tokens/token-authenticator.ts';

export type AuthorizationMode = 'RBAC' | 'Node' | 'AlwaysAllow' | 'AlwaysDeny';

/** One of `--authorization-mode`'s, a webhook, or an authorizer in this process. */
export type AuthorizationStep = AuthorizationMode | AuthorizationWebhookSettings | Authorizer;

export interface AccessOptions {
  readonly certificates: ClusterCertificates;
  readonly clock: Clock;
  readonly random: () => number;
  /** Asked in this order. */
  readonly authorizationModes: readonly AuthorizationStep[];
  /** Asked after all others. */
  readonly tokenWebhook?: TokenWebhookSettings;
  /** Authenticators in this process: of requests, asked before all others, and of tokens, asked among others. */
  readonly authenticators?: readonly (Authenticator | TokenAuthenticator)[];
  /** Admission in this process. */
  readonly admissionFunctions?: readonly AdmissionFunction[];
  /** `--token-auth-file`'s text. */
  readonly tokenFile?: string;
  /** `--client-ca-file`'s text; the cluster's own CA by default. */
  readonly clientCa?: string;
  readonly anonymous?: boolean;
  readonly serviceAccountIssuer: string;
  /** `--enable-admission-plugins` */
  readonly enabledAdmission?: readonly string[];
  /** `--disable-admission-plugins` */
  readonly disabledAdmission?: readonly string[];
  /** `--service-cluster-ip-range`: one CIDR, or two of both families, the default family first. */
  readonly serviceClusterIpRanges: readonly string[];
  /** `--service-node-port-range`. Default: 30000-32767. */
  readonly serviceNodePortRange?: string;
  readonly facts: Facts;
  /** How pods and nodes are reached. Default: not at all. */
  readonly connector?: NodeConnector;
  readonly flowControl?: FlowControlOptions;
  /** Runs admission policies. */
  readonly policyEngine: LazyPolicyEngine;
}

export interface FlowControlOptions {
  /** `--enable-priority-and-fairness`. Default: true. */
  readonly priorityAndFairness?: boolean;
  /** `--max-requests-inflight`. Default: 400. */
  readonly maxRequestsInFlight?: number;
  /** `--max-mutating-requests-inflight`. Default: 200. */
  readonly maxMutatingRequestsInFlight?: number;
  /** `--request-timeout`, of which a request waits a quarter for its turn at most. */
  readonly requestTimeoutMs?: number;
}

/** Puts together who is let in, and to what, as kube-apiserver does from its flags. */
export function clusterAccess(options: AccessOptions, core: ServerCore): Access {
  const key = lazily(() => tokenKey(options.certificates.serviceAccount.privateKey));
  const issuers = [options.serviceAccountIssuer];
  const rbac = new RbacAuthorizer(core.reader);
  const webhooks = new LazyWebhookClient({ clock: options.clock, resolver: clusterServiceResolver(core.context) });
  const calls: WebhookCalls = { client: webhooks, clock: options.clock, random: options.random };
  const { authorizer, resolver } = authorizerOf(options, core, { rbac, calls });
  const tokens = tokensOf(options, core, { key, issuers, calls });
  const authenticator = authenticatorOf(options, tokens, issuers);
  const endpoints = new Map([
    ...resourceEndpoints({ facts: options.facts, authorizer, connector: options.connector ?? noNodes() }),
    ...reviewEndpoints({ authorizer, resolver, tokens, apiAudiences: issuers }),
    ...tokenEndpoint(options.facts, { issuer: options.serviceAccountIssuer, apiAudiences: issuers, reader: core.reader, randomUuid: core.context.uuid, get key() { return key(); } }),
  ]);
  const policies = { context: core.context, reader: core.reader, authorizer, engine: options.policyEngine };
  const functions = admissionFunctionHooks(options.admissionFunctions ?? [], options.clock);
  const admission: AdmissionPlugin[] = [
    ...defaultAdmissionPlugins({
      reader: core.reader,
      authorizer,
      quotas: storedQuotas(core.context, core.reader),
      resourcesOfKind: resourcesOfKind(core),
      clock: options.clock,
      random: options.random,
      more: [mutatingAdmissionPolicy(policies), validatingAdmissionPolicy(policies), ...admissionWebhooks({ ...policies, client: webhooks, functions })],
      ...(options.enabledAdmission && { enabled: options.enabledAdmission }),
      ...(options.disabledAdmission && { disabled: options.disabledAdmission }),
    }),
    deviceAdminAccess(core.reader),
    ...(options.authorizationModes.includes('RBAC') ? [escalationPlugin({ authorizer, roles: rbac.roles })] : []),
  ];
  const companions = [[{ group: '', resource: 'services' }, serviceCompanion(serviceAllocation(options))]] as const;
  return { authenticator, authorizer, admission, endpoints, companions, gate: gateOf(options, core), close: () => webhooks.close() };
}

function gateOf({ flowControl = {}, clock }: AccessOptions, { reader, catalog, context }: ServerCore): Gate {
  const { priorityAndFairness = true, maxRequestsInFlight: reading = 400, maxMutatingRequestsInFlight: writing = 200, requestTimeoutMs = DEFAULT_REQUEST_TIMEOUT_MS } = flowControl;
  if (!priorityAndFairness) return new InFlightLimits({ reading, writing });
  return new PriorityAndFairness({
    reader,
    clock,
    totalSeats: reading + writing,
    waitMs: requestTimeoutMs / 4,
    countObjects: (group, resource, namespace) => {
      const storage = catalog.findStored(group, resource)?.storage;
      return (storage && context.caches.peek(storage.prefix)?.count(namespace)) ?? 0;
    },
  });
}

/** Throws for ranges that are none: the server does not start with them. */
function serviceAllocation({ serviceClusterIpRanges, serviceNodePortRange }: AccessOptions): ServiceAllocationOptions {
  const ranges = serviceClusterIpRanges.map((cidr): IpRange => {
    const range = parseIpRange(cidr);
    if (!range) throw new Error(`service-cluster-ip-range: ${JSON.stringify(cidr)} is not a CIDR`);
    return range;
  });
  const nodePorts = serviceNodePortRange === undefined ? DEFAULT_NODE_PORT_RANGE : parsePortRange(serviceNodePortRange);
  if (!nodePorts) throw new Error(`service-node-port-range: ${JSON.stringify(serviceNodePortRange)} is not a range of ports`);
  return { ranges, nodePorts };
}

function resourcesOfKind({ catalog }: ServerCore): ResourcesOfKind {
  return (group, version, kind) => catalog.resources(group, version).filter((type) => type.kind === kind);
}

function tokensOf(options: AccessOptions, core: ServerCore, { key, issuers, calls }: { readonly key: () => TokenKey; readonly issuers: readonly string[]; readonly calls: WebhookCalls }): TokenAuthenticator {
  const { clock } = options;
  const tokens: TokenAuthenticator[] = [];
  if (options.tokenFile !== undefined) tokens.push(parseTokenFile(options.tokenFile));
  tokens.push(lazyTokens('service-account', () => serviceAccountTokens({ issuers, apiAudiences: issuers, keys: [key()], reader: core.reader, clock })));
  tokens.push(...(options.authenticators ?? []).filter((one) => 'authenticateToken' in one));
  tokens.push(bootstrapTokens(core.reader, clock));
  if (options.tokenWebhook) tokens.push(lazyTokenWebhook({ ...options.tokenWebhook, apiAudiences: issuers }, calls));
  return unionTokenAuthenticator(tokens);
}

function authenticatorOf(options: AccessOptions, tokens: TokenAuthenticator, issuers: readonly string[]): Authenticator {
  const { clock, certificates } = options;
  return unionAuthenticator(
    [
      ...(options.authenticators ?? []).filter((one) => 'authenticate' in one),
      lazyCertificates('request-header', () => requestHeaderAuthenticator({ ca: certificates.frontProxyCa.cert, clock })),
      lazyCertificates('x509', () => clientCertificateAuthenticator({ ca: options.clientCa ?? certificates.ca.cert, clock })),
      bearerAuthenticator(tokens, issuers),
    ],
    { anonymous: options.anonymous ?? true },
  );
}

interface AuthorizerParts {
  readonly rbac: RbacAuthorizer;
  readonly calls: WebhookCalls;
}

function authorizerOf(options: AccessOptions, core: ServerCore, parts: AuthorizerParts): { authorizer: Authorizer; resolver: RuleResolver } {
  const authorizers: Authorizer[] = [privilegedGroups('system:masters')];
  const resolvers: RuleResolver[] = [];
  for (const mode of options.authorizationModes) {
    const one = authorizerOfStep(mode, options, core, parts);
    authorizers.push(one);
    if (isResolver(one)) resolvers.push(one);
  }
  return { authorizer: unionAuthorizer(authorizers), resolver: unionRuleResolver(resolvers) };
}

function isResolver(authorizer: Authorizer): authorizer is Authorizer & RuleResolver {
  return 'rulesFor' in authorizer;
}

function authorizerOfStep(step: AuthorizationStep, options: AccessOptions, core: ServerCore, { rbac, calls }: AuthorizerParts): Authorizer {
  if (typeof step === 'string') return authorizerOfMode(step, options, core, rbac);
  return 'target' in step ? lazyAuthorizationWebhook(step, calls) : step;
}

function authorizerOfMode(mode: AuthorizationMode, options: AccessOptions, core: ServerCore, rbac: RbacAuthorizer): Authorizer & RuleResolver {
  switch (mode) {
    case 'RBAC':
      return rbac;
    case 'Node':
      return new NodeAuthorizer({ reader: core.reader, nodeRules: nodeRules(options.facts), ...(core.pods && { podsOnNode: podsByNode(core.pods) }) });
    case 'AlwaysAllow':
      return alwaysAllow();
    case 'AlwaysDeny':
      return alwaysDeny();
  }
}

/** What the default role of nodes allows them whatever runs on them. */
function nodeRules(facts: Facts): readonly PolicyRule[] {
  const roles = facts.bootstrapObjects.get('rbac.authorization.k8s.io/v1/clusterroles') ?? [];
  const role = roles.find((r) => (r['metadata'] as { name?: string }).name === 'system:node');
  return role ? rulesOf(role as unknown as KubeObject) : [];
}
