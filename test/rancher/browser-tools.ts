import { copyFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import type { Artefact } from '../tools/artefact.ts';

const FOLDER = path.join(import.meta.dirname, 'browser');
const FILES = ['package.json', 'package-lock.json'];

/** Debian's Chromium, and letters for it. */
export const browserPackages = [
  { name: 'chromium', provides: '/usr/bin/chromium' },
  { name: 'fonts-liberation', provides: '/usr/share/fonts/truetype/liberation/LiberationSans-Regular.ttf' },
];

/** `node_modules` with what drives the browser and looks for barriers in pages. */
export const browserTools: Artefact = {
  name: 'browser-tools',
  title: 'Playwright, axe',
  estimateSeconds: 8,
  weight: 'light',
  needs: [],
  hostPackages: browserPackages,
  inputs: () => ({ files: FILES.map(file => path.join(FOLDER, file)), values: [] }),
  build: async context => {
    for (const file of FILES) await copyFile(path.join(FOLDER, file), path.join(context.out, file));
    const env = {
      PATH: `${path.dirname(process.execPath)}:${process.env['PATH'] ?? ''}`,
      NODE_OPTIONS: '',
      NODE_ENV: '',
    };
    await context.run('npm', ['ci', '--no-audit', '--no-fund', '--ignore-scripts'], { cwd: context.out, env });
  },
};
