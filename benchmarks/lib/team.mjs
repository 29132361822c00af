/** @file One that is measured and may be several processes at once, as the runs of a sweep are. */
import { Contestant } from "./contestant.mjs";

export class Team {
  /** @param {string} name @param {{ command: string, args: readonly string[], env?: object }} start @param {number} copies */
  constructor(name, start, copies) {
    this.name = name;
    this.members = Array.from({ length: copies }, () => new Contestant(name, start));
  }

  get pids() {
    return this.members.map(({ pid }) => pid);
  }

  /** @returns {Promise<object>} what the first one says of itself: protocol.mjs */
  async ready() {
    const [first] = await Promise.all(this.members.map((member) => member.ready()));
    return first;
  }

  /** Has all of them play `steps` steps at the same time. @returns {Promise<number>} milliseconds of one step of one of them */
  async run(steps, command) {
    const times = await Promise.all(this.members.map((member) => member.run(steps, command)));
    return times.reduce((sum, ms) => sum + ms, 0) / times.length;
  }

  async quit() {
    await Promise.all(this.members.map((member) => member.quit()));
  }
}
