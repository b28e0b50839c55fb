import type { BackendFactory } from './backends/backend.ts';
import type { FlashArrayDependencies } from './backends/flasharray/flasharray-backend.ts';
import { flashArrayFactory } from './backends/flasharray/flasharray-backend.ts';
import { flashBladeFactory } from './backends/flashblade/flashblade-backend.ts';

/** One factory for each family. A Cloud Block Store is listed as a FlashArray: it speaks the same, and says itself what it is. */
export function everyFamily(dependencies: FlashArrayDependencies): BackendFactory {
  const flashArray = flashArrayFactory(dependencies);
  const families = {
    flasharray: flashArray,
    'cloud-block-store': flashArray,
    flashblade: flashBladeFactory(dependencies),
  };
  return connection => families[connection.kind](connection);
}
