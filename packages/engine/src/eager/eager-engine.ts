/**
 * @file The eager engine: runs a function op by op on a TensorFlow.js backend.
 *
 * On the `cpu` backend it is the slow reference that compiled programs are compared with.
 */
import { tf, type Tensor } from "@gan-arena/core";
import {
  packedSize,
  type Engine,
  type EngineInfo,
  type HostTensor,
  type HostTensors,
  type Program,
  type Signature,
  type State,
  type StateSpec,
  type TensorFunction,
  type TensorSpec,
} from "@gan-arena/core/base";
import { checkInputs, missingState } from "../errors.js";
import { traceShapes } from "../trace/trace.js";

export class EagerEngine implements Engine {
  constructor(
    readonly name: string,
    private readonly backend: string,
    readonly info: EngineInfo,
  ) {}

  createState(spec: StateSpec): EagerState {
    return new EagerState(spec, this.backend);
  }

  compile(fn: TensorFunction, signature: Signature): Promise<Program> {
    return Promise.resolve(new EagerProgram(fn, signature, this.backend));
  }

  trace(fn: TensorFunction, signature: Signature): Promise<Record<string, TensorSpec>> {
    return Promise.resolve(traceShapes(fn, signature));
  }

  dispose(): Promise<void> {
    return Promise.resolve();
  }
}

/** Flat vectors as tensors of the backend. */
class EagerState implements State {
  private readonly tensors = new Map<string, Tensor>();

  constructor(
    readonly spec: StateSpec,
    private readonly backend: string,
  ) {
    useBackend(backend);
    for (const [name, packing] of Object.entries(spec))
      this.tensors.set(name, tf.keep(tf.zeros([packedSize(packing)])));
  }

  get(name: string): Tensor {
    const tensor = this.tensors.get(name);
    if (!tensor) throw missingState(name, [...this.tensors.keys()]);
    return tensor;
  }

  /** Takes the tensor over; the old one is disposed. */
  replace(name: string, value: Tensor): void {
    const old = this.get(name);
    this.tensors.set(name, value);
    old.dispose();
  }

  async read(names: readonly string[] = Object.keys(this.spec)): Promise<Record<string, Float32Array>> {
    useBackend(this.backend);
    const values = await Promise.all(names.map((name) => this.get(name).data<"float32">()));
    return Object.fromEntries(names.map((name, i) => [name, Float32Array.from(values[i])]));
  }

  write(values: Readonly<Record<string, Float32Array>>): Promise<void> {
    useBackend(this.backend);
    for (const [name, data] of Object.entries(values)) {
      this.get(name);
      this.replace(name, tf.keep(tf.tensor1d(data.slice())));
    }
    return Promise.resolve();
  }

  dispose(): Promise<void> {
    for (const tensor of this.tensors.values()) tensor.dispose();
    this.tensors.clear();
    return Promise.resolve();
  }
}

class EagerProgram implements Program {
  readonly kind = "eager";

  constructor(
    private readonly fn: TensorFunction,
    readonly signature: Signature,
    private readonly backend: string,
  ) {}

  async run(inputs: HostTensors, state: State): Promise<HostTensors> {
    checkInputs(this.signature, inputs);
    const own = state as EagerState;
    useBackend(this.backend);
    const engine = tf.engine();
    engine.startScope(this.signature.name);
    const kept: Record<string, Tensor> = {};
    try {
      const tensors = Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, toTensor(value)]));
      const held = Object.fromEntries(Object.keys(this.signature.state).map((name) => [name, own.get(name)]));
      const result = this.fn(tensors, held);
      for (const [name, value] of Object.entries(result.outputs)) kept[name] = tf.keep(tf.clone(value));
      const replaced = Object.entries(result.state).map(([name, value]) => [name, tf.keep(tf.clone(value))] as const);
      for (const [name, value] of replaced) own.replace(name, value);
    } finally {
      engine.endScope();
    }
    const outputs: HostTensors = {};
    for (const [name, value] of Object.entries(kept)) {
      outputs[name] = {
        shape: value.shape,
        dtype: value.dtype as HostTensor["dtype"],
        data: await value.data(),
      };
      value.dispose();
    }
    return outputs;
  }

  toString(): string {
    return `program ${this.signature.name}: op by op on the TensorFlow.js backend "${this.backend}"`;
  }

  dispose(): Promise<void> {
    return Promise.resolve();
  }
}

/** The backends used here start synchronously, so the promise needs no waiting for. */
function useBackend(name: string): void {
  if (tf.getBackend() !== name) void tf.setBackend(name);
}

/** TensorFlow.js keeps the array it is given, so each tensor gets its own copy. */
const toTensor = (value: HostTensor): Tensor => tf.tensor(value.data.slice(), [...value.shape], value.dtype);
