"""CycleGAN in PyTorch, built like the code of its authors: Zhu, Park, Isola and Efros 2017, arXiv:1703.10593.

Sizes are those of our variant at 64 pixels: translators with three residual blocks, critics that see 34 pixels along each
side. As in ours, convolutions before a normalisation have no bias, and the critics are shown the next real pictures.
"""

import itertools
import random

import torch
from torch import nn

from torch_data import Pictures

SIDE = 64
BLOCKS = 3
CRITIC_WIDTH = 32
CYCLE, IDENTITY = 10.0, 0.5
HISTORY = 50


class Residual(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.layers = nn.Sequential(
            nn.ReflectionPad2d(1),
            nn.Conv2d(width, width, 3, bias=False),
            nn.InstanceNorm2d(width),
            nn.ReLU(True),
            nn.ReflectionPad2d(1),
            nn.Conv2d(width, width, 3, bias=False),
            nn.InstanceNorm2d(width),
        )

    def forward(self, x):
        return x + self.layers(x)


def translator(width):
    def down(inputs, outputs):
        return [nn.Conv2d(inputs, outputs, 3, 2, 1, bias=False), nn.InstanceNorm2d(outputs), nn.ReLU(True)]

    def up(inputs, outputs):
        convolution = nn.ConvTranspose2d(inputs, outputs, 3, 2, 1, output_padding=1, bias=False)
        return [convolution, nn.InstanceNorm2d(outputs), nn.ReLU(True)]

    return nn.Sequential(
        nn.ReflectionPad2d(3),
        nn.Conv2d(3, width, 7, bias=False),
        nn.InstanceNorm2d(width),
        nn.ReLU(True),
        *down(width, 2 * width),
        *down(2 * width, 4 * width),
        *[Residual(4 * width) for _ in range(BLOCKS)],
        *up(4 * width, 2 * width),
        *up(2 * width, width),
        nn.ReflectionPad2d(3),
        nn.Conv2d(width, 3, 7),
        nn.Tanh(),
    )


def patch_critic(width):
    def inner(inputs, outputs, stride):
        convolution = nn.Conv2d(inputs, outputs, 4, stride, 1, bias=False)
        return [convolution, nn.InstanceNorm2d(outputs), nn.LeakyReLU(0.2, True)]

    return nn.Sequential(
        nn.Conv2d(3, width, 4, 2, 1),
        nn.LeakyReLU(0.2, True),
        *inner(width, 2 * width, 2),
        *inner(2 * width, 4 * width, 1),
        nn.Conv2d(4 * width, 1, 4, 1, 1),
    )


def initialise(module):
    if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d)):
        nn.init.normal_(module.weight, 0, 0.02)
        if module.bias is not None:
            nn.init.zeros_(module.bias)


def networks(width):
    """G, F, DX and DY."""
    nets = translator(width), translator(width), patch_critic(CRITIC_WIDTH), patch_critic(CRITIC_WIDTH)
    for net in nets:
        net.apply(initialise)
    return nets


class ImagePool:
    """A history of translations: half of what is shown are old ones, once it is full."""

    def __init__(self, size):
        self.size, self.images = size, []

    def query(self, images):
        shown = []
        for image in images.unsqueeze(1):
            if len(self.images) < self.size:
                self.images.append(image)
                shown.append(image)
            elif random.random() > 0.5:
                place = random.randrange(self.size)
                shown.append(self.images[place])
                self.images[place] = image
            else:
                shown.append(image)
        return torch.cat(shown)


def set_requires_grad(nets, required):
    for net in nets:
        for parameter in net.parameters():
            parameter.requires_grad = required


class CycleGame:
    """One round: both translators, then both critics."""

    def __init__(self, case, nets, adam):
        self.G, self.F, self.DX, self.DY = nets
        self.n = case["batchSize"]
        settings = {"lr": 2e-4, "betas": (0.5, 0.999), **adam}
        both = itertools.chain(self.G.parameters(), self.F.parameters())
        self.optimizer_g = torch.optim.Adam(both, **settings)
        both = itertools.chain(self.DX.parameters(), self.DY.parameters())
        self.optimizer_d = torch.optim.Adam(both, **settings)
        self.x, self.y = Pictures(1024, 3, SIDE), Pictures(1024, 3, SIDE)
        self.pool_x, self.pool_y = ImagePool(HISTORY), ImagePool(HISTORY)
        self.l1, self.mse = nn.L1Loss(), nn.MSELoss()

    def gan_loss(self, score, target):
        return self.mse(score, torch.tensor(target).expand_as(score))

    def critic_loss(self, critic, real, fake):
        return 0.5 * (self.gan_loss(critic(real), 1.0) + self.gan_loss(critic(fake.detach()), 0.0))

    def translators_loss(self, x, y, fake_x, fake_y):
        adversarial = self.gan_loss(self.DY(fake_y), 1.0) + self.gan_loss(self.DX(fake_x), 1.0)
        cycle = self.l1(self.F(fake_y), x) + self.l1(self.G(fake_x), y)
        identity = self.l1(self.F(x), x) + self.l1(self.G(y), y)
        return adversarial + CYCLE * cycle + CYCLE * IDENTITY * identity

    def step(self):
        x, y = self.x.batch(self.n), self.y.batch(self.n)
        fake_y, fake_x = self.G(x), self.F(y)
        set_requires_grad([self.DX, self.DY], False)
        self.optimizer_g.zero_grad()
        self.translators_loss(x, y, fake_x, fake_y).backward()
        self.optimizer_g.step()

        set_requires_grad([self.DX, self.DY], True)
        self.optimizer_d.zero_grad()
        self.critic_loss(self.DX, self.x.batch(self.n), self.pool_x.query(fake_x.detach())).backward()
        self.critic_loss(self.DY, self.y.batch(self.n), self.pool_y.query(fake_y.detach())).backward()
        self.optimizer_d.step()
