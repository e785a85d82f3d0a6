import type { PriorityLevelConfiguration } from '../../api/types/generated/flowcontrol-v1.ts';
import type { DeepReadonly } from '../../machinery/json.ts';

/** How many seats a priority level has of its own, and how far lending and borrowing may move that. */
export interface SeatBounds {
  readonly nominal: number;
  readonly lower: number;
  readonly upper: number;
}

/** Shares of the server's seats, each level's rounded up (API documentation of `nominalConcurrencyShares`). */
export function computeSeatBounds(levels: readonly DeepReadonly<PriorityLevelConfiguration>[], totalSeats: number): Map<string, SeatBounds> {
  const shares = levels.map((level) => {
    const { limited, exempt } = level.spec ?? {};
    const settings = limited ?? exempt;
    return {
      name: level.metadata.name ?? '',
      share: settings?.nominalConcurrencyShares ?? (level.spec?.type === 'Exempt' ? 0 : 30),
      lendable: (settings?.lendablePercent ?? 0) / 100,
      borrowing: limited?.borrowingLimitPercent,
    };
  });
  const sum = shares.reduce((total, { share }) => total + share, 0);
  return new Map(
    shares.map(({ name, share, lendable, borrowing }) => {
      const nominal = sum === 0 ? 0 : Math.ceil((totalSeats * share) / sum);
      const lower = nominal - Math.round(nominal * lendable);
      const upper = borrowing === undefined || borrowing === null ? totalSeats : Math.min(totalSeats, nominal + Math.round((nominal * borrowing) / 100));
      return [name, { nominal, lower, upper: Math.max(upper, nominal) }];
    }),
  );
}

/** What a level used of late: the most at once, and the mean with its deviation. */
export interface SeatDemand {
  readonly bounds: SeatBounds;
  readonly highWatermark: number;
  readonly smoothed: number;
}

/**
 * The seats of each level for the next while. All levels get the same fraction of what they want, within their bounds,
 * such that the seats given out are those there are (API documentation of `lendablePercent` and `borrowingLimitPercent`).
 */
export function computeCurrentSeats(demands: ReadonlyMap<string, SeatDemand>, totalSeats: number): Map<string, number> {
  const wants = [...demands].map(([name, { bounds, highWatermark, smoothed }]) => {
    const floor = Math.max(bounds.lower, Math.min(bounds.nominal, highWatermark));
    return { name, floor, upper: bounds.upper, target: Math.max(floor, smoothed) };
  });
  const given = (fraction: number): number[] => wants.map(({ floor, upper, target }) => Math.min(upper, Math.max(floor, fraction * target)));
  const total = (seats: readonly number[]): number => seats.reduce((sum, n) => sum + n, 0);
  const floors = total(wants.map(({ floor }) => floor));
  let low = 0;
  let high = floors >= totalSeats ? 0 : Math.max(1, ...wants.map(({ upper, target }) => (target > 0 ? upper / target : 0)));
  for (let step = 0; step < 50; step++) {
    const middle = (low + high) / 2;
    if (total(given(middle)) > totalSeats) high = middle;
    else low = middle;
  }
  const seats = given(low);
  return new Map(wants.map(({ name }, i) => [name, Math.round(seats[i] ?? 0)]));
}
