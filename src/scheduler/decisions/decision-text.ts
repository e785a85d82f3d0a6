import type { Decision, RejectedNode } from './decision.ts';

/** More lines than these say no more. */
const MAX_LINES = 30;

/** A decision for people to read. */
export function decisionText(decision: Decision): string {
  const { namespace, name, schedulerName, time, attempt } = decision;
  const sections = [
    `Pod:        ${namespace}/${name}\nScheduler:  ${schedulerName}, attempt ${attempt}, ${time}\nDecision:   ${verdict(decision)}`,
    scores(decision),
    rejections('Rejected nodes', decision.rejected),
    ...(decision.others ? [`Other nodes (${decision.others.nodes}): ${decision.others.reasons.join(', ') || 'not looked at: enough others were feasible'}`] : []),
    ...preemption(decision),
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

function verdict({ outcome, nodeName, message }: Decision): string {
  switch (outcome) {
    case 'Placed':
      return `placed on ${nodeName}`;
    case 'Refused':
      return `${nodeName} was chosen, but refused: ${message}`;
    case 'Unschedulable':
    case 'Error':
      return message ?? outcome;
  }
}

function scores({ feasible }: Decision): string {
  const [first] = feasible;
  if (!first) return '';
  if (first.total === undefined) return `Feasible nodes: ${first.name} alone; nothing was scored`;
  const plugins = Object.keys(first.scores);
  const rows = feasible.slice(0, MAX_LINES).map(({ name, total, scores: own }) => [name, String(total), ...plugins.map((plugin) => String(own[plugin] ?? 0))]);
  return `Feasible nodes, by their scores:\n${table([['NODE', 'TOTAL', ...plugins], ...rows])}${more(feasible.length)}`;
}

function rejections(title: string, rejected: readonly RejectedNode[]): string {
  if (rejected.length === 0) return '';
  const rows = rejected.slice(0, MAX_LINES).map(({ name, plugin, reasons }) => [name, plugin, reasons.join(', ')]);
  return `${title}:\n${table([['NODE', 'PLUGIN', 'REASON'], ...rows])}${more(rejected.length)}`;
}

function preemption({ preemption: report }: Decision): string[] {
  if (!report) return [];
  const { chosen, candidates, rejected } = report;
  const rows = candidates.slice(0, MAX_LINES).map(({ node, victims, budgetViolations }) => [node === chosen ? `${node} (chosen)` : node, victims.join(', '), String(budgetViolations)]);
  return [
    candidates.length === 0 ? '' : `Preemption would make room on:\n${table([['NODE', 'VICTIMS', 'BUDGETS BROKEN'], ...rows])}${more(candidates.length)}`,
    rejections('Preemption would not help on', rejected),
  ];
}

function more(count: number): string {
  return count > MAX_LINES ? `\n  … and ${count - MAX_LINES} more` : '';
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd()).join('\n');
}
