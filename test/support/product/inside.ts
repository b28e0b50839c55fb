import type { Lab } from '../../lab/lab.ts';
import { LabError } from '../../lab/lab-error.ts';

export interface Answer {
  readonly status: number;
  readonly text: string;
}

const SCRIPT =
  'const [method, url, body] = process.argv.slice(1);' +
  'const answer = await fetch(url, { method, ...(body === undefined ? {} : { body }) });' +
  'process.stdout.write(JSON.stringify({ status: answer.status, text: await answer.text() }));';

/** One HTTP request from inside the lab, which reaches pods by their addresses and the lab's own loopback. */
export async function requestInside(lab: Lab, method: string, url: string, body?: string): Promise<Answer> {
  const words = ['--input-type=module', '-e', SCRIPT, method, url, ...(body === undefined ? [] : [body])];
  const { code, stdout, stderr } = await lab.run(process.execPath, words);
  if (code === 0) return JSON.parse(stdout) as Answer;
  throw new LabError(`${method} ${url} in the lab got no answer: ${stderr.trim().slice(-500)}.`, '');
}
