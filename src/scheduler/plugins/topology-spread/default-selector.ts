import type { ReplicaSet, StatefulSet } from '../../../api/types/generated/apps-v1.ts';
import type { ReplicationController, Service } from '../../../api/types/generated/core-v1.ts';
import { BUILTIN } from '../../../client/builtin-resources.ts';
import { LabelSelector, labelSelectorFromMap } from '../../../machinery/label-selector.ts';
import type { SharedInformers } from '../../../runtime/shared-informers.ts';
import { selectorOrNothing } from '../../framework/affinity-terms.ts';
import type { PodInfo } from '../../framework/pod-info.ts';

/** Finds what a pod belongs together with: the selectors of its services and of its controller, joined. */
export function defaultSelectors(informers: SharedInformers): (pod: PodInfo) => LabelSelector {
  const services = informers.get<Service>(BUILTIN.services);
  const controllers = informers.get<ReplicationController>(BUILTIN.replicationControllers);
  const replicaSets = informers.get<ReplicaSet>(BUILTIN.replicaSets);
  const statefulSets = informers.get<StatefulSet>(BUILTIN.statefulSets);
  const ofController = ({ pod, namespace }: PodInfo): LabelSelector => {
    const owner = (pod.metadata.ownerReferences ?? []).find(({ controller }) => controller === true);
    const key = `${namespace}/${owner?.name}`;
    switch (owner?.kind) {
      case 'ReplicationController':
        return labelSelectorFromMap(controllers.store.get(key)?.spec?.selector);
      case 'ReplicaSet':
        return selectorOrNothing(replicaSets.store.get(key)?.spec?.selector);
      case 'StatefulSet':
        return selectorOrNothing(statefulSets.store.get(key)?.spec?.selector);
      case undefined:
      default:
        return LabelSelector.everything();
    }
  };
  return (info) => {
    const { labels } = info.pod.metadata;
    const requirements = services.store.inNamespace(info.namespace).flatMap(({ spec }) => {
      const selector = labelSelectorFromMap(spec?.selector);
      return selector.isEverything || !selector.matches(labels) ? [] : selector.requirements;
    });
    const all = LabelSelector.of([...requirements, ...ofController(info).requirements]);
    return all.isEverything ? LabelSelector.nothing() : all;
  };
}
