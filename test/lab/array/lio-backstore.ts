import { ensureFolder, names, read, removeFolder, TARGET_CONFIG, write } from './configfs.ts';

/** What a SCSI INQUIRY tells. The WWID is `36` + company id + serial prefix + serial. */
export interface Vendor {
  readonly id: string;
  readonly product: string;
  readonly companyId: string;
  readonly serialPrefix: string;
}

const HBA = `${TARGET_CONFIG}/core/iblock_0`;

export function backstorePath(serial: string): string {
  return `${HBA}/${serial.toLowerCase()}`;
}

/** Makes a block device known to LIO under the volume's identity; nothing to do when it is. */
export async function createBackstore(serial: string, device: string, vendor: Vendor): Promise<void> {
  const folder = backstorePath(serial);
  if ((await names(HBA)).includes(serial.toLowerCase()) && (await isEnabled(folder))) return;
  await ensureFolder(`${TARGET_CONFIG}/core`);
  await ensureFolder(HBA);
  await ensureFolder(folder);
  await write(`${folder}/control`, `udev_path=${device}`);
  // The kernel takes identity only before the device is enabled.
  await write(`${folder}/wwn/vendor_id`, vendor.id);
  await write(`${folder}/wwn/product_id`, vendor.product);
  await write(`${folder}/wwn/company_id`, vendor.companyId);
  await write(`${folder}/wwn/vpd_unit_serial`, `${vendor.serialPrefix}${serial.toLowerCase()}`);
  await write(`${folder}/enable`, '1');
  await write(`${folder}/attrib/emulate_tpu`, '1');
}

export async function removeBackstore(serial: string): Promise<void> {
  await removeFolder(backstorePath(serial));
}

async function isEnabled(folder: string): Promise<boolean> {
  return (await read(`${folder}/enable`)) === '1';
}
