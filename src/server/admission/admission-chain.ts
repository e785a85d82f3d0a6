import type { AdmissionPlugin, AdmissionRequest } from './admission-plugin.ts';
import { Reinvocation } from './reinvocation.ts';

/**
 * The plugins in their order: all that change the object first, then, once it has its final form, all that judge it.
 * The list may be replaced while requests run; each request sees one list.
 */
export class AdmissionChain {
  #plugins: readonly AdmissionPlugin[];

  constructor(plugins: readonly AdmissionPlugin[]) {
    this.#plugins = plugins;
  }

  get plugins(): readonly AdmissionPlugin[] {
    return this.#plugins;
  }

  replace(plugins: readonly AdmissionPlugin[]): void {
    this.#plugins = plugins;
  }

  async admit(request: AdmissionRequest): Promise<void> {
    const plugins = this.#plugins;
    const reinvocation = new Reinvocation();
    await admitOnce(plugins, request, reinvocation);
    if (reinvocation.begin()) await admitOnce(plugins, request, reinvocation);
  }

  async validate(request: AdmissionRequest): Promise<void> {
    for (const plugin of this.#plugins) {
      if (!plugin.validate || !plugin.handles(request.operation)) continue;
      const pending = plugin.validate(request);
      if (pending) await pending;
    }
  }
}

async function admitOnce(plugins: readonly AdmissionPlugin[], request: AdmissionRequest, reinvocation: Reinvocation): Promise<void> {
  for (const plugin of plugins) {
    if (!plugin.admit || !plugin.handles(request.operation)) continue;
    const pending = plugin.admit(request, reinvocation);
    if (pending) await pending;
  }
}
