import { Environment } from './environment.ts';
import type { EnvironmentOptions } from './environment.ts';
import { kubernetesCallEstimate, kubernetesRunTimeCost } from './kubernetes-costs.ts';
import { authorizer } from './libraries/authorizer.ts';
import { cidr } from './libraries/cidr.ts';
import { extendedLists } from './libraries/extended-lists.ts';
import { format } from './libraries/format.ts';
import { ip } from './libraries/ip.ts';
import { jsonPatch } from './libraries/json-patch.ts';
import { lists } from './libraries/lists.ts';
import { optionals } from './libraries/optionals.ts';
import { quantity } from './libraries/quantity.ts';
import { regex } from './libraries/regex.ts';
import { semver } from './libraries/semver.ts';
import { sets } from './libraries/sets.ts';
import { strings } from './libraries/strings.ts';
import { twoVariableComprehensions } from './libraries/two-variable-comprehensions.ts';
import { url } from './libraries/url.ts';
import type { Library } from './functions.ts';
import { LITERAL_CHECKS, standardLibrary } from './standard-library.ts';

/** Kubernetes' limits on what expressions cost, in CEL's units of work. */
export const LIMITS = {
  /** One evaluation of one expression. */
  perCall: 1_000_000,
  /** All rules that one write runs on one object, and all expressions of one policy. */
  perRequest: 10_000_000,
  /** All match conditions of one webhook or policy. */
  matchConditions: 2_500_000,
  /** What one rule of a CustomResourceDefinition may cost at most, by estimate. */
  estimatedRule: 10_000_000,
  /** All rules of one schema. */
  estimatedSchema: 100_000_000,
} as const;

/** The libraries that every environment of Kubernetes 1.36 has. */
function kubernetesLibraries(): readonly Library[] {
  return [
    standardLibrary({ crossTypeNumbers: true }),
    { name: 'literal checks', literalChecks: LITERAL_CHECKS },
    optionals,
    strings(2),
    sets,
    lists,
    extendedLists,
    regex(),
    url,
    ip,
    cidr,
    quantity,
    format,
    semver,
    authorizer,
    jsonPatch,
    twoVariableComprehensions,
  ];
}

/** An environment as Kubernetes 1.36 makes them: its libraries, its rules, its costs. Keep it, and extend it. */
export function kubernetesEnvironment(options: Pick<EnvironmentOptions, 'variables' | 'types' | 'resolveType'> & { readonly libraries?: readonly Library[] } = {}): Environment {
  return new Environment({
    ...options,
    libraries: [...kubernetesLibraries(), ...(options.libraries ?? [])],
    homogeneousLiterals: true,
    optionalSyntax: true,
    runTimeCosts: [kubernetesRunTimeCost],
    callEstimators: [kubernetesCallEstimate],
  });
}
