import { notFound } from '../../../machinery/status-error.ts';
import type { ObjectReader } from '../../object-reader.ts';
import type { AdmissionPlugin } from '../admission-plugin.ts';

const NAMESPACES = { group: '', resource: 'namespaces' };

/** Refuses every write in a namespace that is not there, deletions too. */
export function namespaceExists(reader: ObjectReader): AdmissionPlugin {
  return {
    name: 'NamespaceExists',
    handles: (operation) => operation !== 'CONNECT',
    validate({ namespace, resource }) {
      if (namespace === '' || (resource.group === '' && resource.resource === 'namespaces')) return;
      if (reader.get(NAMESPACES, '', namespace) === undefined) throw notFound(NAMESPACES, namespace);
    },
  };
}
