import type { KubeObject } from '../../../machinery/object-meta.ts';
import type { ApiService } from './api-service.ts';

export function defaults(object: KubeObject): void {
  const service = (object as ApiService).spec?.service;
  if (service != null) service.port ??= 443;
}
