import { randomUUID } from 'node:crypto';
import { loadFacts, type Facts } from '../../api/facts/facts.ts';
import { createOpenApi, type OpenApi } from '../../api/openapi/documents.ts';
import { LazyPolicyEngine } from '../../extensions/policies/lazy-policy-engine.ts';
import { customResourceOpenApi } from '../../extensions/custom-resources/openapi-source.ts';
import { addOpenApiPaths } from '../../server/openapi/openapi-paths.ts';
import { VERSION_INFO } from '../../server/version.ts';
import { systemClock, type Clock } from '../../machinery/clock.ts';
import { jsonResponse } from '../../server/http/api-request.ts';
import { DISCOVERY_PATH, discoveryDocument, jsonWebKeySet, JWKS_PATH } from '../../server/service-account-tokens/issuer-discovery.ts';
import { tokenKey } from '../../server/service-account-tokens/json-web-token.ts';
import { lazily } from '../../machinery/lazily.ts';
import { lazyConverter } from './lazy-webhooks.ts';
import { LazyRuleCompiler } from './lazy-rule-compiler.ts';
import { ApiServer, type ApiServerOptions } from '../../server/api-server.ts';
import { markDefaultServiceCidrReady } from '../../server/allocation/default-service-cidr.ts';
import { repairServiceAllocations } from '../../server/allocation/repair.ts';
import { applyBootstrap } from '../../server/bootstrap/apply-bootstrap.ts';
import { planBootstrap } from '../../server/bootstrap/plan-bootstrap.ts';
import { seedEmptyStore, type SeedSettings } from '../../server/bootstrap/seed-empty-store.ts';
import { requestTarget } from '../../server/bootstrap/request-target.ts';
import { objectMetadata } from '../../extensions/custom-resources/object-metadata.ts';
import { FlowSchemaStatus } from '../../server/flow-control/flow-schema-status.ts';
import type { TokenWebhookSettings } from '../../extensions/webhooks/authentication/token-webhook.ts';
import type { AdmissionFunction } from '../../extensions/webhooks/functions/admission-function.ts';
import type { AuditSettings } from '../../server/audit/auditor.ts';
import type { Authenticator, TokenAuthenticator } from '../../server/authentication/authenticator.ts';
import { LazyWebhookClient } from '../../extensions/webhooks/client/lazy-webhook-client.ts';
import { clusterServiceResolver } from '../../extensions/webhooks/client/service-resolver.ts';
import type { ConvertFunction } from '../../extensions/webhooks/conversion/function-converter.ts';
import { installCustomResources } from '../../extensions/custom-resources/install-custom-resources.ts';
import type { NodeConnector } from '../../server/endpoints/node-connector.ts';
import type { ClusterCertificates } from '../../server/certificates/cluster-certificates.ts';
import { HttpsServer } from '../../server/http/https-server.ts';
import type { Store } from '../../store/store.ts';
import { clusterAccess, type AuthorizationStep, type FlowControlOptions } from './access.ts';
import { kindRuleLoaders } from './kind-rules-table.ts';

const DEFAULT_ISSUER = 'https://kubernetes.default.svc';

export interface ApiServerProcessOptions {
  readonly store: Store;
  readonly certificates: ClusterCertificates;
  readonly clock?: Clock;
  readonly random?: () => number;
  readonly uuid?: () => string;
  readonly authorizationModes?: readonly AuthorizationStep[];
  /** `--authentication-token-webhook-*` */
  readonly tokenWebhook?: TokenWebhookSettings;
  /** Authenticators in this process, asked before all others. */
  readonly authenticators?: readonly (Authenticator | TokenAuthenticator)[];
  /** What is recorded of requests, and where. The sinks are their owner's to close. Default: nothing. */
  readonly audit?: AuditSettings;
  /** Admission in this process. */
  readonly admissionFunctions?: readonly AdmissionFunction[];
  readonly tokenFile?: string;
  readonly clientCa?: string;
  readonly serviceClusterIpRange?: string;
  readonly serviceNodePortRange?: string;
  /** How pods and nodes are reached. Default: not at all. */
  readonly connector?: NodeConnector;
  readonly serviceAccountIssuer?: string;
  /** Admission plugins on top of the default ones. */
  readonly enabledAdmission?: readonly string[];
  /** Default admission plugins to leave out. */
  readonly disabledAdmission?: readonly string[];
  /** Where the server itself can be reached: what the `kubernetes` service leads to. */
  readonly advertise?: { readonly address: string; readonly port: number };
  readonly flowControl?: FlowControlOptions;
  /** Compiles rules in CEL; forks share it. Default: one of its own. */
  readonly ruleCompiler?: LazyRuleCompiler;
  /** Runs admission policies; forks may share it. Default: one of its own. */
  readonly policyEngine?: LazyPolicyEngine;
  /** Functions that convert custom resources between versions, by the names of definitions (`crontabs.example.com`). */
  readonly converters?: ReadonlyMap<string, ConvertFunction>;
  /** Whether an empty store is given the objects of a new cluster in one step. Default true; a matter of speed alone. */
  readonly seed?: boolean;
  /** Told of the server's own failures, one line each. */
  readonly log?: (line: string) => void;
}

/** An API server with its access control and bootstrap objects, not yet on any port. */
export async function openApiServer(options: ApiServerProcessOptions): Promise<ApiServer> {
  const facts = loadFacts();
  const ruleCompiler = options.ruleCompiler ?? new LazyRuleCompiler();
  const resolved = resolve(options, facts, { ruleCompiler, auditor: await auditorOf(options) });
  const { clock, uuid } = resolved;
  const settings: SeedSettings = {
    serviceCidrs: serviceCidrs(options),
    advertiseAddress: options.advertise?.address ?? '192.0.2.2',
    securePort: options.advertise?.port ?? 6443,
    clientCa: options.clientCa ?? options.certificates.ca.cert,
    frontProxyCa: options.certificates.frontProxyCa.cert,
  };
  const seeded = options.seed === false ? new Set<string>() : await seedEmptyStore(options.store, { nowMs: clock.now(), uuid, settings });
  const server = await ApiServer.open(resolved);
  const stages = planBootstrap({ ...settings, bootstrapObjects: facts.bootstrapObjects, seeded });
  await applyBootstrap(stages, { ...requestTarget((request) => server.handle(request)), get: (resource, namespace, name) => server.readStored(resource, namespace, name) });
  await markDefaultServiceCidrReady(server.context);
  await followFlowSchemas(server, options)?.sync();
  const { conflicts } = await repairServiceAllocations(server.context);
  for (const key of conflicts) options.log?.(`a service has what another one holds: ${key}`);
  addOpenApi(server, facts);
  addIssuerPaths(server, options);
  await serveCustomResources(server, ruleCompiler, options);
  server.setReady();
  return server;
}

/** The same cluster once more, over a fork of its store: both go their own ways from here. */
export async function forkApiServer(server: ApiServer, options: ApiServerProcessOptions): Promise<ApiServer> {
  const { facts } = server;
  const ruleCompiler = options.ruleCompiler ?? new LazyRuleCompiler();
  const fork = await server.fork(resolve(options, facts, { ruleCompiler, auditor: await auditorOf(options) }));
  addOpenApi(fork, facts);
  addIssuerPaths(fork, options);
  followFlowSchemas(fork, options);
  await serveCustomResources(fork, ruleCompiler, options);
  return fork;
}

function followFlowSchemas(server: ApiServer, { flowControl, log = () => undefined }: ApiServerProcessOptions): FlowSchemaStatus | undefined {
  if (flowControl?.priorityAndFairness === false) return undefined;
  const { reader, catalog, context } = server;
  const status = new FlowSchemaStatus({ reader, catalog, caches: context.caches, clock: context.clock, handle: (request) => server.handle(request), log });
  status.follow();
  server.onClose(() => status.stop());
  return status;
}

function serviceCidrs({ serviceClusterIpRange = '10.96.0.0/16' }: ApiServerProcessOptions): string[] {
  return serviceClusterIpRange.split(',').map((cidr) => cidr.trim());
}

/** What records is loaded where something is recorded. */
async function auditorOf({ audit }: ApiServerProcessOptions): Promise<ApiServerOptions['auditor']> {
  if (!audit) return undefined;
  const { Auditor } = await import('../../server/audit/auditor.ts');
  return ({ clock, protobuf }) => new Auditor({ ...audit, clock, protobuf });
}

interface LoadedParts {
  readonly ruleCompiler: LazyRuleCompiler;
  readonly auditor: ApiServerOptions['auditor'];
}

function resolve(options: ApiServerProcessOptions, facts: Facts, { ruleCompiler, auditor }: LoadedParts): ApiServerOptions {
  const clock = options.clock ?? systemClock;
  const random = options.random ?? Math.random;
  const log = options.log ?? (() => undefined);
  const policyEngine = options.policyEngine ?? new LazyPolicyEngine();
  return {
    store: options.store,
    clock,
    random,
    uuid: options.uuid ?? randomUUID,
    facts,
    ...(options.flowControl?.requestTimeoutMs !== undefined && { requestTimeoutMs: options.flowControl.requestTimeoutMs }),
    rules: kindRuleLoaders(
      () => ruleCompiler.load(),
      async () => (await policyEngine.load()).checker,
    ),
    access: (core) =>
      clusterAccess(
        {
          certificates: options.certificates,
          clock,
          random,
          authorizationModes: options.authorizationModes ?? ['Node', 'RBAC'],
          serviceAccountIssuer: options.serviceAccountIssuer ?? DEFAULT_ISSUER,
          serviceClusterIpRanges: serviceCidrs(options),
          ...(options.serviceNodePortRange !== undefined && { serviceNodePortRange: options.serviceNodePortRange }),
          facts,
          policyEngine,
          ...(options.tokenWebhook && { tokenWebhook: options.tokenWebhook }),
          ...(options.authenticators && { authenticators: options.authenticators }),
          ...(options.admissionFunctions && { admissionFunctions: options.admissionFunctions }),
          ...(options.connector && { connector: options.connector }),
          ...(options.flowControl && { flowControl: options.flowControl }),
          ...(options.enabledAdmission && { enabledAdmission: options.enabledAdmission }),
          ...(options.disabledAdmission && { disabledAdmission: options.disabledAdmission }),
          ...(options.tokenFile !== undefined && { tokenFile: options.tokenFile }),
          ...(options.clientCa !== undefined && { clientCa: options.clientCa }),
        },
        core,
      ),
    ...(auditor && { auditor }),
    onInternalError: (error, request) => log(`internal error on ${request.method} ${request.path}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`),
  };
}

/** Where others learn to verify service account tokens. */
function addIssuerPaths(server: ApiServer, options: ApiServerProcessOptions): void {
  const keys = lazily(() => [tokenKey(options.certificates.serviceAccount.privateKey)]);
  const issuer = options.serviceAccountIssuer ?? DEFAULT_ISSUER;
  server.paths.exact(DISCOVERY_PATH, () => jsonResponse(200, discoveryDocument({ issuer, jwksUri: `${issuer}${JWKS_PATH}`, keys: keys() })));
  server.paths.exact(JWKS_PATH, () => ({ ...jsonResponse(200, jsonWebKeySet(keys())), contentType: 'application/jwk-set+json' }));
}

/** Definitions that exist already may have rules, and are served at once; others come with the loaded compiler. */
async function serveCustomResources(server: ApiServer, ruleCompiler: LazyRuleCompiler, { converters = new Map() }: ApiServerProcessOptions): Promise<void> {
  const definitions = { group: 'apiextensions.k8s.io', resource: 'customresourcedefinitions' };
  if (server.reader.list(definitions, '').length > 0) await ruleCompiler.load();
  const metadata = objectMetadata(server.facts);
  const client = new LazyWebhookClient({ clock: server.context.clock, resolver: clusterServiceResolver(server.context) });
  server.onClose(() => client.close());
  await installCustomResources(server, {
    metadata,
    converter: lazyConverter(converters, { client, uuid: server.context.uuid }),
    get ruleCompiler() {
      return ruleCompiler.current;
    },
  });
}

/** The OpenAPI documents of everything that is served, built when they are first asked for. */
function addOpenApi(server: ApiServer, facts: Facts): void {
  const openApi: OpenApi = createOpenApi(facts, {
    version: VERSION_INFO.gitVersion,
    sources: [customResourceOpenApi(server.catalog, () => openApi)],
  });
  addOpenApiPaths(server.paths, () => openApi);
}

/** Opens the server's HTTPS port. */
export async function listen(server: ApiServer, certificates: ClusterCertificates, at: { port: number; host: string; clock?: Clock }): Promise<{ https: HttpsServer; port: number }> {
  const https = new HttpsServer({
    certificate: certificates.server.cert,
    key: certificates.server.key,
    clientCertificateAuthorities: `${certificates.ca.cert}${certificates.frontProxyCa.cert}`,
    clock: at.clock ?? systemClock,
    handle: (request) => server.handle(request),
  });
  const { port } = await https.listen(at.port, at.host);
  return { https, port };
}
