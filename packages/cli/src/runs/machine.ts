/** @file Where and with what a run was made: written into `run.json`, so that numbers can be traced. */
import { existsSync, readFileSync } from "node:fs";
import { arch, availableParallelism, cpus, platform, totalmem } from "node:os";
import { dirname, join, resolve } from "node:path";

export const machineFacts = (): Record<string, string | number> => ({
  platform: platform(),
  arch: arch(),
  cpu: cpus()[0]?.model.trim() ?? "unknown",
  cores: availableParallelism(),
  memoryMiB: Math.round(totalmem() / 2 ** 20),
});

/** The commit that is checked out in `folder` or above, read without starting git; undefined outside a repository. */
export function gitCommit(folder: string): string | undefined {
  try {
    const git = findGit(folder);
    if (git === undefined) return undefined;
    const head = readFileSync(join(git, "HEAD"), "utf8").trim();
    if (!head.startsWith("ref: ")) return hash(head);
    const reference = head.slice(5);
    // A worktree keeps HEAD for itself and shares the branches.
    const shared = join(git, "commondir");
    const common = existsSync(shared) ? resolve(git, readFileSync(shared, "utf8").trim()) : git;
    const loose = join(common, reference);
    if (existsSync(loose)) return hash(readFileSync(loose, "utf8").trim());
    const packed = readFileSync(join(common, "packed-refs"), "utf8").split("\n");
    return hash(packed.find((line) => line.endsWith(` ${reference}`))?.split(" ")[0] ?? "");
  } catch {
    // A repository that cannot be read is the same as none: the commit is a help, not a need.
    return undefined;
  }
}

const hash = (text: string): string | undefined => (/^[0-9a-f]{40,64}$/u.test(text) ? text : undefined);

function findGit(folder: string): string | undefined {
  const candidate = join(folder, ".git");
  if (existsSync(join(candidate, "HEAD"))) return candidate;
  if (existsSync(candidate)) {
    const [, target] = /^gitdir: (.+)$/mu.exec(readFileSync(candidate, "utf8")) ?? [];
    return target === undefined ? undefined : resolve(folder, target);
  }
  const parent = dirname(folder);
  return parent === folder ? undefined : findGit(parent);
}
