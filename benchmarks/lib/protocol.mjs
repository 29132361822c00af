/**
 * @file How the benchmark talks to those it measures: lines on their standard input and output.
 *
 *     < ready {"versions":{…},"parameters":3670}   once, when everything is loaded, compiled and warm
 *     > run 20                                     play 20 steps or a few more
 *     < ran 20 311.25                              so many were played, in so many milliseconds
 *     > quit
 *
 * `parameters` are the numbers that are trained, the same for all who play a case. We also say how long each part of
 * building took, in milliseconds: `"build":{"open":83.1,…}`.
 *
 * Peers in other languages write the same lines. Lines that begin otherwise are for people.
 */
import { createInterface } from "node:readline";

/**
 * The side of one that is measured.
 * @param {{ versions: Record<string, string>, parameters: number, build?: Record<string, number> }} about what is measured
 * @param {Record<string, (steps: number) => Promise<{ steps: number, ms: number }>>} commands by name
 */
export async function serve(about, commands) {
  console.log(`ready ${JSON.stringify(about)}`);
  for await (const line of createInterface({ input: process.stdin })) {
    const [command, count] = line.split(" ");
    if (command === "quit") return;
    const { steps, ms } = await commands[command](Number(count));
    console.log(`ran ${steps} ${ms}`);
  }
}
