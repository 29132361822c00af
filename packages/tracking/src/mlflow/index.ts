export { lastServerOf } from "./outbox.js";
export { MlflowSink, type FollowOptions, type Sent, type SinkOptions } from "./sink.js";
export { mlflowTracker, type Follower } from "./tracker.js";
