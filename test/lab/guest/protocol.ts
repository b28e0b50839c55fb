/**
 * What travels between the lab and a guest's agent: one JSON object a line, both ways, over one TCP connection.
 * Answers carry the request's id and may come in any order.
 */
export interface AgentRequest {
  readonly id: number;
  readonly op: string;
  readonly args: unknown;
}

export type AgentAnswer =
  | { readonly id: number; readonly ok: true; readonly result: unknown }
  | { readonly id: number; readonly ok: false; readonly error: string };

/** Operation `exec`: a command line for bash. */
export interface ExecArgs {
  readonly command: string;
  readonly timeoutMs: number;
  readonly stdin?: string;
}

export interface ExecResult {
  /** Exit code; 128 + signal number when a signal ended it, 124 when the time was up (its process group is killed). */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}
