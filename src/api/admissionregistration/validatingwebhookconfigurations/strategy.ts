import type { KindRules } from '../../kind-rules.ts';
import { webhookCells } from '../cells.ts';
import { validatingWebhookDefaults } from '../defaults.ts';
import type { ExpressionChecker } from '../expressions.ts';
import { validateWebhooks, validateWebhooksUpdate } from '../validate-webhooks.ts';

export function validatingWebhookRules(checker: ExpressionChecker): KindRules {
  return {
    allowUnconditionalUpdate: false,
    defaults: validatingWebhookDefaults,
    validate: (object) => validateWebhooks(object, checker),
    validateUpdate: (object, old) => validateWebhooksUpdate(object, old, checker),
    cells: webhookCells,
  };
}
