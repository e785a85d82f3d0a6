import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../machinery/json.ts';
import { create, NOW_MS, objectOf, update } from '../../apps/rule-runs.test-data.ts';
import type { Job } from './job.ts';
import { rules } from './strategy.ts';

const template = (restartPolicy = 'Never', labels?: Record<string, string>): JsonObject => ({
  ...(labels && { metadata: { labels } }),
  spec: { restartPolicy, containers: [{ name: 'c', image: 'registry.example/app:1', resources: {} }] },
});
const job = (spec: JsonObject = {}) => objectOf('batch/v1', 'Job', { spec: { template: template(), ...spec } });
const made = (spec: JsonObject = {}) => create(rules, job(spec)).object as Job;

const GENERATED = { 'batch.kubernetes.io/controller-uid': 'u-1', 'batch.kubernetes.io/job-name': 'x', 'controller-uid': 'u-1', 'job-name': 'x' };

describe('What a writer leaves out', () => {
  test.each<[string, JsonObject, JsonObject]>([
    ['one pod, to one completion', {}, { completions: 1, parallelism: 1, backoffLimit: 6, completionMode: 'NonIndexed', suspend: false, manualSelector: false }],
    ['one pod at a time', { completions: 3 }, { completions: 3, parallelism: 1 }],
    ['a pod is replaced as soon as it goes', {}, { podReplacementPolicy: 'TerminatingOrFailed' }],
    ['under a failure policy only when it has failed', { podFailurePolicy: { rules: [{ action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget' }] }] } }, {
      podReplacementPolicy: 'Failed',
      podFailurePolicy: { rules: [{ action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] }] },
    }],
    ['retries are counted by index', { completionMode: 'Indexed', completions: 2, backoffLimitPerIndex: 1 }, { backoffLimit: 2147483647 }],
  ])('%s', (_, given, expected) => {
    expect(made(given).spec).toMatchObject(expected);
  });

  test('a work queue has no number of completions', () => {
    expect(made({ parallelism: 2 }).spec?.completions).toBeUndefined();
  });
});

describe('The generated selector', () => {
  test('is made of the uid; the labels go on the template, and on a job without labels', () => {
    const object = made();
    expect(object.spec?.selector).toEqual({ matchLabels: { 'batch.kubernetes.io/controller-uid': 'u-1' } });
    expect(object.spec?.template?.metadata?.labels).toEqual(GENERATED);
    expect(object.metadata.labels).toEqual(GENERATED);
  });

  test('a job that took its template\'s labels takes the generated ones too; one with labels of its own does not', () => {
    expect(made({ template: template('Never', { a: 'b' }) }).metadata.labels).toEqual({ a: 'b', ...GENERATED });
    const labelled = job({ template: template('Never', { a: 'b' }) });
    labelled.metadata.labels = { a: 'b' };
    expect(create(rules, labelled).object.metadata.labels).toEqual({ a: 'b' });
  });

  test.each<[string, JsonObject, string[]]>([
    ['a selector of the writer\'s own', { template: template('Never', { a: 'b' }), selector: { matchLabels: { a: 'b' } } }, [
      'spec.selector: Invalid value: {"matchLabels":{"a":"b","batch.kubernetes.io/controller-uid":"u-1"}}: `selector` not auto-generated',
    ]],
    ['a label that says another name', { template: template('Never', { 'job-name': 'y' }) }, [
      'spec.template.metadata.labels[job-name]: Invalid value: {"batch.kubernetes.io/controller-uid":"u-1","batch.kubernetes.io/job-name":"x","controller-uid":"u-1","job-name":"y"}: must be \'x\'',
    ]],
    ['a manual selector that is missing', { manualSelector: true }, ['spec.selector: Required value', 'spec.template.metadata.labels: Invalid value: null: `selector` does not match template `labels`']],
    ['a manual selector of other pods', { manualSelector: true, selector: { matchLabels: { a: 'z' } }, template: template('Never', { a: 'b' }) }, [
      'spec.template.metadata.labels: Invalid value: {"a":"b"}: `selector` does not match template `labels`',
    ]],
  ])('%s is refused', (_, spec, findings) => {
    expect(create(rules, job(spec)).findings).toEqual(findings);
  });
});

const never = 'spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"';
const indexed = { completionMode: 'Indexed', completions: 5 };

describe('What is refused', () => {
  test.each<[string, JsonObject, string[]]>([
    ['pods that run for ever', { template: template('Always') }, [never]],
    ['retries per index without indexes', { backoffLimitPerIndex: 1 }, ['spec.backoffLimitPerIndex: Invalid value: 1: requires indexed completion mode']],
    ['indexes without a number', { completionMode: 'Indexed', parallelism: 2 }, ['spec.completions: Required value: when completion mode is Indexed']],
    ['many indexes with retries and no bound', { ...indexed, completions: 100_001, backoffLimitPerIndex: 1 }, ['spec.maxFailedIndexes: Required value: must be specified when completions is above 100000']],
    ['a manager without a domain', { managedBy: 'noslash' }, ['spec.managedBy: Invalid value: "noslash": must be a domain-prefixed path (such as "acme.io/foo")']],
    ['another completion mode', { completionMode: 'Some' }, ['spec.completionMode: Unsupported value: "Some": supported values: "NonIndexed", "Indexed"']],
    ['a rule that says nothing', { podFailurePolicy: { rules: [{ action: 'FailJob' }] } }, [
      'spec.podFailurePolicy.rules[0]: Invalid value: specifying one of OnExitCodes and OnPodConditions is required',
    ]],
    ['exit codes in disorder', { podFailurePolicy: { rules: [{ action: 'Count', onExitCodes: { containerName: 'z', operator: 'In', values: [0, 3, 2, 2] } }] } }, [
      'spec.podFailurePolicy.rules[0].onExitCodes.containerName: Invalid value: "z": must be one of the container or initContainer names in the pod template',
      'spec.podFailurePolicy.rules[0].onExitCodes.values[0]: Invalid value: 0: must not be 0 for the In operator',
      'spec.podFailurePolicy.rules[0].onExitCodes.values[3]: Duplicate value: 2',
      'spec.podFailurePolicy.rules[0].onExitCodes.values: Invalid value: [0,3,2,2]: must be ordered',
    ]],
    ['success of nothing in particular', { ...indexed, successPolicy: { rules: [{}] } }, ['spec.successPolicy.rules[0]: Required value: at least one of succeededCount or succeededIndexes must be specified']],
    ['success of indexes that are not there', { ...indexed, successPolicy: { rules: [{ succeededIndexes: '1,3-5' }] } }, [
      'spec.successPolicy.rules[0].succeededIndexes: Invalid value: "1,3-5": error parsing succeededIndexes: too large index: "5"',
    ]],
    ['success of more indexes than named', { ...indexed, successPolicy: { rules: [{ succeededIndexes: '0-1', succeededCount: 3 }] } }, [
      'spec.successPolicy.rules[0].succeededCount: Invalid value: 3: must be less than or equal to 2 (the number of indexes in the specified succeededIndexes field)',
    ]],
    ['replacing early what a policy judges later', { podReplacementPolicy: 'TerminatingOrFailed', podFailurePolicy: { rules: [{ action: 'Count', onExitCodes: { operator: 'In', values: [1] } }] } }, [
      'spec.podReplacementPolicy: Unsupported value: "TerminatingOrFailed": supported values: "Failed"',
    ]],
  ])('%s', (_, spec, findings) => {
    expect(create(rules, job(spec)).findings).toEqual(findings);
  });

  test('an indexed job whose last pod would have no host name', () => {
    const object = job({ ...indexed, completions: 2 });
    object.metadata.name = 'a'.repeat(62);
    expect(create(rules, object).findings).toEqual([`metadata.name: Invalid value: "${'a'.repeat(62)}": will not able to create pod with invalid DNS label: ${'a'.repeat(62)}-1`]);
  });
});

describe('Updates', () => {
  const change = (old: Job, spec: JsonObject) => update(rules, old, (object) => Object.assign((object as Job).spec ?? {}, spec)).findings;

  test.each<[string, JsonObject, JsonObject, string[]]>([
    ['more pods at once are fine', {}, { parallelism: 3 }, []],
    ['completions stay', {}, { completions: 3 }, ['spec.completions: Invalid value: 3: field is immutable']],
    ['an indexed job grows with its parallelism', { ...indexed, parallelism: 5 }, { completions: 7, parallelism: 7 }, []],
    ['an indexed job does not grow alone', { ...indexed, parallelism: 5 }, { completions: 7 }, ['spec.completions: Invalid value: 7: can only be modified in tandem with spec.parallelism']],
    ['the manager stays', { managedBy: 'a.example/q' }, { managedBy: 'b.example/q' }, ['spec.managedBy: Invalid value: "b.example/q": field is immutable']],
    ['a fault of the spec is found twice', {}, { parallelism: -1 }, [
      'spec.parallelism: Invalid value: -1: must be greater than or equal to 0',
      'spec.parallelism: Invalid value: -1: must be greater than or equal to 0',
    ]],
  ])('%s', (_, old, spec, findings) => {
    expect(change(made(old), spec)).toEqual(findings);
  });

  const place = (object: Job) => Object.assign(object.spec?.template?.spec ?? {}, { nodeSelector: { a: 'b' }, tolerations: [{ key: 'k', operator: 'Exists' }] });

  test('where pods go may be set while a suspended job has not started', () => {
    expect(update(rules, made({ suspend: true }), (object) => place(object as Job)).findings).toEqual([]);
    expect(update(rules, made(), (object) => place(object as Job)).findings).toEqual([expect.stringMatching(/^spec.template: Invalid value: \{.*: field is immutable$/)]);
  });

  test('a job that was suspended again may be placed anew when nothing of it is left', () => {
    const old = made({ suspend: true });
    old.status = { startTime: '2024-01-01T00:00:00Z', active: 1, conditions: [{ type: 'Suspended', status: 'True' }] };
    expect(update(rules, old, (object) => place(object as Job)).findings).toHaveLength(1);
    old.status.active = 0;
    expect(update(rules, old, (object) => place(object as Job)).findings).toEqual([]);
  });

  test('what runs may be changed by nobody', () => {
    const { findings } = update(rules, made({ suspend: true }), (object) => Object.assign((object as Job).spec?.template?.spec?.containers?.[0] ?? {}, { image: 'other' }));
    expect(findings).toHaveLength(1);
  });
});

const START = '2024-01-01T00:00:00Z';
const yes = (...types: string[]) => types.map((type) => ({ type, status: 'True' }));

describe('Status', () => {
  test.each<[string, JsonObject, JsonObject, JsonObject, string[]]>([
    ['completion in its order', {}, {}, { startTime: START, completionTime: START, succeeded: 1, conditions: yes('SuccessCriteriaMet', 'Complete') }, []],
    ['completion out of nothing', {}, {}, { conditions: yes('Complete') }, [
      'status.completionTime: Required value: completionTime is required for Complete jobs',
      'status.conditions: Invalid value: cannot set Complete=True condition without the SuccessCriteriaMet=true condition',
      'status.startTime: Required value: startTime is required for finished job',
    ]],
    ['failure without the decision to fail', {}, {}, { startTime: START, conditions: yes('Failed') }, ['status.conditions: Invalid value: cannot set Failed=True condition without the FailureTarget=true condition']],
    ['two ends', {}, {}, { startTime: START, completionTime: START, conditions: yes('SuccessCriteriaMet', 'Complete', 'FailureTarget') }, [
      'status.conditions: Invalid value: cannot set Complete=True and FailureTarget=true conditions',
      'status.conditions: Invalid value: cannot set FailureTarget=true and SuccessCriteriaMet=true conditions',
    ]],
    ['an end before the start', {}, {}, { startTime: '2024-01-01T00:03:00Z', completionTime: START, conditions: yes('SuccessCriteriaMet', 'Complete') }, [
      'status.completionTime: Invalid value: "2024-01-01T00:00:00Z": must be equal to or after `startTime`',
    ]],
    ['an end with pods running', {}, {}, { startTime: START, active: 1, conditions: yes('FailureTarget', 'Failed') }, ['status.active: Invalid value: 1: active>0 is invalid for finished job']],
    ['more ready than running', {}, {}, { active: 1, ready: 2 }, ['status.ready: Invalid value: 2: cannot set more ready pods than active']],
    ['counters going back', {}, { failed: 2, succeeded: 2 }, { failed: 1, succeeded: 1 }, [
      'status.failed: Invalid value: 1: cannot decrease the failed counter',
      'status.succeeded: Invalid value: 1: cannot decrease the succeeded counter',
    ]],
    ['an elastic job shrinking', { ...indexed, parallelism: 5 }, { succeeded: 2 }, { succeeded: 1 }, []],
    ['a verdict taken back', {}, { conditions: yes('FailureTarget') }, {}, ['status.conditions: Invalid value: cannot disable the terminal FailureTarget=True condition']],
    ['a start forgotten', {}, { startTime: START }, {}, ['status.startTime: Required value: startTime cannot be removed for unsuspended job']],
    ['a start forgotten while suspended', { suspend: true }, { startTime: START }, {}, []],
    ['indexes of a job without any', {}, {}, { completedIndexes: '0' }, ['status.completedIndexes: Invalid value: "0": cannot set non-empty completedIndexes when non-indexed completion mode']],
    ['indexes in disorder', indexed, {}, { completedIndexes: '3,1' }, ['status.completedIndexes: Invalid value: "3,1": error parsing completedIndexes: non-increasing order, previous: 3, current: 1']],
    ['an index that failed and succeeded', { ...indexed, backoffLimitPerIndex: 1 }, {}, { completedIndexes: '0-2', failedIndexes: '2,4' }, [
      'status.failedIndexes: Invalid value: "2,4": failedIndexes and completedIndexes overlap at index: 2',
    ]],
    ['what was wrong before is let be', {}, { active: 1, ready: 2 }, { active: 1, ready: 2, failed: 1 }, []],
  ])('%s', (_, spec, before, after, findings) => {
    const old = made(spec);
    old.status = before as NonNullable<Job['status']>;
    expect(update(rules, old, (object) => void (object['status'] = after), rules.status).findings).toEqual(findings);
  });
});

describe('Table cells', () => {
  const minute = (text: string) => `2024-01-02T11:${text}:00Z`;
  test.each<[string, JsonObject, JsonObject, (string | number)[]]>([
    ['running', { completions: 3 }, { succeeded: 1, startTime: minute('58') }, ['Running', '1/3', '2m']],
    ['complete', {}, { succeeded: 1, startTime: minute('00'), completionTime: minute('05'), conditions: yes('Complete', 'SuccessCriteriaMet') }, ['Complete', '1/1', '5m']],
    ['a suspended work queue', { parallelism: 3 }, { conditions: yes('Suspended') }, ['Suspended', '0/1 of 3', '']],
    ['about to fail', {}, { conditions: yes('FailureTarget') }, ['FailureTarget', '0/1', '']],
  ])('%s', (_, spec, status, [state = '', completions = '', duration = '']) => {
    const object = made(spec);
    object.status = status as NonNullable<Job['status']>;
    expect(rules.cells?.(object, { nowMs: NOW_MS })).toEqual(['x', state, completions, duration, '120m', 'c', 'registry.example/app:1', 'batch.kubernetes.io/controller-uid=u-1']);
  });

  test('jobs are found by how many of their pods succeeded', () => {
    expect(rules.selectableFields?.['status.successful']?.(made())).toBe('0');
  });
});
