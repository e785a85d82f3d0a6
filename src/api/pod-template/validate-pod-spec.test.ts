import { describe, expect, test } from 'vitest';
import { FieldPath, formatFieldError } from '../../machinery/field-error.ts';
import { defaultPodTemplate } from './defaults.ts';
import type { Findings } from './findings.ts';
import type { PodSpec } from './shapes.ts';
import { checkPodSpec } from './validate-pod-spec.ts';

const LABEL = "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const NAME_PART = "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

const container = { name: 'c', image: 'a:1' };

/** Defaulted as a template, so that only what a case is about is found. */
function findingsOf(spec: unknown, isPod = true): string[] {
  const template = { spec: structuredClone(spec) as PodSpec };
  defaultPodTemplate(template);
  const findings: Findings = [];
  checkPodSpec(findings, template.spec, FieldPath.root('spec'), { isPod });
  return findings.map(formatFieldError);
}
const withContainer = (more: object): object => ({ containers: [{ ...container, ...more }] });
const withSpec = (more: object): object => ({ containers: [container], ...more });

describe('a pod spec', () => {
  test('with one container has no faults', () => {
    expect(findingsOf({ containers: [container] })).toEqual([]);
  });

  test.each([
    ['no containers', {}, ['spec.containers: Required value']],
    ['a container without anything', { containers: [{}] }, ['spec.containers[0].name: Required value', 'spec.containers[0].image: Required value']],
    ['a name that is no label', { containers: [{ ...container, name: 'My.C' }] }, [`spec.containers[0].name: Invalid value: "My.C": ${LABEL}`]],
    ['two of a name', { containers: [container, container] }, ['spec.containers[1].name: Duplicate value: "c"']],
    ['an init container of the same name', withSpec({ initContainers: [container] }), ['spec.initContainers[0].name: Duplicate value: "c"']],
    ['a probe on an init container', withSpec({ initContainers: [{ name: 'i', image: 'a', livenessProbe: { exec: { command: ['a'] } } }] }), [
      'spec.initContainers[0].livenessProbe: Forbidden: may not be set for init containers without restartPolicy=Always',
    ]],
    ['a probe on a sidecar', withSpec({ initContainers: [{ name: 'i', image: 'a', restartPolicy: 'Always', livenessProbe: { exec: { command: ['a'] } } }] }), []],
    ['a policy nobody knows', withContainer({ imagePullPolicy: 'Sometimes' }), ['spec.containers[0].imagePullPolicy: Unsupported value: "Sometimes": supported values: "Always", "IfNotPresent", "Never"']],
  ])('is judged: %s', (_, spec, expected) => {
    expect(findingsOf(spec)).toEqual(expected);
  });

  test.each([
    [[{ containerPort: 0 }], ['spec.containers[0].ports[0].containerPort: Required value']],
    [[{ containerPort: 70000, protocol: 'HTTP' }], [
      'spec.containers[0].ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive',
      'spec.containers[0].ports[0].protocol: Unsupported value: "HTTP": supported values: "SCTP", "TCP", "UDP"',
    ]],
    [[{ name: 'a', containerPort: 1 }, { name: 'a', containerPort: 2 }], ['spec.containers[0].ports[1].name: Duplicate value: "a"']],
    [[{ containerPort: 1, hostPort: 8 }, { containerPort: 2, hostPort: 8 }], ['spec.containers[0].ports[1].hostPort: Duplicate value: "TCP//8"']],
    [[{ containerPort: 1, hostPort: 8 }, { containerPort: 2, hostPort: 8, protocol: 'UDP' }], []],
  ])('has sound ports: %j', (ports, expected) => {
    expect(findingsOf(withContainer({ ports }))).toEqual(expected);
  });

  test('on the host network has equal ports, which templates may leave open', () => {
    const spec = { hostNetwork: true, containers: [{ ...container, ports: [{ containerPort: 80 }] }] };
    expect(findingsOf(spec)).toEqual(['spec.containers[0].ports[0].hostPort: Invalid value: 0: must match `containerPort` when `hostNetwork` is true']);
    expect(findingsOf(spec, false)).toEqual([]);
  });

  test.each([
    [{ name: '' }, ['spec.containers[0].env[0].name: Required value']],
    [{ name: 'a=b' }, ['spec.containers[0].env[0].name: Invalid value: "a=b": a valid environment variable name must consist only of printable ASCII characters other than \'=\'']],
    [{ name: 'A', valueFrom: {} }, ['spec.containers[0].env[0].valueFrom: Invalid value: "": must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`']],
    [{ name: 'A', value: 'v', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }, ['spec.containers[0].env[0].valueFrom: Invalid value: "": may not be specified when `value` is not empty']],
    [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'spec.x' } } }, ['spec.containers[0].env[0].valueFrom.fieldRef.fieldPath: Invalid value: "spec.x": error converting fieldPath: field label not supported: spec.x']],
    [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'status.phase' } } }, [
      'spec.containers[0].env[0].valueFrom.fieldRef.fieldPath: Unsupported value: "status.phase": supported values: "metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName", "status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs"',
    ]],
    [{ name: 'A', valueFrom: { fieldRef: { fieldPath: "metadata.labels['app']" } } }, []],
    [{ name: 'A', valueFrom: { resourceFieldRef: { resource: 'limits.cpu', divisor: '2' } } }, [
      'spec.containers[0].env[0].valueFrom.resourceFieldRef.divisor: Invalid value: "limits.cpu": only divisor\'s values 1m and 1 are supported with the cpu resource',
    ]],
    [{ name: 'A', valueFrom: { secretKeyRef: { name: 's' } } }, ['spec.containers[0].env[0].valueFrom.secretKeyRef.key: Required value']],
  ])('has sound variables: %j', (variable, expected) => {
    expect(findingsOf(withContainer({ env: [variable] }))).toEqual(expected);
  });

  test.each([
    [{ name: 'x', mountPath: '/x' }, ['spec.containers[0].volumeMounts[0].name: Not found: "x"']],
    [{ name: 'v', mountPath: '/x', subPath: '/up' }, ['spec.containers[0].volumeMounts.subPath: Invalid value: "/up": must be a relative path']],
    [{ name: 'v', mountPath: '/x', mountPropagation: 'Bidirectional' }, ['spec.containers[0].volumeMounts.mountPropagation: Forbidden: Bidirectional mount propagation is available only to privileged containers']],
    [{ name: 'v', mountPath: '/x', recursiveReadOnly: 'Enabled' }, ['spec.containers[0].volumeMounts[0].recursiveReadOnly: Forbidden: may only be specified when readOnly is true']],
  ])('has sound mounts: %j', (mount, expected) => {
    expect(findingsOf({ containers: [{ ...container, volumeMounts: [mount] }], volumes: [{ name: 'v', emptyDir: {} }] })).toEqual(expected);
  });

  test.each([
    [{ periodSeconds: 5 }, ['spec.containers[0].livenessProbe: Required value: must specify a handler type']],
    [{ exec: { command: ['a'] }, tcpSocket: { port: 1 } }, ['spec.containers[0].livenessProbe.tcpSocket: Forbidden: may not specify more than 1 handler type']],
    [{ exec: {} }, ['spec.containers[0].livenessProbe.exec.command: Required value']],
    [{ exec: { command: ['a'] }, successThreshold: 2 }, ['spec.containers[0].livenessProbe.successThreshold: Invalid value: 2: must be 1']],
    [{ exec: { command: ['a'] }, initialDelaySeconds: -1 }, ['spec.containers[0].livenessProbe.initialDelaySeconds: Invalid value: -1: must be greater than or equal to 0']],
  ])('has sound probes: %j', (livenessProbe, expected) => {
    expect(findingsOf(withContainer({ livenessProbe }))).toEqual(expected);
  });

  test.each([
    [{ limits: { cpu: '100m' }, requests: { cpu: '200m' } }, ['spec.containers[0].resources.requests: Invalid value: "200m": must be less than or equal to cpu limit of 100m']],
    [{ requests: { gpu: '1' } }, [
      'spec.containers[0].resources.requests[gpu]: Invalid value: "gpu": must be a standard resource type or fully qualified',
      'spec.containers[0].resources.requests[gpu]: Invalid value: "gpu": must be a standard resource for containers',
    ]],
    [{ requests: { 'a.io/gpu': '1' } }, ['spec.containers[0].resources.limits: Required value: Limit must be set for non overcommitable resources']],
    [{ limits: { 'a.io/gpu': '2' }, requests: { 'a.io/gpu': '1' } }, ['spec.containers[0].resources.requests: Invalid value: "1": must be equal to a.io/gpu limit of 2']],
    [{ limits: { 'a.io/gpu': '500m' } }, ['spec.containers[0].resources.limits[a.io/gpu]: Invalid value: "500m": must be an integer']],
    [{ limits: { cpu: '-1' } }, ['spec.containers[0].resources.limits[cpu]: Invalid value: "-1": must be greater than or equal to 0']],
    [{ limits: { 'hugepages-2Mi': '4Mi' } }, ['spec.containers[0].resources: Forbidden: HugePages require cpu or memory']],
    [{ limits: { cpu: '1', 'hugepages-2Mi': '3Mi' } }, ['spec.containers[0].resources.limits[hugepages-2Mi]: Invalid value: "3Mi": 3Mi is not positive integer multiple of hugepages-2Mi']],
    [{ claims: [{ name: 'x' }] }, ['spec.containers[0].resources.claims[0]: Not found: "x": must be one of the names in pod.spec.resourceClaims which is empty']],
  ])('has sound resources: %j', (resources, expected) => {
    expect(findingsOf(withContainer({ resources }))).toEqual(expected);
  });

  test.each([
    [{ name: 'v', emptyDir: {}, secret: { secretName: 's' } }, ['spec.volumes[0].secret: Forbidden: may not specify more than 1 volume type']],
    [{ emptyDir: {} }, ['spec.volumes[0].name: Required value']],
    [{ name: 'v', hostPath: { path: '/a/../b' } }, ['spec.volumes[0].hostPath.path: Invalid value: "/a/../b": must not contain \'..\'']],
    [{ name: 'v', secret: { secretName: 's', defaultMode: 512 } }, ['spec.volumes[0].secret.defaultMode: Invalid value: 512: must be a number between 0 and 0777 (octal), both inclusive']],
    [{ name: 'v', nfs: { server: 's', path: 'p' } }, ['spec.volumes[0].nfs.path: Invalid value: "p": must be an absolute path']],
    [{ name: 'v', csi: {} }, ['spec.volumes[0].csi.driver: Required value', expect.stringContaining('a lowercase RFC 1123 subdomain must')]],
    [{ name: 'v', projected: { sources: [{ serviceAccountToken: { path: 't', expirationSeconds: 60 } }] } }, [
      'spec.volumes[0].projected.sources[0].serviceAccountToken.expirationSeconds: Invalid value: 60: may not specify a duration less than 10 minutes',
    ]],
    [{ name: 'v', projected: { sources: [{ secret: { name: 's', items: [{ key: 'k', path: 't' }] } }, { configMap: { name: 'm', items: [{ key: 'k', path: 't' }] } }] } }, [
      'spec.volumes[0].projected: Invalid value: "m": conflicting duplicate paths',
    ]],
    [{ name: 'v', projected: { sources: [{ secret: { name: 's' }, configMap: { name: 'm' } }] } }, ['spec.volumes[0].projected.sources[0]: Forbidden: may not specify more than 1 volume type']],
    [{ name: 'v', ephemeral: { volumeClaimTemplate: { spec: { accessModes: ['Often'], resources: { requests: { storage: '1Gi' } } } } } }, [
      'spec.volumes[0].ephemeral.volumeClaimTemplate.spec.accessModes: Unsupported value: "Often": supported values: "ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"',
    ]],
  ])('has sound volumes: %j', (volume, expected) => {
    expect(findingsOf(withSpec({ volumes: [volume] }))).toEqual(expected);
  });

  test.each([
    [{ nodeSelector: { 'bad key': 'v' } }, [`spec.nodeSelector: Invalid value: "bad key": ${NAME_PART}`]],
    [{ tolerations: [{ operator: 'Equal' }] }, ['spec.tolerations[0].operator: Invalid value: "Equal": operator must be Exists when `key` is empty, which means "match all values and all keys"']],
    [{ tolerations: [{ key: 'a', operator: 'Exists', value: 'x' }] }, ['spec.tolerations[0].operator: Invalid value: "x": value must be empty when `operator` is \'Exists\'']],
    [{ schedulingGates: [{ name: 'a.io/a' }, { name: 'a.io/a' }] }, ['spec.schedulingGates[1]: Duplicate value: "a.io/a"']],
    [{ topologySpreadConstraints: [{ maxSkew: 0, topologyKey: 'z', whenUnsatisfiable: 'DoNotSchedule' }] }, ['spec.topologySpreadConstraints[0].maxSkew: Invalid value: 0: must be greater than zero']],
    [{ affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [] } } } }, [
      'spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms: Required value: must have at least one node selector term',
    ]],
    [{ dnsPolicy: 'None' }, ['spec.dnsConfig: Required value: must provide `dnsConfig` when `dnsPolicy` is None']],
    [{ hostAliases: [{ ip: 'nope' }] }, ['spec.hostAliases[0].ip: Invalid value: "nope": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)']],
    [{ hostPID: true, shareProcessNamespace: true }, ['spec.securityContext.shareProcessNamespace: Invalid value: true: ShareProcessNamespace and HostPID cannot both be enabled']],
    [{ hostUsers: false, hostPID: true }, ['spec.HostPID: Forbidden: when `hostUsers` is false']],
    [{ securityContext: { runAsUser: -1 } }, ['spec.securityContext.runAsUser: Invalid value: -1: must be between 0 and 2147483647, inclusive']],
    [{ os: { name: 'plan9' } }, ['spec.os: Unsupported value: "plan9": supported values: "linux", "windows"']],
    [{ os: { name: 'windows' }, hostPID: true }, ['spec.hostPID: Forbidden: cannot be set for a windows pod']],
    [{ activeDeadlineSeconds: 0 }, ['spec.activeDeadlineSeconds: Invalid value: 0: must be between 1 and 2147483647, inclusive']],
    [{ resources: { requests: { storage: '1' } } }, ['spec.resources.requests[storage]: Unsupported value: "storage": supported values: "cpu", "hugepages-", "memory"']],
  ])('is judged as a whole: %j', (more, expected) => {
    expect(findingsOf(withSpec(more))).toEqual(expected);
  });
});
