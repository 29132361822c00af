/**
 * @file Measures one case: everyone in a process that stays alive, taking turns.
 *
 * Turns are short and interleaved, so that whatever slows the machine down for a while slows all of them down. Before each
 * timed turn a few steps are played unseen: caches, clocks and thread pools belong to whoever played last. A turn during which
 * others used the machine is played again, as long as patience lasts.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { Watch } from "./disturbance.mjs";
import { WORKER } from "./places.mjs";
import { median, quartiles } from "./statistics.mjs";
import { Team } from "./team.mjs";
import { PEERS } from "../peers/index.mjs";

const OURS = "ours";
const BARE = "bare";

/** Thread pools go on spinning for a while when their work is done. */
const SETTLE_MS = 250;
/** Steps played unseen before a turn, as a share of the turn. */
const WARM_SHARE = 0.2;

/**
 * @param {import("../cases/index.mjs").Case} played
 * @param {{ peers: readonly string[], rounds: number, turnMs: number, patienceMs: number, python: string }} options
 * @returns {Promise<object>} times of one step in each round by contestant, versions, and what failed
 */
export async function measureCase(played, { peers, rounds, turnMs, patienceMs, python }) {
  const starts = {
    [OURS]: { command: process.execPath, args: [WORKER, played.name, "--threads", String(played.threads)] },
  };
  for (const peer of peers) if (PEERS[peer].plays(played)) starts[peer] = PEERS[peer].start(played, { python });
  const versions = {};
  const failures = {};
  const contestants = [];
  let ours;
  try {
    for (const [name, start] of Object.entries(starts)) {
      const contestant = new Team(name, start, played.copies);
      try {
        const about = await contestant.ready();
        ours ??= about;
        checkWork(about, ours);
        versions[name] = about.versions;
        contestants.push(...turnsOf(contestant));
      } catch (error) {
        if (name === OURS) throw error;
        failures[name] = error.message;
        await contestant.quit();
      }
    }
    for (const each of contestants) each.steps = await stepsFor(each, turnMs);
    for (let round = 0; round < rounds; round++) for (const each of contestants) await playTurn(each, patienceMs);
  } finally {
    for (const { contestant, last } of contestants) if (last) await contestant.quit();
  }
  const times = Object.fromEntries(contestants.map(({ name, times }) => [name, times]));
  const disturbed = contestants.reduce((sum, each) => sum + each.disturbed, 0);
  return { times, build: ours.build, disturbed, versions, failures };
}

/** @throws Error when the networks cannot be the same */
function checkWork({ parameters }, ours) {
  if (parameters !== ours.parameters)
    throw new Error(`trains ${parameters} parameters where ours has ${ours.parameters}; mend the peer`);
}

/** Plays turns until one is not disturbed or `patienceMs` are over; the last one counts. */
async function playTurn(turn, patienceMs) {
  const begin = performance.now();
  for (;;) {
    const impatient = performance.now() - begin > patienceMs;
    const before = new Watch(turn.contestant.pids);
    await sleep(SETTLE_MS);
    if (before.disturbed && !impatient) continue;
    await turn.run(Math.ceil(turn.steps * WARM_SHARE));
    const watch = new Watch(turn.contestant.pids);
    const ms = await turn.run(turn.steps);
    if (watch.disturbed && !impatient) continue;
    turn.times.push(ms);
    if (watch.disturbed) turn.disturbed++;
    return;
  }
}

/** We take two turns: with the arena, and the bare programs. */
function turnsOf(contestant) {
  const turn = (name, command, last) => ({
    name,
    contestant,
    last,
    times: [],
    disturbed: 0,
    steps: 0,
    run: (n) => contestant.run(n, command),
  });
  if (contestant.name !== OURS) return [turn(contestant.name, "run", true)];
  return [turn(OURS, "run", false), turn(BARE, "bare", true)];
}

/** How many steps fill a turn, from a first look that grows until it can be trusted. */
async function stepsFor({ run }, turnMs) {
  for (let steps = 1; ; steps *= 4) {
    const ms = await run(steps);
    if (ms * steps > turnMs / 8) return Math.max(1, Math.round(turnMs / ms));
  }
}

/** The row of a case: medians, quartiles, and how many times as long each peer takes. */
export function rowOf(played, { times, build, disturbed, versions, failures }) {
  const ours = times[OURS];
  const peers = Object.keys(versions).filter((name) => name !== OURS);
  const by = (value) => Object.fromEntries(peers.map((name) => [name, value(name)]));
  const ratio = (name) => (times[name] ? median(times[name]) / median(ours) : null);
  return {
    name: played.name,
    kind: played.kind,
    summary: played.summary,
    threads: played.threads,
    copies: played.copies,
    ours_ms: median(ours),
    spread: quartiles(ours),
    bare_ms: median(times[BARE]),
    arena_overhead_us_per_play: (1000 * (median(ours) - median(times[BARE]))) / played.plays,
    // From a loaded engine to the end of the first play of each program.
    build_ms: Object.values(build).reduce((sum, ms) => sum + ms, 0),
    build,
    peers: by((name) => median(times[name])),
    peers_spread: by((name) => quartiles(times[name])),
    ratio_torch: ratio("torch"),
    ratio_tfjs_node: ratio("tfjs-node"),
    ratios: by(ratio),
    // Of the ratios within each round: what came and went while all took their turn has dropped out of these.
    ratios_spread: by((name) => quartiles(times[name].map((ms, round) => ms / ours[round]))),
    rounds: ours.length,
    disturbed_turns: disturbed,
    versions,
    failures,
  };
}
