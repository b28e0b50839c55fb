import path from 'node:path';
import { PsoError } from '../../driver/src/domain/errors.ts';
import type { Artefact } from './artefact.ts';

const REQUIREMENTS = path.join(import.meta.dirname, 'py/checkov/requirements.txt');

/** Static analysis of rendered manifests, by its own rules; a folder for PYTHONPATH, as an environment can't be moved. */
export const checkov: Artefact = {
  name: 'checkov',
  title: 'static analysis of manifests (Python)',
  estimateSeconds: 90,
  weight: 'light',
  needs: [],
  hostPackages: [],
  inputs: () => ({ files: [REQUIREMENTS], values: [] }),
  build: async context => {
    const environment = path.join(context.work, 'environment');
    context.note('downloading Python packages');
    try {
      await context.run('python3', ['-m', 'venv', environment]);
    } catch (cause) {
      throw new PsoError(
        'precondition',
        'Installing checkov needs python3 with venv: it made no environment.',
        'apt-get install python3-venv',
        { cause },
      );
    }
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'];
    const target = ['--target', context.out, '--requirement', REQUIREMENTS];
    await context.run(path.join(environment, 'bin/python'), [...pip, ...target]);
  },
};
