import { describe, expect, test } from 'vitest';
import { MemoryReader, object } from '../../authorization/memory-reader.test-data.ts';
import { pod, podRefusal, write } from '../admission-request.test-data.ts';
import { nodeDeclaredFeatureValidator } from './node-declared-feature-validator.ts';

const FEATURE = 'InPlacePodLevelResourcesVerticalScaling';
const plugin = nodeDeclaredFeatureValidator(new MemoryReader([object('v1', 'Node', { name: 'new' }, { status: { declaredFeatures: [FEATURE] } }), object('v1', 'Node', { name: 'old' })]));
const resize = (nodeName: string, resources: object, subresource = 'resize') =>
  write({ operation: 'UPDATE', subresource, oldObject: pod({ nodeName, resources: { requests: { cpu: '1' } } }, { generation: 1 }), object: pod({ nodeName, resources }, { generation: 2 }) });
const more = { requests: { cpu: '2' } };

describe('a pod is resized as a whole', () => {
  test.each([
    ['where its node can', resize('new', more), undefined],
    ['not where its node cannot', resize('old', more), `pod update requires features ${FEATURE} which are not available on node "old"`],
    ['not on a node that is gone', resize('gone', more), 'node "gone" not found'],
    ['before it has a node', resize('', more), undefined],
    ['in name only, anywhere', resize('old', { requests: { cpu: '1' } }), undefined],
    ['in its status, anywhere', resize('old', more, 'status'), undefined],
  ])('%s', async (_, request, message) => expect(await podRefusal(plugin, request)).toBe(message));
});
