import {
  byKey, claim, conditions, container, described, duration, environment, flag, free, integer, intOrString, labelSelector, list, mapOf, object, oneOf, quantity, resources, scheduling, secretKey,
  text, time, withDefault, type Schema,
} from './schema-parts.ts';

/** A CustomResourceDefinition in the style of a project that people run, and objects of it. */
export interface OperatorDefinition {
  readonly definition: Schema;
  readonly instances: readonly Schema[];
}

interface Names {
  readonly group: string;
  readonly plural: string;
  readonly kind: string;
  readonly shortNames: readonly string[];
}

interface Shape {
  readonly spec: Schema;
  readonly status: Schema;
  readonly columns: readonly { name: string; type: string; jsonPath: string; priority?: number }[];
  readonly scale?: Schema;
}

function definitionOf({ group, plural, kind, shortNames }: Names, { spec, status, columns, scale }: Shape): Schema {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { plural, kind, listKind: `${kind}List`, singular: kind.toLowerCase(), shortNames },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: object({ spec, status }, ['spec']) },
          subresources: { status: {}, ...(scale && { scale }) },
          additionalPrinterColumns: [...columns, { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' }],
        },
      ],
    },
  };
}

function instance({ group, kind }: Names, name: string, spec: Schema): Schema {
  return { apiVersion: `${group}/v1`, kind, metadata: { name }, spec };
}

const databases: Names = { group: 'databases.example.com', plural: 'sqlclusters', kind: 'SqlCluster', shortNames: ['sql'] };

const backup = object(
  {
    schedule: { type: 'string', minLength: 9 },
    retention: withDefault(object({ full: integer, window: duration }), { full: 7 }),
    target: object({
      s3: object({ bucket: text, endpoint: { type: 'string', format: 'uri' }, region: text, credentials: object({ accessKey: secretKey, secretKey }, ['accessKey', 'secretKey']) }, ['bucket']),
      volume: claim,
    }, [], { 'x-kubernetes-validations': [{ rule: 'has(self.s3) != has(self.volume)', message: 'exactly one target' }] }),
    jobs: object({ resources, ...scheduling, annotations: mapOf(text) }),
  },
  ['target'],
);

const sqlCluster: OperatorDefinition = {
  definition: definitionOf(databases, {
    spec: object(
      {
        version: described(oneOf('15', '16', '17'), 'The major version of the database.'),
        instances: byKey(
          object(
            {
              name: { type: 'string', maxLength: 40, pattern: '^[a-z]([-a-z0-9]*[a-z0-9])?$' },
              replicas: withDefault({ ...integer, minimum: 0, maximum: 50 }, 1),
              data: claim,
              log: claim,
              resources,
              ...scheduling,
              sidecars: byKey(container, 'name'),
            },
            ['name', 'data'],
          ),
          'name',
        ),
        parameters: described(mapOf(intOrString), 'Settings of the database, by name.'),
        users: byKey(object({ name: text, databases: list(text, { 'x-kubernetes-list-type': 'set' }), options: { type: 'string', pattern: '^[^;]*$' }, password: object({ type: withDefault(oneOf('ASCII', 'AlphaNumeric'), 'ASCII') }) }, ['name']), 'name'),
        backups: byKey(object({ name: text, backup }, ['name']), 'name'),
        proxy: object({ replicas: withDefault(integer, 1), resources, ...scheduling, container, config: free }),
        monitoring: object({ exporter: object({ image: text, resources, env: environment }) }),
        tls: object({ customSecret: object({ name: text }), issuer: object({ name: text, kind: withDefault(oneOf('Issuer', 'ClusterIssuer'), 'Issuer') }, ['name']) }),
        service: object({ type: withDefault(oneOf('ClusterIP', 'NodePort', 'LoadBalancer'), 'ClusterIP'), nodePort: integer, annotations: mapOf(text) }),
        paused: withDefault(flag, false),
      },
      ['version', 'instances'],
      { 'x-kubernetes-validations': [{ rule: '!has(self.proxy) || self.instances.exists(i, i.replicas > 0)', message: 'a proxy needs an instance' }] },
    ),
    status: object({ conditions, observedGeneration: { type: 'integer' }, instances: byKey(object({ name: text, replicas: integer, readyReplicas: integer }, ['name']), 'name') }),
    columns: [{ name: 'Version', type: 'string', jsonPath: '.spec.version' }, { name: 'Paused', type: 'boolean', jsonPath: '.spec.paused', priority: 1 }],
  }),
  instances: [
    instance(databases, 'small', { version: '16', instances: [{ name: 'main', data: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } }] }),
    instance(databases, 'large', {
      version: '17',
      instances: [
        {
          name: 'main',
          replicas: 3,
          data: { storageClassName: 'fast', accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '100Gi' } } },
          resources: { requests: { cpu: 2, memory: '4Gi' } },
          affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'zone', labelSelector: { matchLabels: { app: 'large' } } }] } },
          sidecars: [{ name: 'exporter', image: 'registry.example.com/exporter:1', ports: [{ containerPort: 9187 }], env: [{ name: 'A', value: '1' }] }],
        },
      ],
      parameters: { max_connections: 500, shared_buffers: '1GB' },
      users: [{ name: 'app', databases: ['app', 'audit'], password: { type: 'AlphaNumeric' } }],
      backups: [{ name: 'nightly', backup: { schedule: '0 3 * * *', target: { s3: { bucket: 'backups', endpoint: 'https://s3.example.com' } } } }],
      proxy: { config: { pool: { mode: 'transaction', size: 20 }, 'a.b': [1, { deep: 'x' }] } },
    }),
  ],
};

const certificates: Names = { group: 'certificates.example.com', plural: 'certificates', kind: 'Certificate', shortNames: ['cert'] };

const names = list(text, { 'x-kubernetes-list-type': 'atomic' });
const passwordRef = object({ create: flag, passwordSecretRef: object({ name: text, key: text }, ['name']), profile: oneOf('Legacy', 'Modern') }, ['create']);
const solver = object({
  selector: object({ matchLabels: mapOf(text), dnsNames: names, dnsZones: names }),
  http: object({ ingress: object({ class: text, serviceType: text, podTemplate: object({ metadata: object({ labels: mapOf(text), annotations: mapOf(text) }), spec: object({ ...scheduling, serviceAccountName: text, containers: byKey(container, 'name') }) }) }) }),
  dns: object({
    strategy: oneOf('None', 'Follow'),
    webhook: object({ groupName: text, solverName: text, config: { 'x-kubernetes-preserve-unknown-fields': true } }, ['groupName', 'solverName']),
    cloud: object({ project: text, zone: text, credentials: secretKey }),
  }),
});

const certificate: OperatorDefinition = {
  definition: definitionOf(certificates, {
    spec: object(
      {
        secretName: { type: 'string', minLength: 1 },
        secretTemplate: object({ labels: mapOf(text), annotations: mapOf(text) }),
        issuerRef: object({ name: text, kind: withDefault(text, 'Issuer'), group: withDefault(text, 'certificates.example.com') }, ['name']),
        commonName: { type: 'string', maxLength: 64 },
        dnsNames: names,
        ipAddresses: list({ type: 'string', anyOf: [{ format: 'ipv4' }, { format: 'ipv6' }] }),
        uris: names,
        emailAddresses: list({ type: 'string', format: 'email' }),
        duration: withDefault(duration, '2160h'),
        renewBefore: duration,
        isCA: flag,
        usages: list(oneOf('server auth', 'client auth', 'digital signature', 'key encipherment', 'cert sign'), { 'x-kubernetes-list-type': 'set' }),
        subject: object({ organizations: names, countries: names, organizationalUnits: names, localities: names, provinces: names, serialNumber: text }),
        privateKey: object({ algorithm: withDefault(oneOf('RSA', 'ECDSA', 'Ed25519'), 'RSA'), size: integer, encoding: oneOf('PKCS1', 'PKCS8'), rotationPolicy: oneOf('Never', 'Always') }, [], {
          'x-kubernetes-validations': [{ rule: "self.algorithm != 'ECDSA' || !has(self.size) || self.size in [256, 384, 521]", message: 'an ECDSA key has 256, 384 or 521 bits', fieldPath: '.size' }],
        }),
        keystores: object({ jks: passwordRef, pkcs12: passwordRef }),
        solvers: list(solver),
        revisionHistoryLimit: { ...integer, minimum: 1 },
      },
      ['secretName', 'issuerRef'],
    ),
    status: object({ conditions, notBefore: time, notAfter: time, renewalTime: time, revision: integer }),
    columns: [{ name: 'Secret', type: 'string', jsonPath: '.spec.secretName' }, { name: 'Ready', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].status' }],
  }),
  instances: [
    instance(certificates, 'site', { secretName: 'site-tls', issuerRef: { name: 'public' }, dnsNames: ['example.com', 'www.example.com'] }),
    instance(certificates, 'service', {
      secretName: 'service-tls',
      issuerRef: { name: 'internal', kind: 'ClusterIssuer' },
      commonName: 'service',
      ipAddresses: ['192.0.2.1', '2001:db8::1'],
      usages: ['server auth', 'client auth'],
      privateKey: { algorithm: 'ECDSA', size: 384 },
      keystores: { pkcs12: { create: true, passwordSecretRef: { name: 'store' } } },
      solvers: [{ dns: { webhook: { groupName: 'acme.example.com', solverName: 'dns', config: { any: ['thing', 1, true] } } } }],
    }),
  ],
};

const monitoring: Names = { group: 'monitoring.example.com', plural: 'collectors', kind: 'Collector', shortNames: ['col'] };

const relabeling = object({ sourceLabels: names, separator: text, targetLabel: text, regex: text, modulus: { type: 'integer', format: 'int64' }, replacement: text, action: withDefault(oneOf('replace', 'keep', 'drop', 'labelmap'), 'replace') });
const tls = object({ ca: secretKey, cert: secretKey, keySecret: secretKey, serverName: text, insecureSkipVerify: flag, minVersion: oneOf('TLS12', 'TLS13') });
const authorization = object({ type: text, credentials: secretKey, basicAuth: object({ username: secretKey, password: secretKey }), oauth2: object({ clientId: secretKey, clientSecret: secretKey, tokenUrl: { type: 'string', minLength: 1 }, scopes: names, endpointParams: mapOf(text), tlsConfig: tls }, ['clientId', 'clientSecret', 'tokenUrl']) });

const collector: OperatorDefinition = {
  definition: definitionOf(monitoring, {
    spec: object(
      {
        replicas: withDefault({ ...integer, minimum: 0 }, 1),
        shards: integer,
        version: text,
        image: text,
        interval: withDefault(duration, '30s'),
        retention: duration,
        retentionSize: quantity,
        externalLabels: mapOf(text),
        selector: labelSelector,
        namespaceSelector: labelSelector,
        scrape: byKey(object({ job: text, port: text, path: withDefault(text, '/metrics'), scheme: oneOf('http', 'https'), params: mapOf(list(text)), interval: duration, timeout: duration, honorLabels: flag, relabelings: list(relabeling), metricRelabelings: list(relabeling), tlsConfig: tls, authorization }, ['job']), 'job'),
        remoteWrite: list(object({ url: text, name: text, headers: mapOf(text), writeRelabelConfigs: list(relabeling), tlsConfig: tls, authorization, queueConfig: object({ capacity: integer, minShards: integer, maxShards: integer, batchSendDeadline: duration, maxBackoff: duration }) }, ['url'])),
        alerting: object({ managers: list(object({ namespace: text, name: text, port: intOrString, scheme: text, tlsConfig: tls, authorization, apiVersion: oneOf('v1', 'v2') }, ['name', 'port'])) }),
        storage: object({ emptyDir: object({ medium: text, sizeLimit: quantity }), claim }),
        containers: byKey(container, 'name'),
        initContainers: byKey(container, 'name'),
        resources,
        ...scheduling,
      },
      [],
      { 'x-kubernetes-validations': [{ rule: '!has(oldSelf.shards) || has(self.shards)', message: 'shards may not be taken away' }] },
    ),
    status: object({ conditions, replicas: integer, selector: text }),
    columns: [{ name: 'Replicas', type: 'integer', jsonPath: '.spec.replicas' }, { name: 'Interval', type: 'string', jsonPath: '.spec.interval' }],
    scale: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas', labelSelectorPath: '.status.selector' },
  }),
  instances: [
    instance(monitoring, 'plain', { replicas: 1 }),
    instance(monitoring, 'main', {
      replicas: 2,
      shards: 3,
      retention: '360h',
      externalLabels: { cluster: 'test' },
      selector: { matchExpressions: [{ key: 'team', operator: 'Exists' }] },
      scrape: [{ job: 'pods', port: 'metrics', relabelings: [{ sourceLabels: ['__meta_pod'], targetLabel: 'pod' }] }, { job: 'nodes', scheme: 'https', tlsConfig: { insecureSkipVerify: true } }],
      remoteWrite: [{ url: 'https://metrics.example.com/write', queueConfig: { capacity: 1000 } }],
      containers: [{ name: 'main', resources: { limits: { memory: '1Gi' } }, readinessProbe: { httpGet: { port: 'http', path: '/ready' } } }],
    }),
  ],
};

export const OPERATOR_DEFINITIONS: readonly OperatorDefinition[] = [sqlCluster, certificate, collector];
