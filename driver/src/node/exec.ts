export interface ExecResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ExecOptions {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  /** Written to the child's standard input: secrets travel here, never in argv. */
  readonly stdin?: string;
}

/** PORT: runs one program with an argument array, never through a shell. A non-zero exit is a result; only a start failure or timeout rejects. */
export interface Exec {
  run(program: string, args: readonly string[], options: ExecOptions): Promise<ExecResult>;
}
