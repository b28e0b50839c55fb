/** `auto`: our own kernel where it is built already, else the ready-made one, so that a first start is soon. */
export const KERNEL_WISHES = ['auto', 'own', 'ready-made'] as const;
export type KernelWish = (typeof KERNEL_WISHES)[number];
