import type { BoundedMap } from '../../lib/bounded-map.ts';
import type { Clock } from '../../lib/clock.ts';
import type { FileSystemItem } from '../../rest/flashblade/file-systems.ts';
import type { RestClient } from '../../rest/rest-client.ts';
import type { BladeFacts } from './blade-facts.ts';
import { nodeRules } from './export-rules.ts';

/** What the array said last about a file system. */
export interface SeenFileSystem {
  readonly seenAtMs: number;
  readonly sizeBytes: number;
  readonly exportPolicy: string | null;
  readonly qosPolicy: string | null;
  /** Nodes were let in by rules of ours. */
  readonly isPublished: boolean;
}

/** What every operation on one FlashBlade needs. */
export interface BladeContext {
  readonly rest: RestClient;
  readonly facts: BladeFacts;
  readonly clock: Clock;
  /** By name. Hints that save calls, or add one: never a reason to call something done. */
  readonly seen: BoundedMap<SeenFileSystem>;
  /** Node name by address, learned from publish: the array knows addresses only. */
  readonly nodes: BoundedMap;
}

/** Notes what an answer told, and passes it on. */
export function remember(array: BladeContext, item: FileSystemItem): FileSystemItem {
  if (item.isDestroyed) array.seen.delete(item.name);
  else {
    array.seen.set(item.name, {
      seenAtMs: array.clock.nowMs(),
      sizeBytes: item.provisioned ?? 0,
      exportPolicy: item.exportPolicy,
      qosPolicy: item.qosPolicy,
      isPublished: nodeRules(item.rules).length > 0,
    });
  }
  return item;
}
