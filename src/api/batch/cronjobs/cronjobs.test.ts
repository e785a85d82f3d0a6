import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../machinery/json.ts';
import { create, NOW_MS, objectOf, update } from '../../apps/rule-runs.test-data.ts';
import type { CronJob } from './cron-job.ts';
import { scheduleFault } from './schedule.ts';
import { rules } from './strategy.ts';
import { isTimeZone } from './time-zone.ts';

const JOB = { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }] } } };
const cronJob = (spec: JsonObject = {}) => objectOf('batch/v1', 'CronJob', { spec: { schedule: '*/5 * * * *', jobTemplate: { spec: JOB }, ...spec } });

describe('Schedules', () => {
  test.each(['* * * * *', '@hourly', '@every 1h30m', '0 0 1,15 * 3', '5-10/2 */3 ? JAN mon', '5/10 * * * *', ' 0  0 * * * ', 'TZ=UTC 0 0 * * *'])('%s is one', (schedule) => {
    expect(scheduleFault(schedule)).toBeUndefined();
  });

  test.each([
    ['hello', 'expected exactly 5 fields, found 1: [hello]'],
    ['* * * * * *', 'expected exactly 5 fields, found 6: [* * * * * *]'],
    ['60 * * * *', 'end of range (60) above maximum (59): 60'],
    ['0 0 0 * *', 'beginning of range (0) below minimum (1): 0'],
    ['5-3 * * * *', 'beginning of range (5) beyond end of range (3): 5-3'],
    ['1-2-3 * * * *', 'too many hyphens: 1-2-3'],
    ['*/2/3 * * * *', 'too many slashes: */2/3'],
    ['*/0 * * * *', 'step of range should be a positive number: */0'],
    ['x * * * *', 'failed to parse int from x: strconv.Atoi: parsing "x": invalid syntax'],
    ['* * * foo *', 'failed to parse int from foo: strconv.Atoi: parsing "foo": invalid syntax'],
    ['@sometimes', 'unrecognized descriptor: @sometimes'],
    ['@every soon', 'failed to parse duration @every soon: time: invalid duration "soon"'],
    ['TZ=Nowhere/City 0 0 * * *', 'provided bad location Nowhere/City: unknown time zone Nowhere/City'],
  ])('%s is none', (schedule, fault) => {
    expect(scheduleFault(schedule)).toBe(fault);
  });

  test.each([
    ['UTC', true],
    ['Europe/Berlin', true],
    ['US/Pacific', true],
    ['Etc/GMT+3', true],
    ['europe/berlin', false],
    ['Europe/berlin', false],
    ['Nowhere/City', false],
    ['+01:00', false],
    ['', false],
  ])('time zone %s: %s', (zone, known) => {
    expect(isTimeZone(zone)).toBe(known);
  });
});

describe('Cron jobs', () => {
  test('get a policy and how many jobs to keep; their jobs are left as they are', () => {
    const { spec } = create(rules, cronJob()).object as CronJob;
    expect(spec).toMatchObject({ concurrencyPolicy: 'Allow', suspend: false, successfulJobsHistoryLimit: 3, failedJobsHistoryLimit: 1 });
    expect(Object.keys(spec?.jobTemplate?.spec ?? {})).toEqual(['template']);
  });

  test.each<[string, JsonObject, string[]]>([
    ['no schedule', { schedule: '' }, ['spec.schedule: Required value']],
    ['a zone in the schedule', { schedule: 'TZ=UTC 0 0 * * *' }, ['spec.schedule: Invalid value: "TZ=UTC 0 0 * * *": cannot use TZ or CRON_TZ in schedule, use timeZone field instead']],
    ['a zone that is none', { timeZone: 'Nowhere/City' }, ['spec.timeZone: Invalid value: "Nowhere/City": unknown time zone Nowhere/City']],
    ['a zone that depends on the machine', { timeZone: 'Local' }, ['spec.timeZone: Invalid value: "Local": must be an explicit time zone as defined in https://www.iana.org/time-zones']],
    ['another policy', { concurrencyPolicy: 'Maybe' }, ['spec.concurrencyPolicy: Unsupported value: "Maybe": supported values: "Allow", "Forbid", "Replace"']],
    ['a selector for jobs', { jobTemplate: { spec: { ...JOB, manualSelector: true, selector: { matchLabels: { a: 'b' } } } } }, [
      'spec.jobTemplate.spec.selector: Invalid value: {"matchLabels":{"a":"b"}}: `selector` will be auto-generated',
      'spec.jobTemplate.spec.manualSelector: Unsupported value: true: supported values: "nil", "false"',
    ]],
    ['jobs that cannot be', { jobTemplate: {} }, [
      'spec.jobTemplate.spec.template.spec.containers: Required value',
      'spec.jobTemplate.spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"',
    ]],
  ])('%s is refused', (_, spec, findings) => {
    expect(create(rules, cronJob(spec)).findings).toEqual(findings);
  });

  test('a name leaves room for that of its jobs', () => {
    const object = cronJob();
    object.metadata.name = 'a'.repeat(53);
    expect(create(rules, object).findings).toEqual([`metadata.name: Invalid value: "${'a'.repeat(53)}": must be no more than 52 characters`]);
    expect(update(rules, object, () => undefined).findings).toEqual([]);
  });

  test('a zone in the schedule stays where it was let through once, with a warning', () => {
    const old = cronJob({ schedule: 'TZ=UTC 0 0 * * *' });
    const { findings, warnings } = update(rules, old, (object) => Object.assign((object as CronJob).spec ?? {}, { schedule: 'TZ=UTC 1 0 * * *' }));
    expect(findings).toEqual([]);
    expect(warnings).toEqual(['CRON_TZ or TZ used in spec.schedule is not officially supported, see https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ for more details']);
    expect(update(rules, old, (object) => Object.assign((object as CronJob).spec ?? {}, { timeZone: 'UTC' })).findings).toEqual([
      'spec.schedule: Invalid value: "TZ=UTC 0 0 * * *": cannot use both timeZone field and TZ or CRON_TZ in schedule',
    ]);
  });

  test('table cells', () => {
    const { object } = create(rules, cronJob({ timeZone: 'UTC', suspend: true }));
    object['status'] = { lastScheduleTime: '2024-01-02T11:59:00Z', active: [{ name: 'a' }] };
    expect(rules.cells?.(object, { nowMs: NOW_MS })).toEqual(['x', '*/5 * * * *', 'UTC', 'True', 1, '60s', '120m', 'c', 'i', '<none>']);
  });
});
