import type { ArrayCapacity, ArrayKind, ArrayObservation, Protocol } from './array.ts';

/** One way to an array's data. */
export interface ArrayPortal {
  readonly protocol: Protocol;
  /** `ip:port`, an address alone for NFS, a WWN for Fibre Channel. */
  readonly address: string;
  /** False outside the networks that the settings allow. */
  readonly isAllowed: boolean;
}

/** Whose token it is. */
export interface ArrayAccount {
  readonly user: string;
  /** Null where the array does not tell. */
  readonly role: string | null;
}

/** All that reading tells of an array. */
export interface ArrayExamination {
  readonly observation: ArrayObservation;
  readonly portals: readonly ArrayPortal[];
  readonly account: ArrayAccount | null;
}

/** The array answered. Sizes in bytes. */
export interface CheckedArray {
  readonly state: 'answered';
  readonly endpoint: string;
  readonly name: string;
  readonly kind: ArrayKind;
  readonly model: string;
  readonly purityVersion: string;
  readonly restVersion: string;
  readonly protocols: readonly Protocol[];
  readonly portals: readonly ArrayPortal[];
  /** By which nodes of this cluster would reach it. */
  readonly nodeProtocol: Protocol;
  readonly capacity: ArrayCapacity;
  readonly account: ArrayAccount | null;
  /** The token was not in the question: it is the one that the driver has. */
  readonly isSavedToken: boolean;
  /** Sentences of what would be in the way of volumes, and of what the array says of itself. */
  readonly warnings: readonly string[];
}

/** It did not, or not as an array that this driver can use. */
export interface RefusedArray {
  readonly state: 'refused';
  readonly endpoint: string;
  /** What is wrong, and what to do. */
  readonly sentence: string;
  /** `See docs/errors.md#…` */
  readonly reference: string;
}

export type ArrayCheckAnswer = CheckedArray | RefusedArray;
