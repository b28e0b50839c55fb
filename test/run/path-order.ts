interface TestFile {
  readonly path: string;
}

/**
 * Jest's order of test files (its `testSequencer`): by path, on every machine.
 * Files of the real layers share one product, and jest's own order follows sizes and earlier times: what a file finds there
 * would depend on where it runs.
 */
export default class PathOrder {
  sort<T extends TestFile>(files: readonly T[]): T[] {
    return files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  }

  /** Asked for by `--onlyFailures`: nothing is remembered, so all of them. */
  allFailedTests<T extends TestFile>(files: readonly T[]): T[] {
    return this.sort(files);
  }

  cacheResults(): void {
    // No times are kept: the order does not follow them.
  }
}
