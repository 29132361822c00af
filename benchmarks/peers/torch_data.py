"""Real batches for the cases in PyTorch."""

import math

import torch


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
