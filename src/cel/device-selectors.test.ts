import { expect, test } from 'vitest';
import { DeviceSelectors } from './device-selectors.ts';

const selectors = new DeviceSelectors();
const device = { driver: 'gpu.example.com', attributes: { 'gpu.example.com': { model: 'x1', cores: 8, fast: true } }, capacity: { 'gpu.example.com': { memory: '16Gi' } }, allowMultipleAllocations: false };

test.each<[string, unknown]>([
  ["device.driver == 'gpu.example.com'", { matches: true }],
  ["device.attributes['gpu.example.com'].model == 'x1' && device.attributes['gpu.example.com'].cores > 4", { matches: true }],
  ["device.capacity['gpu.example.com'].memory.isGreaterThan(quantity('32Gi'))", { matches: false }],
  ["has(device.attributes['other.example.com'].model)", { matches: false }],
  ["device.attributes['other.example.com'].model == ''", { error: 'no such key: model' }],
  ['!device.allowMultipleAllocations', { matches: true }],
])('%s: %j', (expression, expected) => {
  const compiled = selectors.compile(expression);
  expect('program' in compiled ? selectors.matches(compiled.program, device) : compiled).toEqual(expected);
});

test.each([
  ['device.', "compilation failed: ERROR: <input>:1:8: Syntax error: no viable alternative at input '.'\n | device.\n | .......^"],
  ['device.driver', 'must evaluate to bool or the unknown type, not string'],
])('%s: %s', (expression, error) => {
  expect(selectors.compile(expression)).toEqual({ error });
});
