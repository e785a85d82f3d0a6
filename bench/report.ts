import { cpus, totalmem } from 'node:os';
import type { Measurement } from './measurement.ts';

const HEADINGS = ['', 'Steersman', 'bare Node', 'ratio', 'goal', 'CPU per request', 'ratio', ''];
const TEXT_COLUMNS = new Set([0, HEADINGS.length - 1]);

/** A Markdown table, columns padded so that it reads well in a terminal too. */
export function markdownTable(measurements: readonly Measurement[]): string {
  const rows = [HEADINGS, ...measurements.map(cells)];
  const widths = HEADINGS.map((_, column) => Math.max(3, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string => `| ${row.map((cell, i) => (TEXT_COLUMNS.has(i) ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join(' | ')} |`;
  const rule = `|${widths.map((width, i) => (TEXT_COLUMNS.has(i) ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`;
  return [line(rows[0] ?? []), rule, ...rows.slice(1).map(line)].join('\n');
}

/** Figures mean nothing without the machine they were taken on. */
export function machine(): string {
  const [cpu] = cpus();
  return `Node ${process.version}, ${cpus().length} × ${cpu?.model.trim() ?? 'unknown processor'}, ${Math.round(totalmem() / 2 ** 30)} GiB`;
}

function cells(m: Measurement): string[] {
  const bare = m.bare === undefined ? ['', ''] : [amount(m.bare, m.unit), (m.ours / m.bare).toFixed(2)];
  const cpu = m.cpuUs === undefined ? ['', ''] : [`${amount(m.cpuUs.ours, 'µs')}, ${amount(m.cpuUs.bare, 'µs')}`, (m.cpuUs.bare / m.cpuUs.ours).toFixed(2)];
  return [m.name, amount(m.ours, m.unit), ...bare, goal(m), ...cpu, m.note ?? ''];
}

function goal(m: Measurement): string {
  if (!m.goal) return '';
  if ('atMost' in m.goal) return `≤ ${amount(m.goal.atMost, m.unit)}${m.ours <= m.goal.atMost ? '' : ' (missed)'}`;
  const reached = m.bare !== undefined && m.ours / m.bare >= m.goal.ratioAtLeast;
  return `≥ ${m.goal.ratioAtLeast}${reached ? '' : ' (missed)'}`;
}

function amount(value: number, unit: string): string {
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return `${value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })} ${unit}`;
}
