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
import torch.nn.functional as F
from torch import nn

SLOPE = 0.2


class Pictures:
    """Byte pictures in memory, served in a new order in every pass, scaled to [-1, 1]."""

    def __init__(self, size, channels, side):
        self.bytes = torch.randint(0, 256, (size, channels, side, side), dtype=torch.uint8)
        self.order, self.at = torch.randperm(size), 0

    def batch(self, n):
        if self.at + n > len(self.order):
            self.order, self.at = torch.randperm(len(self.order)), 0
        chosen = self.order[self.at : self.at + n]
        self.at += n
        return self.bytes[chosen].float().div_(127.5).sub_(1)


class Ring:
    """Eight Gaussians of deviation 0.02 on a circle of radius 2."""

    def batch(self, n):
        angle = torch.randint(0, 8, (n,)) * (2 * math.pi / 8)
        return torch.stack([2 * angle.cos(), 2 * angle.sin()], dim=1) + 0.02 * torch.randn(n, 2)


def perceptron(outputs, width):
    layers = []
    for inputs in (2, width, width):
        layers += [nn.Linear(inputs, width), nn.ReLU()]
    return nn.Sequential(*layers, nn.Linear(width, outputs))


def digit_networks(width):
    generator = nn.Sequential(
        nn.Linear(64, 7 * 7 * 2 * width),
        nn.ReLU(),
        nn.Unflatten(1, (2 * width, 7, 7)),
        nn.ConvTranspose2d(2 * width, width, 4, stride=2, padding=1),
        nn.ReLU(),
        nn.ConvTranspose2d(width, 1, 4, stride=2, padding=1),
        nn.Tanh(),
    )
    discriminator = nn.Sequential(
        nn.Conv2d(1, width, 4, stride=2, padding=1),
        nn.LeakyReLU(SLOPE),
        nn.Conv2d(width, 2 * width, 4, stride=2, padding=1),
        nn.LeakyReLU(SLOPE),
        nn.Flatten(),
        nn.Linear(7 * 7 * 2 * width, 1),
    )
    return generator, discriminator


def tutorial_networks(width):
    def up(inputs, outputs, stride, padding):
        convolution = nn.ConvTranspose2d(inputs, outputs, 4, stride, padding, bias=False)
        return [convolution, nn.BatchNorm2d(outputs), nn.ReLU(True)]

    def down(inputs, outputs):
        convolution = nn.Conv2d(inputs, outputs, 4, 2, 1, bias=False)
        return [convolution, nn.BatchNorm2d(outputs), nn.LeakyReLU(SLOPE, inplace=True)]

    generator = nn.Sequential(
        *up(100, 8 * width, 1, 0),
        *up(8 * width, 4 * width, 2, 1),
        *up(4 * width, 2 * width, 2, 1),
        *up(2 * width, width, 2, 1),
        nn.ConvTranspose2d(width, 3, 4, 2, 1, bias=False),
        nn.Tanh(),
    )
    discriminator = nn.Sequential(
        nn.Conv2d(3, width, 4, 2, 1, bias=False),
        nn.LeakyReLU(SLOPE, inplace=True),
        *down(width, 2 * width),
        *down(2 * width, 4 * width),
        *down(4 * width, 8 * width),
        nn.Conv2d(8 * width, 1, 4, 1, 0, bias=False),
        nn.Flatten(0),
    )
    return generator, discriminator


def initialise(module):
    if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d)):
        nn.init.normal_(module.weight, 0, 0.02)
    elif isinstance(module, nn.BatchNorm2d):
        nn.init.normal_(module.weight, 1, 0.02)
        nn.init.zeros_(module.bias)


class Game:
    """Non-saturating GAN, or WGAN-GP, by alternating steps."""

    def __init__(self, case, nets, optimizers, data, latent):
        self.G, self.D = nets
        self.optimizer_g, self.optimizer_d = optimizers
        self.case, self.data, self.latent = case, data, latent

    def discriminator_loss(self, real, fake):
        G, D = self.G, self.D
        if self.case["loss"] == "nonSaturating":
            return F.softplus(-D(real)).mean() + F.softplus(D(fake)).mean()
        epsilon = torch.rand(len(real), *[1] * (real.dim() - 1))
        between = (fake + epsilon * (real - fake)).requires_grad_(True)
        (slope,) = torch.autograd.grad(D(between).sum(), between, create_graph=True)
        norm = (slope.flatten(1).square().sum(1) + 1e-12).sqrt()
        return D(fake).mean() - D(real).mean() + self.case["gpLambda"] * (norm - 1).square().mean()

    def step(self):
        n = self.case["batchSize"]
        for _ in range(self.case["nCritic"]):
            real = self.data.batch(n)
            with torch.no_grad():
                fake = self.G(torch.randn(n, self.latent))
            self.optimizer_d.zero_grad()
            self.discriminator_loss(real, fake).backward()
            self.optimizer_d.step()
        self.D.requires_grad_(False)
        self.optimizer_g.zero_grad()
        score = self.D(self.G(torch.randn(n, self.latent)))
        loss = F.softplus(-score).mean() if self.case["loss"] == "nonSaturating" else -score.mean()
        loss.backward()
        self.optimizer_g.step()
        self.D.requires_grad_(True)


class TutorialGame:
    """The tutorial's loop: two backward passes for D, and G learns from the same pictures."""

    def __init__(self, case, nets, optimizers, data):
        self.G, self.D = nets
        self.optimizer_g, self.optimizer_d = optimizers
        self.n, self.data = case["batchSize"], data
        self.criterion = nn.BCEWithLogitsLoss()

    def step(self):
        real_label, fake_label = torch.ones(self.n), torch.zeros(self.n)
        self.D.zero_grad()
        self.criterion(self.D(self.data.batch(self.n)), real_label).backward()
        fake = self.G(torch.randn(self.n, 100, 1, 1))
        self.criterion(self.D(fake.detach()), fake_label).backward()
        self.optimizer_d.step()
        self.G.zero_grad()
        self.criterion(self.D(fake), real_label).backward()
        self.optimizer_g.step()


def open_game(case, channels_last, adam, compiled):
    width, kind = case["width"], case["networks"]
    if kind == "points":
        nets = perceptron(2, width), perceptron(1, width)
    elif kind == "digits":
        nets = digit_networks(width)
    else:
        nets = tutorial_networks(width)
        for net in nets:
            net.apply(initialise)
    if channels_last:
        nets = tuple(net.to(memory_format=torch.channels_last) for net in nets)
    if compiled:
        nets = tuple(torch.compile(net) for net in nets)
    flags = {} if adam == "default" else {adam: True}
    rate = 2e-4 if kind == "tutorial" else 1e-4
    optimizers = [torch.optim.Adam(net.parameters(), lr=rate, betas=(0.5, 0.999), **flags) for net in nets]
    if kind == "tutorial":
        return TutorialGame(case, nets, optimizers, Pictures(2048, 3, 64))
    if kind == "points":
        return Game(case, nets, optimizers, Ring(), latent=2)
    return Game(case, nets, optimizers, Pictures(9000, 1, 28), latent=64)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("case", type=json.loads)
    parser.add_argument("--channels-last", action="store_true")
    parser.add_argument("--compile", action="store_true")
    parser.add_argument("--adam", choices=["default", "foreach", "fused"], default="default")
    options = parser.parse_args()
    torch.manual_seed(0)
    torch.set_num_threads(options.case["threads"])
    game = open_game(options.case, options.channels_last, options.adam, options.compile)
    game.step()
    versions = {"torch": torch.__version__, "python": platform.python_version()}
    print("ready", json.dumps({"versions": versions}), flush=True)
    for line in sys.stdin:
        command, *count = line.split()
        if command == "quit":
            return
        steps = int(count[0])
        begin = time.perf_counter()
        for _ in range(steps):
            game.step()
        print("ran", steps, 1000 * (time.perf_counter() - begin), flush=True)


main()
