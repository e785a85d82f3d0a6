/** Findings about spec.conversion, by the names of Kubernetes' internal form: `webhookClientConfig`, `conversionReviewVersions`. */
import { fieldForbidden, fieldInvalid, fieldNotSupported, fieldRequired, type FieldError, type FieldPath } from '../../machinery/field-error.ts';
import { isDns1035Label, isDns1123Subdomain, isPortNumber } from '../../machinery/names.ts';
import type { DefinitionConversion, WebhookClientConfig } from './custom-resource-definition.ts';

const REVIEW_VERSIONS = ['v1', 'v1beta1'];

export function validateConversion(conversion: DefinitionConversion | undefined, path: FieldPath): FieldError[] {
  if (conversion === undefined) return [];
  const errors: FieldError[] = [];
  const { strategy } = conversion;
  const strategies = ['None', 'Webhook'];
  if (strategy === '') errors.push(fieldRequired(path.child('strategy')));
  else if (!strategies.includes(strategy)) errors.push(fieldNotSupported(path.child('strategy'), strategy, strategies));

  const config = conversion.webhook?.clientConfig;
  const reviewVersions = conversion.webhook?.conversionReviewVersions ?? null;
  const configPath = path.child('webhookClientConfig');
  const versionsPath = path.child('conversionReviewVersions');
  if (strategy === 'Webhook') {
    if (config === undefined) errors.push(fieldRequired(configPath, 'required when strategy is set to Webhook'));
    else errors.push(...validateClientConfig(config, configPath));
    errors.push(...validateReviewVersions(reviewVersions, versionsPath));
  } else {
    const detail = 'should not be set when strategy is not set to Webhook';
    if (config !== undefined) errors.push(fieldForbidden(configPath, detail));
    if (reviewVersions !== null && reviewVersions.length > 0) errors.push(fieldForbidden(versionsPath, detail));
  }
  return errors;
}

function validateClientConfig(config: WebhookClientConfig, path: FieldPath): FieldError[] {
  if ((config.url === undefined) === (config.service === undefined)) return [fieldRequired(path, 'exactly one of url or service is required')];
  if (config.url !== undefined) return validateUrl(config.url, path.child('url'));
  return config.service === undefined ? [] : validateService(config.service, path.child('service'));
}

function validateUrl(text: string, path: FieldPath): FieldError[] {
  const form = '; desired format: https://host[/path]';
  const parts = /^(?:([a-zA-Z][a-zA-Z0-9+.-]*):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s.exec(text);
  if (parts === null || hasSpaceOrControl(text)) {
    return [fieldRequired(path, `url must be a valid URL: parse ${JSON.stringify(text)}: invalid character in URL${form}`)];
  }
  const [, scheme = '', authority = '', , query = '', fragment = ''] = parts;
  const at = authority.lastIndexOf('@');
  const errors: FieldError[] = [];
  if (scheme !== 'https') errors.push(fieldInvalid(path, scheme, `'https' is the only allowed URL scheme${form}`));
  if (authority.slice(at + 1) === '') errors.push(fieldInvalid(path, '', `host must be specified${form}`));
  if (at >= 0) errors.push(fieldInvalid(path, authority.slice(0, at), 'user information is not permitted in the URL'));
  if (fragment !== '') errors.push(fieldInvalid(path, fragment, 'fragments are not permitted in the URL'));
  if (query !== '') errors.push(fieldInvalid(path, query, 'query parameters are not permitted in the URL'));
  return errors;
}

function validateService(service: NonNullable<WebhookClientConfig['service']>, path: FieldPath): FieldError[] {
  const errors: FieldError[] = [];
  if ((service.name ?? '') === '') errors.push(fieldRequired(path.child('name')));
  if ((service.namespace ?? '') === '') errors.push(fieldRequired(path.child('namespace')));
  const port = service.port ?? 443;
  const problems = isPortNumber(port);
  if (problems.length > 0) errors.push(fieldInvalid(path.child('port'), port, `port is not valid: ${problems.join(', ')}`));
  if (service.path !== undefined) errors.push(...validateUrlPath(service.path, path.child('path')));
  return errors;
}

function validateUrlPath(text: string, path: FieldPath): FieldError[] {
  if (text === '/' || text === '') return [];
  if (text === '//') return [fieldInvalid(path, text, 'segment[0] may not be empty')];
  const errors: FieldError[] = [];
  if (!text.startsWith('/')) errors.push(fieldInvalid(path, text, "must start with a '/'"));
  const inner = text.slice(1).replace(/\/$/, '');
  inner.split('/').forEach((segment, i) => {
    if (segment === '') errors.push(fieldInvalid(path, text, `segment[${i}] may not be empty`));
    else for (const problem of isDns1123Subdomain(segment)) errors.push(fieldInvalid(path, text, `segment[${i}]: ${problem}`));
  });
  return errors;
}

function validateReviewVersions(versions: readonly string[] | null, path: FieldPath): FieldError[] {
  if (versions === null || versions.length === 0) return [fieldRequired(path)];
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  versions.forEach((version, i) => {
    if (seen.has(version)) {
      errors.push(fieldInvalid(path.index(i), version, 'duplicate version'));
      return;
    }
    seen.add(version);
    for (const problem of isDns1035Label(version)) errors.push(fieldInvalid(path.index(i), version, problem));
  });
  if (!REVIEW_VERSIONS.some((version) => seen.has(version))) {
    errors.push(fieldInvalid(path, versions, `must include at least one of ${REVIEW_VERSIONS.join(', ')}`));
  }
  return errors;
}

function hasSpaceOrControl(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code <= 0x20 || code === 0x7f) return true;
  }
  return false;
}
