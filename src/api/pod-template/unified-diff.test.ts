import { describe, expect, test } from 'vitest';
import { internalForm } from './internal-form.ts';
import { unifiedDiff } from './unified-diff.ts';

describe('the diff of two values', () => {
  test('is empty when they are the same', () => {
    expect(unifiedDiff({ a: 1 }, { a: 1 })).toBe('');
  });

  test('shows a changed line with three lines around it', () => {
    const before = { a: 1, b: 2, c: 3, d: 4, e: 5, f: 6, g: 7, h: 8 };
    expect(unifiedDiff(before, { ...before, e: 0 })).toBe('@@ -3,7 +3,7 @@\n  "b": 2,\n  "c": 3,\n  "d": 4,\n- "e": 5,\n+ "e": 0,\n  "f": 6,\n  "g": 7,\n  "h": 8\n');
  });

  test('joins changes that are near and parts those that are far', () => {
    const before = Array.from({ length: 30 }, (_, i) => i);
    const near = before.map((n) => (n === 5 || n === 9 ? -n : n));
    const far = before.map((n) => (n === 5 || n === 20 ? -n : n));
    expect(unifiedDiff(before, near).match(/@@ /g)).toHaveLength(1);
    expect(unifiedDiff(before, far).match(/@@ /g)).toHaveLength(2);
  });

  test('moves a source to another as Kubernetes shows it', () => {
    const before = internalForm({ hostPath: { path: '/data', type: '' } }, 'PersistentVolumeSource');
    const after = internalForm({ nfs: { server: 's', path: '/p' } }, 'PersistentVolumeSource');
    expect(unifiedDiff(before, after)).toBe(
      [
        '@@ -1,12 +1,13 @@',
        ' {',
        '  "GCEPersistentDisk": null,',
        '  "AWSElasticBlockStore": null,',
        '- "HostPath": {',
        '-  "Path": "/data",',
        '-  "Type": ""',
        '+ "HostPath": null,',
        '+ "Glusterfs": null,',
        '+ "NFS": {',
        '+  "Server": "s",',
        '+  "Path": "/p",',
        '+  "ReadOnly": false',
        '  },',
        '- "Glusterfs": null,',
        '- "NFS": null,',
        '  "RBD": null,',
        '  "Quobyte": null,',
        '  "ISCSI": null,',
        '',
      ].join('\n'),
    );
  });

  test('is left out when it would take too long', () => {
    const before = Array.from({ length: 20_000 }, () => 0);
    expect(unifiedDiff(before, [])).toBe('(the difference is too large to be shown)\n');
  });

  test('copes with long texts of few different lines', () => {
    const before = Array.from({ length: 2000 }, (_, i) => i % 3);
    const diff = unifiedDiff(before, [...before, 'end']);
    expect(diff).toContain('+ "end"');
  });
});
