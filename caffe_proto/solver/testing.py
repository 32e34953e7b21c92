"""Scoring a test net: the means of its outputs, or the average precision of its detections."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from caffe_proto.errors import SolverError
from caffe_proto.solver.detection import DetectionScores, check_version
from caffe_proto.solver.events import Output, outputs_of

if TYPE_CHECKING:
    from caffe_proto.net import Net
    from caffe_proto.schema import caffe_pb2

__all__ = ["DetectionScoring", "MeanScoring", "Scoring", "check_eval_type", "scoring_for"]


class MeanScoring:
    """Sums the outputs batch by batch, in float32 as Caffe does."""

    def __init__(self, net: Net) -> None:
        self.net = net
        self.loss = np.float32(0)
        self.batches = 0
        self._sums: list[Output] = []

    def run(self) -> list[Output]:
        """One more batch: a forward pass; returns its outputs."""
        with np.errstate(over="ignore"):
            self.loss += np.float32(self.net.run_forward())
        self.batches += 1
        outputs = outputs_of(self.net)
        self.take(outputs)
        return outputs

    def take(self, outputs: list[Output]) -> None:
        """Add the outputs of a batch.

        Raises :class:`SolverError` where one has another shape than in the batch before.
        """
        if not self._sums:
            self._sums = [Output(o.name, o.values.copy(), o.loss_weight) for o in outputs]
            return
        for total, output in zip(self._sums, outputs, strict=True):
            if total.values.shape != output.values.shape:
                raise SolverError(
                    f'output "{output.name}" of the test net changes its shape from '
                    f"{total.values.shape} to {output.values.shape}, so it has no mean. "
                    "Expected: outputs of one shape, or a Silence layer on this one"
                )
            total.values += output.values

    @property
    def mean_loss(self) -> float:
        """The mean over the batches of the net's loss."""
        return float(self.loss / np.float32(max(self.batches, 1)))

    def outputs(self) -> list[Output]:
        """The means over the batches."""
        count = np.float32(max(self.batches, 1))
        return [Output(o.name, o.values / count, o.loss_weight) for o in self._sums]

    def details(self) -> Iterator[str]:
        """Lines to log before the outputs."""
        return iter(())


class DetectionScoring(MeanScoring):
    """Gathers what DetectionEvaluate layers put out; each output's score is its mean AP."""

    def __init__(self, net: Net, settings: caffe_pb2.SolverParameter) -> None:
        super().__init__(net)
        self._settings = settings
        self._scores: dict[str, DetectionScores] = {}

    def take(self, outputs: list[Output]) -> None:
        """Add the detections of a batch.

        Raises :class:`SolverError` for an output that is none of a DetectionEvaluate layer.
        """
        for output in outputs:
            if output.values.ndim != 4 or output.values.shape[3] != 5:
                raise SolverError(
                    f'output "{output.name}" of the test net has the shape '
                    f"{output.values.shape}. Expected with eval_type detection: (1, 1, n, 5), "
                    "from a DetectionEvaluate layer"
                )
            scores = self._scores.setdefault(output.name, DetectionScores())
            scores.add(output.values.reshape(-1, 5))

    def outputs(self) -> list[Output]:
        """The mean average precision of each output."""
        version = self._settings.ap_version
        return [
            Output(name, np.float32(scores.mean_average_precision(version)).reshape(()))
            for name, scores in self._scores.items()
        ]

    def details(self) -> Iterator[str]:
        """The average precision of every class, where the settings ask for them."""
        if self._settings.show_per_class_result:
            for scores in self._scores.values():
                found = scores.average_precisions(self._settings.ap_version)
                for label, value in found.items():
                    yield f"class{label}: {value:g}"


Scoring = MeanScoring


def check_eval_type(settings: caffe_pb2.SolverParameter) -> None:
    """Raise :class:`SolverError` for an unknown ``eval_type`` or ``ap_version``."""
    if settings.eval_type not in ("classification", "detection"):
        raise SolverError(
            f'eval_type is "{settings.eval_type}". Expected: "classification" or "detection"'
        )
    check_version(settings.ap_version)


def scoring_for(net: Net, settings: caffe_pb2.SolverParameter) -> Scoring:
    """How ``settings`` want a test net to be scored."""
    if settings.eval_type == "detection":
        return DetectionScoring(net, settings)
    return MeanScoring(net)
