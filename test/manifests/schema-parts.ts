/** A node of a structural schema. */
export type Schema = Readonly<Record<string, unknown>>;

export const text: Schema = { type: 'string' };
export const flag: Schema = { type: 'boolean' };
export const integer: Schema = { type: 'integer', format: 'int32' };
export const quantity: Schema = { anyOf: [{ type: 'integer' }, { type: 'string' }], 'x-kubernetes-int-or-string': true, pattern: '^[0-9]+([.][0-9]+)?(m|[KMGTPE]i?)?$' };
export const intOrString: Schema = { anyOf: [{ type: 'integer' }, { type: 'string' }], 'x-kubernetes-int-or-string': true };
export const duration: Schema = { type: 'string', pattern: '^([0-9]+(ms|s|m|h))+$' };
export const time: Schema = { type: 'string', format: 'date-time' };
export const free: Schema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };

export const oneOf = (...values: string[]): Schema => ({ type: 'string', enum: values });
export const list = (items: Schema, extra: Schema = {}): Schema => ({ type: 'array', items, ...extra });
export const byKey = (items: Schema, ...keys: string[]): Schema => list(items, { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': keys });
export const mapOf = (values: Schema): Schema => ({ type: 'object', additionalProperties: values });
export const object = (properties: Readonly<Record<string, Schema>>, required: readonly string[] = [], extra: Schema = {}): Schema => ({
  type: 'object',
  properties,
  ...(required.length > 0 && { required }),
  ...extra,
});
export const withDefault = (schema: Schema, value: unknown): Schema => ({ ...schema, default: value });
export const described = (schema: Schema, description: string): Schema => ({ ...schema, description });

const keySelector = object({ name: text, key: text, optional: flag }, ['key'], { 'x-kubernetes-map-type': 'atomic' });
const selectorTerm = object({ key: text, operator: text, values: list(text, { 'x-kubernetes-list-type': 'atomic' }) }, ['key', 'operator']);
export const labelSelector = object({ matchLabels: mapOf(text), matchExpressions: list(selectorTerm, { 'x-kubernetes-list-type': 'atomic' }) }, [], { 'x-kubernetes-map-type': 'atomic' });
const nodeTerm = object({ matchExpressions: list(selectorTerm), matchFields: list(selectorTerm) });
const podTerm = object({ labelSelector, namespaces: list(text), namespaceSelector: labelSelector, topologyKey: text }, ['topologyKey']);
const podAffinity = object({
  requiredDuringSchedulingIgnoredDuringExecution: list(podTerm),
  preferredDuringSchedulingIgnoredDuringExecution: list(object({ weight: integer, podAffinityTerm: podTerm }, ['weight', 'podAffinityTerm'])),
});

/** Where pods may go. */
export const scheduling = {
  nodeSelector: mapOf(text),
  tolerations: list(object({ key: text, operator: text, value: text, effect: text, tolerationSeconds: { type: 'integer', format: 'int64' } })),
  topologySpreadConstraints: byKey(object({ maxSkew: integer, topologyKey: text, whenUnsatisfiable: text, labelSelector }, ['maxSkew', 'topologyKey', 'whenUnsatisfiable']), 'topologyKey', 'whenUnsatisfiable'),
  affinity: object({
    nodeAffinity: object({
      requiredDuringSchedulingIgnoredDuringExecution: object({ nodeSelectorTerms: list(nodeTerm) }, ['nodeSelectorTerms']),
      preferredDuringSchedulingIgnoredDuringExecution: list(object({ weight: integer, preference: nodeTerm }, ['weight', 'preference'])),
    }),
    podAffinity,
    podAntiAffinity: podAffinity,
  }),
};

export const resources = object({ limits: mapOf(quantity), requests: mapOf(quantity), claims: byKey(object({ name: text, request: text }, ['name']), 'name') });

const probe = object({
  exec: object({ command: list(text) }),
  httpGet: object({ path: text, port: intOrString, host: text, scheme: text, httpHeaders: list(object({ name: text, value: text }, ['name', 'value'])) }, ['port']),
  tcpSocket: object({ port: intOrString, host: text }, ['port']),
  grpc: object({ port: integer, service: withDefault(text, '') }, ['port']),
  initialDelaySeconds: integer,
  timeoutSeconds: integer,
  periodSeconds: integer,
  successThreshold: integer,
  failureThreshold: integer,
});

export const environment = byKey(
  object(
    {
      name: text,
      value: text,
      valueFrom: object({ configMapKeyRef: keySelector, secretKeyRef: keySelector, fieldRef: object({ apiVersion: text, fieldPath: text }, ['fieldPath'], { 'x-kubernetes-map-type': 'atomic' }) }),
    },
    ['name'],
  ),
  'name',
);

/** A container as operators let their users write it. */
export const container = object(
  {
    name: text,
    image: text,
    imagePullPolicy: text,
    command: list(text),
    args: list(text),
    workingDir: text,
    env: environment,
    ports: byKey(object({ name: text, containerPort: integer, hostPort: integer, protocol: withDefault(text, 'TCP') }, ['containerPort']), 'containerPort', 'protocol'),
    resources,
    volumeMounts: byKey(object({ name: text, mountPath: text, subPath: text, readOnly: flag }, ['name', 'mountPath']), 'mountPath'),
    livenessProbe: probe,
    readinessProbe: probe,
    startupProbe: probe,
    securityContext: object({
      privileged: flag,
      runAsUser: { type: 'integer', format: 'int64' },
      runAsGroup: { type: 'integer', format: 'int64' },
      runAsNonRoot: flag,
      readOnlyRootFilesystem: flag,
      allowPrivilegeEscalation: flag,
      capabilities: object({ add: list(text), drop: list(text) }),
      seccompProfile: object({ type: text, localhostProfile: text }, ['type']),
    }),
  },
  ['name'],
);

export const claim = object({
  storageClassName: text,
  accessModes: list(text, { 'x-kubernetes-list-type': 'set' }),
  volumeMode: text,
  volumeName: text,
  selector: labelSelector,
  resources: object({ requests: mapOf(quantity), limits: mapOf(quantity) }),
  dataSource: object({ apiGroup: text, kind: text, name: text }, ['kind', 'name']),
});

export const conditions = byKey(
  object(
    {
      type: { type: 'string', maxLength: 316 },
      status: oneOf('True', 'False', 'Unknown'),
      reason: { type: 'string', minLength: 1, maxLength: 1024 },
      message: { type: 'string', maxLength: 32768 },
      lastTransitionTime: time,
      observedGeneration: { type: 'integer', format: 'int64', minimum: 0 },
    },
    ['type', 'status', 'reason', 'message', 'lastTransitionTime'],
  ),
  'type',
);

export const secretKey = keySelector;

/** How many named fields a schema has, at every depth. */
export function countFields(schema: unknown): number {
  if (typeof schema !== 'object' || schema === null) return 0;
  if (Array.isArray(schema)) return schema.reduce<number>((sum, s) => sum + countFields(s), 0);
  const { properties, ...rest } = schema as { properties?: Record<string, unknown> };
  const own = properties ? Object.values(properties).reduce<number>((sum, s) => sum + 1 + countFields(s), 0) : 0;
  return own + Object.values(rest).reduce<number>((sum, s) => sum + countFields(s), 0);
}
