/**
 * Definitions for tests, in the shape of what large projects install: a certificate issuer, a route of a service mesh,
 * a database cluster with pod templates. Made by functions, so that they have hundreds of fields without hundreds of
 * lines.
 */
import type { JsonSchemaProps } from '../../schema/json-schema-props.ts';
import type { CustomResourceDefinition, DefinitionVersion } from './custom-resource-definition.ts';

type Fields = Readonly<Record<string, JsonSchemaProps>>;

export const str = (more: JsonSchemaProps = {}): JsonSchemaProps => ({ type: 'string', ...more });
export const int = (more: JsonSchemaProps = {}): JsonSchemaProps => ({ type: 'integer', ...more });
export const bool = (more: JsonSchemaProps = {}): JsonSchemaProps => ({ type: 'boolean', ...more });
export const obj = (properties: Fields, more: JsonSchemaProps = {}): JsonSchemaProps => ({ type: 'object', properties, ...more });
export const list = (items: JsonSchemaProps, more: JsonSchemaProps = {}): JsonSchemaProps => ({ type: 'array', items, ...more });
export const map = (values: JsonSchemaProps): JsonSchemaProps => ({ type: 'object', additionalProperties: values });
const keyed = (key: string, fields: Fields): JsonSchemaProps =>
  list(obj(fields, { required: [key] }), { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': [key] });
const intOrString: JsonSchemaProps = { anyOf: [{ type: 'integer' }, { type: 'string' }], 'x-kubernetes-int-or-string': true };
const duration = str({ format: 'duration' });
const quantities = map({ ...intOrString, pattern: '^[0-9]+(\\.[0-9]+)?([EPTGMK]i?|m)?$' });

export function definition(group: string, kind: string, versions: DefinitionVersion[]): CustomResourceDefinition {
  const plural = `${kind.toLowerCase()}s`;
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}`, uid: kind, resourceVersion: '7' },
    spec: { group, scope: 'Namespaced', names: { plural, kind }, versions },
  };
}

export function version(name: string, schema: JsonSchemaProps, more: Partial<DefinitionVersion> = {}): DefinitionVersion {
  return { name, served: true, storage: true, schema: { openAPIV3Schema: schema }, ...more };
}

const secretRef = obj({ name: str({ minLength: 1 }), key: str() }, { required: ['name'] });
const condition = obj(
  {
    type: str({ maxLength: 316, pattern: '^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])$' }),
    status: str({ enum: ['True', 'False', 'Unknown'] }),
    reason: str({ minLength: 1 }),
    message: str({ maxLength: 32768 }),
    lastTransitionTime: str({ format: 'date-time' }),
    observedGeneration: int({ format: 'int64', minimum: 0 }),
  },
  { required: ['type', 'status'] },
);
const conditions = list(condition, { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['type'] });

/** One of many ways to solve a challenge, each with its own fields: unions by oneOf, and very wide. */
export function issuerDefinition(): CustomResourceDefinition {
  const providers = ['acmedns', 'akamai', 'azuredns', 'clouddns', 'cloudflare', 'digitalocean', 'rfc2136', 'route53', 'webhook'];
  const provider = (name: string): JsonSchemaProps =>
    obj(
      {
        host: str({ format: 'hostname' }),
        email: str({ format: 'email' }),
        region: str(),
        zone: str(),
        project: str(),
        endpoint: str({ format: 'uri' }),
        tokenSecretRef: secretRef,
        accountSecretRef: secretRef,
        ttl: int({ format: 'int32', minimum: 1, default: 60 }),
        [`${name}Options`]: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
      },
      { required: ['tokenSecretRef'] },
    );
  const solver = obj({
    selector: obj({ matchLabels: map(str()), dnsNames: list(str()), dnsZones: list(str()) }),
    dns01: obj(
      { cnameStrategy: str({ enum: ['None', 'Follow'], default: 'None' }), ...Object.fromEntries(providers.map((name) => [name, provider(name)])) },
      { oneOf: providers.map((name) => ({ required: [name] })) },
    ),
  });
  const spec = obj(
    {
      acme: obj(
        {
          server: str({ format: 'uri' }),
          email: str({ format: 'email' }),
          privateKeySecretRef: secretRef,
          skipTLSVerify: bool({ default: false }),
          preferredChain: str({ maxLength: 64 }),
          caBundle: str({ format: 'byte' }),
          renewBefore: duration,
          solvers: list(solver),
        },
        { required: ['server', 'privateKeySecretRef'] },
      ),
      ca: obj({ secretName: str(), crlDistributionPoints: list(str()) }, { required: ['secretName'] }),
      selfSigned: obj({ crlDistributionPoints: list(str()) }),
    },
    { oneOf: [{ required: ['acme'] }, { required: ['ca'] }, { required: ['selfSigned'] }] },
  );
  return definition('certificates.example.com', 'Issuer', [
    version('v1', obj({ spec, status: obj({ conditions, acme: obj({ uri: str(), lastRegisteredEmail: str() }) }) }, { required: ['spec'] }), {
      subresources: { status: {} },
      additionalPrinterColumns: [
        { name: 'Ready', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].status' },
        { name: 'Status', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].message', priority: 1 },
        { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
      ],
    }),
  ]);
}

/** Deep trees of matches and destinations, in two versions. */
export function routeDefinition(): CustomResourceDefinition {
  const match = obj({ exact: str(), prefix: str(), regex: str() }, { oneOf: [{ required: ['exact'] }, { required: ['prefix'] }, { required: ['regex'] }] });
  const headers = obj({ add: map(str()), set: map(str()), remove: list(str()) });
  const destination = obj({ host: str({ minLength: 1 }), subset: str(), port: obj({ number: int({ minimum: 1, maximum: 65535 }) }) }, { required: ['host'] });
  const fault = obj({ percentage: obj({ value: { type: 'number', minimum: 0, maximum: 100 } }), httpStatus: int({ format: 'int32' }), fixedDelay: duration });
  const http = obj({
    name: str(),
    match: list(obj({ uri: match, scheme: match, method: match, authority: match, headers: map(match), queryParams: map(match), port: int({ maximum: 65535 }), ignoreUriCase: bool() })),
    route: list(obj({ destination, weight: int({ format: 'int32', minimum: 0, maximum: 100 }), headers: obj({ request: headers, response: headers }) }, { required: ['destination'] })),
    redirect: obj({ uri: str(), authority: str(), redirectCode: int({ default: 301 }) }),
    rewrite: obj({ uri: str(), authority: str() }),
    timeout: duration,
    retries: obj({ attempts: int({ format: 'int32', minimum: 0 }), perTryTimeout: duration, retryOn: str() }),
    fault: obj({ delay: fault, abort: fault }),
    mirrors: list(obj({ destination, percentage: obj({ value: { type: 'number' } }) }, { required: ['destination'] })),
    corsPolicy: obj({ allowOrigins: list(match), allowMethods: list(str()), allowHeaders: list(str()), maxAge: duration, allowCredentials: bool({ nullable: true }) }),
  });
  const schema = obj({ spec: obj({ hosts: list(str(), { minItems: 1, 'x-kubernetes-list-type': 'set' }), gateways: list(str()), exportTo: list(str()), http: list(http), tcp: list(http), tls: list(http) }, { required: ['hosts'] }) });
  return definition('mesh.example.com', 'Route', [
    version('v1', schema),
    version('v1beta1', schema, { storage: false, deprecated: true, deprecationWarning: 'mesh.example.com/v1beta1 Route is deprecated; use v1' }),
  ]);
}

/** A scalable cluster with whole objects inside, quantities, and lists keyed by name. */
export function databaseDefinition(): CustomResourceDefinition {
  const resources = obj({ limits: quantities, requests: quantities });
  const probe = obj({ path: str(), port: intOrString, initialDelaySeconds: int({ format: 'int32' }), periodSeconds: int({ format: 'int32', default: 10 }), timeoutSeconds: int({ format: 'int32', minimum: 1 }) });
  const container = {
    name: str({ minLength: 1 }),
    image: str(),
    imagePullPolicy: str({ enum: ['Always', 'Never', 'IfNotPresent'] }),
    args: list(str()),
    env: keyed('name', { name: str(), value: str(), valueFrom: obj({ secretKeyRef: secretRef, configMapKeyRef: secretRef }) }),
    ports: list(obj({ containerPort: int({ minimum: 1, maximum: 65535 }), protocol: str({ default: 'TCP' }), name: str() }, { required: ['containerPort'] }), {
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['containerPort', 'protocol'],
    }),
    resources,
    livenessProbe: probe,
    readinessProbe: probe,
    startupProbe: probe,
  };
  const instance = {
    name: str({ pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$', maxLength: 63 }),
    replicas: int({ format: 'int32', minimum: 0, default: 1 }),
    storage: obj({ size: { ...intOrString, pattern: '^[0-9]+(\\.[0-9]+)?([EPTGMK]i?)?$' }, class: str(), modes: list(str({ enum: ['ReadWriteOnce', 'ReadWriteMany'] }), { 'x-kubernetes-list-type': 'set' }) }),
    resources,
    containers: keyed('name', container),
    initContainers: keyed('name', container),
    sidecars: keyed('name', container),
    volumeClaim: { type: 'object', 'x-kubernetes-embedded-resource': true, properties: { spec: obj({ storageClassName: str(), accessModes: list(str()) }) } } satisfies JsonSchemaProps,
  };
  const spec = obj(
    {
      version: int({ minimum: 12, maximum: 20 }),
      replicas: int({ format: 'int32', minimum: 0, maximum: 50, default: 1 }),
      paused: bool({ default: false }),
      parameters: map(intOrString),
      instances: keyed('name', instance),
      backups: obj({ schedule: str(), retention: duration, repositories: keyed('name', { name: str(), bucket: str(), endpoint: str({ format: 'uri' }), credentials: secretRef }) }, { default: {} }),
      monitoring: obj({ enabled: bool({ default: true }), interval: str({ format: 'duration', default: '30s' }) }, { default: {} }),
      extra: { 'x-kubernetes-preserve-unknown-fields': true },
    },
    { required: ['version'] },
  );
  return definition('databases.example.com', 'Cluster', [
    version('v1', obj({ spec, status: obj({ replicas: int(), selector: str(), phase: str(), conditions }) }), {
      subresources: { status: {}, scale: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas', labelSelectorPath: '.status.selector' } },
      selectableFields: [{ jsonPath: '.spec.version' }, { jsonPath: '.spec.paused' }, { jsonPath: '.status.phase' }],
      additionalPrinterColumns: [
        { name: 'Version', type: 'integer', jsonPath: '.spec.version' },
        { name: 'Instances', type: 'string', jsonPath: '.spec.instances[*].name' },
        { name: 'Parameters', type: 'string', jsonPath: '.spec.parameters' },
        { name: 'Paused', type: 'boolean', jsonPath: '.spec.paused' },
        { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
      ],
    }),
  ]);
}
