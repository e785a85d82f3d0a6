import { vi } from 'vitest';
import { describeManifests } from './manifest-suite.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

describeManifests({ way: 'server', flags: '--server-side', changed: 'serverside-applied', diffFlags: '--server-side' });
