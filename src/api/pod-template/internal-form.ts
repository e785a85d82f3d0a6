import { getOwn, isJsonObject, setOwn, type JsonObject, type JsonValue } from '../../machinery/json.ts';
import { internalLayouts } from './internal-layouts.ts';

/**
 * How Kubernetes shows whole values in findings: its internal structs encoded as JSON, with Go's field names, in the
 * order the structs declare them, nothing left out.
 */
interface InternalField {
  readonly goName: string;
  readonly jsonName: string;
  readonly shape: 'string' | 'boolean' | 'integer' | 'quantity' | 'as-is' | 'struct' | 'struct-pointer' | 'structs' | 'embedded';
  readonly layout: string;
}

/** Layouts by the name of their struct, written as `internalLayouts` says. */
export type InternalLayouts = Readonly<Record<string, string>>;

/**
 * `value` of a versioned type in its internal form; `layout` names an entry of `layouts`: those of pods and volumes
 * unless a group brings its own.
 */
export function internalForm(value: unknown, layout: string, layouts: InternalLayouts = internalLayouts): JsonValue {
  if (layout === 'PodTemplateSpec') return podTemplateForm(value);
  const source = layout === 'PodSpec' && isJsonObject(value) ? withHostFields(value) : value;
  const form: JsonObject = {};
  appendFields(form, isJsonObject(source) ? source : {}, layout, layouts);
  return form;
}

function appendFields(form: JsonObject, source: JsonObject, layout: string, layouts: InternalLayouts): void {
  for (const field of parseLayout(layout, layouts)) {
    if (field.shape === 'embedded') appendFields(form, source, field.layout, layouts);
    else setOwn(form, field.goName, fieldForm(getOwn(source, field.jsonName), field, layouts));
  }
}

function fieldForm(value: JsonValue | undefined, field: InternalField, layouts: InternalLayouts): JsonValue {
  switch (field.shape) {
    case 'string':
      return value ?? '';
    case 'boolean':
      return value ?? false;
    case 'integer':
      return value ?? 0;
    case 'quantity':
      return value ?? '0';
    case 'as-is':
      return sortedKeys(value ?? null);
    case 'struct':
      return internalForm(value, field.layout, layouts);
    case 'struct-pointer':
      return value == null ? null : internalForm(value, field.layout, layouts);
    case 'structs':
      return Array.isArray(value) ? value.map((item) => internalForm(item, field.layout, layouts)) : null;
    case 'embedded':
      return internalForm({}, field.layout);
    // No other shape is made by parseShape.
    default:
      return null;
  }
}

/** Maps are shown with their keys in order. */
function sortedKeys(value: JsonValue): JsonValue {
  if (!isJsonObject(value)) return value;
  const sorted: JsonObject = {};
  for (const key of Object.keys(value).sort()) setOwn(sorted, key, value[key]);
  return sorted;
}

/** Internally the host's namespaces belong to the pod's security context, which is always there. */
function withHostFields(spec: JsonObject): JsonObject {
  const context = isJsonObject(spec['securityContext']) ? spec['securityContext'] : {};
  return {
    ...spec,
    securityContext: {
      ...context,
      hostNetwork: spec['hostNetwork'],
      hostPID: spec['hostPID'],
      hostIPC: spec['hostIPC'],
      shareProcessNamespace: spec['shareProcessNamespace'],
      hostUsers: spec['hostUsers'],
    },
  };
}

/** Metadata keeps its versioned form, and its fields stand directly in the template. */
function podTemplateForm(value: unknown): JsonValue {
  const template = isJsonObject(value) ? value : {};
  const metadata = isJsonObject(template['metadata']) ? template['metadata'] : {};
  const form: JsonObject = {};
  for (const key of ['name', 'generateName', 'namespace', 'labels', 'annotations', 'ownerReferences', 'finalizers']) {
    if (metadata[key] !== undefined) form[key] = sortedKeys(metadata[key]);
  }
  form['Spec'] = internalForm(template['spec'], 'PodSpec');
  return form;
}

/**
 * A layout is a list of `GoName[=jsonName]:shape`. Without a name of its own, the JSON name is the Go name with a small
 * first letter.
 */
function parseLayout(name: string, layouts: InternalLayouts): InternalField[] {
  const text = getOwn(layouts, name);
  if (text === undefined) throw new Error(`no internal layout for ${name}`);
  return text.split(' ').map((entry) => {
    const colon = entry.indexOf(':');
    const names = entry.slice(0, colon);
    const code = entry.slice(colon + 1);
    const equals = names.indexOf('=');
    const goName = equals < 0 ? names : names.slice(0, equals);
    const jsonName = equals < 0 ? goName.charAt(0).toLowerCase() + goName.slice(1) : names.slice(equals + 1);
    return { goName, jsonName, ...parseShape(code) };
  });
}

function parseShape(code: string): Pick<InternalField, 'shape' | 'layout'> {
  switch (code) {
    case 's':
      return { shape: 'string', layout: '' };
    case 'b':
      return { shape: 'boolean', layout: '' };
    case 'i':
      return { shape: 'integer', layout: '' };
    case 'q':
      return { shape: 'quantity', layout: '' };
    case '*':
      return { shape: 'as-is', layout: '' };
    default: {
      const layout = code.slice(1);
      if (code.startsWith('[')) return { shape: 'structs', layout };
      if (code.startsWith('&')) return { shape: 'struct-pointer', layout };
      if (code.startsWith('+')) return { shape: 'embedded', layout };
      return { shape: 'struct', layout };
    }
  }
}
