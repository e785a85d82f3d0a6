import { vi } from 'vitest';
import { describeManifests } from './manifest-suite.ts';

vi.setConfig({ testTimeout: 240_000, hookTimeout: 60_000 });

describeManifests({ way: 'client', flags: '', changed: 'configured', diffFlags: '' });
