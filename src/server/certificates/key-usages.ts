/** What a certificate's key is for, as its extensions say it. */
export interface KeyUsages {
  /** Numbers of bits, RFC 5280 4.2.1.3. */
  readonly bits: readonly number[];
  /** Object identifiers, 4.2.1.12. */
  readonly extended: readonly string[];
}

const BITS: ReadonlyMap<string, number> = new Map([
  ['signing', 0],
  ['digital signature', 0],
  ['content commitment', 1],
  ['key encipherment', 2],
  ['data encipherment', 3],
  ['key agreement', 4],
  ['cert sign', 5],
  ['crl sign', 6],
  ['encipher only', 7],
  ['decipher only', 8],
]);
const PURPOSE = '1.3.6.1.5.5.7.3';
const EXTENDED: ReadonlyMap<string, string> = new Map([
  ['any', '2.5.29.37.0'],
  ['server auth', `${PURPOSE}.1`],
  ['client auth', `${PURPOSE}.2`],
  ['code signing', `${PURPOSE}.3`],
  ['email protection', `${PURPOSE}.4`],
  ['s/mime', `${PURPOSE}.4`],
  ['ipsec end system', `${PURPOSE}.5`],
  ['ipsec tunnel', `${PURPOSE}.6`],
  ['ipsec user', `${PURPOSE}.7`],
  ['timestamping', `${PURPOSE}.8`],
  ['ocsp signing', `${PURPOSE}.9`],
  ['microsoft sgc', '1.3.6.1.4.1.311.10.3.3'],
  ['netscape sgc', '2.16.840.1.113730.4.1'],
]);

/** Of the names that the API gives usages. Throws for one that it does not know. */
export function keyUsages(names: readonly string[]): KeyUsages {
  const bits = new Set<number>();
  const extended = new Set<string>();
  for (const name of names) {
    const bit = BITS.get(name);
    const purpose = EXTENDED.get(name);
    if (bit !== undefined) bits.add(bit);
    else if (purpose !== undefined) extended.add(purpose);
    else throw new Error(`unrecognized usage values: [${JSON.stringify(name)}]`);
  }
  return { bits: [...bits].toSorted((a, b) => a - b), extended: [...extended] };
}
