import { fieldDuplicate, fieldForbidden, fieldInvalid, fieldRequired, type FieldPath } from '../../machinery/field-error.ts';
import { checkOneOf, reportTexts, type Findings } from './findings.ts';
import { internalForm } from './internal-form.ts';
import type { PodSecurityContext, PodSpec, SecurityContext, WindowsOptions } from './shapes.ts';
import { hasBacksteps } from './validate-paths.ts';

const MAX_ID = 2 ** 31 - 1;
const SYSCTL_SEGMENT = '[a-z0-9]([-_a-z0-9]*[a-z0-9])?';
const SYSCTL_PATTERN = `(${SYSCTL_SEGMENT}[\\./])*${SYSCTL_SEGMENT}`;
const SYSCTL_MAX_LENGTH = 253;
const IPC_SYSCTLS = ['kernel.shm', 'kernel.msg', 'kernel.sem', 'fs.mqueue.'];
const PROFILE_TYPES = ['Localhost', 'RuntimeDefault', 'Unconfined'];

/** `usesHostUsers`: whether the pod shares the host's user namespace. */
export function checkSecurityContext(findings: Findings, context: SecurityContext | undefined, usesHostUsers: boolean, path: FieldPath): void {
  if (context === undefined) return;
  checkId(findings, path.child('runAsUser'), context.runAsUser);
  checkId(findings, path.child('runAsGroup'), context.runAsGroup);
  if (context.procMount !== undefined) {
    checkOneOf(findings, path.child('procMount'), context.procMount, ['Default', 'Unmasked']);
    if (context.procMount === 'Unmasked' && usesHostUsers) findings.push(fieldInvalid(path.child('procMount'), context.procMount, '`hostUsers` must be false to use `Unmasked`'));
  }
  checkSeccompProfile(findings, context.seccompProfile, path.child('seccompProfile'));
  if (context.allowPrivilegeEscalation === false) {
    const shown = internalForm(context, 'SecurityContext');
    if (context.privileged === true) findings.push(fieldInvalid(path, shown, 'cannot set `allowPrivilegeEscalation` to false and `privileged` to true'));
    if (context.capabilities?.add?.includes('CAP_SYS_ADMIN')) {
      findings.push(fieldInvalid(path, shown, 'cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN'));
    }
  }
  checkWindowsOptions(findings, context.windowsOptions, path.child('windowsOptions'));
  checkAppArmorProfile(findings, context.appArmorProfile, path.child('appArmorProfile'));
}

export function checkPodSecurityContext(findings: Findings, context: PodSecurityContext | undefined, spec: PodSpec, path: FieldPath): void {
  checkId(findings, path.child('fsGroup'), context?.fsGroup);
  checkId(findings, path.child('runAsUser'), context?.runAsUser);
  checkId(findings, path.child('runAsGroup'), context?.runAsGroup);
  (context?.supplementalGroups ?? []).forEach((id, i) => checkId(findings, path.child('supplementalGroups').index(i), id));
  if (spec.shareProcessNamespace === true && spec.hostPID === true) {
    findings.push(fieldInvalid(path.child('shareProcessNamespace'), true, 'ShareProcessNamespace and HostPID cannot both be enabled'));
  }
  checkSysctls(findings, context?.sysctls, spec, path.child('sysctls'));
  if (context?.fsGroupChangePolicy !== undefined) checkOneOf(findings, path.child('fsGroupChangePolicy'), context.fsGroupChangePolicy, ['Always', 'OnRootMismatch']);
  checkSeccompProfile(findings, context?.seccompProfile, path.child('seccompProfile'));
  checkWindowsOptions(findings, context?.windowsOptions, path.child('windowsOptions'));
  checkAppArmorProfile(findings, context?.appArmorProfile, path.child('appArmorProfile'));
  if (context?.supplementalGroupsPolicy !== undefined) checkOneOf(findings, path.child('supplementalGroupsPolicy'), context.supplementalGroupsPolicy, ['Merge', 'Strict']);
  if (context?.seLinuxChangePolicy !== undefined) checkOneOf(findings, path.child('seLinuxChangePolicy'), context.seLinuxChangePolicy, ['MountOption', 'Recursive']);
}

function checkId(findings: Findings, path: FieldPath, id: number | undefined): void {
  if (id !== undefined && (id < 0 || id > MAX_ID)) findings.push(fieldInvalid(path, id, `must be between 0 and ${MAX_ID}, inclusive`));
}

function checkSysctls(findings: Findings, sysctls: PodSecurityContext['sysctls'], spec: PodSpec, path: FieldPath): void {
  const names = new Set<string>();
  (sysctls ?? []).forEach((sysctl, i) => {
    const name = sysctl.name ?? '';
    const namePath = path.index(i).child('name');
    if (name === '') findings.push(fieldRequired(namePath));
    else if (name.length > SYSCTL_MAX_LENGTH || !isSysctlName(name)) {
      findings.push(fieldInvalid(namePath, name, `must have at most ${SYSCTL_MAX_LENGTH} characters and match regex ${SYSCTL_PATTERN}`));
    } else if (names.has(name)) findings.push(fieldDuplicate(namePath, name));
    names.add(name);
    const dotted = dottedSysctl(name);
    if (spec.hostNetwork === true && dotted.startsWith('net.')) findings.push(fieldInvalid(namePath, name, "may not be specified when 'hostNetwork' is true"));
    if (spec.hostIPC === true && IPC_SYSCTLS.some((prefix) => dotted.startsWith(prefix))) {
      findings.push(fieldInvalid(namePath, name, "may not be specified when 'hostIPC' is true"));
    }
  });
}

/** Segment by segment, so that the time is linear in the name. */
function isSysctlName(name: string): boolean {
  return name.split(/[./]/).every((segment) => /^[a-z0-9](?:[-_a-z0-9]*[a-z0-9])?$/.test(segment));
}

/** A name whose first separator is a slash swaps slashes and dots. */
function dottedSysctl(name: string): string {
  if (/^[^./]*\//.test(name)) return name.replace(/[./]/g, (separator) => (separator === '/' ? '.' : '/'));
  return name;
}

function checkSeccompProfile(findings: Findings, profile: SecurityContext['seccompProfile'], path: FieldPath): void {
  if (profile === undefined) return;
  if (profile.type === 'Localhost') {
    if (profile.localhostProfile === undefined) findings.push(fieldRequired(path.child('localhostProfile'), 'must be set when seccomp type is Localhost'));
    else checkLocalProfile(findings, profile.localhostProfile, path.child('localhostProfile'));
    return;
  }
  if (profile.localhostProfile !== undefined) {
    findings.push(fieldInvalid(path.child('localhostProfile'), profile.localhostProfile, 'can only be set when seccomp type is Localhost'));
  }
  if (!profile.type) findings.push(fieldRequired(path.child('type'), 'type is required when seccompProfile is set'));
  else checkOneOf(findings, path.child('type'), profile.type, PROFILE_TYPES);
}

function checkLocalProfile(findings: Findings, profile: string, path: FieldPath): void {
  if (profile.startsWith('/')) findings.push(fieldInvalid(path, profile, 'must be a relative path'));
  if (hasBacksteps(profile)) findings.push(fieldInvalid(path, profile, "must not contain '..'"));
}

function checkAppArmorProfile(findings: Findings, profile: SecurityContext['appArmorProfile'], path: FieldPath): void {
  if (profile === undefined) return;
  const localPath = path.child('localhostProfile');
  switch (profile.type ?? '') {
    case 'Localhost': {
      const local = profile.localhostProfile;
      if (local === undefined) {
        findings.push(fieldRequired(localPath, 'must be set when AppArmor type is Localhost'));
        return;
      }
      const trimmed = local.trim();
      if (trimmed !== local) findings.push(fieldInvalid(localPath, local, 'must not be padded with whitespace'));
      else if (trimmed === '') findings.push(fieldRequired(localPath, 'must be set when AppArmor type is Localhost'));
      if (local.length > 4095) findings.push({ type: 'FieldValueTooLong', field: localPath.text, message: 'Too long: may not be more than 4095 bytes' });
      return;
    }
    case 'RuntimeDefault':
    case 'Unconfined':
      if (profile.localhostProfile !== undefined) {
        findings.push(fieldInvalid(localPath, profile.localhostProfile, 'can only be set when AppArmor type is Localhost'));
      }
      return;
    case '':
      findings.push(fieldRequired(path.child('type'), 'type is required when appArmorProfile is set'));
      return;
    default:
      checkOneOf(findings, path.child('type'), profile.type ?? '', PROFILE_TYPES);
  }
}

const USER_NAME_MAX_LENGTH = 104;
const DOMAIN_MAX_LENGTH = 256;

function checkWindowsOptions(findings: Findings, options: WindowsOptions | undefined, path: FieldPath): void {
  if (options === undefined) return;
  const specName = options.gmsaCredentialSpecName;
  if (specName !== undefined && specName === '') findings.push(fieldInvalid(path.child('gmsaCredentialSpecName'), specName, 'gmsaCredentialSpec cannot be an empty string'));
  const spec = options.gmsaCredentialSpec;
  if (spec !== undefined && spec === '') findings.push(fieldInvalid(path.child('gmsaCredentialSpec'), spec, 'gmsaCredentialSpec cannot be an empty string'));
  if (options.runAsUserName !== undefined) reportTexts(findings, path.child('runAsUserName'), options.runAsUserName, userNameTexts(options.runAsUserName));
}

/** DOMAIN\user or user, in the characters Windows allows. */
function userNameTexts(name: string): string[] {
  if (name === '') return ['runAsUserName cannot be an empty string'];
  // eslint-disable-next-line no-control-regex
  if (/[\u0000-\u001f\u007f]/.test(name)) return ['runAsUserName cannot contain control characters'];
  const parts = name.split('\\');
  if (parts.length > 2) return ['runAsUserName cannot contain more than one backslash'];
  const user = parts.at(-1) ?? '';
  const domain = parts.length === 2 ? (parts[0] ?? '') : undefined;
  const texts: string[] = [];
  if (domain !== undefined) {
    if (domain.length >= DOMAIN_MAX_LENGTH) texts.push(`runAsUserName's Domain length must be under ${DOMAIN_MAX_LENGTH} characters`);
    if (!/^[^\s\\/:*?"<>|.][^\s\\/:*?"<>|]*$/.test(domain)) texts.push("runAsUserName's Domain doesn't match the NetBios nor the DNS format");
  }
  if (user === '') texts.push("runAsUserName's User cannot be empty");
  else if (user.length > USER_NAME_MAX_LENGTH) texts.push(`runAsUserName's User length must not be longer than ${USER_NAME_MAX_LENGTH} characters`);
  if (user !== '' && /^[. ]+$/.test(user)) texts.push(`runAsUserName's User cannot contain only periods or spaces`);
  if (/["/\\:;|=,+*?<>@[\]]/.test(user)) texts.push(`runAsUserName's User cannot contain the following characters: "/\\:;|=,+*?<>@[]`);
  return texts;
}

/** A pod in a user namespace of its own shares no other namespace with the host. */
export function checkHostUsers(findings: Findings, spec: PodSpec, path: FieldPath): void {
  if (spec.hostUsers !== false) return;
  const detail = 'when `hostUsers` is false';
  if (spec.hostNetwork === true) findings.push(fieldForbidden(path.child('hostNetwork'), detail));
  if (spec.hostPID === true) findings.push(fieldForbidden(path.child('HostPID'), detail));
  if (spec.hostIPC === true) findings.push(fieldForbidden(path.child('HostIPC'), detail));
}
