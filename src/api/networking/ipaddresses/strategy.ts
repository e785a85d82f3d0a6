import type { KindRules } from '../../kind-rules.ts';
import { addressNameTexts } from '../canonical-addresses.ts';
import { cells } from './printer.ts';
import { validate, validateUpdate } from './validation.ts';

export const rules: KindRules = { validateName: addressNameTexts, validate, validateUpdate, cells };
