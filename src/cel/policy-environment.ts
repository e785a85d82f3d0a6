import { ADMISSION_REQUEST, NAMESPACE_OBJECT } from './admission-types.ts';
import { failureText } from './environment.ts';
import type { Environment } from './environment.ts';
import { FREE_JSON } from './free-json.ts';
import { LIMITS, kubernetesEnvironment } from './kubernetes-environment.ts';
import { AUTHORIZER_TYPE, RESOURCE_CHECK_TYPE, authorizerValue, requestResourceValue } from './libraries/authorizer.ts';
import type { AuthorizationQuery, CelAuthorizer } from './libraries/authorizer.ts';
import { APPLY_CONFIGURATION_TYPE, JSON_PATCHES_TYPE, JSON_PATCH_TYPE, resolveObjectType } from './mutation-types.ts';
import type { FieldDeclaration } from './values.ts';
import { PolicyRun, lazyField } from './policy-run.ts';
import type { Program } from './program.ts';
import { BOOL, NULL, STRING, equalTypes, objectType, typeName } from './types.ts';
import type { CelType } from './types.ts';
import { CelObject } from './values.ts';
import type { ValueSchema } from './values.ts';

export interface PolicyScope {
  /** `params` is declared. */
  readonly params: boolean;
  /** `Object{…}` and `JSONPatch{…}` are declared. */
  readonly mutations?: boolean;
}

export interface CompileOptions {
  /** What the expression must answer with. Default: anything. */
  readonly returns?: readonly CelType[];
  /** Whether `authorizer` is declared: everywhere but in messages. Default true. */
  readonly authorizer?: boolean;
}

/** What expressions of an admission policy or of match conditions see of a request. */
export interface PolicyInput {
  /** Null for deletions. */
  readonly object: unknown;
  /** Null for creations. */
  readonly oldObject: unknown;
  /** As an AdmissionReview's `request` has it, without its objects. */
  readonly request: Readonly<Record<string, unknown>>;
  /** Null where there is none. */
  readonly params?: unknown;
  /** See `namespaceJson`; null for resources that stand in no namespace. */
  readonly namespaceObject?: unknown;
  readonly authorizer?: CelAuthorizer;
  /** What the request is about: `authorizer.requestResource`. */
  readonly requestResource?: Omit<AuthorizationQuery, 'verb'>;
}

/** What kinds of expressions must answer with. */
export const RETURNS = {
  validation: [BOOL],
  matchCondition: [BOOL],
  message: [STRING],
  auditAnnotation: [STRING, NULL],
  applyConfiguration: [APPLY_CONFIGURATION_TYPE],
  jsonPatch: [JSON_PATCHES_TYPE],
} as const satisfies Record<string, readonly CelType[]>;

export type CompiledExpression = { readonly program: Program; readonly error?: never } | { readonly program?: never; readonly error: string };

/**
 * Compiles the expressions of one policy (or the match conditions of one webhook). Variables are added in their order;
 * each may use those before it. Make one from `PolicyEnvironments`.
 */
export class PolicyCompiler {
  private environment: Environment;
  private unauthorized: Environment | undefined;
  private readonly base: Environment;
  private readonly unauthorizedBase: () => Environment;
  private readonly variables = new Map<string, Program>();

  /** `unauthorizedBase`: `base` without an authorizer. */
  constructor(base: Environment, unauthorizedBase: () => Environment) {
    this.base = base;
    this.unauthorizedBase = unauthorizedBase;
    this.environment = this.extended(base);
  }

  /** Declares `variables.<name>`. Returns what is wrong with its expression; a wrong one is not declared. */
  addVariable(name: string, expression: string): string | undefined {
    const compiled = this.compile(expression);
    if (compiled.program === undefined) return compiled.error;
    this.variables.set(name, compiled.program);
    this.environment = this.extended(this.base);
    this.unauthorized = undefined;
    return undefined;
  }

  /** An expression, or what is wrong with it. */
  compile(expression: string, { returns, authorizer = true }: CompileOptions = {}): CompiledExpression {
    const outcome = (authorizer ? this.environment : (this.unauthorized ??= this.extended(this.unauthorizedBase()))).compile(expression);
    const { program } = outcome;
    if (program === undefined) return { error: failureText(outcome) };
    if (returns === undefined || returns.some((type) => equalTypes(type, program.type))) return { program };
    const names = returns.map(typeName);
    const wanted = names.length === 1 ? (names[0] ?? '') : `one of [${names.join(' ')}]`;
    return { error: `must evaluate to ${wanted} but got ${typeName(program.type)}` };
  }

  /**
   * Begins the evaluation of this compiler's expressions for one request; all of them share the budget. Variables are
   * evaluated when they are first read.
   */
  start(input: PolicyInput, budget: number = LIMITS.perRequest): PolicyRun {
    return new PolicyRun(activation(input), this.variables, budget);
  }

  private extended(base: Environment): Environment {
    const fields = new Map<string, FieldDeclaration>([...this.variables].map(([name, program]) => [name, { key: name, type: program.type, schema: lazyField(program.type) }]));
    const object = { name: 'kubernetes.variables', field: (name: string) => fields.get(name), fieldByKey: (key: string) => fields.get(key) };
    const schema: ValueSchema = { type: objectType(object), identity: false, object, read: (json) => new CelObject(json as Readonly<Record<string, unknown>>, object) };
    return base.extend({ variables: { variables: { schema } } });
  }
}

function activation(input: PolicyInput): Readonly<Record<string, unknown>> {
  const { authorizer } = input;
  return {
    object: input.object ?? null,
    oldObject: input.oldObject ?? null,
    request: input.request,
    params: input.params ?? null,
    namespaceObject: input.namespaceObject ?? null,
    authorizer: authorizer === undefined ? undefined : authorizerValue(authorizer),
    'authorizer.requestResource': authorizer === undefined || input.requestResource === undefined ? undefined : requestResourceValue(authorizer, input.requestResource),
  };
}

/** The environments of admission policies and match conditions. Made once per server; each kind is made when first asked for. */
export class PolicyEnvironments {
  private readonly made = new Map<string, Environment>();

  compiler(scope: PolicyScope): PolicyCompiler {
    return new PolicyCompiler(this.environment(scope, true), () => this.environment(scope, false));
  }

  private environment(scope: PolicyScope, authorizer: boolean): Environment {
    const key = `${scope.params}/${scope.mutations === true}/${authorizer}`;
    let environment = this.made.get(key);
    if (environment === undefined) {
      environment = policyEnvironment(scope, authorizer);
      this.made.set(key, environment);
    }
    return environment;
  }
}

function policyEnvironment(scope: PolicyScope, authorizer: boolean): Environment {
  const free = { schema: FREE_JSON };
  return kubernetesEnvironment({
    variables: {
      object: free,
      oldObject: free,
      request: { schema: ADMISSION_REQUEST },
      namespaceObject: { schema: NAMESPACE_OBJECT },
      ...(authorizer ? { authorizer: { type: AUTHORIZER_TYPE }, 'authorizer.requestResource': { type: RESOURCE_CHECK_TYPE } } : {}),
      ...(scope.params ? { params: free } : {}),
    },
    ...(scope.mutations === true ? { types: [JSON_PATCH_TYPE], resolveType: resolveObjectType } : {}),
  });
}
