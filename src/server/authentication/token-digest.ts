import { hash } from 'node:crypto';

/**
 * What is kept and compared in place of a token: memory holds no secrets of others, and the time a look-up takes says
 * nothing about a token that is nearly right.
 */
export function tokenDigest(token: string): string {
  return hash('sha256', token, 'base64');
}
