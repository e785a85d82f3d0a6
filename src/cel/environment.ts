import type { Expr } from './ast.ts';
import { check } from './checker.ts';
import type { CheckScope } from './checker.ts';
import { checkLiterals } from './literal-checks.ts';
import { mergeFunctions } from './functions.ts';
import type { ConstantDeclaration, FunctionDeclaration, Library, LiteralCheck } from './functions.ts';
import type { Macro } from './macros.ts';
import { indexMacros, parse } from './parser.ts';
import type { ParserOptions } from './parser.ts';
import { plan } from './planner.ts';
import type { PlanScope } from './planner.ts';
import { Program } from './program.ts';
import type { RunTimeCost } from './run-time-cost.ts';
import { formatIssues } from './source.ts';
import type { Issue } from './source.ts';
import type { CallEstimator } from './cost-estimate.ts';
import type { CelType } from './types.ts';
import type { ValueSchema } from './values.ts';

/** A variable that holds CEL values has a type; one that holds JSON has a schema to read it by. */
export type VariableDeclaration = { readonly type: CelType } | { readonly schema: ValueSchema };

export interface EnvironmentOptions {
  /** By name; a name may be dotted, and then hides the field of that name. */
  readonly variables?: Readonly<Record<string, VariableDeclaration>>;
  /** Object types that expressions may name and make. */
  readonly types?: readonly CelType[];
  /** Further object types, made when they are named. */
  readonly resolveType?: (name: string) => CelType | undefined;
  readonly libraries?: readonly Library[];
  /** The namespace that names are looked for in first. Default ''. */
  readonly container?: string;
  /** Lists and maps may not mix types. Default false. */
  readonly homogeneousLiterals?: boolean;
  /** `a.?b`, `a[?b]` and the like. Default false. */
  readonly optionalSyntax?: boolean;
  /** a.`b-c`. Default false. */
  readonly escapedIdentifiers?: boolean;
  /** What calls cost when they run, asked in this order before the language's own rules. */
  readonly runTimeCosts?: readonly RunTimeCost[];
  /** What calls may cost, asked in this order before the language's own rules. */
  readonly callEstimators?: readonly CallEstimator[];
}

export type Compilation =
  | { readonly program: Program; readonly issues?: never }
  /** `issues`: all problems as people read them, each with its line and a caret. */
  | {
      readonly program?: never;
      readonly issues: string;
      readonly list: readonly Issue[];
      /** The expression is sound, but cannot be made runnable. */
      readonly instantiation?: boolean;
    };

/** What all extensions of an environment share. */
interface Shared {
  readonly functions: ReadonlyMap<string, FunctionDeclaration>;
  readonly constants: ReadonlyMap<string, ConstantDeclaration>;
  readonly literalChecks: readonly LiteralCheck[];
  readonly planChecks: readonly LiteralCheck[];
  readonly parser: ParserOptions;
  readonly options: EnvironmentOptions;
}

/**
 * The names, types and functions that expressions may use. Making one costs about a millisecond, extending one next to
 * nothing: make one for each kind of use, and extend it with the variables of each expression.
 */
export class Environment {
  private readonly shared: Shared;
  private readonly variables: ReadonlyMap<string, VariableDeclaration>;
  private readonly types: ReadonlyMap<string, CelType>;

  constructor(options: EnvironmentOptions, shared?: Shared, variables?: ReadonlyMap<string, VariableDeclaration>, types?: ReadonlyMap<string, CelType>) {
    this.shared = shared ?? share(options);
    this.variables = variables ?? new Map(Object.entries(options.variables ?? {}));
    this.types = types ?? new Map((options.types ?? []).map((type) => [type.name, type]));
  }

  /** This environment with more variables and types; later ones hide earlier ones of the same name. */
  extend(added: { readonly variables?: Readonly<Record<string, VariableDeclaration>>; readonly types?: readonly CelType[] }): Environment {
    const variables = added.variables === undefined ? this.variables : new Map([...this.variables, ...Object.entries(added.variables)]);
    const types = added.types === undefined ? this.types : new Map([...this.types, ...added.types.map((type) => [type.name, type] as const)]);
    return new Environment(this.shared.options, this.shared, variables, types);
  }

  /** Parses, checks and plans an expression. */
  compile(text: string): Compilation {
    const parsed = this.parse(text);
    if (parsed.issues.length > 0) return { issues: formatIssues(text, parsed.issues), list: parsed.issues };
    const issues = [...check(parsed.expr, this.checkScope())];
    const { literalChecks } = this.shared;
    if (issues.length === 0) issues.push(...checkLiterals(parsed.expr, literalChecks));
    if (issues.length > 0) return { issues: formatIssues(text, issues), list: issues };
    const [broken] = checkLiterals(parsed.expr, this.shared.planChecks);
    if (broken !== undefined) return { issues: broken.message, list: [broken], instantiation: true };
    return { program: this.program(text, parsed.expr) };
  }

  /** Parses and plans without checking types: all is decided when it runs. */
  compileUnchecked(text: string): Compilation {
    const parsed = this.parse(text);
    if (parsed.issues.length > 0) return { issues: formatIssues(text, parsed.issues), list: parsed.issues };
    return { program: this.program(text, parsed.expr) };
  }

  parse(text: string): { readonly expr: Expr; readonly issues: readonly Issue[] } {
    return parse(text, this.shared.parser);
  }

  private program(text: string, expr: Expr): Program {
    return new Program(text, expr, plan(expr, this.planScope()), this.shared.options.callEstimators ?? []);
  }

  private checkScope(): CheckScope {
    const { shared, variables, types } = this;
    return {
      variable(name) {
        const declared = variables.get(name);
        return declared === undefined ? undefined : 'type' in declared ? declared.type : declared.schema.type;
      },
      constant: (name) => shared.constants.get(name),
      type: (name) => types.get(name) ?? typeConstant(shared.constants.get(name)) ?? shared.options.resolveType?.(name),
      function: (name) => shared.functions.get(name),
      container: shared.options.container ?? '',
      homogeneousLiterals: shared.options.homogeneousLiterals ?? false,
    };
  }

  private planScope(): PlanScope {
    const { shared, variables, types } = this;
    return {
      variableSchema(name) {
        const declared = variables.get(name);
        return declared !== undefined && 'schema' in declared ? declared.schema : undefined;
      },
      function: (name) => shared.functions.get(name),
      type: (name) => types.get(name) ?? shared.options.resolveType?.(name),
      runTimeCosts: shared.options.runTimeCosts ?? [],
    };
  }
}

function share(options: EnvironmentOptions): Shared {
  const libraries = options.libraries ?? [];
  const literalChecks = libraries.flatMap((library) => library.literalChecks ?? []);
  const macros: Macro[] = libraries.flatMap((library) => library.macros ?? []);
  return {
    functions: mergeFunctions(libraries),
    constants: new Map(libraries.flatMap((library) => (library.constants ?? []).map((constant) => [constant.name, constant] as const))),
    literalChecks: literalChecks.filter((check) => check.whenPlanned !== true),
    planChecks: literalChecks.filter((check) => check.whenPlanned === true),
    parser: { macros, macroIndex: indexMacros(macros), optionalSyntax: options.optionalSyntax ?? false, escapedIdentifiers: options.escapedIdentifiers ?? false },
    options,
  };
}

/** The type that a constant such as `int` names. */
function typeConstant(constant: ConstantDeclaration | undefined): CelType | undefined {
  return constant?.type.kind === 'type' ? constant.type.parameters[0] : undefined;
}

/** Why there is no program, in Kubernetes' words. */
export function failureText(compilation: Compilation): string {
  if (compilation.program !== undefined) return '';
  return `${compilation.instantiation === true ? 'program instantiation' : 'compilation'} failed: ${compilation.issues}`;
}
