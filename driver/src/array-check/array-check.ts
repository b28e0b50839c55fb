import type { ArrayConnection, BackendFactory } from '../backends/backend.ts';
import type { FleetDefaults } from '../config/load.ts';
import { loadFleet } from '../config/load.ts';
import type { ArrayState, Protocol } from '../domain/array.ts';
import { backendTypeOf } from '../domain/array.ts';
import type { ArrayCheckAnswer, ArrayExamination } from '../domain/array-check.ts';
import { PsoError } from '../domain/errors.ts';
import type { Clock } from '../lib/clock.ts';
import type { CheckQuestion } from './read-question.ts';
import { Turns } from './turns.ts';
import { warningsOf } from './warnings.ts';

export interface ArrayCheckParts {
  readonly clock: Clock;
  /** Makes backends that can only read. */
  readonly makeBackend: BackendFactory;
  /** Of the settings, as for configured arrays. */
  readonly defaults: FleetDefaults;
  readonly configured: () => readonly ArrayConnection[];
  readonly fleet: () => readonly ArrayState[];
  /** Whether a ticket is one that only who may ask can get. Rejects when nobody can say. */
  readonly mayAsk: (ticket: string) => Promise<boolean>;
}

/** For all that is asked of the array. */
const LIMIT_MS = 10_000;
/** Somebody else than an array may answer, and at any length. */
const MAX_TEXT = 600;
const MAX_PORTALS = 64;

/** Looks at an array as the driver would, before it is configured. Reads only, keeps nothing, logs nothing. */
export class ArrayCheck {
  readonly #parts: ArrayCheckParts;
  readonly #turns: Turns;

  constructor(parts: ArrayCheckParts) {
    this.#parts = parts;
    this.#turns = new Turns(parts.clock);
  }

  /** Throws PsoError for who may not ask, and for an entry that could not be configured. */
  async ask(question: CheckQuestion): Promise<ArrayCheckAnswer> {
    return await this.#turns.take(async () => {
      if (!(await this.#parts.mayAsk(question.ticket))) {
        throw new PsoError(
          'array-check-forbidden',
          'The ticket is not valid, or no longer.',
          'Get one with "kubectl create token pure-pso-array-check --audience pure-pso-array-check" in the namespace of the release.',
        );
      }
      const { connection, isSavedToken } = this.#connectionOf(question);
      return withoutToken(await this.#look(connection, isSavedToken), connection.apiToken);
    });
  }

  /** By the code that reads the configuration, so that what passes here passes there. */
  #connectionOf({ list, entry }: CheckQuestion): { connection: ArrayConnection; isSavedToken: boolean } {
    const isSavedToken = (entry.APIToken ?? '') === '';
    const complete = isSavedToken ? { ...entry, APIToken: 'saved' } : entry;
    const { arrays, problems } = loadFleet(JSON.stringify({ [list]: [complete] }), this.#parts.defaults);
    const [connection] = arrays;
    if (!connection) throw invalid(problems[0]?.sentence ?? 'The entry cannot be used.');
    return { connection: isSavedToken ? this.#withSavedToken(connection) : connection, isSavedToken };
  }

  /** The driver's own token goes only where it goes anyway, and only to who proves to be that array in the same way. */
  #withSavedToken(connection: ArrayConnection): ArrayConnection {
    const saved = this.#parts.configured().find(({ endpoint }) => endpoint === connection.endpoint);
    const isSame =
      saved?.kind === connection.kind &&
      saved.verifyTls === connection.verifyTls &&
      saved.caBundle === connection.caBundle &&
      saved.certificateSha256 === connection.certificateSha256;
    if (saved && isSame) return { ...connection, apiToken: saved.apiToken };
    throw invalid(
      saved
        ? `Array ${connection.endpoint}: APIToken is missing, and the saved one is not shown to another certificate. Give it with the question.`
        : `Array ${connection.endpoint}: APIToken is missing, and no array of that MgmtEndPoint is configured. Give it with the question.`,
    );
  }

  async #look(connection: ArrayConnection, isSavedToken: boolean): Promise<ArrayCheckAnswer> {
    const { clock, makeBackend, defaults, fleet } = this.#parts;
    const { endpoint, kind } = connection;
    const stop = new AbortController();
    try {
      const backend = makeBackend(connection);
      try {
        const call = { requestId: 'array-check', deadlineMs: clock.nowMs() + LIMIT_MS, signal: stop.signal };
        const found = await backend.examine(call);
        const nodeProtocol =
          backendTypeOf(kind) === 'file' ? 'nfs' : (connection.sanType ?? defaults.sanType ?? 'iscsi');
        const warnings = warningsOf(found, connection, nodeProtocol, fleet());
        return { ...tell(found, endpoint, nodeProtocol), isSavedToken, warnings };
      } finally {
        stop.abort();
        await backend.close();
      }
    } catch (thrown) {
      const { sentence, reference } = PsoError.from(thrown);
      return { state: 'refused', endpoint, sentence, reference };
    }
  }
}

const invalid = (message: string): PsoError => new PsoError('array-check-invalid', message, '');

function tell({ observation, portals, account }: ArrayExamination, endpoint: string, nodeProtocol: Protocol) {
  const { name, kind, model, purityVersion, restVersion } = observation.identity;
  const { protocols, capacity } = observation;
  return {
    state: 'answered' as const,
    endpoint,
    name,
    kind,
    model,
    purityVersion,
    restVersion,
    protocols,
    portals: portals.slice(0, MAX_PORTALS),
    nodeProtocol,
    capacity,
    account,
  };
}

/** Whoever answers knows the token by then, and might put it into any of its texts. */
function withoutToken(answer: ArrayCheckAnswer, token: string): ArrayCheckAnswer {
  const text = JSON.stringify(answer, (_key, value: unknown) =>
    typeof value === 'string' ? value.replaceAll(token, '***').slice(0, MAX_TEXT) : value,
  );
  return JSON.parse(text) as ArrayCheckAnswer;
}
