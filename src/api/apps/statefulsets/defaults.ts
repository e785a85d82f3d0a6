import type { KubeObject } from '../../../machinery/object-meta.ts';
import { roundResourceList } from '../../pod-template/resource-list.ts';
import { defaultWorkloadTemplate } from '../workload-template.ts';
import type { StatefulSet } from '../workload.ts';

type Spec = NonNullable<StatefulSet['spec']>;
type Claim = NonNullable<Spec['volumeClaimTemplates']>[number];

export function defaults(object: KubeObject): void {
  const spec = ((object as StatefulSet).spec ??= {});
  defaultWorkloadTemplate(spec);
  spec.podManagementPolicy ||= 'OrderedReady';
  defaultUpdateStrategy(spec);
  const retention = (spec.persistentVolumeClaimRetentionPolicy ??= {});
  retention.whenDeleted ||= 'Retain';
  retention.whenScaled ||= 'Retain';
  spec.replicas ??= 1;
  spec.revisionHistoryLimit ??= 10;
  for (const claim of spec.volumeClaimTemplates ?? []) defaultClaim(claim);
}

/** A rolling update that the writer names without its parameters stays without them. */
function defaultUpdateStrategy(spec: Spec): void {
  const strategy = (spec.updateStrategy ??= {});
  if (!strategy.type) {
    strategy.type = 'RollingUpdate';
    strategy.rollingUpdate ??= {};
  }
  if (strategy.type === 'RollingUpdate' && strategy.rollingUpdate !== undefined) strategy.rollingUpdate.partition ??= 0;
}

/** Claims stand there as whole objects, with their type. */
function defaultClaim(claim: Claim): void {
  claim.apiVersion = 'v1';
  claim.kind = 'PersistentVolumeClaim';
  const spec = (claim.spec ??= {});
  spec.volumeMode ??= 'Filesystem';
  roundResourceList(spec.resources?.limits);
  roundResourceList(spec.resources?.requests);
  const status = (claim.status ??= {});
  status.phase ||= 'Pending';
}
