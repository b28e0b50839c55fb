/** Where one build may work, and how it reaches the rest of the machine. */
export interface BuildContext {
  /** Empty folder; what the build leaves in it becomes the artefact. */
  readonly out: string;
  /** Scratch folder on the same file system, removed after the build. */
  readonly work: string;
  /** Folder for files from package registries, kept between builds. */
  readonly downloads: string;
  /** Absolute path of an artefact named in `needs`. */
  path(need: Artefact): string;
  /** Runs a command, its output going to the build's log; rejects when it ends with another code than 0. */
  run(command: string, args: readonly string[], options?: RunOptions): Promise<void>;
  /** Runs a task that calls apt when no other does: its lists have one lock. */
  withApt<T>(task: () => Promise<T>): Promise<T>;
  /** One short sentence for the progress line, e.g. `compiling kubelet`. */
  note(text: string): void;
}

export interface RunOptions {
  readonly cwd?: string;
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Text for the command's standard input; without it the input is empty. */
  readonly input?: string;
  /** File that gets standard output instead of the log. */
  readonly stdoutFile?: string;
}

/** Everything the content depends on; changing any of it gives another cache key. */
export interface Inputs {
  /** Absolute paths of files and folders (all files below them, test files left out). */
  readonly files: readonly string[];
  /** Versions, flags, package lists. */
  readonly values: readonly string[];
}

/** A thing built once from pinned inputs and kept under `<cache>/<name>/<key>`. */
export interface Artefact {
  /** Kebab case; also the name of its folder in the cache. */
  readonly name: string;
  /** What it is, in a few words, for lists and progress. */
  readonly title: string;
  /** Seconds a first build takes on two idle cores; the last duration on this machine replaces it. */
  readonly estimateSeconds: number;
  /** `heavy` keeps all cores busy, so that only one runs at a time; `light` ones run beside it. */
  readonly weight: 'heavy' | 'light';
  readonly needs: readonly Artefact[];
  /** Debian packages the build calls, each with a file that shows it is installed. */
  readonly hostPackages: readonly HostPackage[];
  inputs(): Inputs | Promise<Inputs>;
  /** Optional: fetches what `build` will want, beside the compiles of others. */
  fetch?(context: BuildContext): Promise<void>;
  build(context: BuildContext): Promise<void>;
}

export interface HostPackage {
  readonly name: string;
  /** Absolute path, e.g. `/usr/bin/flex`. */
  readonly provides: string;
}
