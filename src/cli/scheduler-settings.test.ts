import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CommandContext } from './command.ts';
import { schedulerSettings, type SchedulerSettings } from './scheduler-settings.ts';

describe('what the scheduler is told by flags', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'steersman-scheduler-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const load = (config?: string, plugins: readonly string[] = []): Promise<SchedulerSettings> => {
    const context: CommandContext = { env: {}, cwd: folder, stdout: { write: () => true }, stderr: { write: () => true } };
    if (config !== undefined) writeFileSync(join(folder, 'config.yaml'), `apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\n${config}`);
    return schedulerSettings({ config: config === undefined ? undefined : 'config.yaml', plugins }, context, () => undefined);
  };

  test('is nothing without flags', async () => {
    expect(await load()).toEqual({ file: undefined, options: { plugins: [] } });
  });

  test('names the file of a finding', async () => {
    await expect(load('parallelism: -1')).rejects.toThrow(`${join(folder, 'config.yaml')}: parallelism: Invalid value: -1: should be an integer value greater than zero`);
    await expect(load('profiles: [{plugins: {score: {enabled: [{name: Mine}]}}}]')).rejects.toThrow('profile "default-scheduler": "Mine" does not exist in the registry of plugins');
  });

  test('loads plugins, which profiles may then name', async () => {
    writeFileSync(join(folder, 'mine.mjs'), 'export default { name: "Mine", score: () => 1 };');
    const { options } = await load('profiles: [{plugins: {score: {enabled: [{name: Mine, weight: 3}]}}}]', ['mine.mjs']);
    expect(options.plugins?.map(({ name }) => name)).toEqual(['Mine']);
    writeFileSync(join(folder, 'none.mjs'), 'export default 1;');
    await expect(load(undefined, ['none.mjs'])).rejects.toThrow('the default export is no scheduler plugin');
    await expect(load(undefined, ['absent.mjs'])).rejects.toThrow('absent.mjs');
  });

  test('finds the certificates of extenders beside the file', async () => {
    await expect(load('extenders: [{urlPrefix: "https://a", tlsConfig: {caFile: ca.pem}}]')).rejects.toThrow('ca.pem');
    writeFileSync(join(folder, 'ca.pem'), 'x');
    expect((await load('extenders: [{urlPrefix: "https://a", filterVerb: f, tlsConfig: {caFile: ca.pem}}]')).options.extenders).toHaveLength(1);
  });
});
