import { ensure, ensureAll } from '../../tools/ensure.ts';
import { rancherServer } from '../../tools/go-tools.ts';
import { ensureHostPackages } from '../../tools/host-packages.ts';
import { LineProgress } from '../../tools/progress.ts';
import { browserPackages, browserTools } from '../browser-tools.ts';
import { type Host, newestHost, uiBundle } from '../ui-artefacts.ts';

/** Absolute folders of what was built: all that serves the dashboard of a host. */
export interface DashboardArtefacts {
  readonly host: Host;
  /** Holds the program `rancher-server`. */
  readonly server: string;
  readonly dashboard: string;
  /** One folder `name-version` an extension. */
  readonly extensions: string;
}
export interface RancherArtefacts extends DashboardArtefacts {
  /** Where Playwright and axe are installed. */
  readonly browser: string;
}

/** Builds what is missing, with progress on standard error. */
export async function ensureDashboardArtefacts(host = newestHost): Promise<DashboardArtefacts> {
  using progress = new LineProgress();
  const [server = '', dashboard = '', extensions = ''] = await ensureAll(
    [rancherServer, host.dashboard, uiBundle],
    progress,
  );
  return { host, server, dashboard, extensions };
}

/** The same with a browser that drives it: Chromium is a package of the host. */
export async function ensureRancherArtefacts(host = newestHost): Promise<RancherArtefacts> {
  await ensureHostPackages(browserPackages);
  using progress = new LineProgress();
  const browser = await ensure(browserTools, progress);
  return { ...(await ensureDashboardArtefacts(host)), browser };
}
