import { failure, notAcceptable } from '../../machinery/status-error.ts';

export type Format = 'json' | 'yaml' | 'protobuf';

/** In which form the client wants its answer. */
export interface AcceptedForm {
  readonly format: Format;
  /** `Table`, `PartialObjectMetadata` or `PartialObjectMetadataList` of meta.k8s.io, or the object itself. */
  readonly as: { readonly kind: string; readonly version: string } | undefined;
  /** `application/json;stream=watch` was asked for explicitly. */
  readonly stream: boolean;
}

const MEDIA_TYPES: Readonly<Record<string, Format>> = {
  'application/json': 'json',
  'application/yaml': 'yaml',
  'application/vnd.kubernetes.protobuf': 'protobuf',
};

export const CONTENT_TYPES: Readonly<Record<Format, string>> = {
  json: 'application/json',
  yaml: 'application/yaml',
  protobuf: 'application/vnd.kubernetes.protobuf',
};

export const ACCEPTED_TYPES = 'application/json, application/yaml, application/vnd.kubernetes.protobuf';
const STREAM_TYPES = 'application/json;stream=watch, application/vnd.kubernetes.protobuf;stream=watch';

const JSON_FORM: AcceptedForm = { format: 'json', as: undefined, stream: false };

export interface NegotiationOptions {
  /** The resource has protobuf types. */
  readonly protobuf: boolean;
  /** Which transformations the endpoint knows: Table and PartialObjectMetadata for reads of resources, none elsewhere. */
  readonly transforms: boolean;
}

interface Clause {
  readonly type: string;
  readonly params: ReadonlyMap<string, string>;
  readonly quality: number;
}

/**
 * Picks the first acceptable form by the client's order of quality, then of mention. Throws NotAcceptable when it names
 * nothing that is served. Parsed headers are few and repeat, so each negotiator keeps a bounded table of them.
 */
export class Negotiator {
  readonly #clauses = new Map<string, readonly Clause[]>();

  negotiate(accept: string | undefined, options: NegotiationOptions): AcceptedForm {
    if (accept === undefined || accept === '' || accept === 'application/json' || accept === '*/*') return JSON_FORM;
    for (const clause of this.#parse(accept)) {
      const form = formOf(clause, options);
      if (form) return form;
    }
    throw notAcceptable(`only the following media types are accepted: ${ACCEPTED_TYPES}`);
  }

  /** As `negotiate`, for watches, which cannot be YAML. */
  negotiateStream(accept: string | undefined, options: NegotiationOptions): AcceptedForm {
    if (accept === undefined || accept === '' || accept === 'application/json' || accept === '*/*') return JSON_FORM;
    let known = false;
    for (const clause of this.#parse(accept)) {
      const form = formOf(clause, options);
      if (!form) continue;
      known = true;
      if (form.format !== 'yaml') return form;
    }
    if (known) throw notAcceptable(`only the following media types are accepted: ${STREAM_TYPES}`);
    throw failure({ code: 406, reason: 'NotAcceptable', message: `406: Not Acceptable\n\nAvailable representations: ${ACCEPTED_TYPES}, ${STREAM_TYPES}`, details: {} });
  }

  /** The format of an error's body: what was asked for as far as it is known, JSON otherwise. */
  formatOfError(accept: string | undefined): Format {
    if (accept === undefined || accept === '') return 'json';
    for (const clause of this.#parse(accept)) {
      const format = MEDIA_TYPES[clause.type];
      if (format) return format;
    }
    return 'json';
  }

  #parse(accept: string): readonly Clause[] {
    const known = this.#clauses.get(accept);
    if (known) return known;
    const clauses = parseAccept(accept);
    if (this.#clauses.size >= 256) this.#clauses.clear();
    this.#clauses.set(accept, clauses);
    return clauses;
  }
}

function parseAccept(accept: string): Clause[] {
  const clauses = accept.slice(0, 4096).split(',').map((text): Clause => {
    const [type = '', ...rest] = text.split(';').map((part) => part.trim());
    const params = new Map<string, string>();
    for (const part of rest) {
      const equals = part.indexOf('=');
      if (equals > 0) params.set(part.slice(0, equals).trim(), part.slice(equals + 1).trim().replace(/^"(.*)"$/, '$1'));
    }
    const quality = Number(params.get('q') ?? '1');
    return { type: type.toLowerCase(), params, quality: Number.isFinite(quality) ? quality : 0 };
  });
  // Sorting is stable: equal qualities keep the client's order.
  return clauses.filter((c) => c.quality > 0).sort((a, b) => b.quality - a.quality);
}

function formOf(clause: Clause, options: NegotiationOptions): AcceptedForm | undefined {
  const wildcard = clause.type === '*/*' || clause.type === 'application/*';
  const format = wildcard ? 'json' : MEDIA_TYPES[clause.type];
  if (!format || (format === 'protobuf' && !options.protobuf)) return undefined;
  const stream = clause.params.get('stream');
  const kind = clause.params.get('as');
  if (kind === undefined) return { format, as: undefined, stream: stream === 'watch' };
  if (!options.transforms || clause.params.get('g') !== 'meta.k8s.io') return undefined;
  const version = clause.params.get('v') ?? '';
  if (kind === 'Table' || kind === 'PartialObjectMetadata' || kind === 'PartialObjectMetadataList') {
    if (version !== 'v1' && version !== 'v1beta1') return undefined;
    return { format, as: { kind, version }, stream: stream === 'watch' };
  }
  return undefined;
}
