import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { main } from './main.ts';

const work = mkdtempSync(join(tmpdir(), 'steersman-cel-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

const SPEC_SCHEMA = { type: 'object', properties: { replicas: { type: 'integer' }, names: { type: 'array', items: { type: 'string' } }, few: { type: 'array', maxItems: 3, items: { type: 'string', maxLength: 5 } } } };
writeFileSync(join(work, 'schema.json'), JSON.stringify({ type: 'object', properties: { spec: SPEC_SCHEMA } }));
writeFileSync(
  join(work, 'crd.yaml'),
  `kind: CustomResourceDefinition
spec:
  versions:
  - name: v1
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec: ${JSON.stringify(SPEC_SCHEMA)}
  - name: v2
    storage: false
    schema:
      openAPIV3Schema: { type: object, properties: { size: { type: string } } }
  - name: v3
    storage: false
`,
);
writeFileSync(join(work, 'input.yaml'), 'metadata: { name: a }\nspec: { replicas: 3, names: [k, l] }\n');
writeFileSync(join(work, 'old.json'), '{"spec":{"replicas":1}}');
writeFileSync(join(work, 'list.yaml'), '[]');
writeFileSync(join(work, 'broken.yaml'), 'a: [');

async function cel(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  let stdout = '';
  let stderr = '';
  const code = await main(['cel', ...args], { env: {}, cwd: work, stdout: { write: (text) => (stdout += text) }, stderr: { write: (text) => (stderr += text) } });
  return { code, stdout, stderr };
}

describe('steersman cel', () => {
  test.each([
    [['eval', '1 + 2'], '3\n'],
    [['eval', "'a'.lowerAscii() == 'a' ? {'b': [1.5, 2.0]} : {}"], '{"b":[1.5,2]}\n'],
    [['eval', 'self.spec.replicas * 2', '--input', 'input.yaml'], '6\n'],
    [['eval', 'self.spec.replicas > oldSelf.spec.replicas', '--schema', 'schema.json', '--input', 'input.yaml', '--old-input', 'old.json'], 'true\n'],
    [['eval', "self.metadata.name + self.spec.names.join()", '--schema', 'crd.yaml', '--input', 'input.yaml'], '"akl"\n'],
    [['check', 'self.spec.names', '--schema', 'schema.json'], 'list(string)\n'],
    [['check', 'self.size', '--schema', 'crd.yaml', '--schema-version', 'v2'], 'string\n'],
    [['check', 'self.anything'], 'dyn\n'],
    [['cost', 'self.spec.replicas > 1', '--schema', 'schema.json'], 'estimated cost: 4\nlimit of one rule: 10000000\n'],
  ])('%j prints %s', async (args, stdout) => {
    expect(await cel(...args)).toEqual({ code: 0, stdout, stderr: '' });
  });

  test.each([
    [['check', 'self.spec.nothing', '--schema', 'schema.json'], 'steersman: compilation failed: ERROR: <input>:1:10: undefined field \'nothing\'\n | self.spec.nothing\n | .........^\n'],
    [['eval', 'self.spec.missing', '--input', 'input.yaml'], 'steersman: no such key: missing\n'],
    [['eval', 'type(1)'], 'steersman: cannot convert type to JSON\n'],
  ])('%j fails with status 1', async (args, stderr) => {
    expect(await cel(...args)).toEqual({ code: 1, stdout: '', stderr });
  });

  test('an expression that may cost too much is told, with how to mend it', async () => {
    const expression = 'self.spec.names.all(a, self.spec.names.all(b, a == b))';
    const ended = await cel('cost', expression, '--schema', 'schema.json');
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain('exceeds the limit by a factor of more than 100: bound what the expression reads');
    expect((await cel('cost', expression.replaceAll('names', 'few'), '--schema', 'schema.json')).code).toBe(0);
  });

  test.each([
    [[], 'cel takes eval, check or cost: see "steersman cel --help"'],
    [['run', '1'], 'cel takes eval, check or cost, not "run": see "steersman cel --help"'],
    [['constructor', '1'], 'cel takes eval, check or cost, not "constructor": see "steersman cel --help"'],
    [['eval'], 'cel eval takes an expression: see "steersman cel --help"'],
    [['eval', '1', '+'], 'cel eval takes one expression, in quotes: "+" is left over'],
    [['eval', 'self.a'], 'the expression reads self: give it with --input'],
    [['eval', '1', '--input', 'absent.yaml'], 'absent.yaml cannot be read: there is no such file'],
    [['check', '1', '--schema', 'list.yaml'], 'list.yaml holds no schema'],
    [['check', '1', '--schema', 'schema.json', '--schema-version', 'v1'], '--schema-version needs a CustomResourceDefinition: schema.json is none'],
    [['check', '1', '--schema', 'crd.yaml', '--schema-version', 'v9'], 'crd.yaml has no version "v9"'],
    [['check', '1', '--schema', 'crd.yaml', '--schema-version', 'v3'], 'crd.yaml: version "v3" has no schema'],
  ])('%j is a usage error', async (args, message) => {
    expect(await cel(...args)).toEqual({ code: 2, stdout: '', stderr: `steersman: ${message}\n` });
  });

  test('a file that cannot be parsed is named', async () => {
    const ended = await cel('check', '1', '--schema', 'broken.yaml');
    expect(ended.code).toBe(2);
    expect(ended.stderr).toMatch(/^steersman: broken\.yaml is neither YAML nor JSON: /);
  });

  test('--help lists the flags', async () => {
    expect((await cel('--help')).stdout).toContain('--old-input FILE');
  });
});
