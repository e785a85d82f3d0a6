import type { NamespaceCondition } from '../../api/types/generated/core-v1.ts';
import { discoveryFailureText, type DiscoveryFailure } from '../discovery/preferred-resources.ts';

/** What one pass over a namespace's content came to. */
export interface ContentReport {
  readonly discoveryFailures: readonly DiscoveryFailure[];
  /** Texts of deletions that failed. */
  readonly deletionErrors: readonly string[];
  /** Objects left, by resource as `pods.` or `deployments.apps`. */
  readonly remaining: ReadonlyMap<string, number>;
  /** Objects left that have the finalizer. */
  readonly finalizers: ReadonlyMap<string, number>;
}

interface Verdict {
  readonly type: string;
  readonly status: 'True' | 'False';
  readonly reason: string;
  readonly message: string;
}

/** The conditions after the pass, or undefined when they are as before. A condition's time is that of its last change of status. */
export function computeConditions(before: readonly NamespaceCondition[], report: ContentReport, now: string): NamespaceCondition[] | undefined {
  const conditions = [...before];
  let changed = false;
  for (const verdict of verdicts(report)) {
    const at = conditions.findIndex(({ type }) => type === verdict.type);
    const old = conditions[at];
    if (!old) {
      conditions.push({ ...verdict, lastTransitionTime: now });
      changed = true;
    } else if (old.status !== verdict.status || old.reason !== verdict.reason || old.message !== verdict.message) {
      const { lastTransitionTime = now } = old;
      conditions[at] = { ...verdict, lastTransitionTime: old.status === verdict.status ? lastTransitionTime : now };
      changed = true;
    }
  }
  return changed ? conditions : undefined;
}

function verdicts({ discoveryFailures, deletionErrors, remaining, finalizers }: ContentReport): Verdict[] {
  return [
    verdict('NamespaceDeletionDiscoveryFailure', { reason: 'ResourcesDiscovered', message: 'All resources successfully discovered' }, discoveryFailures.length > 0 && {
      reason: 'DiscoveryFailed',
      message: `Discovery failed for some groups, ${discoveryFailures.length} failing: ${discoveryFailureText(discoveryFailures)}`,
    }),
    // Discovery hands out group and version apart: there is nothing that could fail to be parsed.
    verdict('NamespaceDeletionGroupVersionParsingFailure', { reason: 'ParsedGroupVersions', message: 'All legacy kube types successfully parsed' }, false),
    verdict('NamespaceDeletionContentFailure', { reason: 'ContentDeleted', message: 'All content successfully deleted, may be waiting on finalization' }, deletionErrors.length > 0 && {
      reason: 'ContentDeletionFailed',
      message: `Failed to delete all resource types, ${deletionErrors.length} remaining: ${deletionErrors.toSorted().join(', ')}`,
    }),
    verdict('NamespaceContentRemaining', { reason: 'ContentRemoved', message: 'All content successfully removed' }, remaining.size > 0 && {
      reason: 'SomeResourcesRemain',
      message: `Some resources are remaining: ${counted(remaining, 'has')}`,
    }),
    verdict('NamespaceFinalizersRemaining', { reason: 'ContentHasNoFinalizers', message: 'All content-preserving finalizers finished' }, finalizers.size > 0 && {
      reason: 'SomeFinalizersRemain',
      message: `Some content in the namespace has finalizers remaining: ${counted(finalizers, 'in')}`,
    }),
  ];
}

interface Finding {
  readonly reason: string;
  readonly message: string;
}

function verdict(type: string, good: Finding, bad: Finding | false): Verdict {
  return bad === false ? { type, status: 'False', ...good } : { type, status: 'True', ...bad };
}

function counted(counts: ReadonlyMap<string, number>, word: string): string {
  return [...counts].map(([name, count]) => `${name} ${word} ${count} resource instances`).toSorted().join(', ');
}
