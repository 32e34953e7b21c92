"""Old formats to today's, as BVLC Caffe 1.0 upgrades them when it reads a file.

One function for nets, whether they come from text or from a binary caffemodel, and one for
solvers. Both work in place and tell what they did. Rules: ``src/caffe/util/upgrade_proto.cpp``.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from caffe_proto.errors import UpgradeError
from caffe_proto.prototxt.upgrade_v0 import is_v0, upgrade_v0_net
from caffe_proto.prototxt.upgrade_v1 import (
    needs_data_upgrade,
    upgrade_data_transformation,
    upgrade_v1_net,
)
from caffe_proto.schema import LayerParameter, NetParameter, SolverParameter

__all__ = [
    "UpgradeReport",
    "net_needs_upgrade",
    "solver_needs_upgrade",
    "upgrade_net",
    "upgrade_solver",
]

_SOLVER_TYPES = {
    "SGD": "SGD",
    "NESTEROV": "Nesterov",
    "ADAGRAD": "AdaGrad",
    "RMSPROP": "RMSProp",
    "ADADELTA": "AdaDelta",
    "ADAM": "Adam",
    "SAG": "SAG",  # NVCaffe
}


@dataclass
class UpgradeReport:
    """What an upgrade did: ``steps`` it took, and ``problems``, which are fields that it lost."""

    steps: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def upgraded(self) -> bool:
        """Whether anything was in an old format."""
        return bool(self.steps)

    @property
    def fully_compatible(self) -> bool:
        """False where a field had no place in the new format and was dropped."""
        return not self.problems


def net_needs_upgrade(net: NetParameter) -> bool:
    """Whether any part of a net is in an old format."""
    return bool(net.layers) or bool(net.input) or any(map(_old_batch_norm, net.layer))


def upgrade_net(net: NetParameter) -> UpgradeReport:
    """Bring a net to today's format, in place.

    V0 layers become V1 layers and these ``layer`` messages; a data layer's transformation fields
    move into ``transform_param``; the legacy ``input`` fields become an Input layer named
    "input", in front of all others; a BatchNorm with three ``param`` specs gets them set to zero.
    A net that is current stays untouched.

    Raises ``UpgradeError`` where Caffe aborts: ``layer`` mixed with ``layers``, an unknown V0
    type or bottom, a padding layer out of place, ``input`` without its dimensions.
    """
    report = UpgradeReport()
    if is_v0(net):
        steps, lost = upgrade_v0_net(net)
        report.steps += steps
        report.problems += lost
    if needs_data_upgrade(net):
        report.steps += upgrade_data_transformation(net)
    if net.layers:
        report.steps += upgrade_v1_net(net)
    if net.input:
        report.steps += _upgrade_input(net)
    report.steps += _upgrade_batch_norm(net)
    return report


def _upgrade_input(net: NetParameter) -> list[str]:
    layer = LayerParameter(name="input", type="Input", top=net.input)
    if net.input_shape:  # input_shape beats input_dim where both are given
        if len(net.input_shape) < len(net.input):
            raise UpgradeError(
                f"the net has {len(net.input)} input but {len(net.input_shape)} input_shape "
                "fields; expected one input_shape for each input"
            )
        layer.input_param.shape.extend(net.input_shape[: len(net.input)])
    elif net.input_dim:
        if len(net.input_dim) < 4 * len(net.input):
            raise UpgradeError(
                f"the net has {len(net.input)} input and {len(net.input_dim)} input_dim fields; "
                f"expected {4 * len(net.input)}, four for each input (or use input_shape)"
            )
        for i in range(len(net.input)):
            layer.input_param.shape.add(dim=net.input_dim[4 * i : 4 * i + 4])
    names = ", ".join(net.input)
    described = len(layer.input_param.shape) > 0
    if described:
        net.layer.insert(0, layer)
    for old in ("input", "input_shape", "input_dim"):
        net.ClearField(old)
    if described:
        return [f"input fields ({names}) turned into an Input layer"]
    # without dimensions Caffe strips the names and adds no layer
    return [f"input fields ({names}) without dimensions dropped"]


def _old_batch_norm(layer: LayerParameter) -> bool:
    return layer.type == "BatchNorm" and len(layer.param) == 3


def _upgrade_batch_norm(net: NetParameter) -> list[str]:
    # mean, variance and their factor are counted, not learned; old files had to say so in three
    # specs, and a solver must not move them whatever these say
    old = [layer for layer in net.layer if _old_batch_norm(layer)]
    for layer in old:
        for spec in layer.param:
            spec.lr_mult = 0
            spec.decay_mult = 0
    return [f"{len(old)} BatchNorm layers: lr_mult and decay_mult set to 0"] if old else []


def solver_needs_upgrade(solver: SolverParameter) -> bool:
    """Whether a solver names its type by the old enum ``solver_type``."""
    return solver.HasField("solver_type")


def upgrade_solver(solver: SolverParameter, *, nets: bool = False) -> UpgradeReport:
    """Turn ``solver_type`` (an enum) into ``type`` (a string), in place.

    Caffe leaves nets that are written inside of the solver as they are; with ``nets`` they are
    upgraded too. Raises ``UpgradeError`` where both ``solver_type`` and ``type`` are given.
    """
    report = UpgradeReport()
    if solver_needs_upgrade(solver):
        old = SolverParameter.SolverType.Name(solver.solver_type)
        if solver.HasField("type"):
            raise UpgradeError(
                f"the solver has both the old solver_type ({old}) and the new type "
                f'("{solver.type}"); expected one of them: remove solver_type'
            )
        solver.type = _SOLVER_TYPES[old]
        solver.ClearField("solver_type")
        report.steps.append(f'solver_type: {old} turned into type: "{solver.type}"')
    if nets:
        inner = [n for n in ("net_param", "train_net_param") if solver.HasField(n)]
        for place, net in [
            *((name, getattr(solver, name)) for name in inner),
            *((f"test_net_param[{i}]", net) for i, net in enumerate(solver.test_net_param)),
        ]:
            within = upgrade_net(net)
            report.steps += [f"{place}: {step}" for step in within.steps]
            report.problems += [f"{place}: {problem}" for problem in within.problems]
    return report
