import { describe, expect, test } from 'vitest';
import { FieldPath, formatFieldError } from '../machinery/field-error.ts';
import { celRuleCompiler } from './cel-rules.ts';
import { CompiledSchema } from './compiled-schema.ts';
import type { JsonSchemaProps } from './json-schema-props.ts';
import { validateSchemaDefinition } from './schema-definition.ts';
import { parseStructural } from './structural.ts';

const ruleCompiler = celRuleCompiler();
const withRule = (rule: string, n: JsonSchemaProps = {}): JsonSchemaProps => ({
  type: 'object',
  properties: { spec: { type: 'object', properties: { n: { type: 'integer', 'x-kubernetes-validations': [{ rule }], ...n }, m: { type: 'string' } } } },
});
const definition = (schema: JsonSchemaProps): string[] => validateSchemaDefinition(schema, FieldPath.root('s'), { statusEnabled: false, ruleCompiler }).map(formatFieldError);

describe('rules of a definition', () => {
  test.each<[string, JsonSchemaProps, string[]]>([
    ['that compiles', withRule('self > 0'), []],
    [
      'of the wrong type',
      withRule('self'),
      ['s.properties[spec].properties[n].x-kubernetes-validations[0].rule: Invalid value: {"Rule":"self","Message":"","MessageExpression":"","Reason":null,"FieldPath":"","OptionalOldSelf":null}: cel expression must evaluate to a bool'],
    ],
    ['that is missing', withRule(' '), ['s.properties[spec].properties[n].x-kubernetes-validations[0].rule: Required value: rule is not specified']],
    ['that its own default breaks', withRule('self > 0', { default: -1 }), ['s.properties[spec].properties[n].default: Invalid value: -1: failed rule: self > 0']],
  ])('one %s', (_, schema, expected) => {
    expect(definition(schema)).toEqual(expected);
  });
});

describe('rules of objects', () => {
  const schema = new CompiledSchema(parseStructural(withRule('self > 0')), ruleCompiler);
  test('hold up what breaks them', () => {
    expect(schema.validate({ spec: { n: 0 } }).map(formatFieldError)).toEqual(['spec.n: Invalid value: 0: failed rule: self > 0']);
    expect(schema.validate({ spec: { n: 1 } })).toEqual([]);
  });

  test('only warn of what broke them before and did not change', () => {
    const warnings: string[] = [];
    const errors = schema.validate({ spec: { n: 0, m: 'new' } }, { old: { spec: { n: 0, m: 'old' } }, warn: (text) => warnings.push(text) });
    expect(errors).toEqual([]);
    expect(warnings).toEqual(['spec.n: Invalid value: 0: failed rule: self > 0']);
  });

  test('see the object that is replaced', () => {
    const growing = new CompiledSchema(parseStructural(withRule('self >= oldSelf')), ruleCompiler);
    expect(growing.validate({ spec: { n: 1 } }, { old: { spec: { n: 2 } } }).map(formatFieldError)).toEqual(['spec.n: Invalid value: 1: failed rule: self >= oldSelf']);
    expect(growing.validate({ spec: { n: 1 } })).toEqual([]);
  });
});
