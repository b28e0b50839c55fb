/** CSI driver's name: PersistentVolumes hold it for ever (PSO's). */
export const DRIVER = 'pure-csi';
