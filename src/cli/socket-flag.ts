import type { Flag } from './command.ts';

export const SOCKET_FLAG: Flag = { name: 'decisions-socket', type: 'string', value: 'PATH', help: 'a Unix socket on which "steersman why" asks a scheduler that runs alone' };
