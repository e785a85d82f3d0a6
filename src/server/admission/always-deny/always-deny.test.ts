import { expect, test } from 'vitest';
import { podRefusal, podWrite } from '../admission-request.test-data.ts';
import { alwaysDeny } from './always-deny.ts';

test('AlwaysDeny refuses everything', async () => {
  expect(await podRefusal(alwaysDeny(), podWrite({}))).toBe('admission control is denying all modifications');
});
