import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.ts';
import { allowedProcessors } from './inner/processors.ts';
import { startLab, type Lab } from './lab.ts';
import { sharedLab } from './shared-lab.ts';
import { labPaths } from './state.ts';
import { awaitNoProcess, leftovers, markedProcesses, sweep } from './sweep.ts';

const CLI = path.join(import.meta.dirname, 'cli.ts');

let lab: Lab;
beforeAll(async () => {
  lab = await sharedLab();
}, 30 * 60_000);

async function bootOf(node: string): Promise<{ readonly id: string; readonly ready: string }> {
  const ready = '{.status.conditions[?(@.type=="Ready")].status}';
  const { stdout } = await lab.kubectl(['get', 'node', node, `-o=jsonpath={.status.nodeInfo.bootID} ${ready}`]);
  const [id = '', isReady = ''] = stdout.split(' ');
  return { id, ready: isReady };
}

describe('a guest', () => {
  it.each([0, 3, 127])('returns exit code %i', async code => {
    expect((await lab.guest('n1').run(`exit ${code}`)).code).toBe(code);
  });

  it('returns the whole of a large output, and both streams apart', async () => {
    const result = await lab.guest('n1').run('head -c 3000000 /dev/zero | tr "\\0" x; echo oops >&2');
    expect(result.stdout).toBe('x'.repeat(3_000_000));
    expect(result.stderr).toBe('oops\n');
  });

  it('takes standard input and answers several calls at once', async () => {
    const texts = Array.from({ length: 20 }, (_, index) => `line ${index}`);
    const results = await Promise.all(texts.map(stdin => lab.guest('ar').run('cat', { stdin })));
    expect(results.map(result => result.stdout)).toEqual(texts);
  });

  it('ends a command whose time is up, with its children, and says so with 124', async () => {
    const { code } = await lab.guest('n1').run('sleep 4711 & sleep 4712', { timeoutMs: 500 });
    expect(code).toBe(124);
    expect((await lab.guest('n1').run("grep -laE 'sleep.?471' /proc/[0-9]*/cmdline | grep -v self")).stdout).toBe('');
  });

  it('survives processes that are killed while they fork, as those of pods are', async () => {
    const forking = "bash -c 'for w in 1 2 3 4 5 6; do (while :; do (:); done) & done; sleep 0.0'";
    const rounds = `for round in $(seq 1 30); do unshare --pid --fork --kill-child ${forking}$((round * 7 % 10)); done`;
    const { code } = await lab.guest('n1').run(`${rounds} >/dev/null 2>&1`, { timeoutMs: 90_000 });
    expect(code).toBe(0);
    expect(readFileSync(lab.logFile('n1'), 'utf8')).not.toContain('Kernel panic');
  }, 100_000);

  it('keeps to one processor, with every process of it', () => {
    const guests = markedProcesses(lab.paths.root).filter(({ command }) => command.includes(' umid=n1'));
    const counts = guests.flatMap(({ pid }) => {
      try {
        return [allowedProcessors(pid).length];
      } catch {
        return []; // It has ended since.
      }
    });
    expect(counts.length).toBeGreaterThan(3);
    expect(new Set(counts)).toEqual(new Set([1]));
  });

  it('comes back from a power cut as a Ready node', async () => {
    const guest = lab.guest('n2');
    await guest.run('touch /tmp/before');
    const before = await bootOf('n2');
    await guest.kill();
    await expect(guest.run('true', { timeoutMs: 1000 })).rejects.toThrow();
    await guest.start();
    expect((await guest.run('test -e /tmp/before')).code).toBe(1);
    // For a while the node is still Ready from before.
    await eventually('n2 is Ready, and not from before', 60_000, async () => {
      const now = await bootOf('n2');
      return now.id !== '' && now.id !== before.id && now.ready === 'True';
    });
  }, 120_000);
});

describe('the cluster', () => {
  it('has its workers Ready with the labels asked for, and the snapshot kinds', async () => {
    // One that had a power cut may be Ready from before, then not for a moment.
    await eventually('both workers Ready, with their zones', 60_000, async () => {
      const nodes = await lab.kubectl(['get', 'nodes', '-L', 'topology.kubernetes.io/zone', '--no-headers']);
      return /^n1 +Ready.* a\nn2 +Ready.* b\n$/u.test(nodes.stdout);
    });
    const kinds = await lab.kubectl(['get', 'volumesnapshots,volumesnapshotclasses,volumegroupsnapshots', '-A']);
    expect(kinds.code).toBe(0);
  }, 120_000);

  it('is reached from inside the lab, too', async () => {
    const { stdout } = await lab.run(path.join(lab.artefacts.kubernetes, 'kubectl'), ['cluster-info']);
    expect(stdout).toContain('https://127.0.0.1:443');
  });
});

describe('the end of a lab', () => {
  const started: ChildProcess[] = [];
  afterEach(() => {
    for (const child of started.splice(0)) child.kill('SIGKILL');
  });

  it('leaves no process and no folder when it is stopped', async () => {
    const name = `end-${process.pid}`;
    const own = await startLab({ name, cluster: false });
    expect(markedProcesses(own.paths.root).length).toBeGreaterThan(3);
    await own.stop();
    expect(leftovers(name)).toEqual({ processes: [], folders: [] });
  }, 120_000);

  it('leaves no process when its launcher is killed, and the sweep removes the files', async () => {
    const name = `kill-${process.pid}`;
    const { root } = labPaths(name);
    const program = `
      const { startLab } = await import(${JSON.stringify(path.join(import.meta.dirname, 'lab.ts'))});
      await startLab({ name: ${JSON.stringify(name)}, cluster: false });
      console.log('up');
      setInterval(() => {}, 1000);`;
    const launcher = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    started.push(launcher);
    for await (const line of createInterface({ input: launcher.stdout })) if (line === 'up') break;
    expect(markedProcesses(root).length).toBeGreaterThan(3);

    launcher.kill('SIGKILL');
    expect(await awaitNoProcess(root)).toEqual([]);
    const found = await sweep(name);
    expect(found).toEqual({ processes: [], folders: [root] });
    expect(existsSync(root)).toBe(false);
  }, 120_000);
});

describe('the command line', () => {
  it('names an unknown command and where to look', async () => {
    const child = spawn(process.execPath, [CLI, 'explode'], { stdio: ['ignore', 'ignore', 'pipe'] });
    const chunks: Buffer[] = [];
    child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
    const code = await new Promise(resolve => child.on('close', resolve));
    expect(code).toBe(1);
    expect(Buffer.concat(chunks).toString()).toContain(
      'There is no command "explode". `npm run lab -- --help` lists them.',
    );
  });

  it('keeps processes of this test run out of the mark', () => {
    expect(readFileSync('/proc/self/environ', 'utf8')).not.toContain('PURE_PSO_LAB_MARK=');
  });
});
