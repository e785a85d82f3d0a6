import { createHash } from 'node:crypto';
import { customResourceDocument, customResourceParts } from '../../api/openapi/custom-resource.ts';
import type { OpenApi, OpenApiSource, OpenApiSourceDocument } from '../../api/openapi/documents.ts';
import type { JsonObject } from '../../machinery/json.ts';
import type { ResourceCatalog } from '../../server/registry/resource-catalog.ts';
import { CustomResourceType } from './custom-resource-types.ts';
import { describeForOpenApi } from './openapi-schema.ts';

/** What custom resources add to the OpenAPI documents, as they are served now. */
export function customResourceOpenApi(catalog: ResourceCatalog, openApi: () => OpenApi): OpenApiSource {
  const groups = (): Map<string, CustomResourceType[]> => {
    const found = new Map<string, CustomResourceType[]>();
    for (const type of catalog.all()) {
      if (!(type instanceof CustomResourceType)) continue;
      const place = `apis/${type.group}/${type.version}`;
      const types = found.get(place) ?? [];
      types.push(type);
      found.set(place, types);
    }
    return found;
  };
  return {
    *documents(): Iterable<OpenApiSourceDocument> {
      for (const [place, types] of groups()) {
        yield { place, hash: hashOf(types), document: () => customResourceDocument(openApi(), types.map((t) => describeForOpenApi(t, 'v3'))) };
      }
    },
    v2(): { definitions: JsonObject; paths: JsonObject } {
      const types = [...groups().values()].flat();
      return customResourceParts(openApi(), 'v2', types.map((t) => describeForOpenApi(t, 'v2')));
    },
  };
}

/** Changes with every change of a definition that the document shows. */
function hashOf(types: readonly CustomResourceType[]): string {
  const hash = createHash('sha512');
  for (const type of types) {
    const { metadata } = type.customKind.definition;
    hash.update(`${metadata.uid ?? ''} ${metadata.generation ?? 0} ${type.resource} ${type.kind}\n`);
  }
  return hash.digest('hex').toUpperCase();
}
