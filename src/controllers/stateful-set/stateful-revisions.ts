import type { ControllerRevision } from '../../api/types/generated/apps-v1.ts';
import type { ResourceClient } from '../../client/resource-client.ts';
import { createRevision, inRevisionOrder, nextRevision, revisionData, revisionName, sameData, templateOf, type SharedRevision } from '../history/controller-revisions.ts';
import { revisionHash } from '../history/revision-hash.ts';
import { controllerRefTo } from '../ownership/controller-ref.ts';
import type { SharedStatefulSet } from './stateful-identity.ts';
import type { TemplateRevision } from './stateful-pods.ts';

const HASH_LABEL = 'controller.kubernetes.io/hash';

export interface StatefulHistory {
  readonly revisions: readonly SharedRevision[];
  /** Rolled out before; the same as `update` when nothing is being rolled out. */
  readonly current: SharedRevision;
  /** Of the present template. */
  readonly update: SharedRevision;
  readonly collisions: number;
}

/** The revisions of the set, with one for its present template: found, brought back from the past, or made. */
export async function ensureHistory(set: SharedStatefulSet, known: readonly SharedRevision[], client: ResourceClient<ControllerRevision>, signal: AbortSignal): Promise<StatefulHistory> {
  const revisions = inRevisionOrder(known);
  const data = revisionData(set.spec?.template);
  const equal = revisions.findLast((revision) => sameData(revision.data, data));
  const current = revisions.find(({ metadata }) => metadata.name === set.status?.currentRevision);
  let collisions = set.status?.collisionCount ?? 0;
  let update: SharedRevision;
  if (equal && sameData(equal.data, revisions.at(-1)?.data)) update = revisions.at(-1) ?? equal;
  else if (equal) update = await client.update({ ...(structuredClone(equal) as ControllerRevision), revision: nextRevision(revisions) }, { signal });
  else {
    const { namespace = '', annotations } = set.metadata;
    const make = (hash: string): ControllerRevision => ({
      apiVersion: 'apps/v1',
      kind: 'ControllerRevision',
      metadata: {
        name: revisionName(set, hash),
        namespace,
        labels: { ...set.spec?.template.metadata?.labels, [HASH_LABEL]: hash },
        ...(annotations && { annotations: { ...annotations } }),
        ownerReferences: [controllerRefTo(set)],
      },
      data,
      revision: nextRevision(revisions),
    });
    const created = await createRevision(client, { owner: set, make, hash: (count) => revisionHash(data, count), collisions }, signal);
    ({ collisions } = created);
    update = created.revision;
  }
  return { revisions, current: current ?? update, update, collisions };
}

export function templateRevision(set: SharedStatefulSet, revision: SharedRevision): TemplateRevision {
  return { name: revision.metadata.name ?? '', template: templateOf(revision) ?? set.spec?.template ?? {} };
}
