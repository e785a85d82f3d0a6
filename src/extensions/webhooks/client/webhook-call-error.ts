export interface WebhookCallErrorOptions extends ErrorOptions {
  /** The same call may come through in a moment: the other side said so, or broke off. Default false. */
  readonly mayPass?: boolean;
}

/** A call that came to no usable answer. The message is what Kubernetes says of it. */
export class WebhookCallError extends Error {
  override readonly name = 'WebhookCallError';
  readonly mayPass: boolean;

  constructor(message: string, options: WebhookCallErrorOptions = {}) {
    super(message, options);
    this.mayPass = options.mayPass ?? false;
  }
}
