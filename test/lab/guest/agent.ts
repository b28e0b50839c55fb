import { createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { arrayOperations } from '../array/operations.ts';
import { exec } from './exec.ts';
import type { AgentAnswer, AgentRequest } from './protocol.ts';

/** The program that answers in every guest; in the array guest it is also the hand of the simulated arrays. */
type Operation = (args: never) => Promise<unknown>;

const operations = new Map<string, Operation>([
  ['exec', exec],
  ...(process.env['LAB_ROLE'] === 'array' ? Object.entries(arrayOperations()) : []),
]);

async function answer({ id, op, args }: AgentRequest): Promise<AgentAnswer> {
  const operation = operations.get(op);
  if (!operation) return { id, ok: false, error: `this guest has no operation "${op}"` };
  try {
    return { id, ok: true, result: (await operation(args as never)) ?? null };
  } catch (error) {
    return { id, ok: false, error: error instanceof Error ? error.message : String(error) };
  }
}

function serve(socket: Socket): void {
  socket.setNoDelay(true);
  socket.on('error', () => socket.destroy());
  createInterface({ input: socket }).on('line', line => {
    void answer(JSON.parse(line) as AgentRequest).then(result => socket.write(`${JSON.stringify(result)}\n`));
  });
}

createServer(serve).listen(Number(process.env['LAB_AGENT_PORT']), '0.0.0.0');
