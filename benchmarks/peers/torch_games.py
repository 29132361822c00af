"""The games of the small cases and of the DCGAN tutorial, in PyTorch. A step is one round, or one batch that is drawn."""

import torch
import torch.nn.functional as F
from torch import nn


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
                fake = self.G(torch.randn(n, *self.latent))
            self.optimizer_d.zero_grad()
            self.discriminator_loss(real, fake).backward()
            self.optimizer_d.step()
        self.D.requires_grad_(False)
        self.optimizer_g.zero_grad()
        score = self.D(self.G(torch.randn(n, *self.latent)))
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


class Sampling:
    """Draws pictures by a generator in evaluation mode."""

    def __init__(self, case, generator, latent):
        self.G = generator.eval()
        self.shape = (case["batchSize"], *latent)

    def step(self):
        with torch.no_grad():
            self.G(torch.randn(self.shape))
