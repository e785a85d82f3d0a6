import { describe, expect, test } from 'vitest';
import { describeViolations, PodSecurityEvaluator } from './evaluation.ts';
import { parseLevel, parseVersion, type LevelVersion } from './level-version.ts';

const evaluator = new PodSecurityEvaluator();
const c = (rest: object, name = 'c') => ({ name, image: 'i', ...rest });
const contexts = (securityContext: object) => ({ containers: [c({ securityContext })] });
/** Keeps to the restricted standard. */
const tight = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] }, runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } };

function policy(text: string): LevelVersion {
  const [level = '', version = ''] = text.split(':');
  return { level: parseLevel(level) ?? 'privileged', version: parseVersion(version) ?? 'latest' };
}

function found(standard: string, spec: object, annotations: Record<string, string> = {}): string {
  return describeViolations(evaluator.evaluate(policy(standard), { metadata: { annotations }, spec: { containers: [c({})], ...spec } }));
}

describe('the baseline', () => {
  test.each([
    ['baseline:latest', {}, ''],
    ['privileged:latest', { hostPID: true }, ''],
    ['baseline:latest', { hostNetwork: true, hostIPC: true }, 'host namespaces (hostNetwork=true, hostIPC=true)'],
    ['baseline:latest', { volumes: [{ name: 'h', hostPath: {} }, { name: 'e', emptyDir: {} }, { name: 'k', hostPath: {} }] }, 'hostPath volumes (volumes "h", "k")'],
    ['baseline:latest', { containers: [c({ ports: [{ hostPort: 9 }, { hostPort: 80 }] }), c({ ports: [{ hostPort: 80 }] }, 'd')] }, 'hostPort (containers "c", "d" use hostPorts 80, 9)'],
    ['baseline:latest', { containers: [c({ ports: [{ hostPort: 0, containerPort: 1 }] })] }, ''],
    ['baseline:latest', { containers: [c({ livenessProbe: { httpGet: { host: 'b' } }, lifecycle: { preStop: { tcpSocket: { host: 'a' } } } })] }, 'probe or lifecycle host (container "c" uses probe or lifecycle hosts "a", "b")'],
    ['baseline:v1.33', { containers: [c({ livenessProbe: { httpGet: { host: 'b' } } })] }, ''],
    ['baseline:latest', contexts({ privileged: true }), 'privileged (container "c" must not set securityContext.privileged=true)'],
    ['baseline:latest', { initContainers: [c({ securityContext: { privileged: true } }, 'i')], ephemeralContainers: [c({ securityContext: { privileged: true } }, 'e')] }, 'privileged (containers "i", "e" must not set securityContext.privileged=true)'],
    ['baseline:latest', contexts({ capabilities: { add: ['SYS_TIME', 'CHOWN', 'NET_ADMIN'] } }), 'non-default capabilities (container "c" must not include "NET_ADMIN", "SYS_TIME" in securityContext.capabilities.add)'],
    ['baseline:latest', contexts({ procMount: 'Unmasked' }), 'procMount (container "c" must not set securityContext.procMount to "Unmasked")'],
    ['baseline:latest', { hostUsers: false, ...contexts({ procMount: 'Unmasked' }) }, ''],
    ['baseline:v1.34', { hostUsers: false, ...contexts({ procMount: 'Unmasked' }) }, 'procMount (container "c" must not set securityContext.procMount to "Unmasked")'],
    ['baseline:latest', { securityContext: { seLinuxOptions: { type: 'a', user: 'u' } }, ...contexts({ seLinuxOptions: { role: 'r' } }) }, 'seLinuxOptions (pod and container "c" set forbidden securityContext.seLinuxOptions: type "a"; user may not be set; role may not be set)'],
    ['baseline:latest', { securityContext: { seLinuxOptions: { type: 'container_engine_t' } } }, ''],
    ['baseline:v1.30', { securityContext: { seLinuxOptions: { type: 'container_engine_t' } } }, 'seLinuxOptions (pod set forbidden securityContext.seLinuxOptions: type "container_engine_t")'],
    ['baseline:latest', { securityContext: { seccompProfile: { type: 'Unconfined' } } }, 'seccompProfile (pod must not set securityContext.seccompProfile.type to "Unconfined")'],
    ['baseline:v1.18', { securityContext: { seccompProfile: { type: 'Unconfined' } } }, ''],
    ['baseline:latest', { securityContext: { sysctls: [{ name: 'kernel.msgmax' }, { name: 'net.ipv4.tcp_rmem' }, { name: 'b' }] } }, 'forbidden sysctls (kernel.msgmax, b)'],
    ['baseline:v1.31', { securityContext: { sysctls: [{ name: 'net.ipv4.tcp_rmem' }, { name: 'net.ipv4.tcp_fin_timeout' }] } }, 'forbidden sysctls (net.ipv4.tcp_rmem)'],
    ['baseline:latest', { securityContext: { windowsOptions: { hostProcess: true } }, ...contexts({ windowsOptions: { hostProcess: true } }) }, 'hostProcess (pod and container "c" must not set securityContext.windowsOptions.hostProcess=true)'],
    ['baseline:latest', contexts({ appArmorProfile: { type: 'Unconfined' } }), 'forbidden AppArmor profile (container "c" must not set AppArmor profile type to "Unconfined")'],
  ])('%s %j: %s', (standard, spec, expected) => expect(found(standard, spec)).toBe(expected));

  test('annotations that say what fields say today', () => {
    const apparmor = 'container.apparmor.security.beta.kubernetes.io/c';
    expect(found('baseline:latest', {}, { [apparmor]: 'runtime/default' })).toBe('');
    expect(found('baseline:latest', contexts({ appArmorProfile: { type: 'Unconfined' } }), { [apparmor]: 'unconfined' })).toBe(
      `forbidden AppArmor profiles (container "c" and annotation must not set AppArmor profile type to "Unconfined", "${apparmor}="unconfined"")`,
    );
    expect(found('baseline:v1.10', {}, { 'seccomp.security.alpha.kubernetes.io/pod': 'unconfined' })).toBe('seccompProfile (forbidden annotation seccomp.security.alpha.kubernetes.io/pod="unconfined")');
    expect(found('baseline:latest', {}, { 'seccomp.security.alpha.kubernetes.io/pod': 'unconfined' })).toBe('');
  });
});

describe('the restricted standard', () => {
  const escalation = 'allowPrivilegeEscalation != false (container "c" must set securityContext.allowPrivilegeEscalation=false)';
  const capabilities = 'unrestricted capabilities (container "c" must set securityContext.capabilities.drop=["ALL"])';
  const nonRoot = 'runAsNonRoot != true (pod or container "c" must set securityContext.runAsNonRoot=true)';
  const seccomp = 'seccompProfile (pod or container "c" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")';
  test.each([
    ['restricted:latest', contexts(tight), ''],
    ['restricted:latest', {}, [escalation, capabilities, nonRoot, seccomp].join(', ')],
    ['restricted:v1.0', {}, nonRoot],
    ['restricted:v1.8', {}, [escalation, nonRoot].join(', ')],
    ['restricted:v1.19', {}, [escalation, nonRoot, seccomp].join(', ')],
    ['restricted:v9', {}, [escalation, capabilities, nonRoot, seccomp].join(', ')],
    ['restricted:v1.999', { hostPID: true, ...contexts(tight) }, 'host namespaces (hostPID=true)'],
    ['restricted:latest', { os: { name: 'windows' } }, nonRoot],
    ['restricted:v1.24', { os: { name: 'windows' } }, [escalation, capabilities, nonRoot, seccomp].join(', ')],
    ['restricted:latest', { securityContext: { runAsNonRoot: true, seccompProfile: { type: 'Localhost' } } }, [escalation, capabilities].join(', ')],
    ['restricted:latest', { securityContext: { runAsNonRoot: false }, ...contexts({ ...tight, runAsNonRoot: false }) }, 'runAsNonRoot != true (pod and container "c" must not set securityContext.runAsNonRoot=false)'],
    ['restricted:latest', { securityContext: { runAsUser: 0 }, ...contexts({ ...tight, runAsUser: 0 }) }, 'runAsUser=0 (pod and container "c" must not set runAsUser=0)'],
    ['restricted:v1.22', contexts({ ...tight, runAsUser: 0 }), ''],
    ['restricted:latest', { hostUsers: false, ...contexts({ ...tight, runAsUser: 0, runAsNonRoot: false }) }, ''],
    ['restricted:v1.34', { hostUsers: false, ...contexts({ ...tight, runAsUser: 0 }) }, 'runAsUser=0 (container "c" must not set runAsUser=0)'],
    ['restricted:latest', { hostUsers: false, ...contexts({ ...tight, procMount: 'Unmasked' }) }, 'procMount (container "c" must not set securityContext.procMount to "Unmasked")'],
    ['restricted:latest', contexts({ ...tight, capabilities: { add: ['NET_BIND_SERVICE', 'CHOWN'] } }), 'unrestricted capabilities (container "c" must set securityContext.capabilities.drop=["ALL"]; container "c" must not include "CHOWN" in securityContext.capabilities.add)'],
    ['restricted:latest', { ...contexts(tight), volumes: [{ name: 'a', nfs: {} }, { name: 'b', hostPath: {} }, { name: 'ok', image: {} }, { name: 'd', nfs: {} }] }, 'restricted volume types (volumes "a", "b", "d" use restricted volume types "hostPath", "nfs")'],
    ['restricted:latest', contexts({ ...tight, seccompProfile: { type: 'Unconfined' } }), 'seccompProfile (container "c" must not set securityContext.seccompProfile.type to "Unconfined")'],
  ])('%s %j: %s', (standard, spec, expected) => expect(found(standard, spec)).toBe(expected));
});
