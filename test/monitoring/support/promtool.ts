import { spawn } from 'node:child_process';
import path from 'node:path';
import { ensure } from '../../tools/ensure.ts';
import { prometheusTools } from '../../tools/go-tools.ts';

/** What promtool says; it finds nothing wrong when `code` is 0 and `text` has no complaint. */
export async function promtool(args: readonly string[], stdin = ''): Promise<{ code: number | null; text: string }> {
  const program = path.join(await ensure(prometheusTools), 'promtool');
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: 'pipe' });
    let text = '';
    const collect = (chunk: Buffer) => void (text += chunk.toString());
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.on('error', reject);
    child.on('close', code => resolve({ code, text }));
    child.stdin.end(stdin);
  });
}
