import { ensureAll } from '../../tools/ensure.ts';
import { rancherServer } from '../../tools/go-tools.ts';
import { ensureHostPackages } from '../../tools/host-packages.ts';
import { LineProgress } from '../../tools/progress.ts';
import { browserPackages, browserTools } from '../browser-tools.ts';
import { dashboard, uiBundle } from '../ui-artefacts.ts';

/** Absolute folders of what was built. */
export interface RancherArtefacts {
  /** Holds the program `rancher-server`. */
  readonly server: string;
  readonly dashboard: string;
  /** One folder `name-version` an extension. */
  readonly extensions: string;
  /** Where Playwright and axe are installed. */
  readonly browser: string;
}

/** Builds what is missing, with progress on standard error. */
export async function ensureRancherArtefacts(): Promise<RancherArtefacts> {
  await ensureHostPackages(browserPackages);
  using progress = new LineProgress();
  const wanted = [rancherServer, dashboard, uiBundle, browserTools];
  const [server = '', ui = '', extensions = '', browser = ''] = await ensureAll(wanted, progress);
  return { server, dashboard: ui, extensions, browser };
}
