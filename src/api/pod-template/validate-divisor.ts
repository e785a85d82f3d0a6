import { fieldInvalid, type FieldPath } from '../../machinery/field-error.ts';
import { formatQuantity, isQuantity, isZeroQuantity, parseQuantity } from '../../machinery/quantity.ts';
import type { Findings } from './findings.ts';

const CPU_DIVISORS = ['1m', '1'];
const BYTE_DIVISORS = ['1', '1k', '1M', '1G', '1T', '1P', '1E', '1Ki', '1Mi', '1Gi', '1Ti', '1Pi', '1Ei'];

/** In what unit a resource is shown to a container: zero stands for the default, one. */
export function checkDivisor(findings: Findings, resource: string, divisor: string | undefined, path: FieldPath): void {
  if (divisor === undefined || !isQuantity(divisor)) return;
  const quantity = parseQuantity(divisor);
  if (isZeroQuantity(quantity)) return;
  const rule = divisorRule(resource);
  if (rule === undefined || rule.divisors.includes(formatQuantity(quantity))) return;
  const list = rule.divisors === CPU_DIVISORS ? '1m and 1' : BYTE_DIVISORS.join(', ');
  findings.push(fieldInvalid(path.child('divisor'), resource, `only divisor's values ${list} are supported with the ${rule.name} resource`));
}

function divisorRule(resource: string): { divisors: readonly string[]; name: string } | undefined {
  const name = resource.slice(resource.indexOf('.') + 1);
  if (name === 'cpu') return { divisors: CPU_DIVISORS, name };
  if (name === 'memory') return { divisors: BYTE_DIVISORS, name };
  if (name === 'ephemeral-storage') return { divisors: BYTE_DIVISORS, name: 'local ephemeral storage' };
  if (name.startsWith('hugepages-')) return { divisors: BYTE_DIVISORS, name: 'hugepages' };
  return undefined;
}
