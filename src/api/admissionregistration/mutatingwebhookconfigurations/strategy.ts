import type { KindRules } from '../../kind-rules.ts';
import { webhookCells } from '../cells.ts';
import { mutatingWebhookDefaults } from '../defaults.ts';
import type { ExpressionChecker } from '../expressions.ts';
import { validateWebhooks, validateWebhooksUpdate } from '../validate-webhooks.ts';

export function mutatingWebhookRules(checker: ExpressionChecker): KindRules {
  return {
    allowUnconditionalUpdate: false,
    defaults: mutatingWebhookDefaults,
    validate: (object) => validateWebhooks(object, checker),
    validateUpdate: (object, old) => validateWebhooksUpdate(object, old, checker),
    cells: webhookCells,
  };
}
