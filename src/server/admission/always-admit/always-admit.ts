import type { AdmissionPlugin } from '../admission-plugin.ts';

/** Lets everything pass. It does nothing, and is kept since flags of old clusters name it. */
export function alwaysAdmit(): AdmissionPlugin {
  return { name: 'AlwaysAdmit', handles: () => false };
}
