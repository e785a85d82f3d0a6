import type { ReplicaSet, StatefulSet } from '../../../api/types/generated/apps-v1.ts';
import type { ReplicationController, Service } from '../../../api/types/generated/core-v1.ts';
import { BUILTIN } from '../../../client/builtin-resources.ts';
import { LabelSelector, labelSelectorFromMap, type LabelSelectorObject } from '../../../machinery/label-selector.ts';
import type { SharedInformers } from '../../../runtime/shared-informers.ts';
import { selectorOrNothing } from '../../framework/affinity-terms.ts';
import type { PodInfo } from '../../framework/pod-info.ts';

/** Finds what a pod belongs together with: the selectors of its services and of its controller, joined. */
export function defaultSelectors(informers: SharedInformers): (pod: PodInfo) => LabelSelector {
  const services = informers.get<Service>(BUILTIN.services);
  const controllers = informers.get<ReplicationController>(BUILTIN.replicationControllers);
  const replicaSets = informers.get<ReplicaSet>(BUILTIN.replicaSets);
  const statefulSets = informers.get<StatefulSet>(BUILTIN.statefulSets);
  /** Compiled once for each state of an object. */
  const known = new WeakMap<object, LabelSelector>();
  const remembered = (object: object | undefined, compile: () => LabelSelector): LabelSelector => {
    if (object === undefined) return LabelSelector.everything();
    const selector = known.get(object) ?? compile();
    known.set(object, selector);
    return selector;
  };
  const ofMap = (object: { readonly spec?: { readonly selector?: Readonly<Record<string, string>> } } | undefined): LabelSelector => remembered(object, () => labelSelectorFromMap(object?.spec?.selector));
  const ofObject = (object: { readonly spec?: { readonly selector?: LabelSelectorObject } } | undefined): LabelSelector => remembered(object, () => selectorOrNothing(object?.spec?.selector));
  const ofController = ({ pod, namespace }: PodInfo): LabelSelector => {
    const owner = (pod.metadata.ownerReferences ?? []).find(({ controller }) => controller === true);
    const key = `${namespace}/${owner?.name}`;
    switch (owner?.kind) {
      case 'ReplicationController':
        return ofMap(controllers.store.get(key));
      case 'ReplicaSet':
        return ofObject(replicaSets.store.get(key));
      case 'StatefulSet':
        return ofObject(statefulSets.store.get(key));
      case undefined:
      default:
        return LabelSelector.everything();
    }
  };
  return (info) => {
    const { labels } = info.pod.metadata;
    const requirements = services.store.inNamespace(info.namespace).flatMap((service) => {
      const selector = ofMap(service);
      return selector.isEverything || !selector.matches(labels) ? [] : selector.requirements;
    });
    const all = LabelSelector.of([...requirements, ...ofController(info).requirements]);
    return all.isEverything ? LabelSelector.nothing() : all;
  };
}
