import { execFileSync } from 'node:child_process';

/** A Rancher git catalog breaks on one symbolic link, and takes every folder with a Chart.yaml or index.yaml for its own. */
function complaints(): string[] {
  const files = execFileSync('git', ['ls-files', '-s'], { encoding: 'utf8' })
    .split('\n')
    .filter(line => line !== '')
    .map(line => ({ mode: line.slice(0, 6), path: line.slice(line.indexOf('\t') + 1) }));
  const links = files
    .filter(file => file.mode === '120000')
    .map(file => `${file.path} is a symbolic link: put a copy there.`);
  const charts = files
    .filter(file => /(^|\/)Chart\.yaml$/.test(file.path) && !/^charts\/[^/]+\/Chart\.yaml$/.test(file.path))
    .map(file => `${file.path}: a chart may only live in charts/<name>.`);
  const indexes = files
    .filter(file => /(^|\/)index\.yaml$/.test(file.path))
    .map(file => `${file.path}: an index.yaml makes Rancher read that folder as a repository; make it when packing.`);
  return [...links, ...charts, ...indexes];
}

const found = complaints();
for (const complaint of found) console.error(complaint);
process.exitCode = found.length > 0 ? 1 : 0;
