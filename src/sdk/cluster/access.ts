import type { Clock } from '../../machinery/clock.ts';
import type { AdmissionPlugin } from '../../server/admission/admission-plugin.ts';
import type { Access, ServerCore } from '../../server/api-server.ts';
import type { Authenticator, TokenAuthenticator } from '../../server/authentication/authenticator.ts';
import { bearerAuthenticator } from '../../server/authentication/bearer-token.ts';
import { bootstrapTokens } from '../../server/authentication/bootstrap-tokens.ts';
import { clientCertificateAuthenticator } from '../../server/authentication/client-certificates.ts';
import { requestHeaderAuthenticator } from '../../server/authentication/request-header.ts';
import { parseTokenFile } from '../../server/authentication/static-tokens.ts';
import { unionAuthenticator, unionTokenAuthenticator } from '../../server/authentication/union-authenticator.ts';
import type { Authorizer, RuleResolver } from '../../server/authorization/authorizer.ts';
import { RbacAuthorizer } from '../../server/authorization/rbac-authorizer.ts';
import { alwaysAllow, alwaysDeny, privilegedGroups, unionAuthorizer } from '../../server/authorization/union-authorizer.ts';
import type { ClusterCertificates } from '../../server/certificates/cluster-certificates.ts';
import type { EndpointHandlers } from '../../server/registry/dispatch.ts';
import { tokenKey, type TokenKey } from '../../server/service-account-tokens/json-web-token.ts';
import { serviceAccountTokens } from '../../server/service-account-tokens/token-authenticator.ts';

export type AuthorizationMode = 'RBAC' | 'Node' | 'AlwaysAllow' | 'AlwaysDeny';

export interface AccessOptions {
  readonly certificates: ClusterCertificates;
  readonly clock: Clock;
  readonly random: () => number;
  readonly authorizationModes: readonly AuthorizationMode[];
  /** `--token-auth-file`'s text. */
  readonly tokenFile?: string;
  /** `--client-ca-file`'s text; the cluster's own CA by default. */
  readonly clientCa?: string;
  readonly anonymous?: boolean;
  readonly serviceAccountIssuer: string;
}

/** Puts together who is let in, and to what, as kube-apiserver does from its flags. */
export function clusterAccess(options: AccessOptions, core: ServerCore): Access {
  const keys: TokenKey[] = [tokenKey(options.certificates.serviceAccount.privateKey)];
  const { authorizer, resolver } = authorizerOf(options.authorizationModes, core);
  const authenticator = authenticatorOf(options, core, keys);
  return { authenticator, authorizer, admission: admissionOf(options, core), endpoints: endpointsOf(resolver) };
}

function authenticatorOf(options: AccessOptions, core: ServerCore, keys: readonly TokenKey[]): Authenticator {
  const { clock, certificates } = options;
  const issuers = [options.serviceAccountIssuer];
  const tokens: TokenAuthenticator[] = [];
  if (options.tokenFile !== undefined) tokens.push(parseTokenFile(options.tokenFile));
  tokens.push(serviceAccountTokens({ issuers, apiAudiences: issuers, keys, reader: core.reader, clock }));
  tokens.push(bootstrapTokens(core.reader, clock));
  return unionAuthenticator(
    [
      requestHeaderAuthenticator({ ca: certificates.frontProxyCa.cert, clock }),
      clientCertificateAuthenticator({ ca: options.clientCa ?? certificates.ca.cert, clock }),
      bearerAuthenticator(unionTokenAuthenticator(tokens), issuers),
    ],
    { anonymous: options.anonymous ?? true },
  );
}

function authorizerOf(modes: readonly AuthorizationMode[], core: ServerCore): { authorizer: Authorizer; resolver: RuleResolver } {
  const rbac = new RbacAuthorizer(core.reader);
  const authorizers: Authorizer[] = [privilegedGroups('system:masters')];
  for (const mode of modes) {
    if (mode === 'RBAC') authorizers.push(rbac);
    else if (mode === 'AlwaysAllow') authorizers.push(alwaysAllow());
    else if (mode === 'AlwaysDeny') authorizers.push(alwaysDeny());
  }
  return { authorizer: unionAuthorizer(authorizers), resolver: rbac };
}

function admissionOf(_options: AccessOptions, _core: ServerCore): AdmissionPlugin[] {
  return [];
}

function endpointsOf(_resolver: RuleResolver): EndpointHandlers {
  return new Map();
}
