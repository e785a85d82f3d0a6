import { randomUUID } from 'node:crypto';
import { loadFacts, type Facts } from '../../api/facts/facts.ts';
import { createOpenApi, type OpenApi } from '../../api/openapi/documents.ts';
import { customResourceOpenApi } from '../../extensions/custom-resources/openapi-source.ts';
import { addOpenApiPaths } from '../../server/openapi/openapi-paths.ts';
import { VERSION_INFO } from '../../server/version.ts';
import { systemClock, type Clock } from '../../machinery/clock.ts';
import { celRuleCompiler } from '../../schema/cel-rules.ts';
import { ApiServer } from '../../server/api-server.ts';
import { applyBootstrap } from '../../server/bootstrap/apply-bootstrap.ts';
import { planBootstrap } from '../../server/bootstrap/plan-bootstrap.ts';
import { requestTarget } from '../../server/bootstrap/request-target.ts';
import { objectMetadata } from '../../extensions/custom-resources/object-metadata.ts';
import { installCustomResources } from '../../extensions/custom-resources/install-custom-resources.ts';
import type { ClusterCertificates } from '../../server/certificates/cluster-certificates.ts';
import { HttpsServer } from '../../server/http/https-server.ts';
import type { Store } from '../../store/store.ts';
import { clusterAccess, type AuthorizationMode } from './access.ts';
import { kindRules } from './kind-rules-table.ts';

export interface ApiServerProcessOptions {
  readonly store: Store;
  readonly certificates: ClusterCertificates;
  readonly clock?: Clock;
  readonly random?: () => number;
  readonly uuid?: () => string;
  readonly authorizationModes?: readonly AuthorizationMode[];
  readonly tokenFile?: string;
  readonly clientCa?: string;
  readonly serviceClusterIpRange?: string;
  readonly serviceAccountIssuer?: string;
  /** Where the server itself can be reached: what the `kubernetes` service leads to. */
  readonly advertise?: { readonly address: string; readonly port: number };
  /** Told of the server's own failures, one line each. */
  readonly log?: (line: string) => void;
}

/** An API server with its access control and bootstrap objects, not yet on any port. */
export async function openApiServer(options: ApiServerProcessOptions): Promise<ApiServer> {
  const clock = options.clock ?? systemClock;
  const random = options.random ?? Math.random;
  const log = options.log ?? (() => undefined);
  const facts = loadFacts();
  const ruleCompiler = celRuleCompiler();
  const server = await ApiServer.open({
    store: options.store,
    clock,
    random,
    uuid: options.uuid ?? randomUUID,
    facts,
    rules: kindRules(ruleCompiler),
    access: (core) =>
      clusterAccess(
        {
          certificates: options.certificates,
          clock,
          random,
          authorizationModes: options.authorizationModes ?? ['Node', 'RBAC'],
          serviceAccountIssuer: options.serviceAccountIssuer ?? 'https://kubernetes.default.svc',
          facts,
          ...(options.tokenFile !== undefined && { tokenFile: options.tokenFile }),
          ...(options.clientCa !== undefined && { clientCa: options.clientCa }),
        },
        core,
      ),
    onInternalError: (error, request) => log(`internal error on ${request.method} ${request.path}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`),
  });
  await applyBootstrap(
    planBootstrap({
      bootstrapObjects: facts.bootstrapObjects,
      serviceCidrs: (options.serviceClusterIpRange ?? '10.96.0.0/16').split(','),
      advertiseAddress: options.advertise?.address ?? '192.0.2.2',
      securePort: options.advertise?.port ?? 6443,
      clientCa: options.clientCa ?? options.certificates.ca.cert,
      frontProxyCa: options.certificates.frontProxyCa.cert,
    }),
    requestTarget((request) => server.handle(request)),
  );
  addOpenApi(server, facts);
  await installCustomResources(server, { metadata: objectMetadata(facts), ruleCompiler });
  server.setReady();
  return server;
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
