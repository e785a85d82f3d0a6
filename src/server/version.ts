import { arch, platform, versions } from 'node:process';

/** The version of the Kubernetes API that is spoken here. */
export const KUBERNETES_VERSION = '1.36.2';

const [MAJOR = '1', MINOR = '36'] = KUBERNETES_VERSION.split('.');

/** `GET /version`: clients read major and minor; `gitVersion` says, in a suffix, who is answering. */
export const VERSION_INFO = {
  major: MAJOR,
  minor: MINOR,
  emulationMajor: MAJOR,
  emulationMinor: MINOR,
  minCompatibilityMajor: MAJOR,
  minCompatibilityMinor: String(Number(MINOR) - 1),
  gitVersion: `v${KUBERNETES_VERSION}+steersman`,
  gitCommit: '',
  gitTreeState: 'clean',
  buildDate: '1970-01-01T00:00:00Z',
  goVersion: `node${versions.node}`,
  compiler: 'node',
  platform: `${platform}/${arch === 'x64' ? 'amd64' : arch}`,
};
