/** The units in which CEL counts work: one is about what comparing two numbers takes. */
export const COST = {
  /** A variable, a field, an index. */
  select: 1,
  list: 10,
  map: 30,
  struct: 40,
  /** For each character of a string that is read once. */
  stringTraversal: 0.1,
  /** For each character of a pattern, times what reading the text costs. */
  regexLength: 0.25,
} as const;
