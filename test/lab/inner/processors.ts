import { readFileSync } from 'node:fs';

/** Numbers of a list as the kernel writes it: `0-2,5` → 0, 1, 2, 5. */
export function parseProcessors(list: string): readonly number[] {
  return list
    .trim()
    .split(',')
    .flatMap(part => {
      const [first = NaN, last = first] = part.split('-').map(Number);
      return Array.from({ length: last - first + 1 }, (_, index) => first + index);
    });
}

/** Processors that a process may use, which are not always all of the machine. */
export function allowedProcessors(pid: number | 'self' = 'self'): readonly number[] {
  const list = /^Cpus_allowed_list:\s*(.*)$/mu.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return list === undefined ? [] : parseProcessors(list);
}

/**
 * A command that keeps a program on one processor. A guest has one processor only, yet its kernel and its processes are
 * processes of the host that wait for each other at every system call: across two processors each turn wakes the other one
 * up, and starting a program takes twice as long. The next `index` gets the next processor.
 */
export function onOneProcessor(
  { program, args }: { readonly program: string; readonly args: readonly string[] },
  index: number,
  processors = allowedProcessors(),
): { program: string; args: readonly string[] } {
  const processor = processors[index % processors.length];
  if (processors.length < 2 || processor === undefined) return { program, args };
  return { program: 'taskset', args: ['--cpu-list', String(processor), program, ...args] };
}
