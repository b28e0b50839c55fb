import { parseArgs } from 'node:util';
import type { Lab } from '../lab/lab.ts';
import { startLab } from '../lab/lab.ts';
import { errorText } from '../lab/error-text.ts';
import { kernelWish } from '../tools/kernel-choice.ts';
import type { Rancher } from '../rancher/support/rancher.ts';
import { Account } from './account.ts';
import { showDashboard } from './dashboard.ts';
import { rehearse } from './rehearsal.ts';
import { claim, install, moveDatabase, startDatabase } from './story.ts';

const HELP = `npm start: a data centre in a box.
Simulated FlashArrays, a real Kubernetes cluster (two nodes with their own kernels, iSCSI over two networks), the chart
installed by Helm, a claim placed on the best array and told why, and PostgreSQL that moves to another node with its data.

  npm start                  and stays up until Ctrl-C
  npm start -- --once        does it all, ends, exit code 0
  --name NAME                several side by side need a name each (default: sandbox)
  --scenario FILE            the fleet (default: test/simulator/scenarios/demo.yaml)
  --no-rancher               without Rancher's dashboard and our extension, whose first build takes about ten minutes
  --once --rancher           with it
  --kernel own|ready-made    of the nodes; without it, our own where it is built, else Debian's, which needs no build

The first start builds Kubernetes and images, which takes a while; later ones take about a minute.`;

const { values: options } = parseArgs({
  options: {
    once: { type: 'boolean', default: false },
    rancher: { type: 'boolean' },
    name: { type: 'string', default: 'sandbox' },
    kernel: { type: 'string', default: 'auto' },
    scenario: { type: 'string', default: 'test/simulator/scenarios/demo.yaml' },
    help: { type: 'boolean', default: false },
  },
  allowNegative: true,
});

const withDashboard = options.rancher ?? !options.once;

async function main(): Promise<void> {
  const kernel = kernelWish(options.kernel);
  const account = new Account(line => console.log(line));
  const rehearsal = await rehearse(options.scenario, account);
  let lab: Lab | undefined;
  let rancher: Rancher | undefined;
  const interrupted = new Promise<'interrupted'>(resolve => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve('interrupted'));
  });
  const story = async (): Promise<void> => {
    lab = await startLab({ name: options.name, kernel }, line => account.step(line));
    await rehearsal.close();
    await tell(lab, account);
    if (!options.once) hints();
    if (withDashboard) rancher = await dashboardOf(lab, account);
  };
  try {
    if ((await Promise.race([story(), interrupted])) === 'interrupted') return;
    if (!options.once) await interrupted;
  } finally {
    await rehearsal.close();
    await rancher?.close();
    await lab?.stop();
  }
}

async function tell(lab: Lab, account: Account): Promise<void> {
  const fleet = await install(lab, options.scenario, account);
  const array = await claim(lab, fleet, account);
  const node = await startDatabase(lab, fleet, array, account);
  const seconds = await moveDatabase(lab, fleet, array, node, account);
  console.log(
    `\nSandbox: claim placed on ${array}, database moved in ${seconds.toFixed(1)} s with every row, ` +
      `all in ${account.seconds.toFixed(0)} s.`,
  );
}

/** Undefined: nobody asked for it by name, and the rest stands without it. */
async function dashboardOf(lab: Lab, account: Account): Promise<Rancher | undefined> {
  console.log(
    "\nRancher's dashboard follows; what it needs is built first if it never was, which takes about ten minutes.",
  );
  try {
    return await showDashboard(lab, account);
  } catch (error) {
    if (options.rancher) throw error;
    console.error(`\nWithout the dashboard: ${errorText(error)}`);
    return undefined;
  }
}

function hints(): void {
  const prefix = `npm run lab -- --name ${options.name}`;
  console.log(`
It stays up. In another terminal:
  ${prefix} kubectl get pods -A -o wide
  ${prefix} kubectl describe pvc demo-database        where it is, and why
  ${prefix} node n1 multipath -ll                     the paths
  ${prefix} kill n1                                   a power cut; start n1 brings it back
Ctrl-C ends it and leaves nothing behind.`);
}

if (options.help) console.log(HELP);
else {
  try {
    await main();
  } catch (error) {
    console.error(`\n${errorText(error)}`);
    process.exitCode = 1;
  }
}
