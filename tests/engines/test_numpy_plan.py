"""A compiled net as a whole: joined blobs, memory, shapes, threads, weights, errors."""

from __future__ import annotations

import os
import threading

import numpy as np
import pytest

import caffe_proto as cp
from tests.engines.agreement import assert_agrees, assert_same_outputs, random_inputs, randomize
from tests.engines.nets import conv, layer, net

INCEPTION = net(
    (2, 8, 9, 7),
    conv("a", "data", "a", 8, 1),
    layer("ra", "ReLU", "a", "a"),
    conv("b", "data", "b", 6, 3, "pad: 1"),
    layer("p", "Pooling", "data", "p", "pooling_param { kernel_size: 3 stride: 1 pad: 1 }"),
    conv("c", "p", "c", 4, 1),
    layer("join", "Concat", ["a", "b", "c"], "join"),
    conv("d", "join", "d", 8, 3, "pad: 1"),
    layer("sum", "Eltwise", ["d", "data"], "sum"),
    layer("rs", "ReLU", "sum", "sum"),
    layer("again", "Concat", ["join", "sum", "sum"], "again"),
    layer("cut", "Slice", "again", ["one", "two"], "slice_param { slice_point: 5 }"),
    conv("e", "one", "e", 3, 3),
    layer("f", "InnerProduct", "two", "f", "inner_product_param { num_output: 5 }"),
    layer("prob", "Softmax", "f", "prob"),
)


def _built(text: str) -> cp.Net:
    built = cp.build_net(text, seed=5)
    randomize(built)
    return built


def test_joined_and_cut_blobs_agree() -> None:
    built = _built(INCEPTION)
    run = assert_agrees(built, random_inputs(built), threads=2)
    assert "join" not in [step.name for step in run.steps]


@pytest.mark.parametrize("size", [(2, 6, 4, 3), (2, 6, 1, 1)])
@pytest.mark.parametrize(
    "reader",
    [
        layer("x", "Softmax", "two", "x"),
        layer("x", "AbsVal", "two", "x"),
        layer("x", "MVN", "two", "x"),
        layer("x", "Permute", "two", "x", "permute_param { order: 0 order: 2 order: 3 order: 1 }"),
        layer("x", "Flatten", "two", "x"),
        layer("x", "InnerProduct", "two", "x", "inner_product_param { num_output: 4 }"),
        layer("x", "ReLU", "two", "x"),
        layer("x", "Concat", ["two", "one"], "x"),
        layer("y", "Slice", "two", ["a", "b"], "slice_param { slice_point: 1 }")
        + layer("x", "TanH", "b", "x"),
    ],
)
def test_readers_of_some_channels_of_a_blob_agree(reader: str, size: tuple[int, ...]) -> None:
    cut = layer("cut", "Slice", "data", ["one", "two"], "slice_param { slice_point: 2 }")
    built = _built(net(size, cut, reader))
    assert_agrees(built, random_inputs(built), threads=2)


def test_dense_blocks_that_join_joined_blobs_agree() -> None:
    text = net((1, 4, 8, 8))
    blob = "data"
    for i in range(4):
        text += layer(f"n{i}", "BatchNorm", blob, f"n{i}")
        text += layer(f"s{i}", "Scale", f"n{i}", f"n{i}", "scale_param { bias_term: true }")
        text += layer(f"r{i}", "ReLU", f"n{i}", f"n{i}")
        text += conv(f"c{i}", f"n{i}", f"c{i}", 3, 3, "pad: 1")
        text += layer(f"j{i}", "Concat", [blob, f"c{i}"], f"j{i}")
        blob = f"j{i}"
    built = _built(text)
    assert_agrees(built, random_inputs(built), threads=2)


def test_an_output_in_the_middle_of_a_net_is_kept() -> None:
    built = _built(
        net(
            (1, 8, 6, 6),
            conv("a", "data", "a", 8, 3, "pad: 1"),
            layer("r", "ReLU", "a", "middle"),
            layer("s", "Sigmoid", "a", "side"),
            conv("b", "middle", "b", 8, 3, "pad: 1"),
            conv("c", "b", "c", 8, 3, "pad: 1"),
        )
    )
    assert built.outputs == ["c", "side"]
    assert_agrees(built, random_inputs(built))


def test_an_input_that_nobody_changes_is_an_output() -> None:
    built = cp.build_net(net((1, 2, 3, 4)))
    assert_agrees(built, random_inputs(built))


@pytest.mark.parametrize(
    "share",
    [
        layer("s", "Split", "c", ["one", "two"]),
        layer("f", "Flatten", "c", "two", "flatten_param { axis: 2 }"),
        layer("f", "Reshape", "c", "one", "reshape_param { shape { dim: 0 dim: 2 dim: -1 } }")
        + layer("g", "Flatten", "one", "two"),
        layer("j", "Concat", "c", "two"),
    ],
)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_who_shares_the_memory_sees_a_change_in_place(share: str, dtype: type) -> None:
    text = net(
        (2, 4, 5, 3),
        conv("c", "data", "c", 6, 1),
        layer("before", "AbsVal", "c", "before"),
        share,
        layer("change", "ReLU", "two", "two"),
        layer("after", "Power", "c", "after", "power_param { shift: 1 }"),
    )
    built = cp.build_net(text, seed=5, dtype=dtype)
    randomize(built)
    run = assert_agrees(built, random_inputs(built))
    assert run(data=np.ones((2, 4, 5, 3)))["after"].min() >= 1


def test_outputs_are_copies() -> None:
    built = _built(INCEPTION)
    run = built.compile()
    inputs = random_inputs(built)
    first = run(**inputs)
    kept = {name: values.copy() for name, values in first.items()}
    run(data=inputs["data"] * 2)
    assert_same_outputs(first, kept)


def test_the_net_itself_is_not_touched() -> None:
    built = _built(INCEPTION)
    before = {name: blob.shape for name, blob in built.blobs.items()}
    run = built.compile()
    run(data=np.ones((1, 8, 9, 7), np.float32))
    assert {name: blob.shape for name, blob in built.blobs.items()} == before
    assert all(blob.data_storage.buffer is None for blob in built.blobs.values())


def test_inputs_of_another_shape_are_compiled_for() -> None:
    text = INCEPTION[: INCEPTION.index('layer { name: "f"')]
    built = _built(text)
    run = built.compile(threads=2)
    for shape in [(2, 8, 9, 7), (5, 8, 9, 7), (1, 8, 20, 13), (2, 8, 9, 7)]:
        data = np.random.default_rng(1).standard_normal(shape, dtype=np.float32)
        got = run(data=data)
        built.reshape(data=shape)
        assert_same_outputs(got, built.forward(data=data))


def test_reshape_compiles_ahead() -> None:
    built = _built(INCEPTION)
    run = built.compile()
    run.reshape(data=(7, 8, 9, 7))
    assert run.steps[0].shapes[0][0] == 7


def test_a_shape_that_is_refused_is_forgotten() -> None:
    run = _built(INCEPTION).compile()
    with pytest.raises(cp.LayerError, match="8 channels"):
        run.reshape(data=(2, 7, 9, 7))
    run.refresh()
    assert run.steps[0].shapes[0][0] == 2


def test_a_shape_that_a_layer_refuses_is_an_error_of_that_layer() -> None:
    run = _built(INCEPTION).compile()
    with pytest.raises(cp.LayerError, match=r'"a".*8 channels'):
        run(data=np.zeros((1, 7, 9, 7), np.float32))


def test_an_unknown_input_is_named() -> None:
    run = _built(INCEPTION).compile()
    with pytest.raises(cp.BuildError, match=r'"dta" is not an input.*"data"'):
        run(dta=np.zeros((2, 8, 9, 7), np.float32))


def test_an_unknown_engine_is_named() -> None:
    with pytest.raises(cp.BuildError, match=r'no engine "nump".*"numpy"'):
        _built(INCEPTION).compile("nump")


def test_no_threads_at_all_are_refused() -> None:
    with pytest.raises(cp.BuildError, match="threads must be at least 1"):
        _built(INCEPTION).compile(threads=0)


def test_an_input_that_is_not_given_is_the_nets_own() -> None:
    built = _built(INCEPTION)
    inputs = random_inputs(built)
    expected = built.forward(**inputs)
    assert_same_outputs(built.compile()(), expected)


def test_inputs_of_other_types_are_converted() -> None:
    built = _built(INCEPTION)
    data = np.arange(2 * 8 * 9 * 7).reshape(2, 8, 9, 7) % 5
    assert_same_outputs(built.compile()(data=data), built.forward(data=data))


def test_weights_are_those_at_compile_time_until_refreshed() -> None:
    built = _built(INCEPTION)
    inputs = random_inputs(built)
    run = built.compile()
    before = built.forward(**inputs)
    randomize(built, seed=9)
    run.refresh()
    after = built.forward(**inputs)
    assert not np.allclose(before["prob"], after["prob"])
    assert_same_outputs(run(**inputs), after)


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_calls_from_several_threads_at_once_do_not_mix(threads: int) -> None:
    built = _built(INCEPTION)
    run = built.compile(threads=threads)
    rng = np.random.default_rng(2)
    data = [rng.standard_normal((2, 8, 9, 7), dtype=np.float32) for _ in range(4)]
    expected = [built.forward(data=x) for x in data]
    failures: list[BaseException] = []

    def work(i: int) -> None:
        try:
            for _ in range(15):
                assert_same_outputs(run(data=data[i]), expected[i])
        except BaseException as failure:
            failures.append(failure)

    workers = [threading.Thread(target=work, args=(i,)) for i in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert not failures, failures[0]


def test_memory_is_used_again() -> None:
    deep = net((1, 8, 32, 32))
    blob = "data"
    for i in range(20):
        deep += conv(f"c{i}", blob, f"c{i}", 8, 3, "pad: 1")
        blob = f"c{i}"
    run = _built(deep).compile(threads=1)
    plan = run._latest
    # Two blobs at a time, and the working memory of a step.
    assert plan.memory.total <= 3 * 8 * 32 * 32 + max(
        sum(int(np.prod(s)) for s in step.kernel.shared) for step in plan.program.steps
    )


def test_train_nets_compile_and_draw_as_the_net_does() -> None:
    text = net(
        (4, 6, 5, 5),
        conv("c", "data", "c", 8, 3),
        layer("b", "BatchNorm", "c", "c"),
        layer("d", "Dropout", "c", "c"),
        layer("f", "InnerProduct", "c", "f", "inner_product_param { num_output: 3 }"),
        layer("label", "Input", [], "label", "input_param { shape { dim: 4 } }"),
        layer("loss", "SoftmaxWithLoss", ["f", "label"], "loss"),
    )
    results = []
    for compiled in (False, True):
        built = cp.build_net(text, phase="TRAIN", seed=1)
        randomize(built)
        inputs = random_inputs(built)
        call = built.compile() if compiled else built.forward
        built.reseed(11)
        results.append([call(**inputs) for _ in range(3)])
        results.append([{"mean": built.params["b"][0].data.copy()}])
    for mine, its in zip(results[2] + results[3], results[0] + results[1], strict=True):
        assert_same_outputs(mine, its)


def test_tops_whose_shape_the_run_decides_are_followed() -> None:
    text = (
        layer("data", "Input", [], "data", "input_param { shape { dim: 4 dim: 3 dim: 2 dim: 2 } }")
        + layer("pick", "Input", [], "pick", "input_param { shape { dim: 4 } }")
        + layer("f", "Filter", ["data", "pick"], "kept")
        + layer("r", "ReLU", "kept", "r")
        + conv("c", "r", "c", 2, 1)
    )
    built = cp.build_net(text, seed=1)
    run = built.compile()
    data = np.random.default_rng(0).standard_normal((4, 3, 2, 2), dtype=np.float32)
    for pick in ([1, 0, 1, 0], [1, 1, 1, 0], [0, 0, 0, 1]):
        selector = np.array(pick, np.float32)
        got = run(data=data, pick=selector)
        assert got["c"].shape[0] == sum(pick)
        assert_same_outputs(got, built.forward(data=data, pick=selector))


def test_a_layer_that_changes_its_shape_unforeseen_is_followed() -> None:
    @cp.register_layer("PlanTestFirstRow")
    class FirstRow(cp.Layer):  # type: ignore[misc]
        def infer_shapes(self, bottom: tuple[int, ...]) -> list[tuple[int, ...]]:
            return [bottom]

        def forward(self, x: np.ndarray) -> np.ndarray:
            return x[:1]

    built = cp.build_net(
        net((3, 4), layer("f", "PlanTestFirstRow", "data", "f"), layer("t", "TanH", "f", "t"))
    )
    data = np.random.default_rng(0).standard_normal((3, 4), dtype=np.float32)
    assert_same_outputs(built.compile()(data=data), built.forward(data=data))


def test_float64_nets_run_in_float64() -> None:
    built = cp.build_net(INCEPTION, seed=1, dtype=np.float64)
    randomize(built)
    inputs = {"data": np.random.default_rng(0).standard_normal((2, 8, 9, 7))}
    got = built.compile()(**inputs)
    assert got["prob"].dtype == np.float64
    expected = built.forward(**inputs)
    np.testing.assert_allclose(got["prob"], expected["prob"], rtol=1e-12)


def test_profile_gives_one_time_a_step() -> None:
    built = _built(INCEPTION)
    run = built.compile()
    times = run.profile(2, **random_inputs(built))
    assert len(times) == len(run.steps)
    assert all(t > 0 for t in times)


def test_lenet_agrees() -> None:
    built = _built(
        net(
            (16, 1, 28, 28),
            conv("conv1", "data", "conv1", 20, 5),
            layer(
                "pool1", "Pooling", "conv1", "pool1", "pooling_param { kernel_size: 2 stride: 2 }"
            ),
            conv("conv2", "pool1", "conv2", 50, 5),
            layer(
                "pool2", "Pooling", "conv2", "pool2", "pooling_param { kernel_size: 2 stride: 2 }"
            ),
            layer("ip1", "InnerProduct", "pool2", "ip1", "inner_product_param { num_output: 500 }"),
            layer("relu1", "ReLU", "ip1", "ip1"),
            layer("ip2", "InnerProduct", "ip1", "ip2", "inner_product_param { num_output: 10 }"),
            layer("prob", "Softmax", "ip2", "prob"),
        )
    )
    assert_agrees(built, random_inputs(built), threads=2)


def test_an_empty_batch_gives_empty_outputs() -> None:
    text = INCEPTION[: INCEPTION.index('layer { name: "f"')]
    built = _built(text)
    data = np.zeros((0, 8, 9, 7), np.float32)
    got = built.compile()(data=data)
    built.reshape(data=data.shape)
    assert_same_outputs(got, built.forward(data=data))


def test_without_trials_the_outputs_are_the_same() -> None:
    built = _built(INCEPTION)
    assert_agrees(built, random_inputs(built), tune=False)


def test_blas_has_its_threads_again_after_a_run() -> None:
    threadpoolctl = pytest.importorskip("threadpoolctl")
    before = [library["num_threads"] for library in threadpoolctl.threadpool_info()]
    built = _built(INCEPTION)
    built.compile(threads=2)(**random_inputs(built))
    assert [library["num_threads"] for library in threadpoolctl.threadpool_info()] == before


def test_a_compiled_net_survives_a_fork() -> None:
    if not hasattr(os, "fork"):
        pytest.skip("no fork here")
    built = _built(INCEPTION)
    inputs = random_inputs(built)
    run = built.compile(threads=2)
    expected = run(**inputs)
    child = os.fork()
    if child == 0:
        try:
            assert_same_outputs(run(**inputs), expected)
        except BaseException:
            os._exit(1)
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
