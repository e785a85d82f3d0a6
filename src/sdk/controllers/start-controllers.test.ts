import { expect, test } from 'vitest';
import { CONTROLLER_NAMES, selectControllers } from './start-controllers.ts';

const ON_DEMAND = ['bootstrap-signer-controller', 'token-cleaner-controller'];
const but = (...names: string[]): string[] => CONTROLLER_NAMES.filter((name) => !names.includes(name) && !ON_DEMAND.includes(name));

test.each<[string[], string[]]>([
  [['*'], but()],
  [['*', ...ON_DEMAND], [...CONTROLLER_NAMES]],
  [['*', '-deployment-controller'], but('deployment-controller')],
  [['namespace-controller'], ['namespace-controller']],
  [['namespace-controller', '-namespace-controller'], []],
  [[], []],
])('of the controllers %j chooses %j', (selection, chosen) => {
  expect(selectControllers(selection)).toEqual(chosen);
});

test.each(['deployment', '-constructor'])('there is no controller %s', (name) => {
  expect(() => selectControllers(['*', name])).toThrow('is not in the list of known controllers');
});
