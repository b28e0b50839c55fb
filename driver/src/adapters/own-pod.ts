export interface OwnPod {
  readonly name: string;
  readonly namespace: string;
}

/** As the chart tells it; null outside a cluster. */
export function ownPod(): OwnPod | null {
  const { POD_NAME: name, NAMESPACE: namespace } = process.env;
  return name && namespace ? { name, namespace } : null;
}
