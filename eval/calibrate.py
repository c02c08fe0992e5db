"""Fits the confidence on the development questions: ``python -m eval.calibrate [BUNDLE]`` prints the weights that
belong in :mod:`qa.confidence`.

A question counts as a success if the best clause answers it, there or in a parallel provision (grade 2 or 3). Questions
that name a provision outright are left out: their confidence is not estimated. Logistic regression with an L2 penalty
of strength 1 on standardised signals, its weights given for the signals as they are.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import cross_val_predict

from eval.questions import default_questions, load_questions
from index.bundle import Bundle
from qa.answer import Answerer
from qa.confidence import Signals
from qa.model import Question
from qa.settings import read_settings


def main(arguments: list[str]) -> None:
    """Print intercept, weights and how well they separate successes in cross-validation."""
    path = Path(arguments[0]) if arguments else read_settings().bundle
    answerer = Answerer(Bundle.open(path))
    rows, successes = [], []
    for labelled in load_questions(default_questions(), split="dev"):
        _, found = answerer.find(Question(labelled.question))
        if found.cited.exact or found.cited.dangling or not found.evidence:
            continue
        rows.append([getattr(found.signals, name) for name in Signals.__slots__])
        successes.append(labelled.answerable and labelled.relevant.get(found.evidence[0].clause.id, 0) >= 2)
    signals, success = np.array(rows), np.array(successes)
    mean, spread = signals.mean(0), signals.std(0) + 1e-9
    model = LogisticRegression()
    guessed = cross_val_predict(model, (signals - mean) / spread, success, cv=10, method="predict_proba")[:, 1]
    model.fit((signals - mean) / spread, success)
    weights = model.coef_[0] / spread
    print(f"{len(success)} questions, {success.sum()} successes")
    print(f"AUROC in 10-fold cross-validation {roc_auc_score(success, guessed):.3f}")
    print(f"INTERCEPT = {model.intercept_[0] - weights @ mean:.2f}")
    print("WEIGHTS =", {n: round(float(w), 2) for n, w in zip(Signals.__slots__, weights, strict=True)})


if __name__ == "__main__":
    main(sys.argv[1:])
