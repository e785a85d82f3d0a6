import { expect, test } from 'vitest';
import { podWrite, refusal } from '../admission-request.test-data.ts';
import { alwaysAdmit } from './always-admit.ts';

test('AlwaysAdmit lets everything pass', async () => {
  expect(await refusal(alwaysAdmit(), podWrite({}))).toBeUndefined();
});
