import type { Library } from '../functions.ts';
import { NodeMaker, requiredArgument, variableName } from '../macros.ts';

/** `cel.bind(x, value, expression)`. */
export const bindings: Library = {
  name: 'bindings',
  macros: [
    {
      name: 'bind',
      member: true,
      arguments: 3,
      expand(offset, target, [variable, value, expression]) {
        if (target?.kind !== 'ident' || target.name !== 'cel') return undefined;
        const make = new NodeMaker(offset);
        const name = variableName(variable, 'cel.bind() variable names must be simple identifiers');
        return make.fold({
          range: make.list(),
          iterVar: '#unused',
          accuVar: name,
          accuInit: requiredArgument(value),
          condition: make.literal(false),
          step: make.ident(name),
          result: requiredArgument(expression),
        });
      },
    },
  ],
};
