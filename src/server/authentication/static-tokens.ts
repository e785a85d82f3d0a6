import type { AuthenticationResult, TokenAuthenticator, UserInfo } from './authenticator.ts';
import { tokenDigest } from './token-digest.ts';

const NONE: AuthenticationResult = { type: 'none' };
const MAX_LINES = 1_000_000;

/**
 * The users of a `--token-auth-file`: lines of `token,user,uid[,"group1,group2"]`. Lines without a token are passed over
 * with a warning, and of two lines with one token the later counts, with a warning. Throws for lines that are not CSV or
 * have too few columns.
 */
export function parseTokenFile(text: string, warn: (message: string) => void = () => {}): TokenAuthenticator {
  const users = new Map<string, UserInfo>();
  let line = 0;
  for (const record of parseCsv(text)) {
    line++;
    if (line > MAX_LINES) throw new Error(`token file has more than ${MAX_LINES} lines`);
    const [token, name, uid, groups] = record;
    if (token === undefined || name === undefined || uid === undefined) {
      throw new Error(`token file must have at least 3 columns (token, user name, user uid), found ${record.length}`);
    }
    if (token === '') {
      warn(`empty token has been found in token file, line ${line}`);
      continue;
    }
    const digest = tokenDigest(token);
    if (users.has(digest)) warn(`duplicate token has been found in token file, line ${line}`);
    users.set(digest, { name, ...(uid === '' ? {} : { uid }), groups: groups ? groups.split(',') : [] });
  }
  return staticTokens(users);
}

function staticTokens(users: ReadonlyMap<string, UserInfo>): TokenAuthenticator {
  return {
    name: 'token-file',
    authenticateToken(token) {
      const user = users.get(tokenDigest(token));
      return user === undefined ? NONE : { type: 'authenticated', user };
    },
  };
}

/** Tokens of a kind that knows no audiences hold for the server's own alone. */
export function forAudiences(own: readonly string[], authenticator: TokenAuthenticator): TokenAuthenticator {
  return {
    name: authenticator.name,
    authenticateToken(token, audiences) {
      const common = audiences === own ? own : own.filter((audience) => audiences.includes(audience));
      if (common.length === 0 && own.length > 0) return NONE;
      const mark = (result: AuthenticationResult): AuthenticationResult => (result.type === 'authenticated' ? { ...result, audiences: common } : result);
      const result = authenticator.authenticateToken(token, audiences);
      return result instanceof Promise ? result.then(mark) : mark(result);
    },
  };
}

/** Comma-separated values (RFC 4180), blanks before a field dropped; quoted fields may hold commas, quotes and line ends. */
function* parseCsv(text: string): Generator<string[]> {
  let fields: string[] = [];
  let i = 0;
  const length = text.length;
  while (i < length) {
    while (text[i] === ' ' || text[i] === '\t') i++;
    let field = '';
    if (text[i] === '"') {
      i++;
      for (;;) {
        if (i >= length) throw new Error('token file: a quoted field does not end');
        if (text[i] === '"') {
          if (text[i + 1] !== '"') break;
          i++;
        }
        field += text[i++];
      }
      i++;
      if (i < length && text[i] !== ',' && text[i] !== '\n' && text[i] !== '\r') throw new Error('token file: text behind a quoted field');
    } else {
      const start = i;
      while (i < length && text[i] !== ',' && text[i] !== '\n' && text[i] !== '\r') i++;
      field = text.slice(start, i);
      if (field.includes('"')) throw new Error('token file: a quote inside a field that is not quoted');
    }
    fields.push(field);
    if (text[i] === ',') {
      i++;
      if (i >= length) fields.push('');
      continue;
    }
    if (text[i] === '\r') i++;
    if (text[i] === '\n') i++;
    if (fields.length > 1 || fields[0] !== '') yield fields;
    fields = [];
  }
  if (fields.length > 0) yield fields;
}
