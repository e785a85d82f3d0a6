import type { AdmissionReviewer } from './admission-review.ts';

/** A reviewer that is made, and whose code is loaded, with its first question. */
export function lazyReviewer(make: () => Promise<AdmissionReviewer>): AdmissionReviewer {
  let made: Promise<AdmissionReviewer> | undefined;
  return { review: async (request, options) => (await (made ??= make())).review(request, options) };
}
