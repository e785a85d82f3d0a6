import type { FlowSchema, PriorityLevelConfiguration } from '../../api/types/generated/flowcontrol-v1.ts';
import type { Clock, Timer } from '../../machinery/clock.ts';
import type { DeepReadonly } from '../../machinery/json.ts';
import type { Attributes } from '../authorization/authorizer.ts';
import type { ApiRequest } from '../http/api-request.ts';
import type { ObjectReader } from '../object-reader.ts';
import { isLongRunning } from '../pipeline/long-running.ts';
import type { RequestInfo } from '../pipeline/request-info.ts';
import { compareSchemas, compileSchema, type CompiledSchema } from './flow-schema.ts';
import type { Gate, Passage } from './gate.ts';
import { PriorityLevel, type SeatAnswer } from './priority-level.ts';
import type { Reading } from '../metrics/metric-registry.ts';
import { computeCurrentSeats, computeSeatBounds } from './seat-shares.ts';

export const FLOW_SCHEMAS = { group: 'flowcontrol.apiserver.k8s.io', resource: 'flowschemas' };
export const PRIORITY_LEVELS = { group: 'flowcontrol.apiserver.k8s.io', resource: 'prioritylevelconfigurations' };

export interface PriorityAndFairnessOptions {
  readonly reader: ObjectReader;
  readonly clock: Clock;
  /** Of the whole server: `--max-requests-inflight` and `--max-mutating-requests-inflight` together. */
  readonly totalSeats: number;
  /** How long a request may wait for its turn. */
  readonly waitMs: number;
  /** How many objects a list would go through, of one namespace or, for '', of all. */
  countObjects(group: string, resource: string, namespace: string): number;
}

/** What requests of one schema have and had. */
export interface SchemaUse {
  readonly schema: string;
  readonly level: string;
  executing: number;
  seatsInUse: number;
  dispatched: number;
}

const ADJUST_EVERY_MS = 10_000;
const OBJECTS_PER_SEAT = 100;
const MAX_SEATS = 10;
const FREE: Passage = { type: 'admitted', leave: () => undefined };

/**
 * API priority and fairness: the first flow schema that matches says at which priority level a request waits, and each
 * level shares its seats out fairly between flows. Follows the stored configuration: a change counts from the next request.
 */
export class PriorityAndFairness implements Gate {
  readonly #options: PriorityAndFairnessOptions;
  #schemas: readonly CompiledSchema[] = [];
  #levels = new Map<string, PriorityLevel>();
  #schemasRevision = -1;
  #levelsRevision = -1;
  readonly #uses = new Map<string, SchemaUse>();
  #adjusting: Timer | undefined;
  #busy = false;

  constructor(options: PriorityAndFairnessOptions) {
    this.#options = options;
  }

  get levels(): readonly PriorityLevel[] {
    this.#refresh();
    return [...this.#levels.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Per schema that was matched: its level and name, and a value. */
  bySchema(value: (use: SchemaUse) => number): Iterable<Reading> {
    return [...this.#uses.values()].map((use): Reading => [[use.level, use.schema], value(use)]);
  }

  admit(attributes: Attributes, info: RequestInfo, request: ApiRequest): Passage | Promise<Passage> {
    this.#refresh();
    const schema = this.#schemas.find((candidate) => candidate.matches(attributes));
    const level = schema && this.#levels.get(schema.priorityLevel);
    // The two mandatory schemas match everything; until they are stored, the server is starting.
    if (!schema || !level) return FREE;
    const headers = { 'x-kubernetes-pf-flowschema-uid': schema.uid, 'x-kubernetes-pf-prioritylevel-uid': level.uid };
    if (isLongRunning(info) && info.verb !== 'watch') return { ...FREE, headers };
    if (!level.exempt) this.#noteBusy();
    const seats = this.#seatsFor(info);
    const answer = level.take({
      schema: schema.name,
      distinguisher: schema.distinguisher(attributes),
      seats,
      onClose: (callback) => request.onClose(callback),
      details: () => ({ UserName: attributes.user.name, Verb: info.verb, APIPath: info.path, Namespace: attributes.namespace, Name: attributes.name, APIVersion: attributes.version, Resource: attributes.resource, SubResource: attributes.subresource }),
    });
    const passage = (seat: SeatAnswer): Passage => (seat.type === 'taken' ? { type: 'admitted', leave: this.#count(schema, seats, seat.release), headers } : { type: 'refused', headers });
    return answer instanceof Promise ? answer.then(passage) : passage(answer);
  }

  #count({ name, priorityLevel }: CompiledSchema, seats: number, release: () => void): () => void {
    let use = this.#uses.get(name);
    if (use?.level !== priorityLevel) {
      use = { schema: name, level: priorityLevel, executing: 0, seatsInUse: 0, dispatched: 0 };
      this.#uses.set(name, use);
    }
    const counted = use;
    counted.executing++;
    counted.seatsInUse += seats;
    counted.dispatched++;
    return () => {
      counted.executing--;
      counted.seatsInUse -= seats;
      release();
    };
  }

  /** Long lists hold the server longer than others. */
  #seatsFor(info: RequestInfo): number {
    if (!info.isResource || info.verb !== 'list') return 1;
    return Math.min(MAX_SEATS, Math.max(1, Math.ceil(this.#options.countObjects(info.group, info.resource, info.namespace) / OBJECTS_PER_SEAT)));
  }

  #refresh(): void {
    const { reader } = this.#options;
    const schemasRevision = reader.revision(FLOW_SCHEMAS);
    const levelsRevision = reader.revision(PRIORITY_LEVELS);
    if (levelsRevision !== this.#levelsRevision) {
      this.#levelsRevision = levelsRevision;
      this.#configureLevels();
    } else if (schemasRevision === this.#schemasRevision) return;
    this.#schemasRevision = schemasRevision;
    const schemas = (reader.list(FLOW_SCHEMAS, '') as unknown as readonly DeepReadonly<FlowSchema>[]).map(compileSchema);
    // A schema whose level is missing counts as if it were not there.
    const names = new Set(schemas.map(({ name }) => name));
    for (const name of this.#uses.keys()) if (!names.has(name)) this.#uses.delete(name);
    this.#schemas = schemas.filter(({ priorityLevel }) => this.#levels.has(priorityLevel)).toSorted(compareSchemas);
  }

  /** A level that is gone lives on until what it admitted and what waits in it is answered. */
  #configureLevels(): void {
    const { reader, clock, waitMs, totalSeats } = this.#options;
    const stored = reader.list(PRIORITY_LEVELS, '') as unknown as readonly DeepReadonly<PriorityLevelConfiguration>[];
    const bounds = computeSeatBounds(stored, totalSeats);
    const levels = new Map<string, PriorityLevel>();
    for (const configuration of stored) {
      const name = configuration.metadata.name ?? '';
      const level = this.#levels.get(name) ?? new PriorityLevel(name, { clock, waitMs });
      level.configure(configuration, bounds.get(name) ?? { nominal: 0, lower: 0, upper: 0 });
      levels.set(name, level);
    }
    this.#levels = levels;
  }

  #noteBusy(): void {
    this.#busy = true;
    this.#adjusting ??= this.#options.clock.setTimer(ADJUST_EVERY_MS, () => this.#adjust());
  }

  close(): void {
    this.#adjusting?.cancel();
  }

  /** Idle seats are lent to levels that want more; goes on for as long as there are requests. */
  #adjust(): void {
    this.#adjusting = undefined;
    const limited = [...this.#levels.values()].filter(({ exempt }) => !exempt);
    const demands = new Map(limited.map((level) => [level.name, level.demand()]));
    for (const [name, seats] of computeCurrentSeats(demands, this.#options.totalSeats)) this.#levels.get(name)?.setSeats(seats);
    const wasBusy = this.#busy || limited.some((level) => level.state.seatsInUse > 0 || level.state.waiting.length > 0);
    this.#busy = false;
    if (wasBusy) this.#adjusting = this.#options.clock.setTimer(ADJUST_EVERY_MS, () => this.#adjust());
  }
}
