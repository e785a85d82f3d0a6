import { unescapeKey } from '../authentication/header-keys.ts';
import { badRequest } from '../../machinery/status-error.ts';
import { setOwn, type JsonObject } from '../../machinery/json.ts';

/** The part of a request that impersonation reads. */
export interface ImpersonationRequest {
  header(name: string): string | undefined;
  /** Every header whose lower-case name begins with `prefix`, each value on its own. */
  headersWithPrefix(prefix: string): readonly (readonly [name: string, values: readonly string[]])[];
}

/** Who the request wants to be taken for, as its headers say it. */
export interface WantedUser {
  readonly name: string;
  readonly uid: string;
  readonly groups: readonly string[];
  /** Keys lower-case and unescaped. */
  readonly extra: Readonly<Record<string, readonly string[]>>;
}

const EXTRA_PREFIX = 'impersonate-extra-';

/**
 * Reads `Impersonate-User`, `-Group`, `-Uid` and `-Extra-*`; undefined when there is none of them. Headers that begin
 * alike and are none of these are ignored. Throws BadRequest when a part is given without a user.
 */
export function impersonationHeaders(request: ImpersonationRequest): WantedUser | undefined {
  const groups: string[] = [];
  const extra: JsonObject = {};
  let name = '';
  let uid = '';
  for (const [header, values] of request.headersWithPrefix('impersonate-')) {
    if (header === 'impersonate-user') name = values[0] ?? '';
    else if (header === 'impersonate-uid') uid = values[0] ?? '';
    else if (header === 'impersonate-group') groups.push(...values);
    else if (header.startsWith(EXTRA_PREFIX)) setOwn(extra, unescapeKey(header.slice(EXTRA_PREFIX.length)), [...values]);
  }
  const wanted: WantedUser = { name, uid, groups, extra: extra as Readonly<Record<string, readonly string[]>> };
  if (name !== '') return wanted;
  if (uid === '' && groups.length === 0 && Object.keys(extra).length === 0) return undefined;
  throw badRequest(`requested ${show(wanted)} without impersonating a user name`);
}

/** As Go shows a user.DefaultInfo. */
function show({ name, uid, groups, extra }: WantedUser): string {
  const strings = (values: readonly string[]): string => `[]string{${values.map((value) => JSON.stringify(value)).join(', ')}}`;
  const keys = Object.keys(extra).sort();
  const shownGroups = groups.length === 0 ? '[]string(nil)' : strings(groups);
  const shownExtra = keys.length === 0 ? 'map[string][]string(nil)' : `map[string][]string{${keys.map((key) => `${JSON.stringify(key)}:${strings(extra[key] ?? [])}`).join(', ')}}`;
  return `&user.DefaultInfo{Name:${JSON.stringify(name)}, UID:${JSON.stringify(uid)}, Groups:${shownGroups}, Extra:${shownExtra}}`;
}
