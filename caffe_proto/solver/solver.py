"""The solver: nets to train and to test, iterations, tests, snapshots."""

from __future__ import annotations

import os
import time
import warnings
from array import array
from collections import deque
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from caffe_proto.blob import Array
from caffe_proto.errors import SolverError
from caffe_proto.solver.events import Report, TestResult, number, output_lines, outputs_of
from caffe_proto.solver.log import is_heard, say
from caffe_proto.solver.nets import test_sources, train_source, weights_paths
from caffe_proto.solver.nonfinite import non_finite_error
from caffe_proto.solver.parameters import LearnedParameters
from caffe_proto.solver.schedules import Schedule
from caffe_proto.solver.snapshots import SnapshotFiles, check_prefix, write_snapshot
from caffe_proto.solver.source import find_file, split_names
from caffe_proto.solver.state import SolverState, read_state
from caffe_proto.solver.testing import check_eval_type, scoring_for
from caffe_proto.solver.updates import update_rule
from caffe_proto.stream import RandomStream

if TYPE_CHECKING:
    from caffe_proto.net import Net
    from caffe_proto.schema import caffe_pb2

__all__ = ["Solver"]

Request = Literal["snapshot", "stop"]
Callback = Callable[["Solver"], None]


class Solver:
    """Trains a net as Caffe does. Made by :func:`caffe_proto.build_solver`.

    ``net`` is the train net, ``test_nets`` share its parameters; ``iter`` counts the updates
    made. Callbacks get the solver: ``before_iteration``, ``gradients_ready`` (gradients summed
    over ``iter_size``, before clipping, averaging and decay) and ``after_iteration``; listeners
    get an event: ``on_report``, ``on_test`` and ``on_snapshot`` (the path of the state).
    What Caffe logs goes to the logger ``caffe_proto.solver`` at level INFO.
    """

    def __init__(
        self,
        settings: caffe_pb2.SolverParameter,
        folder: Path | None = None,
        *,
        keep_going: bool = False,
        stream: RandomStream | None = None,
        **context: Any,
    ) -> None:
        self.settings = settings
        #: Whether training goes on where the loss is not finite, as Caffe's does.
        self.keep_going = keep_going
        self._folder = folder
        _check(settings)
        rule = update_rule(settings)
        check_eval_type(settings)
        train, tests = train_source(settings, folder), test_sources(settings, folder)
        weights = weights_paths(split_names(settings.weights), folder)
        if settings.snapshot:
            check_prefix(settings)

        if stream is None:
            stream = RandomStream(settings.random_seed if settings.random_seed >= 0 else None)
        say("solver.cpp:86", train.said)
        self.net: Net = train.build(stream=stream, **context)
        _tell_missing(self.net, _load(self.net, weights))
        _detach(self.net)
        self.test_nets: list[Net] = []
        for source in tests:
            say("solver.cpp:172", source.said)
            net = source.build(stream=stream, **context)
            net.debug_info = settings.debug_info
            _load(net, weights)
            net.share_params(self.net)
            _detach(net, beside=self.net)
            self.test_nets.append(net)
        self._learned = LearnedParameters(self.net, settings, rule)
        self._schedule = Schedule(settings)
        say("solver.cpp:60", "Solver scaffolding done.")

        #: How many updates the parameters have had.
        self.iter = 0
        self.before_iteration: list[Callback] = []
        self.gradients_ready: list[Callback] = []
        self.after_iteration: list[Callback] = []
        self.on_report: list[Callable[[Report], None]] = []
        self.on_test: list[Callable[[TestResult], None]] = []
        self.on_snapshot: list[Callable[[str], None]] = []
        self._requests: deque[Request] = deque()
        self._stopped = False
        self._losses = array("f")
        self._loss_iterations = array("q")
        self._recent: list[np.float32] = []
        self._smoothed = np.float32(0)
        self._reported = 0
        self._since = time.perf_counter()

    # -- facts -----------------------------------------------------------------------------

    @property
    def param(self) -> caffe_pb2.SolverParameter:
        """The settings, under the name that Caffe gives them."""
        return self.settings

    @property
    def type(self) -> str:
        """The name of the update rule: ``"SGD"`` and so on."""
        return self._learned.rule.type

    @property
    def lr(self) -> float:
        """The learning rate of the next update.

        Raises :class:`SolverError` for an unknown policy or settings that do not fit it.
        """
        return self._schedule.peek(self.iter)[0]

    @property
    def seed(self) -> int:
        """The seed that the nets were filled from: as ``random_seed`` it gives the same run."""
        return self.net.seed

    @property
    def losses(self) -> Array:
        """The loss of every iteration made by this object, ``(iterations,)`` float32.

        It is the weighted sum of the net's losses, averaged over ``iter_size``, not smoothed.
        """
        return np.array(self._losses, np.float32)

    @property
    def loss_iterations(self) -> Array:
        """The iteration (counted from 0) of each of :attr:`losses`, int64."""
        return np.array(self._loss_iterations, np.int64)

    @property
    def smoothed_loss(self) -> float:
        """The mean of the last ``average_loss`` losses since :meth:`step` was called."""
        return float(self._smoothed)

    @property
    def history(self) -> list[Array]:
        """The update rule's memory in the order of a snapshot: one or two arrays a parameter."""
        return self._learned.history

    @property
    def current_step(self) -> int:
        """How often a step or multistep policy has lowered the rate."""
        return self._schedule.step

    @property
    def stopped(self) -> bool:
        """Whether the last :meth:`step` or :meth:`solve` ended early, by request."""
        return self._stopped

    def add_callback(
        self,
        before: Callback | None = None,
        after: Callback | None = None,
        *,
        gradients: Callback | None = None,
    ) -> None:
        """Call ``before`` and ``after`` around every iteration, ``gradients`` when they are there.

        Each gets the solver as its only argument.
        """
        for callback, where in (
            (before, self.before_iteration),
            (gradients, self.gradients_ready),
            (after, self.after_iteration),
        ):
            if callback is not None:
                where.append(callback)

    def request(self, action: Request) -> None:
        """Ask for a ``"snapshot"`` or to ``"stop"``, done after the present iteration.

        May be called from a signal handler, a callback or another thread.
        """
        if action not in ("snapshot", "stop"):
            raise ValueError(f'a request is "snapshot" or "stop". Received: {action!r}')
        self._requests.append(action)

    # -- training --------------------------------------------------------------------------

    def solve(self, resume: str | os.PathLike[str] | None = None) -> None:
        """Train until ``max_iter``, with tests and snapshots; a last snapshot ends it.

        ``resume`` is a state to restore first. Raises what :meth:`step` does.
        """
        if self.settings.snapshot_after_train:
            check_prefix(self.settings)
        say("solver.cpp:272", f"Solving {self.net.name}")
        say("solver.cpp:273", f"Learning Rate Policy: {self.settings.lr_policy}")
        if resume is not None:
            say("solver.cpp:281", f"Restoring previous solver status from {os.fspath(resume)}")
            self.restore(resume)
        start = self.iter
        self.step(max(self.settings.max_iter - self.iter, 0))
        every = self.settings.snapshot
        if self.settings.snapshot_after_train and not (every and self.iter % every == 0):
            self.snapshot()
        if self._stopped:
            say("solver.cpp:295", "Optimization stopped early.")
            return
        if self._due(self.settings.display):
            # One more pass, only to show the loss after the last update.
            self._smooth(self._checked(self.net.run_forward()), start)
            say("solver.cpp:310", f"Iteration {self.iter}, loss = {number(self._smoothed)}")
            _tell(self.on_report, Report(self.iter, float(self._smoothed), None))
        if self._due(self.settings.test_interval):
            self.test()
        say("solver.cpp:315", "Optimization Done.")

    def step(self, iterations: int = 1) -> None:
        """Make ``iterations`` updates, with the tests, reports and snapshots that fall due.

        Raises :class:`SolverError` before anything is computed where the learning-rate policy or
        the regularization does not fit, or where a snapshot cannot be written, and
        :class:`NonFiniteError` where the loss is not finite (unless ``keep_going``).
        """
        self._stopped = False
        # Smoothing starts anew at each call, as in Caffe.
        self._recent, self._smoothed = [], np.float32(0)
        self._since = time.perf_counter()
        if iterations <= 0:
            return
        self._schedule.check()
        self._learned.check()
        settings = self.settings
        start, stop = self.iter, self.iter + iterations
        while self.iter < stop:
            self._learned.clear_diffs()
            if self._due(settings.test_interval) and (self.iter or settings.test_initialization):
                self.test()
                if self._stopped:
                    return
            _tell(self.before_iteration, self)
            display = self._due(settings.display)
            self.net.debug_info = display and settings.debug_info
            loss = self._forward_backward()
            self._losses.append(float(loss))
            self._loss_iterations.append(self.iter)
            self._smooth(loss, start)
            lr = self._schedule.peek(self.iter)[0]
            if display:
                self._report(lr)
            _tell(self.gradients_ready, self)
            self._update(display)
            self.iter += 1
            self._serve(during_test=False, due=self._due(settings.snapshot))
            _tell(self.after_iteration, self)
            if self._stopped:
                return

    def apply_update(self) -> None:
        """Update the parameters by the gradients that they hold, and count the iteration.

        Clipping, averaging over ``iter_size``, decay and the rate are those of :meth:`step`.
        """
        self._schedule.check()
        self._learned.check()
        self._update(self._due(self.settings.display))
        self.iter += 1

    def _due(self, interval: int) -> bool:
        # A negative interval is as good as a positive one: C's remainder is 0 for the same numbers.
        return bool(interval) and self.iter % interval == 0

    def _forward_backward(self) -> np.float32:
        net = self.net
        total = np.float32(0)
        # Of what overflows the loss tells, in one piece.
        with np.errstate(all="ignore"):
            for _ in range(self.settings.iter_size):
                total += self._checked(net.run_forward())
                net.run_backward()
        mean: np.float32 = total / np.float32(self.settings.iter_size)
        return mean

    def _checked(self, loss: float) -> np.float32:
        with np.errstate(over="ignore"):
            single: np.float32 = np.float32(loss)
        if not (self.keep_going or np.isfinite(single)):
            raise non_finite_error(self.net, float(single), self.iter)
        return single

    def _smooth(self, loss: np.float32, start: int) -> None:
        window = self.settings.average_loss
        recent = self._recent
        with np.errstate(all="ignore"):
            if len(recent) < window:
                recent.append(loss)
                size = np.float32(len(recent))
                self._smoothed = (self._smoothed * (size - np.float32(1)) + loss) / size
            else:
                oldest = (self.iter - start) % window
                self._smoothed += (loss - recent[oldest]) / np.float32(window)
                recent[oldest] = loss

    def _report(self, lr: float) -> None:
        now = time.perf_counter()
        seconds, self._since = now - self._since, now
        made, self._reported = self.iter - self._reported, self.iter
        outputs = outputs_of(self.net)
        if is_heard():
            say(
                "solver.cpp:218",
                f"Iteration {self.iter} ({number(made / (seconds or 1))} iter/s, "
                f"{number(seconds)}s/{self.settings.display} iters), "
                f"loss = {number(self._smoothed)}",
            )
            for i, line in output_lines(outputs):
                say("solver.cpp:237", f"    Train net output #{i}: {line}")
        _tell(self.on_report, Report(self.iter, float(self._smoothed), lr, outputs, seconds, made))

    def _update(self, display: bool) -> None:
        before = self._schedule.step
        rate = self._schedule.advance(self.iter)
        if self.settings.lr_policy == "multistep" and self._schedule.step != before:
            step = f"step = {self._schedule.step}"
            say("sgd_solver.cpp:50", f"MultiStep Status: Iteration {self.iter}, {step}")
        if display:
            say("sgd_solver.cpp:105", f"Iteration {self.iter}, lr = {number(rate)}")
        clipped = self._learned.update(rate, self.iter)
        if clipped is not None:
            say(
                "sgd_solver.cpp:93",
                f"Gradient clipping: scaling down gradients (L2 norm {number(clipped[0])} > "
                f"{number(self.settings.clip_gradients)}) by scale factor {number(clipped[1])}",
            )

    def _serve(self, *, during_test: bool, due: bool = False) -> None:
        """Do what was requested; a snapshot that is due is made first."""
        requests = {self._requests.popleft() for _ in range(len(self._requests))}
        if due or "snapshot" in requests:
            self.snapshot()
        if "stop" in requests:
            self._stopped = True
            if during_test:
                say("solver.cpp:373", "Test interrupted.")

    # -- testing ---------------------------------------------------------------------------

    def test(self, net: int | None = None) -> list[TestResult]:
        """Run the test nets (or only number ``net``), ``test_iter`` batches each.

        Returns one result a net; none for those that a request to stop cut off.
        """
        chosen = range(len(self.test_nets)) if net is None else [net]
        results: list[TestResult] = []
        for i in chosen:
            result = self._test(i)
            if result is None:
                break
            results.append(result)
            _tell(self.on_test, result)
        return results

    def _test(self, index: int) -> TestResult | None:
        say("solver.cpp:330", f"Iteration {self.iter}, Testing net (#{index})")
        net, batches = self.test_nets[index], self.settings.test_iter[index]
        net.share_params(self.net)
        scoring = scoring_for(net, self.settings)
        for _ in range(batches):
            self._serve(during_test=True)
            if self._stopped:
                return None
            scoring.run()
        result = TestResult(self.iter, index, scoring.outputs())
        if self.settings.test_compute_loss and batches:
            result.loss = scoring.mean_loss
            say("solver.cpp:384", f"Test loss: {number(result.loss)}")
        if is_heard():
            for line in scoring.details():
                say("solver.cpp:540", line)
            for i, line in output_lines(result.outputs):
                say("solver.cpp:397", f"    Test net output #{i}: {line}")
        return result

    # -- snapshots -------------------------------------------------------------------------

    def snapshot(self) -> str:
        """Write weights and state under ``snapshot_prefix``; returns the path of the state.

        Raises :class:`SolverError` where that fails; what was saved before is then untouched.
        """
        files = SnapshotFiles.of(self.settings, self.iter)
        kind = "HDF5 file" if files.hdf5 else "binary proto file"
        say("solver.cpp:447", f"Snapshotting to {kind} {files.weights}")
        say("sgd_solver.cpp:273", f"Snapshotting solver state to {kind} {files.state}")
        state = SolverState(self.iter, files.weights, self._schedule.step, self.history)
        write_snapshot(self.net, state, files, diffs=self.settings.snapshot_diff)
        _tell(self.on_snapshot, files.state)
        return files.state

    def restore(self, path: str | os.PathLike[str]) -> None:
        """Take iteration, parameters and history from a ``.solverstate`` (Caffe's, or ours).

        The weights that it names are looked up as it says, and beside it. Either everything is
        taken or, on an error, nothing. Raises :class:`SolverError` or :class:`WeightsError`.
        """
        where = find_file(os.fspath(path), self._folder, "snapshot")
        state = read_state(where)
        try:
            self._learned.check_history([blob.shape for blob in state.history])
        except SolverError as error:
            raise SolverError(f"{where}: {error}") from None
        if state.learned_net:
            self._load_learned(state.learned_net, where)
        self.iter = self._reported = state.iteration
        self._schedule.step = state.current_step
        if not where.name.endswith(".h5"):
            say("sgd_solver.cpp:318", "SGDSolver: restoring history")
        self._learned.set_history(state.history)

    def _load_learned(self, name: str, state: Path) -> None:
        folder = state.resolve().parent
        places = dict.fromkeys([Path(name), folder / name, folder / Path(name).name])
        found = next((place for place in places if place.is_file()), None)
        if found is None:
            tried = ", ".join(dict.fromkeys(str(place.absolute()) for place in places))
            raise SolverError(f'{state}: its weights "{name}" are not there. Tried: {tried}')
        _load(self.net, [(name, found)], said=False)
        _detach(self.net)


def _check(settings: caffe_pb2.SolverParameter) -> None:
    if settings.average_loss < 1:
        raise SolverError(f"average_loss is {settings.average_loss}. Expected: 1 or more")
    if settings.iter_size < 1:
        raise SolverError(f"iter_size is {settings.iter_size}. Expected: 1 or more")


def _tell(listeners: Iterable[Callable[[Any], None]], event: Any) -> None:
    for listener in list(listeners):
        listener(event)


def _load(net: Net, files: Iterable[tuple[str, Path]], *, said: bool = True) -> set[str] | None:
    """Load the files in turn; returns the layers that none of them has, None without a file."""
    missing: set[str] | None = None
    for name, path in files:
        if said:
            say("solver.cpp:70", f"Finetuning from {name}")
        report = net.load(path)
        for ignored in report.ignored:
            say("net.cpp:742", f"Ignoring source layer {ignored}")
        missing = set(report.missing) if missing is None else missing & set(report.missing)
    return missing


def _detach(net: Net, beside: Net | None = None) -> None:
    """Copy parameters out of the files that they are views of, which may be written anew.

    Those of the net ``beside``, which are its own already, are left alone.
    """
    own = {id(p.data_storage) for p in beside.learnable_params} if beside is not None else set()
    for parameter in net.learnable_params:
        storage = parameter.data_storage
        # A handed-out array cannot be exchanged by adopting a copy: that would write into the map.
        if id(storage) not in own:
            storage.detach()


def _tell_missing(net: Net, missing: set[str] | None) -> None:
    # A new classifier is meant to be missing, a misspelt name is not: both are told.
    names = [
        f'"{layer.name}"'
        for layer in net.layers
        if layer.name in (missing or ()) and any(p.owner is None for p in layer.params)
    ]
    if names:
        warnings.warn(
            f"the weights have nothing for {', '.join(names)}: what its filler gives is trained",
            stacklevel=4,
        )
