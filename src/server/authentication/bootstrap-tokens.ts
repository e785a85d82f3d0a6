import { hash, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../machinery/clock.ts';
import type { DeepReadonly } from '../../machinery/json.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';
import type { ObjectReader } from '../object-reader.ts';
import type { AuthenticationResult, TokenAuthenticator, UserInfo } from './authenticator.ts';

const TOKEN = /^([a-z0-9]{6})\.([a-z0-9]{16})$/;
const EXTRA_GROUP = /^system:bootstrappers:[a-z0-9:-]{0,255}[a-z0-9]$/;
const NONE: AuthenticationResult = { type: 'none' };
const SECRETS = { group: '', resource: 'secrets' };

/**
 * Tokens with which new nodes join (`--enable-bootstrap-token-auth`): Secrets `bootstrap-token-<id>` of type
 * `bootstrap.kubernetes.io/token` in kube-system, looked at anew with every use.
 */
export function bootstrapTokens(reader: ObjectReader, clock: Clock): TokenAuthenticator {
  const users = new WeakMap<object, UserInfo>();
  return {
    name: 'bootstrap-token',
    authenticateToken(token) {
      const [, id, secret] = TOKEN.exec(token) ?? [];
      if (id === undefined || secret === undefined) return NONE;
      const object = reader.get(SECRETS, 'kube-system', `bootstrap-token-${id}`);
      if (object === undefined || object.metadata.deletionTimestamp !== undefined || !holds(object, { id, secret, nowMs: clock.now() })) return NONE;
      let user = users.get(object);
      if (user === undefined) {
        const groups = extraGroups(field(object, 'auth-extra-groups'));
        if (groups === undefined) return NONE;
        user = { name: `system:bootstrap:${id}`, groups: ['system:bootstrappers', ...groups] };
        users.set(object, user);
      }
      return { type: 'authenticated', user };
    },
  };
}

function holds(secret: DeepReadonly<KubeObject>, given: { id: string; secret: string; nowMs: number }): boolean {
  if (secret['type'] !== 'bootstrap.kubernetes.io/token' || field(secret, 'token-id') !== given.id) return false;
  if (!sameText(field(secret, 'token-secret') ?? '', given.secret)) return false;
  const expiration = field(secret, 'expiration');
  if (expiration !== undefined && expiration !== '' && !(Date.parse(expiration) > given.nowMs)) return false;
  return field(secret, 'usage-bootstrap-authentication') === 'true';
}

/** undefined when a group is not one that bootstrap tokens may have. */
function extraGroups(text: string | undefined): string[] | undefined {
  const groups = (text ?? '').split(',').filter((group) => group !== '');
  return groups.every((group) => EXTRA_GROUP.test(group)) ? [...new Set(groups)].sort() : undefined;
}

function field(secret: DeepReadonly<KubeObject>, key: string): string | undefined {
  const data = secret['data'] as Readonly<Record<string, unknown>> | undefined;
  const value = data !== undefined && Object.hasOwn(data, key) ? data[key] : undefined;
  return typeof value === 'string' ? Buffer.from(value, 'base64').toString('utf8') : undefined;
}

function sameText(a: string, b: string): boolean {
  return timingSafeEqual(hash('sha256', a, 'buffer'), hash('sha256', b, 'buffer'));
}
