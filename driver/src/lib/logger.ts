/** Keys from a fixed list (rpc, requestId, volume, array, node, code, durationMs, …); values never hold secrets. */
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** What the driver needs of pino; tests pass a recorder. */
export interface Logger {
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
}

export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
