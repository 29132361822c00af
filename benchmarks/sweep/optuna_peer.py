"""Best value after each trial of Optuna's samplers on the functions of functions.mjs, as JSON on standard output.

python optuna_peer.py SAMPLER SEEDS TRIALS
"""
import json
import math
import sys
import warnings

import optuna

warnings.filterwarnings("ignore")
optuna.logging.set_verbosity(optuna.logging.ERROR)

A = [[10, 3, 17, 3.5, 1.7, 8], [0.05, 10, 17, 0.1, 8, 14], [3, 3.5, 1.7, 10, 17, 8], [17, 8, 0.05, 10, 0.1, 14]]
P = [
    [1312, 1696, 5569, 124, 8283, 5886],
    [2329, 4135, 8307, 3736, 1004, 9991],
    [2348, 1451, 3522, 2883, 3047, 6650],
    [4047, 8828, 8732, 5743, 1091, 381],
]


def branin(x):
    b = 5.1 / (4 * math.pi**2)
    first = (x[1] - b * x[0] ** 2 + 5 / math.pi * x[0] - 6) ** 2
    return first + 10 * (1 - 1 / (8 * math.pi)) * math.cos(x[0]) + 10


def hartmann6(x):
    inner = [sum(a * (xj - 1e-4 * p) ** 2 for a, p, xj in zip(rows, ps, x)) for rows, ps in zip(A, P)]
    return -sum(alpha * math.exp(-i) for alpha, i in zip([1, 1.2, 3, 3.2], inner))


FUNCTIONS = {"branin": (branin, [(-5, 10), (0, 15)]), "hartmann6": (hartmann6, [(0, 1)] * 6)}
SAMPLERS = {"random": optuna.samplers.RandomSampler, "tpe": optuna.samplers.TPESampler}


def play(name, sampler, seed, trials):
    value, bounds = FUNCTIONS[name]
    study = optuna.create_study(sampler=SAMPLERS[sampler](seed=seed))
    study.optimize(lambda t: value([t.suggest_float(f"x{i}", *b) for i, b in enumerate(bounds)]), n_trials=trials)
    best = math.inf
    return [best := min(best, t.value) for t in study.trials]


sampler, seeds, trials = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
found = {name: [play(name, sampler, seed, trials) for seed in range(seeds)] for name in FUNCTIONS}
print(json.dumps({"version": optuna.__version__, "best": found}))
