import type { DeepReadonly, JsonValue } from '../../machinery/json.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';

/** autoscaling/v1 Scale of an object. `replicas`: what is wanted; no replicas are not said. `selector` undefined: none is told. */
export function scaleObject({ metadata }: DeepReadonly<KubeObject>, { replicas, observed, selector }: { readonly replicas: JsonValue; readonly observed: JsonValue; readonly selector: string | undefined }): KubeObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = metadata;
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: {
      ...(name !== undefined && { name }),
      ...(namespace !== undefined && { namespace }),
      ...(uid !== undefined && { uid }),
      ...(resourceVersion !== undefined && { resourceVersion }),
      ...(creationTimestamp !== undefined && { creationTimestamp }),
    },
    spec: replicas === 0 ? {} : { replicas },
    status: { replicas: observed, ...(selector !== undefined && { selector }) },
  };
}
