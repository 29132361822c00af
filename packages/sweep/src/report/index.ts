export { countStates, rankTrials, seedValues, trainingSeconds } from "./summary.js";
