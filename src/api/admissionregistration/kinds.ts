import type { KindRules } from '../kind-rules.ts';
import { UNCHECKED_EXPRESSIONS, type ExpressionChecker } from './expressions.ts';
import { mutatingPolicyRules } from './mutatingadmissionpolicies/strategy.ts';
import { rules as mutatingadmissionpolicybindings } from './mutatingadmissionpolicybindings/strategy.ts';
import { mutatingWebhookRules } from './mutatingwebhookconfigurations/strategy.ts';
import { validatingPolicyRules } from './validatingadmissionpolicies/strategy.ts';
import { rules as validatingadmissionpolicybindings } from './validatingadmissionpolicybindings/strategy.ts';
import { validatingWebhookRules } from './validatingwebhookconfigurations/strategy.ts';

/** The rules of the admission registration group's kinds, by the plural of their resource. */
export function makeAdmissionregistrationKinds(checker: ExpressionChecker): Readonly<Record<string, KindRules>> {
  return {
    mutatingadmissionpolicies: mutatingPolicyRules(checker),
    mutatingadmissionpolicybindings,
    mutatingwebhookconfigurations: mutatingWebhookRules(checker),
    validatingadmissionpolicies: validatingPolicyRules(checker),
    validatingadmissionpolicybindings,
    validatingwebhookconfigurations: validatingWebhookRules(checker),
  };
}

/** As above for a server without the expression language: expressions are stored as they are. */
export const admissionregistrationKinds: Readonly<Record<string, KindRules>> = makeAdmissionregistrationKinds(UNCHECKED_EXPRESSIONS);
