/** @file `npm start`: from a fresh checkout to a comparison of two variants on real digits. */
import { build, checkNode, fail, install, run } from "./lib.mjs";

/** Enough for DCGAN to draw digits, little enough for all of it to take less than five minutes on two cores. */
const KIMG = "20";

checkNode();
await install();
if (!(await build())) fail("the sources do not compile: see above");
const defaults = { "--variants": "gan,dcgan", "--dataset": "mnist", "--seeds": "0,1", "--kimg": KIMG };
// What the user adds takes the place of ours: `npm start -- --kimg 50 --seeds 0,1,2`.
const added = process.argv.slice(2);
const isAdded = (option) => added.some((word) => word === option || word.startsWith(`${option}=`));
const own = Object.entries(defaults).filter(([option]) => !isAdded(option) && !isAdded("--resume"));
process.exitCode = await run(process.execPath, ["packages/cli/bin/gan-arena.js", "compare", ...own.flat(), ...added]);
