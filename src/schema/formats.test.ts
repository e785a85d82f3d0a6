import { describe, expect, test } from 'vitest';
import { isRecognizedFormat, stringFormat } from './formats.ts';

describe('string formats', () => {
  test.each<[format: string, good: string[], bad: string[]]>([
    ['bsonobjectid', ['507f1f77bcf86cd799439011'], ['507f1f77bcf86cd79943901']],
    ['uri', ['https://example.com/a', '/path', 'urn:x:y', 'http://u:p@h:80/x?q'], ['not a uri', '', 'example.com', 'http://a b/']],
    ['email', ['a@b.example', 'Jane <jane@example.com>'], ['a', '@b', 'a@', 'a b@c']],
    ['hostname', ['example.com', 'localhost', 'a-b.example'], ['-x', 'a_b.c!', 'x..y']],
    ['ipv4', ['1.2.3.4'], ['1.2.3', '::1', '01.2.3.4', '1.2.3.256']],
    ['ipv6', ['::1', 'fe80::1'], ['1.2.3.4', 'fe80::1%eth0', ':::']],
    ['cidr', ['10.0.0.0/8', '::/0'], ['10.0.0.0', '10.0.0.0/33', '::/129', '/8']],
    ['mac', ['00:00:5e:00:53:01', '00-00-5e-00-53-01', '0000.5e00.5301', '02:00:5e:10:00:00:00:01'], ['00:00:5e:00:53', '00:00-5e:00:53:01']],
    ['uuid', ['123e4567-e89b-12d3-a456-426614174000', '123E4567E89B12D3A456426614174000'], ['123e4567']],
    ['uuid3', ['6fa459ea-ee8a-3ca4-894e-db77e160355e'], ['6fa459ea-ee8a-4ca4-894e-db77e160355e']],
    ['uuid4', ['123e4567-e89b-42d3-a456-426614174000'], ['123e4567-e89b-12d3-a456-426614174000', '123e4567-e89b-42d3-c456-426614174000']],
    ['uuid5', ['886313e1-3b8a-5372-9b90-0c9aee199e5d'], ['886313e1-3b8a-4372-9b90-0c9aee199e5d']],
    ['isbn', ['9783161484100', '0-306-40615-2'], ['1', '9783161484101']],
    ['isbn10', ['080442957X'], ['0804429570']],
    ['isbn13', ['978-3-16-148410-0'], ['0306406152']],
    ['creditcard', ['4111 1111 1111 1111', '378282246310005'], ['4111111111111112', '1234']],
    ['ssn', ['111-22-3333', '111 22 3333', '111223333'], ['11-22-3333']],
    ['hexcolor', ['#ff00aa', 'fff'], ['red', '#ff']],
    ['rgbcolor', ['rgb(0,31,255)', 'rgb( 1, 2, 3 )'], ['rgb(1,2)', 'rgb(256,0,0)']],
    ['byte', ['YWJj', 'YQ=='], ['***', 'YQ', '']],
    ['password', ['anything', ''], []],
    ['date', ['2024-02-29'], ['2023-02-29', '2024-2-1', '2024-13-01']],
    ['date-time', ['2024-05-01T10:00:00Z', '2024-05-01t10:00:00.123+02:00'], ['2024-05-01', 'yesterday', '2024-05-01T25:00:00Z', '2024-05-01T10:00:00']],
    ['datetime', ['2024-05-01T10:00:00Z'], ['2024-05-01']],
    ['duration', ['1h30m', '300ms', '0', '-1.5h', '2 days', '3 weeks', '1d'], ['1x', '', 'h', 'two days']],
    ['k8s-short-name', ['abc-1'], ['A_b', 'a.b']],
    ['k8s-long-name', ['a.bc'], ['A_b']],
  ])('%s', (format, good, bad) => {
    const check = stringFormat(format);
    expect(good.filter((text) => check?.(text) !== true)).toEqual([]);
    expect(bad.filter((text) => check?.(text) !== false)).toEqual([]);
  });

  test('number formats are recognized without being checks of strings', () => {
    for (const format of ['int32', 'int64', 'float', 'double']) {
      expect(isRecognizedFormat(format)).toBe(true);
      expect(stringFormat(format)).toBeUndefined();
    }
  });

  test('other formats are not recognized', () => {
    expect(isRecognizedFormat('made-up')).toBe(false);
    expect(isRecognizedFormat('constructor')).toBe(false);
  });
});
