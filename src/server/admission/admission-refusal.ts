import { forbidden, type StatusError } from '../../machinery/status-error.ts';
import type { AdmissionRequest } from './admission-plugin.ts';

/** A plugin's refusal: `pods "a" is forbidden: <detail>`. An object whose name is still to be made goes by its prefix. */
export function admissionRefusal(request: AdmissionRequest, detail: string): StatusError {
  return forbidden({ group: request.resource.group, resource: request.resource.resource }, admittedName(request), detail);
}

/** How messages name the object of a request. */
export function admittedName({ name, object }: AdmissionRequest): string {
  if (name !== '') return name;
  return object?.metadata.name || object?.metadata.generateName || 'Unknown';
}
