/**
 * `Unschedulable`: evicting others could help. `UnschedulableAndUnresolvable`: it could not. `Pending`: something outside
 * has to happen first. `Wait` is Permit's, `Skip` that of PreFilter, PreScore and Bind. `Error`: the plugin failed.
 */
export type StatusCode = 'Error' | 'Unschedulable' | 'UnschedulableAndUnresolvable' | 'Pending' | 'Wait' | 'Skip';

/** Why a plugin did not say yes. Immutable, so that a plugin can give one status for many nodes. Success is `undefined`. */
export class Status {
  readonly code: StatusCode;
  /** For people; counted by their text over all nodes. */
  readonly reasons: readonly string[];
  /** Whose verdict it is: set by the framework. */
  readonly plugin: string | undefined;
  readonly error: Error | undefined;

  constructor(code: StatusCode, reasons: readonly string[] = [], origin: { readonly plugin?: string | undefined; readonly error?: Error | undefined } = {}) {
    this.code = code;
    this.reasons = reasons;
    this.plugin = origin.plugin;
    this.error = origin.error;
  }

  static unschedulable(...reasons: readonly string[]): Status {
    return new Status('Unschedulable', reasons);
  }

  static unresolvable(...reasons: readonly string[]): Status {
    return new Status('UnschedulableAndUnresolvable', reasons);
  }

  static skip(): Status {
    return new Status('Skip');
  }

  static failed(error: Error): Status {
    return new Status('Error', [error.message], { error });
  }

  /** The same, by this plugin. */
  by(plugin: string): Status {
    return this.plugin === plugin ? this : new Status(this.code, this.reasons, { plugin, error: this.error });
  }

  get message(): string {
    return this.reasons.join(', ');
  }

  /** True when the pod was judged and does not fit, rather than that judging failed. */
  get isRejection(): boolean {
    return this.code === 'Unschedulable' || this.code === 'UnschedulableAndUnresolvable' || this.code === 'Pending';
  }
}

/** Absent: yes. */
export type Verdict = Status | undefined;
