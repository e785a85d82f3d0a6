/** A call that came to no usable answer. The message is what Kubernetes says of it. */
export class WebhookCallError extends Error {
  override readonly name = 'WebhookCallError';
}
