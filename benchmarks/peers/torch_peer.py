"""The cases in PyTorch, eager unless told to compile the networks, as its users write them. Speaks the protocol of ../lib/protocol.mjs.

    python torch_peer.py '{"networks": "digits", "width": 64, ...}' [--channels-last] [--compile] [--adam default|foreach|fused]

Equal to ours in work: every D update draws a fresh real batch and fresh noise. Where users do less, so does this: the
tutorial's G update reuses the pictures of the D update (one pass through G less than ours), and where users do more,
so does this: the tutorial lets the G update compute gradients of D's filters as well.
Pictures lie in memory as bytes and are picked by index, which is cheaper than the DataLoader most users have.
"""

import argparse
import json
import math
import platform
import sys
import time

import torch

import torch_cyclegan
import torch_networks
import torch_stylegan
from torch_data import Pictures, Ring
from torch_games import Game, Sampling, TutorialGame

NETWORKS = {
    "points": torch_networks.points,
    "digits": torch_networks.digits,
    "tutorial": torch_networks.tutorial,
    "cyclegan": torch_cyclegan.networks,
    "stylegan": torch_stylegan.networks,
}
LATENTS = {"points": (2,), "digits": (64,), "tutorial": (100, 1, 1)}


def open_game(case, nets, adam):
    kind = case["networks"]
    if case["kind"] == "sampling":
        return Sampling(case, nets[0], LATENTS[kind])
    if kind == "cyclegan":
        return torch_cyclegan.CycleGame(case, nets, adam)
    if kind == "stylegan":
        return torch_stylegan.StyleGame(case, nets, adam)
    rate = 2e-4 if kind == "tutorial" else 1e-4
    optimizers = [torch.optim.Adam(net.parameters(), lr=rate, betas=(0.5, 0.999), **adam) for net in nets]
    if kind == "tutorial":
        return TutorialGame(case, nets, optimizers, Pictures(2048, 3, 64))
    data = Ring() if kind == "points" else Pictures(9000, 1, 28)
    return Game(case, nets, optimizers, data, LATENTS[kind])


def serve(game, cycle, about):
    print("ready", json.dumps(about), flush=True)
    for line in sys.stdin:
        command, *count = line.split()
        if command == "quit":
            return
        steps = math.ceil(int(count[0]) / cycle) * cycle
        begin = time.perf_counter()
        for _ in range(steps):
            game.step()
        print("ran", steps, 1000 * (time.perf_counter() - begin), flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("case", type=json.loads)
    parser.add_argument("--channels-last", action="store_true")
    parser.add_argument("--compile", action="store_true")
    parser.add_argument("--adam", choices=["default", "foreach", "fused"], default="default")
    options = parser.parse_args()
    case = options.case
    torch.manual_seed(0)
    torch.set_num_threads(case["threads"])
    nets = NETWORKS[case["networks"]](case["width"])
    parameters = sum(parameter.numel() for net in nets for parameter in net.parameters())
    if options.channels_last:
        nets = tuple(net.to(memory_format=torch.channels_last) for net in nets)
    if options.compile:
        nets = tuple(torch.compile(net) for net in nets)
    game = open_game(case, nets, {} if options.adam == "default" else {options.adam: True})
    for _ in range(case["cycle"]):
        game.step()
    versions = {"torch": torch.__version__, "python": platform.python_version()}
    serve(game, case["cycle"], {"versions": versions, "parameters": parameters})


main()
