"""Records what Optuna's pruners decide on interleaved learning curves, densities of its TPE, and points of scipy's Sobol sequence.

python record_optuna.py > optuna.json   (optuna 5.0.0, scipy 1.17.1)

An event is [trial, step, value, pruned], or [trial] when the trial ends complete; a value of null is NaN.
"""
import json, math, random
import numpy as np
import optuna
from scipy.stats import qmc

optuna.logging.set_verbosity(optuna.logging.ERROR)
P = optuna.pruners
CASES = [
    ("asha", {"minIter": 1, "eta": 4}, P.SuccessiveHalvingPruner(min_resource=1, reduction_factor=4)),
    ("asha", {"minIter": 2, "eta": 3, "s": 1}, P.SuccessiveHalvingPruner(min_resource=2, reduction_factor=3, min_early_stopping_rate=1)),
    ("asha", {"minIter": 1, "eta": 2, "bootstrap": 3}, P.SuccessiveHalvingPruner(min_resource=1, reduction_factor=2, bootstrap_count=3)),
    ("hyperband", {"minIter": 1, "maxIter": 27, "label": "recorded"}, P.HyperbandPruner(min_resource=1, max_resource=27)),
    ("hyperband", {"minIter": 1, "eta": 4, "label": "recorded"}, P.HyperbandPruner(min_resource=1, max_resource="auto", reduction_factor=4)),
    ("median", {}, P.MedianPruner()),
    ("median", {"startupTrials": 3, "warmup": 4, "interval": 3, "minTrials": 2}, P.MedianPruner(3, 4, 3, n_min_trials=2)),
    ("percentile", {"percentile": 25, "startupTrials": 4}, P.PercentilePruner(25.0, n_startup_trials=4)),
    ("patience", {"patience": 3, "minDelta": 0.01}, P.PatientPruner(None, patience=3, min_delta=0.01)),
    ("threshold", {"lower": 0.1, "upper": 1.4, "warmup": 2, "interval": 2}, P.ThresholdPruner(lower=0.1, upper=1.4, n_warmup_steps=2, interval_steps=2)),
]


def play(pruner, direction, seed):
    rng = random.Random(seed)
    sampler = optuna.samplers.RandomSampler(seed=0)
    study = optuna.create_study(study_name="recorded", pruner=pruner, direction=direction, sampler=sampler)
    events, live = [], []
    for _ in range(60):
        live.append([study.ask(), 0, rng.random(), rng.uniform(0.05, 0.5)])
    while live:
        state = rng.choice(live[:8])  # eight workers
        trial, step, floor, rate = state
        step += 1 if rng.random() < 0.9 else rng.randint(2, 4)
        state[1] = step
        value = round(floor + math.exp(-rate * step) + rng.gauss(0, 0.03), 6)
        if direction == "maximize":
            value = -value
        if rng.random() < 0.01:
            value = math.nan
        trial.report(value, step)
        pruned = bool(trial.should_prune())
        events.append([trial.number, step, None if math.isnan(value) else value, pruned])
        if pruned:
            study.tell(trial, state=optuna.trial.TrialState.PRUNED)
            live.remove(state)
        elif step >= 27:
            study.tell(trial, floor)
            events.append([trial.number])
            live.remove(state)
    return events


traces = []
for i, (name, options, pruner) in enumerate(CASES):
    direction = "maximize" if i % 2 and name != "threshold" else "minimize"
    traces.append({"pruner": name, "options": options, "direction": direction, "events": play(pruner, direction, i)})


def densities(n, names):
    """log densities of Optuna's Parzen estimator of n trials, at 12 points"""
    from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution
    from optuna.samplers._tpe.parzen_estimator import _ParzenEstimator, _ParzenEstimatorParameters
    from optuna.samplers._tpe.sampler import default_weights
    space = {
        "x": FloatDistribution(-5, 10),
        "l": FloatDistribution(1e-5, 1e-1, log=True),
        "i": IntDistribution(1, 9),
        "li": IntDistribution(1, 128, log=True),
        "s": FloatDistribution(0, 2, step=0.25),
        "c": CategoricalDistribution(["a", "b", "c"]),
    }
    rng = np.random.RandomState(n)

    def draw(count):
        return {
            "x": np.round(rng.uniform(-5, 10, count), 4),
            "l": np.exp(rng.uniform(np.log(1e-5), np.log(1e-1), count)),
            "i": rng.randint(1, 10, count).astype(float),
            "li": np.round(np.exp(rng.uniform(0, np.log(128), count))),
            "s": rng.randint(0, 9, count) * 0.25,
            "c": rng.randint(0, 3, count).astype(float),
        }

    parameters = _ParzenEstimatorParameters(1.0, True, False, default_weights, True)
    observed, points = ({name: drawn[name] for name in names} for drawn in (draw(n), draw(12)))
    space = {name: space[name] for name in names}
    log_pdf = _ParzenEstimator(observed, space, parameters).log_pdf(points)
    rows = lambda d: [dict(zip(d, map(float, row))) for row in zip(*d.values())]
    return {"observed": rows(observed), "points": rows(points), "logPdf": log_pdf.tolist()}


sobol = qmc.Sobol(64, scramble=False).random(1024)
picked = [0, 1, 2, 3, 100, 513, 1000, 1023]
print(json.dumps({
    "optuna": optuna.__version__,
    "traces": traces,
    # Numpy's sort mixes equal values, which then swap bandwidths: of many trials only floats, which have no equals.
    "densities": [*(densities(n, "x l i li s c".split()) for n in (1, 2, 7)), densities(40, ["x", "l"])],
    "sobol": {str(n): sobol[n].tolist() for n in picked},
}, separators=(",", ":")))
