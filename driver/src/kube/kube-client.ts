export interface KubeAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** PATCH is a server-side apply: it makes the object, or changes those of its fields that the same manager wrote before. */
export type KubeMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** PORT: the API server, with the pod's own service account. Rejects when it can't be reached. */
export interface KubeClient {
  request(method: KubeMethod, path: string, body?: unknown): Promise<KubeAnswer>;
  /** Calls `line` for each line of a watch until the server or the signal ends it. Rejects on a status that is not 200. */
  stream(path: string, line: (text: string) => void, signal: AbortSignal): Promise<void>;
}
