import type { ResourceFacts } from '../../api/facts/resource-facts.ts';
import { isJsonObject, type DeepReadonly, type JsonObject } from '../../machinery/json.ts';
import { labelSelectorFromMap, labelSelectorFromObject, type LabelSelectorObject } from '../../machinery/label-selector.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';
import { scaleObject } from '../registry/scale-object.ts';
import type { ScaleMapping } from '../registry/resource-type.ts';

/** How a workload's replicas are read and set through its scale. */
export function scaleOf(resource: ResourceFacts): ScaleMapping {
  const plainSelector = resource.resource === 'replicationcontrollers';
  return {
    replicasPath: ['spec', 'replicas'],
    toScale: (object) => toScale(object, plainSelector),
    applyScale: (object, scale) => {
      const spec = (object['spec'] ??= {}) as JsonObject;
      const wanted = scale['spec'];
      spec['replicas'] = (isJsonObject(wanted) ? wanted['replicas'] : undefined) ?? 0;
    },
  };
}

function toScale(object: DeepReadonly<KubeObject>, plainSelector: boolean): KubeObject {
  const spec = (object['spec'] ?? {}) as JsonObject;
  const status = (object['status'] ?? {}) as JsonObject;
  const selector = plainSelector
    ? labelSelectorFromMap(spec['selector'] as Record<string, string> | undefined)
    : labelSelectorFromObject(spec['selector'] as LabelSelectorObject | undefined);
  return scaleObject(object, { replicas: spec['replicas'] ?? 0, observed: status['replicas'] ?? 0, selector: selector.toString() });
}
