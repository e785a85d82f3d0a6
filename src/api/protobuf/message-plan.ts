import type { FieldFacts, TypeFacts } from '../facts/type-facts.ts';

/** A field of a message, or a message that is inlined in the JSON of the one around it. */
export type MessageNode =
  | { readonly kind: 'field'; readonly number: number; readonly field: FieldFacts }
  | { readonly kind: 'inlined'; readonly number: number; readonly plan: MessagePlan };

/** A type's message: its nodes by number. */
export interface MessagePlan {
  /** In rising order. */
  readonly nodes: readonly MessageNode[];
  readonly byNumber: ReadonlyMap<number, MessageNode>;
}

/** How the type travels. Made once per type. */
export function messagePlan(type: TypeFacts): MessagePlan {
  return type.derived(makePlan);
}

function makePlan(type: TypeFacts): MessagePlan {
  const placed = [...type.fields.values()].filter((field) => field.protobufPath.length > 0);
  return planOf(placed.map((field) => ({ field, path: field.protobufPath })));
}

interface Placed {
  readonly field: FieldFacts;
  readonly path: readonly number[];
}

function planOf(fields: readonly Placed[]): MessagePlan {
  const groups = new Map<number, Placed[]>();
  for (const placed of fields) {
    const number = placed.path[0] ?? 0;
    const group = groups.get(number) ?? [];
    group.push(placed);
    groups.set(number, group);
  }
  const nodes: MessageNode[] = [];
  for (const [number, group] of groups) {
    const [first] = group;
    if (first !== undefined && first.path.length === 1) nodes.push({ kind: 'field', number, field: first.field });
    else nodes.push({ kind: 'inlined', number, plan: planOf(group.map(({ field, path }) => ({ field, path: path.slice(1) }))) });
  }
  nodes.sort((a, b) => a.number - b.number);
  return { nodes, byNumber: new Map(nodes.map((node) => [node.number, node])) };
}
