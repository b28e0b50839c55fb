import { z } from 'zod';
import { KERNEL_WISHES } from '../tools/kernel-wish.ts';
import { LabError } from './lab-error.ts';

/** Guests are addressed by name: `ar` is the array guest, `n1`… are the workers. */
export type GuestName = string;
export const FABRICS = ['A', 'B'] as const;
export type Fabric = (typeof FABRICS)[number];

export const ARRAY_GUEST: GuestName = 'ar';
/** iSCSI portals of the array guest, one on each fabric; every simulated array listens on both. */
export const ARRAY_PORTALS = ['10.66.1.50:3260', '10.66.2.50:3260'] as const;
/**
 * For the NFS servers of FlashBlades that tests make: one each, on the first fabric, where nodes do not have the address
 * that Kubernetes knows. Scenarios have 10.66.1.101 and the next ones.
 */
export const FILE_SERVER_ADDRESSES = ['10.66.1.111', '10.66.1.112', '10.66.1.113'] as const;
/** The namespaces' own address on the management network: the API server and the simulated fleet, as pods see them. */
export const HOST_ADDRESS = '10.66.3.1';
/** Where the agent of every guest listens. */
export const AGENT_PORT = 9999;

export const MAX_WORKERS = 3;

const forward = z.strictObject({
  name: z.string().min(1),
  /** TCP address inside the lab, `host:port`. */
  to: z.string().regex(/^[\d.]+:\d+$/u),
  /** Port on the host's 127.0.0.1; 0 takes a free one. */
  port: z.int().min(0).max(65_535).default(0),
});

const labOptions = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,30}$/u, 'lower-case letters, digits and dashes, at most 31')
    .default('lab'),
  workers: z.int().min(1).max(MAX_WORKERS).default(2),
  /** Node labels by worker name, e.g. `{ n1: { 'topology.kubernetes.io/zone': 'a' } }`. */
  labels: z.record(z.string(), z.record(z.string(), z.string())).default({}),
  /** Which kernel the guests run; NVMe and FC need `own`. */
  kernel: z.enum(KERNEL_WISHES).default('auto'),
  /** Memory of one worker and of the array guest, as User Mode Linux takes it. */
  workerMemory: z.string().default('1536M'),
  arrayMemory: z.string().default('512M'),
  /** false: array guest and workers only, no Kubernetes (tests of the node side start sooner). */
  cluster: z.boolean().default(true),
  /** Host port of the API server; 0 takes a free one. */
  apiPort: z.int().min(0).max(65_535).default(0),
  forwards: z.array(forward).default([]),
  /** true: outlives the process that started it, until `stop()` or `npm run lab -- down`. */
  detached: z.boolean().default(false),
  /** A detached lab ends with this process (e.g. a test runner whose workers share the lab). */
  ownerPid: z.int().positive().optional(),
});

export type LabOptions = z.input<typeof labOptions>;
export type LabSettings = z.output<typeof labOptions>;

/** Fills in the defaults; an unknown or wrong option is named with its value. */
export function parseOptions(options: LabOptions): LabSettings {
  const parsed = labOptions.safeParse(options);
  if (parsed.success) return parsed.data;
  throw new LabError(`Lab options are wrong: ${z.prettifyError(parsed.error)}.`, 'See test/lab/options.ts.');
}

/** Worker names, `n1` first. */
export function workerNames(settings: Pick<LabSettings, 'workers'>): readonly GuestName[] {
  return Array.from({ length: settings.workers }, (_, index) => `n${index + 1}`);
}

/** Last octet of a guest's address on each of the three networks. */
export function hostNumber(guest: GuestName): number {
  if (guest === ARRAY_GUEST) return 50;
  const match = /^n([1-3])$/u.exec(guest);
  if (!match) throw new LabError(`Guest ${guest} does not exist.`, 'Guests are ar, n1, n2 and n3.');
  return 10 + Number(match[1]);
}

/** The guest's address on the management network, which carries Kubernetes and the agent. */
export function managementAddress(guest: GuestName): string {
  return `10.66.3.${hostNumber(guest)}`;
}

/** NVMe/TCP portals of the array guest, likewise; only a kernel of our own has them. */
export const ARRAY_NVME_PORTALS = ['10.66.1.50:4420', '10.66.2.50:4420'] as const;

/** The iSCSI initiator name of a worker. */
export function initiatorName(worker: GuestName): string {
  return `iqn.2026-01.io.pure-pso.lab:${worker}`;
}

/** The NVMe host name of a worker. */
export function hostNqn(worker: GuestName): string {
  return `nqn.2014-08.org.nvmexpress:uuid:${hostUuid(worker)}`;
}

/** As guest/node.sh writes it. */
function hostUuid(worker: GuestName): string {
  return `00000000-0000-4000-8000-${String(hostNumber(worker)).padStart(12, '0')}`;
}

/** Hardware address of a guest's interface; index 0 and 1 are the fabrics. */
export function hardwareAddress(guest: GuestName, index: number): string {
  return `52:54:00:00:${hostNumber(guest).toString(16).padStart(2, '0')}:0${index}`;
}

/** Name of a guest's Fibre Channel port on a fabric, as FCoE makes it of the hardware address: 16 hex digits, upper case. */
export function fcPortName(guest: GuestName, fabric: Fabric): string {
  return `2000${hardwareAddress(guest, FABRICS.indexOf(fabric)).replaceAll(':', '')}`.toUpperCase();
}

/** Fibre Channel ports of the array guest, one on each fabric; only a kernel of our own has them. */
export const ARRAY_FC_PORTS: readonly string[] = FABRICS.map(fabric => fcPortName(ARRAY_GUEST, fabric));
