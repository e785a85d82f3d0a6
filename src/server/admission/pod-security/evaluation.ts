import { ALL_CHECKS } from './checks/all-checks.ts';
import type { CheckedPod, PodCheck, Violation } from './checks/check.ts';
import type { LevelVersion } from './level-version.ts';

/** The newest version whose checks are known. */
const NEWEST_MINOR = 36;

/** What a pod breaks of a standard, in the order of Kubernetes: controls of the baseline first, each group by id. */
export class PodSecurityEvaluator {
  readonly #checks = new Map<string, readonly PodCheck[]>();

  evaluate(policy: LevelVersion, pod: CheckedPod): readonly Violation[] {
    if (policy.level === 'privileged') return [];
    const violations: Violation[] = [];
    for (const check of this.#checksOf(policy)) {
      const violation = check.check(pod);
      if (violation !== undefined) violations.push(violation);
    }
    return violations;
  }

  /** A version that is not known yet is taken for the newest that is. */
  #checksOf({ level, version }: LevelVersion): readonly PodCheck[] {
    const minor = version === 'latest' ? NEWEST_MINOR : Math.min(version, NEWEST_MINOR);
    const key = `${level}:${minor}`;
    let checks = this.#checks.get(key);
    if (checks === undefined) this.#checks.set(key, (checks = selectChecks(level === 'restricted', minor)));
    return checks;
  }
}

function selectChecks(restricted: boolean, minor: number): PodCheck[] {
  const current = new Map<string, PodCheck>();
  for (const check of ALL_CHECKS) if (check.since <= minor && (restricted || check.level === 'baseline')) current.set(check.id, check);
  const overridden = new Set([...current.values()].flatMap(({ overrides = [] }) => overrides));
  const byId = [...current.values()].filter(({ id }) => !overridden.has(id)).sort((a, b) => (a.id < b.id ? -1 : 1));
  return [...byId.filter(({ level }) => level === 'baseline'), ...byId.filter(({ level }) => level === 'restricted')];
}

/** `privileged (container "c" must not …), hostPort (…)` */
export function describeViolations(violations: readonly Violation[]): string {
  return violations.map(({ reason, detail }) => (detail === '' ? reason : `${reason} (${detail})`)).join(', ');
}

/** `privileged, hostPort` */
export function violationReasons(violations: readonly Violation[]): string {
  return violations.map(({ reason }) => reason).join(', ');
}
