/** What authors of webhooks import: `import { mutate, serveWebhooks } from 'steersman/webhooks'`. */
export { deny, mutate, validate, type AdmissionFunction, type AdmissionOptions, type Review } from './admission.ts';
export { authenticator, authorizer, type AuthenticatedUser, type Verdict } from './access.ts';
export { serveWebhooks, type ServeWebhooksOptions, type WebhookServing } from './serve-webhooks.ts';
export type { ConvertFunction } from '../../extensions/webhooks/conversion/function-converter.ts';
