/**
 * String formats that schemas may name. Formats that stand here are checked; others are kept in the schema and ignored,
 * with a warning when the definition is written. Names are compared without dashes, so `date-time` is `datetime`.
 */
import { isIPv4, isIPv6 } from 'node:net';
import { isDns1123Label, isDns1123Subdomain } from '../machinery/names.ts';
import { isRequestUri } from './request-uri.ts';
import { isDurationText } from './duration-text.ts';
import { isCreditCard, isIsbn10, isIsbn13 } from './checksums.ts';

type FormatCheck = (text: string) => boolean;

const UUID = (version: string, variant: string): RegExp =>
  new RegExp(`^[0-9a-f]{8}-?[0-9a-f]{4}-?${version}-?${variant}-?[0-9a-f]{12}$`, 'i');
const matches = (pattern: RegExp): FormatCheck => (text) => pattern.test(text);

const FORMATS: ReadonlyMap<string, FormatCheck> = new Map<string, FormatCheck>([
  ['bsonobjectid', matches(/^[0-9a-fA-F]{24}$/)],
  ['uri', isRequestUri],
  ['email', isEmail],
  ['hostname', isHostname],
  ['ipv4', (text) => isIp(text) && text.includes('.')],
  ['ipv6', (text) => isIp(text) && text.includes(':')],
  ['cidr', isCidr],
  ['mac', isMac],
  ['uuid', matches(UUID('[0-9a-f]{4}', '[0-9a-f]{4}'))],
  ['uuid3', matches(UUID('3[0-9a-f]{3}', '[0-9a-f]{4}'))],
  ['uuid4', matches(UUID('4[0-9a-f]{3}', '[89ab][0-9a-f]{3}'))],
  ['uuid5', matches(UUID('5[0-9a-f]{3}', '[89ab][0-9a-f]{3}'))],
  ['isbn', (text) => isIsbn10(text) || isIsbn13(text)],
  ['isbn10', isIsbn10],
  ['isbn13', isIsbn13],
  ['creditcard', isCreditCard],
  ['ssn', matches(/^\d{3}[- ]?\d{2}[- ]?\d{4}$/)],
  ['hexcolor', matches(/^#?(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})$/)],
  ['rgbcolor', isRgbColor],
  ['byte', matches(/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})$/)],
  ['password', () => true],
  ['date', isDate],
  ['duration', isDurationText],
  ['datetime', isDateTime],
  ['k8sshortname', (text) => isDns1123Label(text).length === 0],
  ['k8slongname', (text) => isDns1123Subdomain(text).length === 0],
]);

/** Formats of numbers: ranges, which the number checks know. */
const NUMBER_FORMATS: ReadonlySet<string> = new Set(['int32', 'int64', 'float', 'double']);

/** The check of a string format, or undefined where the format is not one that is checked. */
export function stringFormat(format: string): FormatCheck | undefined {
  return FORMATS.get(format.replaceAll('-', ''));
}

export function isRecognizedFormat(format: string): boolean {
  return FORMATS.has(format.replaceAll('-', '')) || NUMBER_FORMATS.has(format);
}

/** An address without a zone, as Go's net.ParseIP reads it. */
function isIp(text: string): boolean {
  return isIPv4(text) || (isIPv6(text) && !text.includes('%'));
}

function isCidr(text: string): boolean {
  const slash = text.indexOf('/');
  if (slash < 0) return false;
  const address = text.slice(0, slash);
  const bits = text.slice(slash + 1);
  if (!isIp(address) || !/^\d{1,3}$/.test(bits)) return false;
  return Number(bits) <= (isIPv4(address) ? 32 : 128);
}

/** 6, 8 or 20 bytes, with colons or dashes between them, or dots between pairs. */
function isMac(text: string): boolean {
  const bytes = /^[0-9a-f]{2}(?:([:-])[0-9a-f]{2})(?:\1[0-9a-f]{2})*$/i.test(text) ? (text.length + 1) / 3 : 0;
  const pairs = /^[0-9a-f]{4}(?:\.[0-9a-f]{4})+$/i.test(text) ? ((text.length + 1) / 5) * 2 : 0;
  const count = bytes + pairs;
  return count === 6 || count === 8 || count === 20;
}

/** An RFC 5322 address: `a@b`, or with a name, `A B <a@b>`. */
function isEmail(text: string): boolean {
  if (text.length > 4096) return false;
  const angle = /^([^<>]*)<([^<>]+)>\s*$/.exec(text);
  const address = (angle?.[2] ?? text).trim();
  const at = address.lastIndexOf('@');
  if (at <= 0) return false;
  const local = address.slice(0, at);
  const domain = address.slice(at + 1);
  const atoms = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~\\u0080-\\uffff-]+";
  const dotAtom = new RegExp(`^${atoms}(?:\\.${atoms})*$`);
  const quoted = /^"(?:[^"\\]|\\.)*"$/;
  return (dotAtom.test(local) || quoted.test(local)) && (dotAtom.test(domain) || /^\[[^\]]+\]$/.test(domain));
}

const HOST_CHAR = 'a-zA-Z0-9\\p{S}\\p{L}';
const SINGLE_LABEL_HOST = new RegExp(`^[${HOST_CHAR}](?:-?[${HOST_CHAR}]{0,62})?$`, 'u');
const HOST_LABEL = new RegExp(`^[${HOST_CHAR}](?:[-${HOST_CHAR}]{0,61}[${HOST_CHAR}])?$`, 'u');
const LAST_HOST_LABEL = /^[a-zA-Z\p{L}]{2,63}$/u;

/** One label, or several of which the last has letters only. */
function isHostname(text: string): boolean {
  if (text.length > 255) return false;
  const labels = text.split('.');
  if (labels.length === 1) return SINGLE_LABEL_HOST.test(text);
  const last = labels.pop() ?? '';
  return LAST_HOST_LABEL.test(last) && labels.every((label) => HOST_LABEL.test(label));
}

function isRgbColor(text: string): boolean {
  const match = /^rgb\(\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})\s*\)$/.exec(text);
  if (match === null) return false;
  return match.slice(1).every((part) => Number(part) <= 255 && (part === '0' || !part.startsWith('0')));
}

/** `2006-01-02`, a day that exists. */
function isDate(text: string): boolean {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (match === null) return false;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  if (month < 1 || month > 12 || day < 1) return false;
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = month === 2 ? (leap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;
  return day <= days;
}

/** RFC 3339, with `t` and `z` in either case. */
function isDateTime(text: string): boolean {
  const parts = text.toLowerCase().split('t');
  const [date, time] = parts;
  if (date === undefined || time === undefined || !isDate(date)) return false;
  const match = /^(\d{2}):(\d{2}):(\d{2})(?:.\d+)?(?:z|[+-]\d{2}:\d{2})$/.exec(time);
  if (match === null) return false;
  return Number(match[1]) <= 23 && Number(match[2]) <= 59 && Number(match[3]) <= 59;
}
