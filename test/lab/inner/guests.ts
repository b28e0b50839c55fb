import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { ARRAY_GUEST, hardwareAddress, hostNumber, workerNames, type GuestName } from '../options.ts';
import { pathsUnder } from '../state.ts';
import type { InnerConfig } from './config.ts';
import { tapName } from './network.ts';
import { onOneProcessor } from './processors.ts';
import type { Services } from './services.ts';

const NETWORKS = ['A', 'B', 'M'] as const;

/** The User Mode Linux guests as services: `kill -9` of one is a power cut, a start boots it from its own disk. */
export class Guests {
  readonly #config: InnerConfig;
  readonly #services: Services;

  constructor(config: InnerConfig, services: Services) {
    this.#config = config;
    this.#services = services;
  }

  names(): readonly GuestName[] {
    return [ARRAY_GUEST, ...workerNames(this.#config.settings)];
  }

  start(guest: GuestName): void {
    const { scratch } = pathsUnder(this.#config.root);
    const memory = path.join(scratch, 'guests', guest);
    rmSync(memory, { recursive: true, force: true });
    mkdirSync(memory, { recursive: true });
    const command = { program: this.#config.artefacts.kernel, args: this.#arguments(guest, memory) };
    this.#services.start({
      name: guest,
      ...onOneProcessor(command, this.names().indexOf(guest)),
      // Without these a guest leaves ~/.uml behind and takes its memory from the host's /dev/shm.
      env: { HOME: memory, TMPDIR: memory },
    });
  }

  async kill(guest: GuestName): Promise<void> {
    await this.#services.stop(guest, 'SIGKILL');
  }

  #arguments(guest: GuestName, memory: string): readonly string[] {
    const { settings, artefacts } = this.#config;
    const isArray = guest === ARRAY_GUEST;
    const { share } = pathsUnder(this.#config.root);
    const number = hostNumber(guest);
    const peers = workerNames(settings).filter(worker => worker !== guest);
    return [
      `mem=${isArray ? settings.arrayMemory : settings.workerMemory}`,
      `umid=${guest}`,
      `uml_dir=${memory}/`,
      'root=/dev/root',
      'rootfstype=hostfs',
      `rootflags=${artefacts.rootfs}`,
      'ro',
      'con=null',
      'con0=null,fd:1',
      // Warnings, too: what a kernel says of a path that it gave up is one.
      'loglevel=5',
      ...this.#disk(guest),
      ...NETWORKS.map((network, index) => networkArgument(guest, network, index)),
      `LAB_NAME=${guest}`,
      `LAB_IP=${number}`,
      `LAB_ROLE=${isArray ? 'array' : 'node'}`,
      `LAB_CLUSTER=${settings.cluster ? 1 : 0}`,
      `LAB_PEERS=${peers.map(peer => hostNumber(peer) - 10).join(',')}`,
      `LAB_SHARE=${share}`,
      `LAB_BIN=${artefacts.kubernetes}`,
      ...(artefacts.modules === undefined ? [] : [`LAB_MODULES=${artefacts.modules}`]),
      'init=/bin/bash',
      '--',
      '-c',
      `"mount -t hostfs -o ${share} none /mnt && exec /bin/bash /mnt/guest/init.sh"`,
    ];
  }

  #disk(guest: GuestName): readonly string[] {
    const { root, artefacts, settings } = this.#config;
    if (guest === ARRAY_GUEST) return [`ubd0=${path.join(root, 'pool.img')}`];
    if (!settings.cluster) return [];
    return [`ubd0=${path.join(root, `${guest}.cow`)},${artefacts.nodeDisk}`];
  }
}

/** The hardware address is fixed: with a random one a restarted guest is unreachable until the neighbours' caches expire. */
function networkArgument(guest: GuestName, network: (typeof NETWORKS)[number], index: number): string {
  const mac = hardwareAddress(guest, index);
  return `vec${index}:transport=tap,ifname=${tapName(guest, network)},depth=64,gro=1,mac=${mac}`;
}
