import { appArmorProfile } from './app-armor.ts';
import { capabilitiesBaseline, capabilitiesRestricted } from './capabilities.ts';
import type { PodCheck } from './check.ts';
import { hostNamespaces, hostPathVolumes, hostPorts, hostProbesAndHostLifecycle } from './host-access.ts';
import { allowPrivilegeEscalation } from './privilege-escalation.ts';
import { privileged, procMount, windowsHostProcess } from './privileged.ts';
import { runAsNonRoot, runAsUser } from './run-as.ts';
import { seLinuxOptions } from './se-linux.ts';
import { seccompProfileBaseline, seccompProfileRestricted } from './seccomp.ts';
import { sysctls } from './sysctls.ts';
import { restrictedVolumes } from './volumes.ts';

/** Every control of the Pod Security Standards in all its versions. */
export const ALL_CHECKS: readonly PodCheck[] = [
  appArmorProfile,
  capabilitiesBaseline,
  hostNamespaces,
  hostPathVolumes,
  hostPorts,
  hostProbesAndHostLifecycle,
  privileged,
  ...procMount,
  ...seLinuxOptions,
  ...seccompProfileBaseline,
  ...sysctls,
  windowsHostProcess,
  ...allowPrivilegeEscalation,
  ...capabilitiesRestricted,
  restrictedVolumes,
  ...runAsNonRoot,
  ...runAsUser,
  ...seccompProfileRestricted,
];
