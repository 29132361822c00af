"""The game of StyleGAN-lite in PyTorch: logistic loss, lazy R1 and path length, averaged M and G.

As in our variant each sample mixes its own two latents, phases draw all of their inputs anew, and path lengths are
measured on half of the batch.
"""

import copy
import itertools
import math

import torch
import torch.nn.functional as F

from torch_data import Pictures
from torch_stylegan_networks import LATENT, SIDE, Discriminator, Mapping, Synthesis

MIXING = 0.9
R1_GAMMA, R1_EVERY = 5.0, 16
PATH_WEIGHT, PATH_EVERY, PATH_SHRINK, PATH_DECAY = 2.0, 4, 2, 0.01
RATE, BETAS = 4e-3, (0.0, 0.99)
HALF_LIFE_IMAGES = 10_000


def networks(width):
    """M, G and D."""
    return Mapping(), Synthesis(width), Discriminator(width)


def lazy_adam(parameters, every, adam):
    """Rate and betas as if the regulariser were part of the loss: App. B."""
    share = every / (every + 1)
    betas = tuple(beta**share for beta in BETAS)
    return torch.optim.Adam(parameters, lr=RATE * share, betas=betas, **adam)


class StyleGame:
    def __init__(self, case, nets, adam):
        self.M, self.G, self.D = nets
        self.styles = Synthesis(case["width"]).styles
        self.averaged = [copy.deepcopy(net).requires_grad_(False) for net in (self.M, self.G)]
        self.n = case["batchSize"]
        self.data = Pictures(4096, 3, SIDE)
        both = itertools.chain(self.M.parameters(), self.G.parameters())
        self.optimizer_g = lazy_adam(both, PATH_EVERY, adam)
        self.optimizer_d = lazy_adam(self.D.parameters(), R1_EVERY, adam)
        self.round, self.path_mean = 0, torch.zeros(())

    def draw_styles(self, n):
        first, second = self.M(torch.randn(2 * n, LATENT)).chunk(2)
        start = torch.randint(1, self.styles, (n, 1))
        start[torch.rand(n, 1) >= MIXING] = self.styles
        swapped = torch.arange(self.styles) >= start
        return torch.where(swapped[:, :, None], second[:, None], first[:, None])

    def train_discriminator(self):
        with torch.no_grad():
            fake = self.G(self.draw_styles(self.n))
        loss = F.softplus(self.D(fake)).mean() + F.softplus(-self.D(self.data.batch(self.n))).mean()
        self.update(self.optimizer_d, loss)

    def regularise_discriminator(self):
        real = self.data.batch(self.n).requires_grad_(True)
        (slope,) = torch.autograd.grad(self.D(real).sum(), real, create_graph=True)
        penalty = R1_GAMMA / 2 * slope.square().sum([1, 2, 3]).mean()
        self.update(self.optimizer_d, penalty * R1_EVERY)

    def train_generator(self):
        loss = F.softplus(-self.D(self.G(self.draw_styles(self.n)))).mean()
        self.update(self.optimizer_g, loss)

    def regularise_generator(self):
        ws = self.draw_styles(self.n // PATH_SHRINK)
        images = self.G(ws)
        direction = torch.randn_like(images) / math.sqrt(SIDE * SIDE)
        (slope,) = torch.autograd.grad((images * direction).sum(), ws, create_graph=True)
        lengths = slope.square().sum(2).mean(1).sqrt()
        mean = self.path_mean + PATH_DECAY * (lengths.mean() - self.path_mean)
        penalty = (lengths - mean).square().mean()
        self.path_mean = mean.detach()
        self.update(self.optimizer_g, PATH_WEIGHT * penalty * PATH_EVERY)

    @staticmethod
    def update(optimizer, loss):
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    @torch.no_grad()
    def average(self):
        decay = 0.5 ** (self.n / HALF_LIFE_IMAGES)
        for averaged, net in zip(self.averaged, (self.M, self.G)):
            for old, new in zip(averaged.parameters(), net.parameters()):
                old.mul_(decay).add_(new, alpha=1 - decay)
            averaged.load_state_dict(dict(net.named_buffers()), strict=False)

    def step(self):
        self.D.requires_grad_(True)
        self.train_discriminator()
        if self.round % R1_EVERY == 0:
            self.regularise_discriminator()
        self.D.requires_grad_(False)
        self.train_generator()
        if self.round % PATH_EVERY == 0:
            self.regularise_generator()
        self.average()
        self.round += 1
