import { MAX_NODE_SCORE } from '../framework/plugin.ts';

/** Brings the highest score to 100 and the others in proportion; `reversed`: the lowest is the best. */
export function normalizeScores(scores: Float64Array, { reversed = false }: { readonly reversed?: boolean } = {}): void {
  let most = 0;
  for (const score of scores) most = Math.max(most, score);
  for (let i = 0; i < scores.length; i++) {
    const share = most === 0 ? 0 : Math.floor((MAX_NODE_SCORE * (scores[i] as number)) / most);
    scores[i] = reversed ? MAX_NODE_SCORE - share : share;
  }
}
