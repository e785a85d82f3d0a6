import type { AdmissionPlugin } from '../admission-plugin.ts';
import { admissionRefusal } from '../admission-refusal.ts';

/** Refuses every write: for tests of what then happens. */
export function alwaysDeny(): AdmissionPlugin {
  const refuse: AdmissionPlugin['validate'] = (request) => {
    throw admissionRefusal(request, 'admission control is denying all modifications');
  };
  return { name: 'AlwaysDeny', handles: () => true, admit: refuse, validate: refuse };
}
