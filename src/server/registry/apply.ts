import { applyPatch, ApplyConflictError, ApplyTypeError } from '../../machinery/apply/apply-patch.ts';
import { formatTime } from '../../machinery/clock.ts';
import { isJsonObject, type DeepReadonly, type JsonObject } from '../../machinery/json.ts';
import type { KubeObject } from '../../machinery/object-meta.ts';
import { badRequest, StatusError } from '../../machinery/status-error.ts';
import type { ApiCall, RegistryContext } from './api-call.ts';
import { MAX_BODY_BYTES } from './decode-body.ts';
import type { Outcome } from './outcome.ts';
import type { WriteOptions } from './request-options.ts';
import { DecodeError } from './resource-type.ts';
import { updateObject } from './update.ts';

export { ApplyConflictError, ApplyTypeError, applyPatch, formatTime, isJsonObject, badRequest, StatusError, MAX_BODY_BYTES, DecodeError, updateObject };
export type { DeepReadonly, JsonObject, KubeObject, ApiCall, RegistryContext, Outcome, WriteOptions };
