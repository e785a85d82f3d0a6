import type { ObjectReader } from '../../object-reader.ts';
import type { AdmissionPlugin } from '../admission-plugin.ts';
import { isAbout } from '../admitted-pod.ts';
import { defaultClassName } from '../default-class.ts';

const CLASSES = { group: 'networking.k8s.io', resource: 'ingressclasses' };
const IS_DEFAULT = ['ingressclass.kubernetes.io/is-default-class'];
/** Where ingresses named their class before the field was there. */
const CLASS_ANNOTATION = 'kubernetes.io/ingress.class';

/** An ingress that names no class gets the cluster's default. */
export function defaultIngressClass(reader: ObjectReader): AdmissionPlugin {
  return {
    name: 'DefaultIngressClass',
    handles: (operation) => operation === 'CREATE',
    admit(request) {
      const { object } = request;
      if (object === undefined || !isAbout(request, 'networking.k8s.io', 'ingresses')) return;
      const spec = (object['spec'] ??= {}) as { ingressClassName?: string };
      if (spec.ingressClassName !== undefined || Object.hasOwn(object.metadata.annotations ?? {}, CLASS_ANNOTATION)) return;
      const name = defaultClassName(reader, CLASSES, IS_DEFAULT);
      if (name !== undefined) spec.ingressClassName = name;
    },
  };
}
