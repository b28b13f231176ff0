// plumbing: paths of files in the repository, from the sources and from the build alike

const HERE = import.meta.url;

/** A path relative to the root of the repository. */
export function fromRoot(path: string): URL {
  return new URL(path, new URL(HERE.includes('/dist/harness/') ? '../../../' : '../../', HERE));
}
