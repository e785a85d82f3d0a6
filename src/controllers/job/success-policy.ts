import { IndexSet } from './index-set.ts';
import type { SharedJob } from './job-state.ts';

/** Which rule the indexes that succeeded so far fulfil, in words; undefined when none. */
export function matchSuccessPolicy({ spec }: SharedJob, succeeded: IndexSet): string | undefined {
  const { successPolicy, completions = 0 } = spec ?? {};
  if (succeeded.size === 0) return undefined;
  const matched = (successPolicy?.rules ?? []).findIndex(({ succeededIndexes, succeededCount }) => {
    if (succeededIndexes === undefined) return succeededCount !== undefined && succeeded.size >= succeededCount;
    const required = IndexSet.parse(succeededIndexes, completions);
    return succeeded.commonWith(required) >= (succeededCount ?? required.size);
  });
  return matched < 0 ? undefined : `Matched rules at index ${matched}`;
}
