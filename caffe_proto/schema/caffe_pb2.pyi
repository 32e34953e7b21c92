"""Types of the messages in src/caffe.proto; written by src/generate.py, not by hand."""

from collections.abc import Iterable as _Iterable
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar

from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper

DESCRIPTOR: _descriptor.FileDescriptor

class Phase(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    TRAIN: _ClassVar[Phase]
    TEST: _ClassVar[Phase]
    QUAN: _ClassVar[Phase]
    INT8: _ClassVar[Phase]

TRAIN: Phase
TEST: Phase
QUAN: Phase
INT8: Phase

class Type(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    DOUBLE: _ClassVar[Type]
    FLOAT: _ClassVar[Type]
    FLOAT16: _ClassVar[Type]
    INT: _ClassVar[Type]
    UINT: _ClassVar[Type]
    BOOL: _ClassVar[Type]

DOUBLE: Type
FLOAT: Type
FLOAT16: Type
INT: Type
UINT: Type
BOOL: Type

class Packing(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    NCHW: _ClassVar[Packing]
    NHWC: _ClassVar[Packing]

NCHW: Packing
NHWC: Packing

class DatumTypeInfo(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    DatumTypeInfo_DATUM: _ClassVar[DatumTypeInfo]
    DatumTypeInfo_ANNOTATED_DATUM: _ClassVar[DatumTypeInfo]

DatumTypeInfo_DATUM: DatumTypeInfo
DatumTypeInfo_ANNOTATED_DATUM: DatumTypeInfo

class BlobShape(_message.Message):
    DIM_FIELD_NUMBER: _ClassVar[int]
    @property
    def dim(self) -> _containers.RepeatedScalarFieldContainer[int]: ...
    def __init__(
        self,
        *,
        dim: _Iterable[int] | None = ...,
    ) -> None: ...

class BlobProto(_message.Message):
    SHAPE_FIELD_NUMBER: _ClassVar[int]
    DATA_FIELD_NUMBER: _ClassVar[int]
    DIFF_FIELD_NUMBER: _ClassVar[int]
    DOUBLE_DATA_FIELD_NUMBER: _ClassVar[int]
    DOUBLE_DIFF_FIELD_NUMBER: _ClassVar[int]
    NUM_FIELD_NUMBER: _ClassVar[int]
    CHANNELS_FIELD_NUMBER: _ClassVar[int]
    HEIGHT_FIELD_NUMBER: _ClassVar[int]
    WIDTH_FIELD_NUMBER: _ClassVar[int]
    RAW_DATA_TYPE_FIELD_NUMBER: _ClassVar[int]
    RAW_DIFF_TYPE_FIELD_NUMBER: _ClassVar[int]
    RAW_DATA_FIELD_NUMBER: _ClassVar[int]
    RAW_DIFF_FIELD_NUMBER: _ClassVar[int]
    @property
    def shape(self) -> BlobShape: ...
    @property
    def data(self) -> _containers.RepeatedScalarFieldContainer[float]: ...
    @property
    def diff(self) -> _containers.RepeatedScalarFieldContainer[float]: ...
    @property
    def double_data(self) -> _containers.RepeatedScalarFieldContainer[float]: ...
    @property
    def double_diff(self) -> _containers.RepeatedScalarFieldContainer[float]: ...
    num: int
    channels: int
    height: int
    width: int
    raw_data_type: Type
    raw_diff_type: Type
    raw_data: bytes
    raw_diff: bytes
    def __init__(
        self,
        *,
        shape: BlobShape | _Mapping[str, object] | None = ...,
        data: _Iterable[float] | None = ...,
        diff: _Iterable[float] | None = ...,
        double_data: _Iterable[float] | None = ...,
        double_diff: _Iterable[float] | None = ...,
        num: int | None = ...,
        channels: int | None = ...,
        height: int | None = ...,
        width: int | None = ...,
        raw_data_type: Type | str | None = ...,
        raw_diff_type: Type | str | None = ...,
        raw_data: bytes | None = ...,
        raw_diff: bytes | None = ...,
    ) -> None: ...

class BlobProtoVector(_message.Message):
    BLOBS_FIELD_NUMBER: _ClassVar[int]
    @property
    def blobs(self) -> _containers.RepeatedCompositeFieldContainer[BlobProto]: ...
    def __init__(
        self,
        *,
        blobs: _Iterable[BlobProto | _Mapping[str, object]] | None = ...,
    ) -> None: ...

class Datum(_message.Message):
    CHANNELS_FIELD_NUMBER: _ClassVar[int]
    HEIGHT_FIELD_NUMBER: _ClassVar[int]
    WIDTH_FIELD_NUMBER: _ClassVar[int]
    DATA_FIELD_NUMBER: _ClassVar[int]
    LABEL_FIELD_NUMBER: _ClassVar[int]
    FLOAT_DATA_FIELD_NUMBER: _ClassVar[int]
    ENCODED_FIELD_NUMBER: _ClassVar[int]
    RECORD_ID_FIELD_NUMBER: _ClassVar[int]
    SEG_LABEL_FIELD_NUMBER: _ClassVar[int]
    LABELS_FIELD_NUMBER: _ClassVar[int]
    FLOAT_LABEL_FIELD_NUMBER: _ClassVar[int]
    FLOAT_LABELS_FIELD_NUMBER: _ClassVar[int]
    BYTE_LABELS_FIELD_NUMBER: _ClassVar[int]
    channels: int
    height: int
    width: int
    data: bytes
    label: int
    @property
    def float_data(self) -> _containers.RepeatedScalarFieldContainer[float]: ...
    encoded: bool
    record_id: int
    seg_label: bytes
    @property
    def labels(self) -> _containers.RepeatedScalarFieldContainer[int]: ...
    float_label: float
    @property
    def float_labels(self) -> _containers.RepeatedScalarFieldContainer[float]: ...
    byte_labels: bytes
    def __init__(
        self,
        *,
        channels: int | None = ...,
        height: int | None = ...,
        width: int | None = ...,
        data: bytes | None = ...,
        label: int | None = ...,
        float_data: _Iterable[float] | None = ...,
        encoded: bool | None = ...,
        record_id: int | None = ...,
        seg_label: bytes | None = ...,
        labels: _Iterable[int] | None = ...,
        float_label: float | None = ...,
        float_labels: _Iterable[float] | None = ...,
        byte_labels: bytes | None = ...,
    ) -> None: ...

class FillerParameter(_message.Message):
    class VarianceNorm(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        FAN_IN: _ClassVar[FillerParameter.VarianceNorm]
        FAN_OUT: _ClassVar[FillerParameter.VarianceNorm]
        AVERAGE: _ClassVar[FillerParameter.VarianceNorm]
    FAN_IN: _ClassVar[FillerParameter.VarianceNorm]
    FAN_OUT: _ClassVar[FillerParameter.VarianceNorm]
    AVERAGE: _ClassVar[FillerParameter.VarianceNorm]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    MIN_FIELD_NUMBER: _ClassVar[int]
    MAX_FIELD_NUMBER: _ClassVar[int]
    MEAN_FIELD_NUMBER: _ClassVar[int]
    STD_FIELD_NUMBER: _ClassVar[int]
    SPARSE_FIELD_NUMBER: _ClassVar[int]
    VARIANCE_NORM_FIELD_NUMBER: _ClassVar[int]
    SCALE_FIELD_NUMBER: _ClassVar[int]
    ALPHA_FIELD_NUMBER: _ClassVar[int]
    DIAG_VAL_FIELD_NUMBER: _ClassVar[int]
    type: str
    value: float
    min: float
    max: float
    mean: float
    std: float
    sparse: int
    variance_norm: FillerParameter.VarianceNorm
    scale: float
    alpha: float
    @property
    def diag_val(self) -> _containers.RepeatedScalarFieldContainer[float]: ...
    def __init__(
        self,
        *,
        type: str | None = ...,
        value: float | None = ...,
        min: float | None = ...,
        max: float | None = ...,
        mean: float | None = ...,
        std: float | None = ...,
        sparse: int | None = ...,
        variance_norm: FillerParameter.VarianceNorm | str | None = ...,
        scale: float | None = ...,
        alpha: float | None = ...,
        diag_val: _Iterable[float] | None = ...,
    ) -> None: ...

class NetParameter(_message.Message):
    NAME_FIELD_NUMBER: _ClassVar[int]
    INPUT_FIELD_NUMBER: _ClassVar[int]
    INPUT_SHAPE_FIELD_NUMBER: _ClassVar[int]
    INPUT_DIM_FIELD_NUMBER: _ClassVar[int]
    FORCE_BACKWARD_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    DEBUG_INFO_FIELD_NUMBER: _ClassVar[int]
    LAYER_FIELD_NUMBER: _ClassVar[int]
    LAYERS_FIELD_NUMBER: _ClassVar[int]
    DEFAULT_FORWARD_TYPE_FIELD_NUMBER: _ClassVar[int]
    DEFAULT_BACKWARD_TYPE_FIELD_NUMBER: _ClassVar[int]
    DEFAULT_FORWARD_MATH_FIELD_NUMBER: _ClassVar[int]
    DEFAULT_BACKWARD_MATH_FIELD_NUMBER: _ClassVar[int]
    GLOBAL_GRAD_SCALE_FIELD_NUMBER: _ClassVar[int]
    GLOBAL_GRAD_SCALE_ADAPTIVE_FIELD_NUMBER: _ClassVar[int]
    DEFAULT_CONV_ALGOS_OVERRIDE_FIELD_NUMBER: _ClassVar[int]
    REDUCE_BUCKETS_FIELD_NUMBER: _ClassVar[int]
    DEFAULT_CUDNN_MATH_OVERRIDE_FIELD_NUMBER: _ClassVar[int]
    ELTWISE_MEM_SHARING_FIELD_NUMBER: _ClassVar[int]
    COMPILE_NET_STATE_FIELD_NUMBER: _ClassVar[int]
    ENGINE_FIELD_NUMBER: _ClassVar[int]
    BN_STATS_BATCH_SIZE_FIELD_NUMBER: _ClassVar[int]
    MULTINODE_FIELD_NUMBER: _ClassVar[int]
    name: str
    @property
    def input(self) -> _containers.RepeatedScalarFieldContainer[str]: ...
    @property
    def input_shape(self) -> _containers.RepeatedCompositeFieldContainer[BlobShape]: ...
    @property
    def input_dim(self) -> _containers.RepeatedScalarFieldContainer[int]: ...
    force_backward: bool
    @property
    def state(self) -> NetState: ...
    debug_info: bool
    @property
    def layer(self) -> _containers.RepeatedCompositeFieldContainer[LayerParameter]: ...
    @property
    def layers(self) -> _containers.RepeatedCompositeFieldContainer[V1LayerParameter]: ...
    default_forward_type: Type
    default_backward_type: Type
    default_forward_math: Type
    default_backward_math: Type
    global_grad_scale: float
    global_grad_scale_adaptive: bool
    default_conv_algos_override: str
    reduce_buckets: int
    default_cudnn_math_override: int
    eltwise_mem_sharing: bool
    @property
    def compile_net_state(self) -> CompileNetState: ...
    engine: str
    bn_stats_batch_size: int
    @property
    def multinode(self) -> MultinodeParameter: ...
    def __init__(
        self,
        *,
        name: str | None = ...,
        input: _Iterable[str] | None = ...,
        input_shape: _Iterable[BlobShape | _Mapping[str, object]] | None = ...,
        input_dim: _Iterable[int] | None = ...,
        force_backward: bool | None = ...,
        state: NetState | _Mapping[str, object] | None = ...,
        debug_info: bool | None = ...,
        layer: _Iterable[LayerParameter | _Mapping[str, object]] | None = ...,
        layers: _Iterable[V1LayerParameter | _Mapping[str, object]] | None = ...,
        default_forward_type: Type | str | None = ...,
        default_backward_type: Type | str | None = ...,
        default_forward_math: Type | str | None = ...,
        default_backward_math: Type | str | None = ...,
        global_grad_scale: float | None = ...,
        global_grad_scale_adaptive: bool | None = ...,
        default_conv_algos_override: str | None = ...,
        reduce_buckets: int | None = ...,
        default_cudnn_math_override: int | None = ...,
        eltwise_mem_sharing: bool | None = ...,
        compile_net_state: CompileNetState | _Mapping[str, object] | None = ...,
        engine: str | None = ...,
        bn_stats_batch_size: int | None = ...,
        multinode: MultinodeParameter | _Mapping[str, object] | None = ...,
    ) -> None: ...

class NetState(_message.Message):
    PHASE_FIELD_NUMBER: _ClassVar[int]
    LEVEL_FIELD_NUMBER: _ClassVar[int]
    STAGE_FIELD_NUMBER: _ClassVar[int]
    phase: Phase
    level: int
    @property
    def stage(self) -> _containers.RepeatedScalarFieldContainer[str]: ...
    def __init__(
        self,
        *,
        phase: Phase | str | None = ...,
        level: int | None = ...,
        stage: _Iterable[str] | None = ...,
    ) -> None: ...

class NetStateRule(_message.Message):
    PHASE_FIELD_NUMBER: _ClassVar[int]
    MIN_LEVEL_FIELD_NUMBER: _ClassVar[int]
    MAX_LEVEL_FIELD_NUMBER: _ClassVar[int]
    STAGE_FIELD_NUMBER: _ClassVar[int]
    NOT_STAGE_FIELD_NUMBER: _ClassVar[int]
    phase: Phase
    min_level: int
    max_level: int
    @property
    def stage(self) -> _containers.RepeatedScalarFieldContainer[str]: ...
    @property
    def not_stage(self) -> _containers.RepeatedScalarFieldContainer[str]: ...
    def __init__(
        self,
        *,
        phase: Phase | str | None = ...,
        min_level: int | None = ...,
        max_level: int | None = ...,
        stage: _Iterable[str] | None = ...,
        not_stage: _Iterable[str] | None = ...,
    ) -> None: ...

class ParamSpec(_message.Message):
    class DimCheckMode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        STRICT: _ClassVar[ParamSpec.DimCheckMode]
        PERMISSIVE: _ClassVar[ParamSpec.DimCheckMode]
    STRICT: _ClassVar[ParamSpec.DimCheckMode]
    PERMISSIVE: _ClassVar[ParamSpec.DimCheckMode]
    NAME_FIELD_NUMBER: _ClassVar[int]
    SHARE_MODE_FIELD_NUMBER: _ClassVar[int]
    LR_MULT_FIELD_NUMBER: _ClassVar[int]
    DECAY_MULT_FIELD_NUMBER: _ClassVar[int]
    name: str
    share_mode: ParamSpec.DimCheckMode
    lr_mult: float
    decay_mult: float
    def __init__(
        self,
        *,
        name: str | None = ...,
        share_mode: ParamSpec.DimCheckMode | str | None = ...,
        lr_mult: float | None = ...,
        decay_mult: float | None = ...,
    ) -> None: ...

class SolverParameter(_message.Message):
    class SnapshotFormat(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        HDF5: _ClassVar[SolverParameter.SnapshotFormat]
        BINARYPROTO: _ClassVar[SolverParameter.SnapshotFormat]
    HDF5: _ClassVar[SolverParameter.SnapshotFormat]
    BINARYPROTO: _ClassVar[SolverParameter.SnapshotFormat]
    class SolverMode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        CPU: _ClassVar[SolverParameter.SolverMode]
        GPU: _ClassVar[SolverParameter.SolverMode]
    CPU: _ClassVar[SolverParameter.SolverMode]
    GPU: _ClassVar[SolverParameter.SolverMode]
    class SolverType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        SGD: _ClassVar[SolverParameter.SolverType]
        NESTEROV: _ClassVar[SolverParameter.SolverType]
        ADAGRAD: _ClassVar[SolverParameter.SolverType]
        RMSPROP: _ClassVar[SolverParameter.SolverType]
        ADADELTA: _ClassVar[SolverParameter.SolverType]
        ADAM: _ClassVar[SolverParameter.SolverType]
        SAG: _ClassVar[SolverParameter.SolverType]
    SGD: _ClassVar[SolverParameter.SolverType]
    NESTEROV: _ClassVar[SolverParameter.SolverType]
    ADAGRAD: _ClassVar[SolverParameter.SolverType]
    RMSPROP: _ClassVar[SolverParameter.SolverType]
    ADADELTA: _ClassVar[SolverParameter.SolverType]
    ADAM: _ClassVar[SolverParameter.SolverType]
    SAG: _ClassVar[SolverParameter.SolverType]
    NET_FIELD_NUMBER: _ClassVar[int]
    NET_PARAM_FIELD_NUMBER: _ClassVar[int]
    TRAIN_NET_FIELD_NUMBER: _ClassVar[int]
    TEST_NET_FIELD_NUMBER: _ClassVar[int]
    TRAIN_NET_PARAM_FIELD_NUMBER: _ClassVar[int]
    TEST_NET_PARAM_FIELD_NUMBER: _ClassVar[int]
    TRAIN_STATE_FIELD_NUMBER: _ClassVar[int]
    TEST_STATE_FIELD_NUMBER: _ClassVar[int]
    TEST_ITER_FIELD_NUMBER: _ClassVar[int]
    TEST_INTERVAL_FIELD_NUMBER: _ClassVar[int]
    TEST_COMPUTE_LOSS_FIELD_NUMBER: _ClassVar[int]
    TEST_INITIALIZATION_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_FIELD_NUMBER: _ClassVar[int]
    AVERAGE_LOSS_FIELD_NUMBER: _ClassVar[int]
    DEBUG_INFO_FIELD_NUMBER: _ClassVar[int]
    BASE_LR_FIELD_NUMBER: _ClassVar[int]
    MAX_ITER_FIELD_NUMBER: _ClassVar[int]
    ITER_SIZE_FIELD_NUMBER: _ClassVar[int]
    LR_POLICY_FIELD_NUMBER: _ClassVar[int]
    GAMMA_FIELD_NUMBER: _ClassVar[int]
    POWER_FIELD_NUMBER: _ClassVar[int]
    MOMENTUM_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_DECAY_FIELD_NUMBER: _ClassVar[int]
    REGULARIZATION_TYPE_FIELD_NUMBER: _ClassVar[int]
    STEPSIZE_FIELD_NUMBER: _ClassVar[int]
    STEPVALUE_FIELD_NUMBER: _ClassVar[int]
    CLIP_GRADIENTS_FIELD_NUMBER: _ClassVar[int]
    SNAPSHOT_FIELD_NUMBER: _ClassVar[int]
    SNAPSHOT_PREFIX_FIELD_NUMBER: _ClassVar[int]
    SNAPSHOT_DIFF_FIELD_NUMBER: _ClassVar[int]
    SNAPSHOT_FORMAT_FIELD_NUMBER: _ClassVar[int]
    SNAPSHOT_AFTER_TRAIN_FIELD_NUMBER: _ClassVar[int]
    SOLVER_MODE_FIELD_NUMBER: _ClassVar[int]
    DEVICE_ID_FIELD_NUMBER: _ClassVar[int]
    RANDOM_SEED_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    DELTA_FIELD_NUMBER: _ClassVar[int]
    MOMENTUM2_FIELD_NUMBER: _ClassVar[int]
    RMS_DECAY_FIELD_NUMBER: _ClassVar[int]
    SOLVER_TYPE_FIELD_NUMBER: _ClassVar[int]
    LAYER_WISE_REDUCE_FIELD_NUMBER: _ClassVar[int]
    WEIGHTS_FIELD_NUMBER: _ClassVar[int]
    EVAL_TYPE_FIELD_NUMBER: _ClassVar[int]
    AP_VERSION_FIELD_NUMBER: _ClassVar[int]
    SHOW_PER_CLASS_RESULT_FIELD_NUMBER: _ClassVar[int]
    PLATEAU_WINSIZE_FIELD_NUMBER: _ClassVar[int]
    RAMPUP_INTERVAL_FIELD_NUMBER: _ClassVar[int]
    RAMPUP_LR_FIELD_NUMBER: _ClassVar[int]
    MIN_LR_FIELD_NUMBER: _ClassVar[int]
    MOMENTUM_POLICY_FIELD_NUMBER: _ClassVar[int]
    MAX_MOMENTUM_FIELD_NUMBER: _ClassVar[int]
    MOMENTUM_POWER_FIELD_NUMBER: _ClassVar[int]
    LARC_FIELD_NUMBER: _ClassVar[int]
    LARC_POLICY_FIELD_NUMBER: _ClassVar[int]
    LARC_ETA_FIELD_NUMBER: _ClassVar[int]
    LARC_TURBO_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_DECAY_POLICY_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_DECAY_POWER_FIELD_NUMBER: _ClassVar[int]
    MAX_WEIGHT_DECAY_FIELD_NUMBER: _ClassVar[int]
    SOLVER_DATA_TYPE_FIELD_NUMBER: _ClassVar[int]
    STORE_BLOBS_IN_OLD_FORMAT_FIELD_NUMBER: _ClassVar[int]
    TEST_AND_SNAPSHOT_LAST_EPOCHS_FIELD_NUMBER: _ClassVar[int]
    STAGELR_FIELD_NUMBER: _ClassVar[int]
    STAGEITER_FIELD_NUMBER: _ClassVar[int]
    DISABLED_UPDATE_FIELD_NUMBER: _ClassVar[int]
    ENGINE_FIELD_NUMBER: _ClassVar[int]
    WARMUP_ITER_FIELD_NUMBER: _ClassVar[int]
    WARMUP_START_LR_FIELD_NUMBER: _ClassVar[int]
    LOCAL_LR_AUTO_FIELD_NUMBER: _ClassVar[int]
    LOCAL_GW_RATIO_FIELD_NUMBER: _ClassVar[int]
    TEST_OFFSET_FIELD_NUMBER: _ClassVar[int]
    CLAMP_WEIGHTS_LOWER_FIELD_NUMBER: _ClassVar[int]
    CLAMP_WEIGHTS_UPPER_FIELD_NUMBER: _ClassVar[int]
    CLIP_WEIGHTS_FIELD_NUMBER: _ClassVar[int]
    WARM_UP_ITERS_FIELD_NUMBER: _ClassVar[int]
    WARM_UP_FACTOR_FIELD_NUMBER: _ClassVar[int]
    WARM_UP_METHOD_FIELD_NUMBER: _ClassVar[int]
    WARM_UP_POWER_FIELD_NUMBER: _ClassVar[int]
    START_LR_POLICY_FIELD_NUMBER: _ClassVar[int]
    MAX_LR_FIELD_NUMBER: _ClassVar[int]
    net: str
    @property
    def net_param(self) -> NetParameter: ...
    train_net: str
    @property
    def test_net(self) -> _containers.RepeatedScalarFieldContainer[str]: ...
    @property
    def train_net_param(self) -> NetParameter: ...
    @property
    def test_net_param(self) -> _containers.RepeatedCompositeFieldContainer[NetParameter]: ...
    @property
    def train_state(self) -> NetState: ...
    @property
    def test_state(self) -> _containers.RepeatedCompositeFieldContainer[NetState]: ...
    @property
    def test_iter(self) -> _containers.RepeatedScalarFieldContainer[int]: ...
    test_interval: int
    test_compute_loss: bool
    test_initialization: bool
    display: int
    average_loss: int
    debug_info: bool
    base_lr: float
    max_iter: int
    iter_size: int
    lr_policy: str
    gamma: float
    power: float
    momentum: float
    weight_decay: float
    regularization_type: str
    stepsize: int
    @property
    def stepvalue(self) -> _containers.RepeatedScalarFieldContainer[int]: ...
    clip_gradients: float
    snapshot: int
    snapshot_prefix: str
    snapshot_diff: bool
    snapshot_format: SolverParameter.SnapshotFormat
    snapshot_after_train: bool
    solver_mode: SolverParameter.SolverMode
    device_id: int
    random_seed: int
    type: str
    delta: float
    momentum2: float
    rms_decay: float
    solver_type: SolverParameter.SolverType
    layer_wise_reduce: bool
    @property
    def weights(self) -> _containers.RepeatedScalarFieldContainer[str]: ...
    eval_type: str
    ap_version: str
    show_per_class_result: bool
    @property
    def plateau_winsize(self) -> _containers.RepeatedScalarFieldContainer[int]: ...
    rampup_interval: int
    rampup_lr: float
    min_lr: float
    momentum_policy: str
    max_momentum: float
    momentum_power: float
    larc: bool
    larc_policy: str
    larc_eta: float
    larc_turbo: bool
    weight_decay_policy: str
    weight_decay_power: float
    max_weight_decay: float
    solver_data_type: Type
    store_blobs_in_old_format: bool
    test_and_snapshot_last_epochs: int
    @property
    def stagelr(self) -> _containers.RepeatedScalarFieldContainer[float]: ...
    @property
    def stageiter(self) -> _containers.RepeatedScalarFieldContainer[int]: ...
    disabled_update: bool
    engine: str
    warmup_iter: int
    warmup_start_lr: float
    local_lr_auto: bool
    local_gw_ratio: float
    test_offset: int
    clamp_weights_lower: float
    clamp_weights_upper: float
    clip_weights: float
    warm_up_iters: int
    warm_up_factor: float
    warm_up_method: str
    warm_up_power: int
    start_lr_policy: int
    max_lr: float
    def __init__(
        self,
        *,
        net: str | None = ...,
        net_param: NetParameter | _Mapping[str, object] | None = ...,
        train_net: str | None = ...,
        test_net: _Iterable[str] | None = ...,
        train_net_param: NetParameter | _Mapping[str, object] | None = ...,
        test_net_param: _Iterable[NetParameter | _Mapping[str, object]] | None = ...,
        train_state: NetState | _Mapping[str, object] | None = ...,
        test_state: _Iterable[NetState | _Mapping[str, object]] | None = ...,
        test_iter: _Iterable[int] | None = ...,
        test_interval: int | None = ...,
        test_compute_loss: bool | None = ...,
        test_initialization: bool | None = ...,
        display: int | None = ...,
        average_loss: int | None = ...,
        debug_info: bool | None = ...,
        base_lr: float | None = ...,
        max_iter: int | None = ...,
        iter_size: int | None = ...,
        lr_policy: str | None = ...,
        gamma: float | None = ...,
        power: float | None = ...,
        momentum: float | None = ...,
        weight_decay: float | None = ...,
        regularization_type: str | None = ...,
        stepsize: int | None = ...,
        stepvalue: _Iterable[int] | None = ...,
        clip_gradients: float | None = ...,
        snapshot: int | None = ...,
        snapshot_prefix: str | None = ...,
        snapshot_diff: bool | None = ...,
        snapshot_format: SolverParameter.SnapshotFormat | str | None = ...,
        snapshot_after_train: bool | None = ...,
        solver_mode: SolverParameter.SolverMode | str | None = ...,
        device_id: int | None = ...,
        random_seed: int | None = ...,
        type: str | None = ...,
        delta: float | None = ...,
        momentum2: float | None = ...,
        rms_decay: float | None = ...,
        solver_type: SolverParameter.SolverType | str | None = ...,
        layer_wise_reduce: bool | None = ...,
        weights: _Iterable[str] | None = ...,
        eval_type: str | None = ...,
        ap_version: str | None = ...,
        show_per_class_result: bool | None = ...,
        plateau_winsize: _Iterable[int] | None = ...,
        rampup_interval: int | None = ...,
        rampup_lr: float | None = ...,
        min_lr: float | None = ...,
        momentum_policy: str | None = ...,
        max_momentum: float | None = ...,
        momentum_power: float | None = ...,
        larc: bool | None = ...,
        larc_policy: str | None = ...,
        larc_eta: float | None = ...,
        larc_turbo: bool | None = ...,
        weight_decay_policy: str | None = ...,
        weight_decay_power: float | None = ...,
        max_weight_decay: float | None = ...,
        solver_data_type: Type | str | None = ...,
        store_blobs_in_old_format: bool | None = ...,
        test_and_snapshot_last_epochs: int | None = ...,
        stagelr: _Iterable[float] | None = ...,
        stageiter: _Iterable[int] | None = ...,
        disabled_update: bool | None = ...,
        engine: str | None = ...,
        warmup_iter: int | None = ...,
        warmup_start_lr: float | None = ...,
        local_lr_auto: bool | None = ...,
        local_gw_ratio: float | None = ...,
        test_offset: int | None = ...,
        clamp_weights_lower: float | None = ...,
        clamp_weights_upper: float | None = ...,
        clip_weights: float | None = ...,
        warm_up_iters: int | None = ...,
        warm_up_factor: float | None = ...,
        warm_up_method: str | None = ...,
        warm_up_power: int | None = ...,
        start_lr_policy: int | None = ...,
        max_lr: float | None = ...,
    ) -> None: ...

class SolverState(_message.Message):
    ITER_FIELD_NUMBER: _ClassVar[int]
    LEARNED_NET_FIELD_NUMBER: _ClassVar[int]
    HISTORY_FIELD_NUMBER: _ClassVar[int]
    CURRENT_STEP_FIELD_NUMBER: _ClassVar[int]
    MINIMUM_LOSS_FIELD_NUMBER: _ClassVar[int]
    ITER_LAST_EVENT_FIELD_NUMBER: _ClassVar[int]
    iter: int
    learned_net: str
    @property
    def history(self) -> _containers.RepeatedCompositeFieldContainer[BlobProto]: ...
    current_step: int
    minimum_loss: float
    iter_last_event: int
    def __init__(
        self,
        *,
        iter: int | None = ...,
        learned_net: str | None = ...,
        history: _Iterable[BlobProto | _Mapping[str, object]] | None = ...,
        current_step: int | None = ...,
        minimum_loss: float | None = ...,
        iter_last_event: int | None = ...,
    ) -> None: ...

class LayerParameter(_message.Message):
    NAME_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    BOTTOM_FIELD_NUMBER: _ClassVar[int]
    TOP_FIELD_NUMBER: _ClassVar[int]
    INCLUDE_FIELD_NUMBER: _ClassVar[int]
    EXCLUDE_FIELD_NUMBER: _ClassVar[int]
    PHASE_FIELD_NUMBER: _ClassVar[int]
    LOSS_WEIGHT_FIELD_NUMBER: _ClassVar[int]
    PARAM_FIELD_NUMBER: _ClassVar[int]
    PROPAGATE_DOWN_FIELD_NUMBER: _ClassVar[int]
    BLOBS_FIELD_NUMBER: _ClassVar[int]
    TRANSFORM_PARAM_FIELD_NUMBER: _ClassVar[int]
    DATA_PARAM_FIELD_NUMBER: _ClassVar[int]
    IMAGE_DATA_PARAM_FIELD_NUMBER: _ClassVar[int]
    HDF5_DATA_PARAM_FIELD_NUMBER: _ClassVar[int]
    HDF5_OUTPUT_PARAM_FIELD_NUMBER: _ClassVar[int]
    WINDOW_DATA_PARAM_FIELD_NUMBER: _ClassVar[int]
    MEMORY_DATA_PARAM_FIELD_NUMBER: _ClassVar[int]
    DUMMY_DATA_PARAM_FIELD_NUMBER: _ClassVar[int]
    INPUT_PARAM_FIELD_NUMBER: _ClassVar[int]
    PARAMETER_PARAM_FIELD_NUMBER: _ClassVar[int]
    PYTHON_PARAM_FIELD_NUMBER: _ClassVar[int]
    CONVOLUTION_PARAM_FIELD_NUMBER: _ClassVar[int]
    INNER_PRODUCT_PARAM_FIELD_NUMBER: _ClassVar[int]
    EMBED_PARAM_FIELD_NUMBER: _ClassVar[int]
    POOLING_PARAM_FIELD_NUMBER: _ClassVar[int]
    SPP_PARAM_FIELD_NUMBER: _ClassVar[int]
    CROP_PARAM_FIELD_NUMBER: _ClassVar[int]
    RELU_PARAM_FIELD_NUMBER: _ClassVar[int]
    PRELU_PARAM_FIELD_NUMBER: _ClassVar[int]
    ELU_PARAM_FIELD_NUMBER: _ClassVar[int]
    SIGMOID_PARAM_FIELD_NUMBER: _ClassVar[int]
    TANH_PARAM_FIELD_NUMBER: _ClassVar[int]
    SWISH_PARAM_FIELD_NUMBER: _ClassVar[int]
    CLIP_PARAM_FIELD_NUMBER: _ClassVar[int]
    POWER_PARAM_FIELD_NUMBER: _ClassVar[int]
    EXP_PARAM_FIELD_NUMBER: _ClassVar[int]
    LOG_PARAM_FIELD_NUMBER: _ClassVar[int]
    THRESHOLD_PARAM_FIELD_NUMBER: _ClassVar[int]
    DROPOUT_PARAM_FIELD_NUMBER: _ClassVar[int]
    BATCH_NORM_PARAM_FIELD_NUMBER: _ClassVar[int]
    SCALE_PARAM_FIELD_NUMBER: _ClassVar[int]
    BIAS_PARAM_FIELD_NUMBER: _ClassVar[int]
    LRN_PARAM_FIELD_NUMBER: _ClassVar[int]
    MVN_PARAM_FIELD_NUMBER: _ClassVar[int]
    CONCAT_PARAM_FIELD_NUMBER: _ClassVar[int]
    SLICE_PARAM_FIELD_NUMBER: _ClassVar[int]
    ELTWISE_PARAM_FIELD_NUMBER: _ClassVar[int]
    FLATTEN_PARAM_FIELD_NUMBER: _ClassVar[int]
    RESHAPE_PARAM_FIELD_NUMBER: _ClassVar[int]
    TILE_PARAM_FIELD_NUMBER: _ClassVar[int]
    REDUCTION_PARAM_FIELD_NUMBER: _ClassVar[int]
    ARGMAX_PARAM_FIELD_NUMBER: _ClassVar[int]
    SOFTMAX_PARAM_FIELD_NUMBER: _ClassVar[int]
    RECURRENT_PARAM_FIELD_NUMBER: _ClassVar[int]
    LOSS_PARAM_FIELD_NUMBER: _ClassVar[int]
    ACCURACY_PARAM_FIELD_NUMBER: _ClassVar[int]
    CONTRASTIVE_LOSS_PARAM_FIELD_NUMBER: _ClassVar[int]
    HINGE_LOSS_PARAM_FIELD_NUMBER: _ClassVar[int]
    INFOGAIN_LOSS_PARAM_FIELD_NUMBER: _ClassVar[int]
    ANNOTATED_DATA_PARAM_FIELD_NUMBER: _ClassVar[int]
    DETECTION_EVALUATE_PARAM_FIELD_NUMBER: _ClassVar[int]
    DETECTION_OUTPUT_PARAM_FIELD_NUMBER: _ClassVar[int]
    MULTIBOX_LOSS_PARAM_FIELD_NUMBER: _ClassVar[int]
    NORM_PARAM_FIELD_NUMBER: _ClassVar[int]
    PERMUTE_PARAM_FIELD_NUMBER: _ClassVar[int]
    PRIOR_BOX_PARAM_FIELD_NUMBER: _ClassVar[int]
    VIDEO_DATA_PARAM_FIELD_NUMBER: _ClassVar[int]
    ROI_POOLING_PARAM_FIELD_NUMBER: _ClassVar[int]
    SMOOTH_L1_LOSS_PARAM_FIELD_NUMBER: _ClassVar[int]
    BOX_ANNOTATOR_OHEM_PARAM_FIELD_NUMBER: _ClassVar[int]
    PSROI_POOLING_PARAM_FIELD_NUMBER: _ClassVar[int]
    MIL_DATA_PARAM_FIELD_NUMBER: _ClassVar[int]
    MIL_PARAM_FIELD_NUMBER: _ClassVar[int]
    BN_PARAM_FIELD_NUMBER: _ClassVar[int]
    DENSE_IMAGE_DATA_PARAM_FIELD_NUMBER: _ClassVar[int]
    UPSAMPLE_PARAM_FIELD_NUMBER: _ClassVar[int]
    ADAPTIVE_BIAS_CHANNEL_PARAM_FIELD_NUMBER: _ClassVar[int]
    BIAS_CHANNEL_PARAM_FIELD_NUMBER: _ClassVar[int]
    DENSE_CRF_PARAM_FIELD_NUMBER: _ClassVar[int]
    DOMAIN_TRANSFORM_PARAM_FIELD_NUMBER: _ClassVar[int]
    INTERP_PARAM_FIELD_NUMBER: _ClassVar[int]
    MAT_READ_PARAM_FIELD_NUMBER: _ClassVar[int]
    MAT_WRITE_PARAM_FIELD_NUMBER: _ClassVar[int]
    SEG_ACCURACY_PARAM_FIELD_NUMBER: _ClassVar[int]
    UNIQUE_LABEL_PARAM_FIELD_NUMBER: _ClassVar[int]
    FORWARD_TYPE_FIELD_NUMBER: _ClassVar[int]
    BACKWARD_TYPE_FIELD_NUMBER: _ClassVar[int]
    FORWARD_MATH_FIELD_NUMBER: _ClassVar[int]
    BACKWARD_MATH_FIELD_NUMBER: _ClassVar[int]
    DEBUG_FIELD_NUMBER: _ClassVar[int]
    CUDNN_MATH_OVERRIDE_FIELD_NUMBER: _ClassVar[int]
    TRT_PARAM_FIELD_NUMBER: _ClassVar[int]
    DETECTNET_GROUNDTRUTH_PARAM_FIELD_NUMBER: _ClassVar[int]
    DETECTNET_AUGMENTATION_PARAM_FIELD_NUMBER: _ClassVar[int]
    SPLIT_PARAM_FIELD_NUMBER: _ClassVar[int]
    SPATIAL_DROPOUT_PARAM_FIELD_NUMBER: _ClassVar[int]
    ENGINE_FIELD_NUMBER: _ClassVar[int]
    MULTINODE_FIELD_NUMBER: _ClassVar[int]
    MN_ACTIVATION_PARAM_FIELD_NUMBER: _ClassVar[int]
    MN_GRAD_COMPRESS_PARAM_FIELD_NUMBER: _ClassVar[int]
    QUANTIZATION_PARAM_FIELD_NUMBER: _ClassVar[int]
    REORG_PARAM_FIELD_NUMBER: _ClassVar[int]
    REGION_LOSS_PARAM_FIELD_NUMBER: _ClassVar[int]
    EVAL_DETECTION_PARAM_FIELD_NUMBER: _ClassVar[int]
    YOLO_DETECTION_OUTPUT_PARAM_FIELD_NUMBER: _ClassVar[int]
    YOLOV3_DETECTION_OUTPUT_PARAM_FIELD_NUMBER: _ClassVar[int]
    YOLOV3_PARAM_FIELD_NUMBER: _ClassVar[int]
    YOLO_SEG_PARAM_FIELD_NUMBER: _ClassVar[int]
    SEGMENTATION_EVALUATE_PARAM_FIELD_NUMBER: _ClassVar[int]
    RELU6_PARAM_FIELD_NUMBER: _ClassVar[int]
    ROI_ALIGN_PARAM_FIELD_NUMBER: _ClassVar[int]
    SHUFFLE_CHANNEL_PARAM_FIELD_NUMBER: _ClassVar[int]
    LOCAL_PARAM_FIELD_NUMBER: _ClassVar[int]
    INSANITY_PARAM_FIELD_NUMBER: _ClassVar[int]
    TRIPLET_LOSS_PARAM_FIELD_NUMBER: _ClassVar[int]
    ELTWISE_AFFINE_PARAM_FIELD_NUMBER: _ClassVar[int]
    SUB_REGION_PARAM_FIELD_NUMBER: _ClassVar[int]
    NOISE_PARAM_FIELD_NUMBER: _ClassVar[int]
    HOTSPOT_PARAM_FIELD_NUMBER: _ClassVar[int]
    PREDICT_BOX_PARAM_FIELD_NUMBER: _ClassVar[int]
    FCN_DATA_PARAM_FIELD_NUMBER: _ClassVar[int]
    CENTER_LOSS_PARAM_FIELD_NUMBER: _ClassVar[int]
    FLIP_PARAM_FIELD_NUMBER: _ClassVar[int]
    INNER_DISTANCE_PARAM_FIELD_NUMBER: _ClassVar[int]
    NORMALIZE_PARAM_FIELD_NUMBER: _ClassVar[int]
    GENERAL_CONTRASTIVE_LOSS_PARAM_FIELD_NUMBER: _ClassVar[int]
    SOFT_CONTRASTIVE_LOSS_PARAM_FIELD_NUMBER: _ClassVar[int]
    GENERAL_TRIPLET_LOSS_PARAM_FIELD_NUMBER: _ClassVar[int]
    SOFT_TRUNCATION_PARAM_FIELD_NUMBER: _ClassVar[int]
    PROPOSAL_PARAM_FIELD_NUMBER: _ClassVar[int]
    PAIRWISE_PARAM_FIELD_NUMBER: _ClassVar[int]
    SMOOTHL1_PARAM_FIELD_NUMBER: _ClassVar[int]
    BATCH_CONTRASTIVE_LOSS_PARAM_FIELD_NUMBER: _ClassVar[int]
    TRUNCATION_PARAM_FIELD_NUMBER: _ClassVar[int]
    NCA_PARAM_FIELD_NUMBER: _ClassVar[int]
    LARGEMARGIN_INNER_PRODUCT_PARAM_FIELD_NUMBER: _ClassVar[int]
    LABEL_SPECIFIC_RESCALE_PARAM_FIELD_NUMBER: _ClassVar[int]
    INFIMUM_LOSS_PARAM_FIELD_NUMBER: _ClassVar[int]
    ORDINAL_REGRESSION_LOSS_PARAM_FIELD_NUMBER: _ClassVar[int]
    RESIZE_PARAM_FIELD_NUMBER: _ClassVar[int]
    MARGIN_INNER_PRODUCT_PARAM_FIELD_NUMBER: _ClassVar[int]
    FEATURE_DECAY_LOSS_PARAM_FIELD_NUMBER: _ClassVar[int]
    CONFIDENCE_PENALTY_LOSS_PARAM_FIELD_NUMBER: _ClassVar[int]
    FOCAL_LOSS_PARAM_FIELD_NUMBER: _ClassVar[int]
    LABEL_SPECIFIC_MARGIN_PARAM_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_SCALE_PARAM_FIELD_NUMBER: _ClassVar[int]
    LABEL_SPECIFIC_AFFINE_PARAM_FIELD_NUMBER: _ClassVar[int]
    LABEL_SPECIFIC_HARD_MARGIN_PARAM_FIELD_NUMBER: _ClassVar[int]
    LABEL_SPECIFIC_ADD_PARAM_FIELD_NUMBER: _ClassVar[int]
    OP_TRANSFORM_PARAM_FIELD_NUMBER: _ClassVar[int]
    COEFF_SCHEDULE_PARAM_FIELD_NUMBER: _ClassVar[int]
    AUGMENTATION_PARAM_FIELD_NUMBER: _ClassVar[int]
    CORRELATION_PARAM_FIELD_NUMBER: _ClassVar[int]
    L1_LOSS_PARAM_FIELD_NUMBER: _ClassVar[int]
    WRITER_PARAM_FIELD_NUMBER: _ClassVar[int]
    READER_PARAM_FIELD_NUMBER: _ClassVar[int]
    MEAN_PARAM_FIELD_NUMBER: _ClassVar[int]
    RESAMPLE_PARAM_FIELD_NUMBER: _ClassVar[int]
    DOWNSAMPLE_PARAM_FIELD_NUMBER: _ClassVar[int]
    LPQ_LOSS_PARAM_FIELD_NUMBER: _ClassVar[int]
    FLOW_WARP_PARAM_FIELD_NUMBER: _ClassVar[int]
    ACCUM_PARAM_FIELD_NUMBER: _ClassVar[int]
    BLACK_AUGMENTATION_PARAM_FIELD_NUMBER: _ClassVar[int]
    RESHAPE_EVERY_ITER_FIELD_NUMBER: _ClassVar[int]
    LSTM_PARAM_FIELD_NUMBER: _ClassVar[int]
    ROI_MASK_POOLING_PARAM_FIELD_NUMBER: _ClassVar[int]
    MODULE_PARAM_FIELD_NUMBER: _ClassVar[int]
    PRIOR_RBOX_PARAM_FIELD_NUMBER: _ClassVar[int]
    RDETECTION_OUTPUT_PARAM_FIELD_NUMBER: _ClassVar[int]
    RDETECTION_EVALUATE_PARAM_FIELD_NUMBER: _ClassVar[int]
    MULTIRBOX_LOSS_PARAM_FIELD_NUMBER: _ClassVar[int]
    ANNOTATED_R_DATA_PARAM_FIELD_NUMBER: _ClassVar[int]
    DEFORMABLE_PSROI_POOLING_PARAM_FIELD_NUMBER: _ClassVar[int]
    DEFORMABLE_CONVOLUTION_PARAM_FIELD_NUMBER: _ClassVar[int]
    TRANSPOSE_PARAM_FIELD_NUMBER: _ClassVar[int]
    REVERSE_PARAM_FIELD_NUMBER: _ClassVar[int]
    PSROI_ALIGN_PARAM_FIELD_NUMBER: _ClassVar[int]
    PROPOSAL_TARGET_PARAM_FIELD_NUMBER: _ClassVar[int]
    BBOX_REG_PARAM_FIELD_NUMBER: _ClassVar[int]
    CONVOLUTION3D_PARAM_FIELD_NUMBER: _ClassVar[int]
    IM2SEQ_PARAM_FIELD_NUMBER: _ClassVar[int]
    SEQ2OUT_PARAM_FIELD_NUMBER: _ClassVar[int]
    IMG_SIZE_PARAM_FIELD_NUMBER: _ClassVar[int]
    POOLING3D_PARAM_FIELD_NUMBER: _ClassVar[int]
    AXPY_PARAM_FIELD_NUMBER: _ClassVar[int]
    CTC_LOSS_PARAM_FIELD_NUMBER: _ClassVar[int]
    CTC_DECODER_PARAM_FIELD_NUMBER: _ClassVar[int]
    BATCH_REDUCTION_PARAM_FIELD_NUMBER: _ClassVar[int]
    NORMALIZE_BBOX_PARAM_FIELD_NUMBER: _ClassVar[int]
    SELU_DROPOUT_PARAM_FIELD_NUMBER: _ClassVar[int]
    SELU_PARAM_FIELD_NUMBER: _ClassVar[int]
    name: str
    type: str
    @property
    def bottom(self) -> _containers.RepeatedScalarFieldContainer[str]: ...
    @property
    def top(self) -> _containers.RepeatedScalarFieldContainer[str]: ...
    @property
    def include(self) -> _containers.RepeatedCompositeFieldContainer[NetStateRule]: ...
    @property
    def exclude(self) -> _containers.RepeatedCompositeFieldContainer[NetStateRule]: ...
    phase: Phase
    @property
    def loss_weight(self) -> _containers.RepeatedScalarFieldContainer[float]: ...
    @property
    def param(self) -> _containers.RepeatedCompositeFieldContainer[ParamSpec]: ...
    @property
    def propagate_down(self) -> _containers.RepeatedScalarFieldContainer[bool]: ...
    @property
    def blobs(self) -> _containers.RepeatedCompositeFieldContainer[BlobProto]: ...
    @property
    def transform_param(self) -> TransformationParameter: ...
    @property
    def data_param(self) -> DataParameter: ...
    @property
    def image_data_param(self) -> ImageDataParameter: ...
    @property
    def hdf5_data_param(self) -> HDF5DataParameter: ...
    @property
    def hdf5_output_param(self) -> HDF5OutputParameter: ...
    @property
    def window_data_param(self) -> WindowDataParameter: ...
    @property
    def memory_data_param(self) -> MemoryDataParameter: ...
    @property
    def dummy_data_param(self) -> DummyDataParameter: ...
    @property
    def input_param(self) -> InputParameter: ...
    @property
    def parameter_param(self) -> ParameterParameter: ...
    @property
    def python_param(self) -> PythonParameter: ...
    @property
    def convolution_param(self) -> ConvolutionParameter: ...
    @property
    def inner_product_param(self) -> InnerProductParameter: ...
    @property
    def embed_param(self) -> EmbedParameter: ...
    @property
    def pooling_param(self) -> PoolingParameter: ...
    @property
    def spp_param(self) -> SPPParameter: ...
    @property
    def crop_param(self) -> CropParameter: ...
    @property
    def relu_param(self) -> ReLUParameter: ...
    @property
    def prelu_param(self) -> PReLUParameter: ...
    @property
    def elu_param(self) -> ELUParameter: ...
    @property
    def sigmoid_param(self) -> SigmoidParameter: ...
    @property
    def tanh_param(self) -> TanHParameter: ...
    @property
    def swish_param(self) -> SwishParameter: ...
    @property
    def clip_param(self) -> ClipParameter: ...
    @property
    def power_param(self) -> PowerParameter: ...
    @property
    def exp_param(self) -> ExpParameter: ...
    @property
    def log_param(self) -> LogParameter: ...
    @property
    def threshold_param(self) -> ThresholdParameter: ...
    @property
    def dropout_param(self) -> DropoutParameter: ...
    @property
    def batch_norm_param(self) -> BatchNormParameter: ...
    @property
    def scale_param(self) -> ScaleParameter: ...
    @property
    def bias_param(self) -> BiasParameter: ...
    @property
    def lrn_param(self) -> LRNParameter: ...
    @property
    def mvn_param(self) -> MVNParameter: ...
    @property
    def concat_param(self) -> ConcatParameter: ...
    @property
    def slice_param(self) -> SliceParameter: ...
    @property
    def eltwise_param(self) -> EltwiseParameter: ...
    @property
    def flatten_param(self) -> FlattenParameter: ...
    @property
    def reshape_param(self) -> ReshapeParameter: ...
    @property
    def tile_param(self) -> TileParameter: ...
    @property
    def reduction_param(self) -> ReductionParameter: ...
    @property
    def argmax_param(self) -> ArgMaxParameter: ...
    @property
    def softmax_param(self) -> SoftmaxParameter: ...
    @property
    def recurrent_param(self) -> RecurrentParameter: ...
    @property
    def loss_param(self) -> LossParameter: ...
    @property
    def accuracy_param(self) -> AccuracyParameter: ...
    @property
    def contrastive_loss_param(self) -> ContrastiveLossParameter: ...
    @property
    def hinge_loss_param(self) -> HingeLossParameter: ...
    @property
    def infogain_loss_param(self) -> InfogainLossParameter: ...
    @property
    def annotated_data_param(self) -> AnnotatedDataParameter: ...
    @property
    def detection_evaluate_param(self) -> DetectionEvaluateParameter: ...
    @property
    def detection_output_param(self) -> DetectionOutputParameter: ...
    @property
    def multibox_loss_param(self) -> MultiBoxLossParameter: ...
    @property
    def norm_param(self) -> NormalizeParameter: ...
    @property
    def permute_param(self) -> PermuteParameter: ...
    @property
    def prior_box_param(self) -> PriorBoxParameter: ...
    @property
    def video_data_param(self) -> VideoDataParameter: ...
    @property
    def roi_pooling_param(self) -> ROIPoolingParameter: ...
    @property
    def smooth_l1_loss_param(self) -> SmoothL1LossParameter: ...
    @property
    def box_annotator_ohem_param(self) -> BoxAnnotatorOHEMParameter: ...
    @property
    def psroi_pooling_param(self) -> PSROIPoolingParameter: ...
    @property
    def mil_data_param(self) -> MILDataParameter: ...
    @property
    def mil_param(self) -> MILParameter: ...
    @property
    def bn_param(self) -> BNParameter: ...
    @property
    def dense_image_data_param(self) -> DenseImageDataParameter: ...
    @property
    def upsample_param(self) -> UpsampleParameter: ...
    @property
    def adaptive_bias_channel_param(self) -> AdaptiveBiasChannelParameter: ...
    @property
    def bias_channel_param(self) -> BiasChannelParameter: ...
    @property
    def dense_crf_param(self) -> DenseCRFParameter: ...
    @property
    def domain_transform_param(self) -> DomainTransformParameter: ...
    @property
    def interp_param(self) -> InterpParameter: ...
    @property
    def mat_read_param(self) -> MatReadParameter: ...
    @property
    def mat_write_param(self) -> MatWriteParameter: ...
    @property
    def seg_accuracy_param(self) -> SegAccuracyParameter: ...
    @property
    def unique_label_param(self) -> UniqueLabelParameter: ...
    forward_type: Type
    backward_type: Type
    forward_math: Type
    backward_math: Type
    debug: bool
    cudnn_math_override: int
    @property
    def trt_param(self) -> TRTParameter: ...
    @property
    def detectnet_groundtruth_param(self) -> DetectNetGroundTruthParameter: ...
    @property
    def detectnet_augmentation_param(self) -> DetectNetAugmentationParameter: ...
    @property
    def split_param(self) -> SplitParameter: ...
    @property
    def spatial_dropout_param(self) -> SpatialDropoutParameter: ...
    engine: str
    @property
    def multinode(self) -> MultinodeLayerParameter: ...
    @property
    def mn_activation_param(self) -> MnActivationParameter: ...
    @property
    def mn_grad_compress_param(self) -> MnParamGradCompressParameter: ...
    @property
    def quantization_param(self) -> QuantizationParameter: ...
    @property
    def reorg_param(self) -> ReorgParameter: ...
    @property
    def region_loss_param(self) -> RegionLossParameter: ...
    @property
    def eval_detection_param(self) -> EvalDetectionParameter: ...
    @property
    def yolo_detection_output_param(self) -> YoloDetectionOutputParameter: ...
    @property
    def yolov3_detection_output_param(self) -> Yolov3DetectionOutputParameter: ...
    @property
    def yolov3_param(self) -> Yolov3Parameter: ...
    @property
    def yolo_seg_param(self) -> YoloSegParameter: ...
    @property
    def segmentation_evaluate_param(self) -> SegmentationEvaluateParameter: ...
    @property
    def relu6_param(self) -> ReLUParameter: ...
    @property
    def roi_align_param(self) -> ROIAlignParameter: ...
    @property
    def shuffle_channel_param(self) -> ShuffleChannelParameter: ...
    @property
    def local_param(self) -> LocalParameter: ...
    @property
    def insanity_param(self) -> InsanityParameter: ...
    @property
    def triplet_loss_param(self) -> TripletLossParameter: ...
    @property
    def eltwise_affine_param(self) -> EltwiseAffineParameter: ...
    @property
    def sub_region_param(self) -> SubRegionParameter: ...
    @property
    def noise_param(self) -> NoiseParameter: ...
    @property
    def hotspot_param(self) -> HotspotParameter: ...
    @property
    def predict_box_param(self) -> PredictBoxParameter: ...
    @property
    def fcn_data_param(self) -> FCNDataParameter: ...
    @property
    def center_loss_param(self) -> CenterLossParameter: ...
    @property
    def flip_param(self) -> FlipParameter: ...
    @property
    def inner_distance_param(self) -> InnerDistanceParameter: ...
    @property
    def normalize_param(self) -> NormalizeParameter: ...
    @property
    def general_contrastive_loss_param(self) -> GeneralContrastiveParameter: ...
    @property
    def soft_contrastive_loss_param(self) -> SoftContrastiveParameter: ...
    @property
    def general_triplet_loss_param(self) -> GeneralTripletParameter: ...
    @property
    def soft_truncation_param(self) -> SoftTruncationParameter: ...
    @property
    def proposal_param(self) -> ProposalParameter: ...
    @property
    def pairwise_param(self) -> PairwiseParameter: ...
    @property
    def smoothl1_param(self) -> SmoothL1Parameter: ...
    @property
    def batch_contrastive_loss_param(self) -> BatchContrastiveParameter: ...
    @property
    def truncation_param(self) -> TruncationParameter: ...
    @property
    def nca_param(self) -> NCAParameter: ...
    @property
    def largemargin_inner_product_param(self) -> LargeMarginInnerProductParameter: ...
    @property
    def label_specific_rescale_param(self) -> LabelSpecificRescaleParameter: ...
    @property
    def infimum_loss_param(self) -> InfimumLossParamter: ...
    @property
    def ordinal_regression_loss_param(self) -> OrdinalRegressionParameter: ...
    @property
    def resize_param(self) -> ResizeParameter: ...
    @property
    def margin_inner_product_param(self) -> MarginInnerProductParameter: ...
    @property
    def feature_decay_loss_param(self) -> FeatureDecayLossParameter: ...
    @property
    def confidence_penalty_loss_param(self) -> ConfidencePenaltyLossParameter: ...
    @property
    def focal_loss_param(self) -> FocalLossParameter: ...
    @property
    def label_specific_margin_param(self) -> LabelSpecificMarginParameter: ...
    @property
    def channel_scale_param(self) -> ChannelScaleParameter: ...
    @property
    def label_specific_affine_param(self) -> LabelSpecificAffineParameter: ...
    @property
    def label_specific_hard_margin_param(self) -> LabelSpecificHardMarginParameter: ...
    @property
    def label_specific_add_param(self) -> LabelSpecificAddParameter: ...
    @property
    def op_transform_param(self) -> OPTransformationParameter: ...
    @property
    def coeff_schedule_param(self) -> CoeffScheduleParameter: ...
    @property
    def augmentation_param(self) -> AugmentationParameter: ...
    @property
    def correlation_param(self) -> CorrelationParameter: ...
    @property
    def l1_loss_param(self) -> L1LossParameter: ...
    @property
    def writer_param(self) -> WriterParameter: ...
    @property
    def reader_param(self) -> ReaderParameter: ...
    @property
    def mean_param(self) -> MeanParameter: ...
    @property
    def resample_param(self) -> ResampleParameter: ...
    @property
    def downsample_param(self) -> DownsampleParameter: ...
    @property
    def lpq_loss_param(self) -> LpqLossParameter: ...
    @property
    def flow_warp_param(self) -> FlowWarpParameter: ...
    @property
    def accum_param(self) -> AccumParameter: ...
    @property
    def black_augmentation_param(self) -> BlackAugmentationParameter: ...
    reshape_every_iter: bool
    @property
    def lstm_param(self) -> LSTMParameter: ...
    @property
    def roi_mask_pooling_param(self) -> ROIMaskPoolingParameter: ...
    @property
    def module_param(self) -> ModuleParameter: ...
    @property
    def prior_rbox_param(self) -> PriorRBoxParameter: ...
    @property
    def rdetection_output_param(self) -> RDetectionOutputParameter: ...
    @property
    def rdetection_evaluate_param(self) -> RDetectionEvaluateParameter: ...
    @property
    def multirbox_loss_param(self) -> MultiRBoxLossParameter: ...
    @property
    def annotated_r_data_param(self) -> AnnotatedRDataParameter: ...
    @property
    def deformable_psroi_pooling_param(self) -> DeformablePSROIPoolingParameter: ...
    @property
    def deformable_convolution_param(self) -> DeformableConvolutionParameter: ...
    @property
    def transpose_param(self) -> TransposeParameter: ...
    @property
    def reverse_param(self) -> ReverseParameter: ...
    @property
    def psroi_align_param(self) -> PSROIAlignParameter: ...
    @property
    def proposal_target_param(self) -> FrcnnProposalTargetParameter: ...
    @property
    def bbox_reg_param(self) -> BBoxRegParameter: ...
    @property
    def convolution3d_param(self) -> Convolution3DParameter: ...
    @property
    def im2seq_param(self) -> Im2seqParameter: ...
    @property
    def seq2out_param(self) -> Seq2outParameter: ...
    @property
    def img_size_param(self) -> ImgSizeParameter: ...
    @property
    def pooling3d_param(self) -> Pooling3DParameter: ...
    @property
    def axpy_param(self) -> AxpyParameter: ...
    @property
    def ctc_loss_param(self) -> CTCLossParameter: ...
    @property
    def ctc_decoder_param(self) -> CTCDecoderParameter: ...
    @property
    def batch_reduction_param(self) -> BatchReductionParameter: ...
    @property
    def normalize_bbox_param(self) -> NormalizeParameter: ...
    @property
    def selu_dropout_param(self) -> SELUDropoutParameter: ...
    @property
    def selu_param(self) -> SELUParameter: ...
    def __init__(
        self,
        *,
        name: str | None = ...,
        type: str | None = ...,
        bottom: _Iterable[str] | None = ...,
        top: _Iterable[str] | None = ...,
        include: _Iterable[NetStateRule | _Mapping[str, object]] | None = ...,
        exclude: _Iterable[NetStateRule | _Mapping[str, object]] | None = ...,
        phase: Phase | str | None = ...,
        loss_weight: _Iterable[float] | None = ...,
        param: _Iterable[ParamSpec | _Mapping[str, object]] | None = ...,
        propagate_down: _Iterable[bool] | None = ...,
        blobs: _Iterable[BlobProto | _Mapping[str, object]] | None = ...,
        transform_param: TransformationParameter | _Mapping[str, object] | None = ...,
        data_param: DataParameter | _Mapping[str, object] | None = ...,
        image_data_param: ImageDataParameter | _Mapping[str, object] | None = ...,
        hdf5_data_param: HDF5DataParameter | _Mapping[str, object] | None = ...,
        hdf5_output_param: HDF5OutputParameter | _Mapping[str, object] | None = ...,
        window_data_param: WindowDataParameter | _Mapping[str, object] | None = ...,
        memory_data_param: MemoryDataParameter | _Mapping[str, object] | None = ...,
        dummy_data_param: DummyDataParameter | _Mapping[str, object] | None = ...,
        input_param: InputParameter | _Mapping[str, object] | None = ...,
        parameter_param: ParameterParameter | _Mapping[str, object] | None = ...,
        python_param: PythonParameter | _Mapping[str, object] | None = ...,
        convolution_param: ConvolutionParameter | _Mapping[str, object] | None = ...,
        inner_product_param: InnerProductParameter | _Mapping[str, object] | None = ...,
        embed_param: EmbedParameter | _Mapping[str, object] | None = ...,
        pooling_param: PoolingParameter | _Mapping[str, object] | None = ...,
        spp_param: SPPParameter | _Mapping[str, object] | None = ...,
        crop_param: CropParameter | _Mapping[str, object] | None = ...,
        relu_param: ReLUParameter | _Mapping[str, object] | None = ...,
        prelu_param: PReLUParameter | _Mapping[str, object] | None = ...,
        elu_param: ELUParameter | _Mapping[str, object] | None = ...,
        sigmoid_param: SigmoidParameter | _Mapping[str, object] | None = ...,
        tanh_param: TanHParameter | _Mapping[str, object] | None = ...,
        swish_param: SwishParameter | _Mapping[str, object] | None = ...,
        clip_param: ClipParameter | _Mapping[str, object] | None = ...,
        power_param: PowerParameter | _Mapping[str, object] | None = ...,
        exp_param: ExpParameter | _Mapping[str, object] | None = ...,
        log_param: LogParameter | _Mapping[str, object] | None = ...,
        threshold_param: ThresholdParameter | _Mapping[str, object] | None = ...,
        dropout_param: DropoutParameter | _Mapping[str, object] | None = ...,
        batch_norm_param: BatchNormParameter | _Mapping[str, object] | None = ...,
        scale_param: ScaleParameter | _Mapping[str, object] | None = ...,
        bias_param: BiasParameter | _Mapping[str, object] | None = ...,
        lrn_param: LRNParameter | _Mapping[str, object] | None = ...,
        mvn_param: MVNParameter | _Mapping[str, object] | None = ...,
        concat_param: ConcatParameter | _Mapping[str, object] | None = ...,
        slice_param: SliceParameter | _Mapping[str, object] | None = ...,
        eltwise_param: EltwiseParameter | _Mapping[str, object] | None = ...,
        flatten_param: FlattenParameter | _Mapping[str, object] | None = ...,
        reshape_param: ReshapeParameter | _Mapping[str, object] | None = ...,
        tile_param: TileParameter | _Mapping[str, object] | None = ...,
        reduction_param: ReductionParameter | _Mapping[str, object] | None = ...,
        argmax_param: ArgMaxParameter | _Mapping[str, object] | None = ...,
        softmax_param: SoftmaxParameter | _Mapping[str, object] | None = ...,
        recurrent_param: RecurrentParameter | _Mapping[str, object] | None = ...,
        loss_param: LossParameter | _Mapping[str, object] | None = ...,
        accuracy_param: AccuracyParameter | _Mapping[str, object] | None = ...,
        contrastive_loss_param: ContrastiveLossParameter | _Mapping[str, object] | None = ...,
        hinge_loss_param: HingeLossParameter | _Mapping[str, object] | None = ...,
        infogain_loss_param: InfogainLossParameter | _Mapping[str, object] | None = ...,
        annotated_data_param: AnnotatedDataParameter | _Mapping[str, object] | None = ...,
        detection_evaluate_param: DetectionEvaluateParameter | _Mapping[str, object] | None = ...,
        detection_output_param: DetectionOutputParameter | _Mapping[str, object] | None = ...,
        multibox_loss_param: MultiBoxLossParameter | _Mapping[str, object] | None = ...,
        norm_param: NormalizeParameter | _Mapping[str, object] | None = ...,
        permute_param: PermuteParameter | _Mapping[str, object] | None = ...,
        prior_box_param: PriorBoxParameter | _Mapping[str, object] | None = ...,
        video_data_param: VideoDataParameter | _Mapping[str, object] | None = ...,
        roi_pooling_param: ROIPoolingParameter | _Mapping[str, object] | None = ...,
        smooth_l1_loss_param: SmoothL1LossParameter | _Mapping[str, object] | None = ...,
        box_annotator_ohem_param: BoxAnnotatorOHEMParameter | _Mapping[str, object] | None = ...,
        psroi_pooling_param: PSROIPoolingParameter | _Mapping[str, object] | None = ...,
        mil_data_param: MILDataParameter | _Mapping[str, object] | None = ...,
        mil_param: MILParameter | _Mapping[str, object] | None = ...,
        bn_param: BNParameter | _Mapping[str, object] | None = ...,
        dense_image_data_param: DenseImageDataParameter | _Mapping[str, object] | None = ...,
        upsample_param: UpsampleParameter | _Mapping[str, object] | None = ...,
        adaptive_bias_channel_param: AdaptiveBiasChannelParameter | _Mapping[str, object] | None = ...,
        bias_channel_param: BiasChannelParameter | _Mapping[str, object] | None = ...,
        dense_crf_param: DenseCRFParameter | _Mapping[str, object] | None = ...,
        domain_transform_param: DomainTransformParameter | _Mapping[str, object] | None = ...,
        interp_param: InterpParameter | _Mapping[str, object] | None = ...,
        mat_read_param: MatReadParameter | _Mapping[str, object] | None = ...,
        mat_write_param: MatWriteParameter | _Mapping[str, object] | None = ...,
        seg_accuracy_param: SegAccuracyParameter | _Mapping[str, object] | None = ...,
        unique_label_param: UniqueLabelParameter | _Mapping[str, object] | None = ...,
        forward_type: Type | str | None = ...,
        backward_type: Type | str | None = ...,
        forward_math: Type | str | None = ...,
        backward_math: Type | str | None = ...,
        debug: bool | None = ...,
        cudnn_math_override: int | None = ...,
        trt_param: TRTParameter | _Mapping[str, object] | None = ...,
        detectnet_groundtruth_param: DetectNetGroundTruthParameter | _Mapping[str, object] | None = ...,
        detectnet_augmentation_param: DetectNetAugmentationParameter | _Mapping[str, object] | None = ...,
        split_param: SplitParameter | _Mapping[str, object] | None = ...,
        spatial_dropout_param: SpatialDropoutParameter | _Mapping[str, object] | None = ...,
        engine: str | None = ...,
        multinode: MultinodeLayerParameter | _Mapping[str, object] | None = ...,
        mn_activation_param: MnActivationParameter | _Mapping[str, object] | None = ...,
        mn_grad_compress_param: MnParamGradCompressParameter | _Mapping[str, object] | None = ...,
        quantization_param: QuantizationParameter | _Mapping[str, object] | None = ...,
        reorg_param: ReorgParameter | _Mapping[str, object] | None = ...,
        region_loss_param: RegionLossParameter | _Mapping[str, object] | None = ...,
        eval_detection_param: EvalDetectionParameter | _Mapping[str, object] | None = ...,
        yolo_detection_output_param: YoloDetectionOutputParameter | _Mapping[str, object] | None = ...,
        yolov3_detection_output_param: Yolov3DetectionOutputParameter | _Mapping[str, object] | None = ...,
        yolov3_param: Yolov3Parameter | _Mapping[str, object] | None = ...,
        yolo_seg_param: YoloSegParameter | _Mapping[str, object] | None = ...,
        segmentation_evaluate_param: SegmentationEvaluateParameter | _Mapping[str, object] | None = ...,
        relu6_param: ReLUParameter | _Mapping[str, object] | None = ...,
        roi_align_param: ROIAlignParameter | _Mapping[str, object] | None = ...,
        shuffle_channel_param: ShuffleChannelParameter | _Mapping[str, object] | None = ...,
        local_param: LocalParameter | _Mapping[str, object] | None = ...,
        insanity_param: InsanityParameter | _Mapping[str, object] | None = ...,
        triplet_loss_param: TripletLossParameter | _Mapping[str, object] | None = ...,
        eltwise_affine_param: EltwiseAffineParameter | _Mapping[str, object] | None = ...,
        sub_region_param: SubRegionParameter | _Mapping[str, object] | None = ...,
        noise_param: NoiseParameter | _Mapping[str, object] | None = ...,
        hotspot_param: HotspotParameter | _Mapping[str, object] | None = ...,
        predict_box_param: PredictBoxParameter | _Mapping[str, object] | None = ...,
        fcn_data_param: FCNDataParameter | _Mapping[str, object] | None = ...,
        center_loss_param: CenterLossParameter | _Mapping[str, object] | None = ...,
        flip_param: FlipParameter | _Mapping[str, object] | None = ...,
        inner_distance_param: InnerDistanceParameter | _Mapping[str, object] | None = ...,
        normalize_param: NormalizeParameter | _Mapping[str, object] | None = ...,
        general_contrastive_loss_param: GeneralContrastiveParameter | _Mapping[str, object] | None = ...,
        soft_contrastive_loss_param: SoftContrastiveParameter | _Mapping[str, object] | None = ...,
        general_triplet_loss_param: GeneralTripletParameter | _Mapping[str, object] | None = ...,
        soft_truncation_param: SoftTruncationParameter | _Mapping[str, object] | None = ...,
        proposal_param: ProposalParameter | _Mapping[str, object] | None = ...,
        pairwise_param: PairwiseParameter | _Mapping[str, object] | None = ...,
        smoothl1_param: SmoothL1Parameter | _Mapping[str, object] | None = ...,
        batch_contrastive_loss_param: BatchContrastiveParameter | _Mapping[str, object] | None = ...,
        truncation_param: TruncationParameter | _Mapping[str, object] | None = ...,
        nca_param: NCAParameter | _Mapping[str, object] | None = ...,
        largemargin_inner_product_param: LargeMarginInnerProductParameter | _Mapping[str, object] | None = ...,
        label_specific_rescale_param: LabelSpecificRescaleParameter | _Mapping[str, object] | None = ...,
        infimum_loss_param: InfimumLossParamter | _Mapping[str, object] | None = ...,
        ordinal_regression_loss_param: OrdinalRegressionParameter | _Mapping[str, object] | None = ...,
        resize_param: ResizeParameter | _Mapping[str, object] | None = ...,
        margin_inner_product_param: MarginInnerProductParameter | _Mapping[str, object] | None = ...,
        feature_decay_loss_param: FeatureDecayLossParameter | _Mapping[str, object] | None = ...,
        confidence_penalty_loss_param: ConfidencePenaltyLossParameter | _Mapping[str, object] | None = ...,
        focal_loss_param: FocalLossParameter | _Mapping[str, object] | None = ...,
        label_specific_margin_param: LabelSpecificMarginParameter | _Mapping[str, object] | None = ...,
        channel_scale_param: ChannelScaleParameter | _Mapping[str, object] | None = ...,
        label_specific_affine_param: LabelSpecificAffineParameter | _Mapping[str, object] | None = ...,
        label_specific_hard_margin_param: LabelSpecificHardMarginParameter | _Mapping[str, object] | None = ...,
        label_specific_add_param: LabelSpecificAddParameter | _Mapping[str, object] | None = ...,
        op_transform_param: OPTransformationParameter | _Mapping[str, object] | None = ...,
        coeff_schedule_param: CoeffScheduleParameter | _Mapping[str, object] | None = ...,
        augmentation_param: AugmentationParameter | _Mapping[str, object] | None = ...,
        correlation_param: CorrelationParameter | _Mapping[str, object] | None = ...,
        l1_loss_param: L1LossParameter | _Mapping[str, object] | None = ...,
        writer_param: WriterParameter | _Mapping[str, object] | None = ...,
        reader_param: ReaderParameter | _Mapping[str, object] | None = ...,
        mean_param: MeanParameter | _Mapping[str, object] | None = ...,
        resample_param: ResampleParameter | _Mapping[str, object] | None = ...,
        downsample_param: DownsampleParameter | _Mapping[str, object] | None = ...,
        lpq_loss_param: LpqLossParameter | _Mapping[str, object] | None = ...,
        flow_warp_param: FlowWarpParameter | _Mapping[str, object] | None = ...,
        accum_param: AccumParameter | _Mapping[str, object] | None = ...,
        black_augmentation_param: BlackAugmentationParameter | _Mapping[str, object] | None = ...,
        reshape_every_iter: bool | None = ...,
        lstm_param: LSTMParameter | _Mapping[str, object] | None = ...,
        roi_mask_pooling_param: ROIMaskPoolingParameter | _Mapping[str, object] | None = ...,
        module_param: ModuleParameter | _Mapping[str, object] | None = ...,
        prior_rbox_param: PriorRBoxParameter | _Mapping[str, object] | None = ...,
        rdetection_output_param: RDetectionOutputParameter | _Mapping[str, object] | None = ...,
        rdetection_evaluate_param: RDetectionEvaluateParameter | _Mapping[str, object] | None = ...,
        multirbox_loss_param: MultiRBoxLossParameter | _Mapping[str, object] | None = ...,
        annotated_r_data_param: AnnotatedRDataParameter | _Mapping[str, object] | None = ...,
        deformable_psroi_pooling_param: DeformablePSROIPoolingParameter | _Mapping[str, object] | None = ...,
        deformable_convolution_param: DeformableConvolutionParameter | _Mapping[str, object] | None = ...,
        transpose_param: TransposeParameter | _Mapping[str, object] | None = ...,
        reverse_param: ReverseParameter | _Mapping[str, object] | None = ...,
        psroi_align_param: PSROIAlignParameter | _Mapping[str, object] | None = ...,
        proposal_target_param: FrcnnProposalTargetParameter | _Mapping[str, object] | None = ...,
        bbox_reg_param: BBoxRegParameter | _Mapping[str, object] | None = ...,
        convolution3d_param: Convolution3DParameter | _Mapping[str, object] | None = ...,
        im2seq_param: Im2seqParameter | _Mapping[str, object] | None = ...,
        seq2out_param: Seq2outParameter | _Mapping[str, object] | None = ...,
        img_size_param: ImgSizeParameter | _Mapping[str, object] | None = ...,
        pooling3d_param: Pooling3DParameter | _Mapping[str, object] | None = ...,
        axpy_param: AxpyParameter | _Mapping[str, object] | None = ...,
        ctc_loss_param: CTCLossParameter | _Mapping[str, object] | None = ...,
        ctc_decoder_param: CTCDecoderParameter | _Mapping[str, object] | None = ...,
        batch_reduction_param: BatchReductionParameter | _Mapping[str, object] | None = ...,
        normalize_bbox_param: NormalizeParameter | _Mapping[str, object] | None = ...,
        selu_dropout_param: SELUDropoutParameter | _Mapping[str, object] | None = ...,
        selu_param: SELUParameter | _Mapping[str, object] | None = ...,
    ) -> None: ...

class TransformationParameter(_message.Message):
    class InterpolationAlgo(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        INTER_NEAREST: _ClassVar[TransformationParameter.InterpolationAlgo]
        INTER_LINEAR: _ClassVar[TransformationParameter.InterpolationAlgo]
        INTER_CUBIC: _ClassVar[TransformationParameter.InterpolationAlgo]
        INTER_AREA: _ClassVar[TransformationParameter.InterpolationAlgo]
    INTER_NEAREST: _ClassVar[TransformationParameter.InterpolationAlgo]
    INTER_LINEAR: _ClassVar[TransformationParameter.InterpolationAlgo]
    INTER_CUBIC: _ClassVar[TransformationParameter.InterpolationAlgo]
    INTER_AREA: _ClassVar[TransformationParameter.InterpolationAlgo]
    SCALE_FIELD_NUMBER: _ClassVar[int]
    MIRROR_FIELD_NUMBER: _ClassVar[int]
    CROP_SIZE_FIELD_NUMBER: _ClassVar[int]
    MEAN_FILE_FIELD_NUMBER: _ClassVar[int]
    MEAN_VALUE_FIELD_NUMBER: _ClassVar[int]
    FORCE_COLOR_FIELD_NUMBER: _ClassVar[int]
    FORCE_GRAY_FIELD_NUMBER: _ClassVar[int]
    CROP_H_FIELD_NUMBER: _ClassVar[int]
    CROP_W_FIELD_NUMBER: _ClassVar[int]
    RESIZE_PARAM_FIELD_NUMBER: _ClassVar[int]
    NOISE_PARAM_FIELD_NUMBER: _ClassVar[int]
    DISTORT_PARAM_FIELD_NUMBER: _ClassVar[int]
    EXPAND_PARAM_FIELD_NUMBER: _ClassVar[int]
    EMIT_CONSTRAINT_FIELD_NUMBER: _ClassVar[int]
    SCALE_FACTORS_FIELD_NUMBER: _ClassVar[int]
    CROP_WIDTH_FIELD_NUMBER: _ClassVar[int]
    CROP_HEIGHT_FIELD_NUMBER: _ClassVar[int]
    IMG_RAND_RESIZE_LOWER_FIELD_NUMBER: _ClassVar[int]
    IMG_RAND_RESIZE_UPPER_FIELD_NUMBER: _ClassVar[int]
    RAND_RESIZE_RATIO_LOWER_FIELD_NUMBER: _ClassVar[int]
    RAND_RESIZE_RATIO_UPPER_FIELD_NUMBER: _ClassVar[int]
    VERTICAL_STRETCH_LOWER_FIELD_NUMBER: _ClassVar[int]
    VERTICAL_STRETCH_UPPER_FIELD_NUMBER: _ClassVar[int]
    HORIZONTAL_STRETCH_LOWER_FIELD_NUMBER: _ClassVar[int]
    HORIZONTAL_STRETCH_UPPER_FIELD_NUMBER: _ClassVar[int]
    INTERPOLATION_ALGO_DOWN_FIELD_NUMBER: _ClassVar[int]
    INTERPOLATION_ALGO_UP_FIELD_NUMBER: _ClassVar[int]
    ALLOW_UPSCALE_FIELD_NUMBER: _ClassVar[int]
    FORWARD_PACKING_FIELD_NUMBER: _ClassVar[int]
    USE_GPU_TRANSFORM_FIELD_NUMBER: _ClassVar[int]
    RANDOM_SEED_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_FIELD_NUMBER: _ClassVar[int]
    NUM_LABELS_FIELD_NUMBER: _ClassVar[int]
    RANDOM_RESIZE_PARAM_FIELD_NUMBER: _ClassVar[int]
    RANDOM_ASPECT_RATIO_PARAM_FIELD_NUMBER: _ClassVar[int]
    FLOW_FIELD_NUMBER: _ClassVar[int]
    BGR2RGB_FIELD_NUMBER: _ClassVar[int]
    PAD_FIELD_NUMBER: _ClassVar[int]
    ENABLE_CLASSF_AUG_FIELD_NUMBER: _ClassVar[int]
    MIN_SCALING_FACTOR_FIELD_NUMBER: _ClassVar[int]
    MAX_SCALING_FACTOR_FIELD_NUMBER: _ClassVar[int]
    MAX_ROTATION_ANGLE_FIELD_NUMBER: _ClassVar[int]
    CONTRAST_BRIGHTNESS_ADJUSTMENT_FIELD_NUMBER: _ClassVar[int]
    SMOOTH_FILTERING_FIELD_NUMBER: _ClassVar[int]
    MIN_CONTRAST_FIELD_NUMBER: _ClassVar[int]
    MAX_CONTRAST_FIELD_NUMBER: _ClassVar[int]
    MAX_BRIGHTNESS_SHIFT_FIELD_NUMBER: _ClassVar[int]
    MAX_SMOOTH_FIELD_NUMBER: _ClassVar[int]
    MAX_COLOR_SHIFT_FIELD_NUMBER: _ClassVar[int]
    MIN_SIDE_MIN_FIELD_NUMBER: _ClassVar[int]
    MIN_SIDE_MAX_FIELD_NUMBER: _ClassVar[int]
    MIN_SIDE_FIELD_NUMBER: _ClassVar[int]
    APPLY_PROBABILITY_FIELD_NUMBER: _ClassVar[int]
    DEBUG_PARAMS_FIELD_NUMBER: _ClassVar[int]
    CVT_BGR2RGB_FIELD_NUMBER: _ClassVar[int]
    CENTER_CROP_FIELD_NUMBER: _ClassVar[int]
    ERASE_RATIO_FIELD_NUMBER: _ClassVar[int]
    SCALE_MIN_FIELD_NUMBER: _ClassVar[int]
    SCALE_MAX_FIELD_NUMBER: _ClassVar[int]
    ASPECT_MIN_FIELD_NUMBER: _ClassVar[int]
    ASPECT_MAX_FIELD_NUMBER: _ClassVar[int]
    scale: float
    mirror: bool
    crop_size: int
    mean_file: str
    @property
    def mean_value(self) -> _containers.RepeatedScalarFieldContainer[float]: ...
    force_color: bool
    force_gray: bool
    crop_h: int
    crop_w: int
    @property
    def resize_param(self) -> ResizeParameter: ...
    @property
    def noise_param(self) -> NoiseParameter: ...
    @property
    def distort_param(self) -> DistortionParameter: ...
    @property
    def expand_param(self) -> ExpansionParameter: ...
    @property
    def emit_constraint(self) -> EmitConstraint: ...
    @property
    def scale_factors(self) -> _containers.RepeatedScalarFieldContainer[float]: ...
    crop_width: int
    crop_height: int
    img_rand_resize_lower: int
    img_rand_resize_upper: int
    rand_resize_ratio_lower: float
    rand_resize_ratio_upper: float
    vertical_stretch_lower: float
    vertical_stretch_upper: float
    horizontal_stretch_lower: float
    horizontal_stretch_upper: float
    interpolation_algo_down: TransformationParameter.InterpolationAlgo
    interpolation_algo_up: TransformationParameter.InterpolationAlgo
    allow_upscale: bool
    forward_packing: Packing
    use_gpu_transform: bool
    random_seed: int
    display: bool
    num_labels: int
    @property
    def random_resize_param(self) -> RandomResizeParameter: ...
    @property
    def random_aspect_ratio_param(self) -> RandomAspectRatioParameter: ...
    flow: bool
    bgr2rgb: bool
    pad: int
    enable_classf_aug: bool
    min_scaling_factor: float
    max_scaling_factor: float
    max_rotation_angle: int
    contrast_brightness_adjustment: bool
    smooth_filtering: bool
    min_contrast: float
    max_contrast: float
    max_brightness_shift: int
    max_smooth: float
    max_color_shift: int
    min_side_min: int
    min_side_max: int
    min_side: int
    apply_probability: float
    debug_params: bool
    cvt_bgr2rgb: bool
    center_crop: bool
    erase_ratio: float
    scale_min: float
    scale_max: float
    aspect_min: float
    aspect_max: float
    def __init__(
        self,
        *,
        scale: float | None = ...,
        mirror: bool | None = ...,
        crop_size: int | None = ...,
        mean_file: str | None = ...,
        mean_value: _Iterable[float] | None = ...,
        force_color: bool | None = ...,
        force_gray: bool | None = ...,
        crop_h: int | None = ...,
        crop_w: int | None = ...,
        resize_param: ResizeParameter | _Mapping[str, object] | None = ...,
        noise_param: NoiseParameter | _Mapping[str, object] | None = ...,
        distort_param: DistortionParameter | _Mapping[str, object] | None = ...,
        expand_param: ExpansionParameter | _Mapping[str, object] | None = ...,
        emit_constraint: EmitConstraint | _Mapping[str, object] | None = ...,
        scale_factors: _Iterable[float] | None = ...,
        crop_width: int | None = ...,
        crop_height: int | None = ...,
        img_rand_resize_lower: int | None = ...,
        img_rand_resize_upper: int | None = ...,
        rand_resize_ratio_lower: float | None = ...,
        rand_resize_ratio_upper: float | None = ...,
        vertical_stretch_lower: float | None = ...,
        vertical_stretch_upper: float | None = ...,
        horizontal_stretch_lower: float | None = ...,
        horizontal_stretch_upper: float | None = ...,
        interpolation_algo_down: TransformationParameter.InterpolationAlgo | str | None = ...,
        interpolation_algo_up: TransformationParameter.InterpolationAlgo | str | None = ...,
        allow_upscale: bool | None = ...,
        forward_packing: Packing | str | None = ...,
        use_gpu_transform: bool | None = ...,
        random_seed: int | None = ...,
        display: bool | None = ...,
        num_labels: int | None = ...,
        random_resize_param: RandomResizeParameter | _Mapping[str, object] | None = ...,
        random_aspect_ratio_param: RandomAspectRatioParameter | _Mapping[str, object] | None = ...,
        flow: bool | None = ...,
        bgr2rgb: bool | None = ...,
        pad: int | None = ...,
        enable_classf_aug: bool | None = ...,
        min_scaling_factor: float | None = ...,
        max_scaling_factor: float | None = ...,
        max_rotation_angle: int | None = ...,
        contrast_brightness_adjustment: bool | None = ...,
        smooth_filtering: bool | None = ...,
        min_contrast: float | None = ...,
        max_contrast: float | None = ...,
        max_brightness_shift: int | None = ...,
        max_smooth: float | None = ...,
        max_color_shift: int | None = ...,
        min_side_min: int | None = ...,
        min_side_max: int | None = ...,
        min_side: int | None = ...,
        apply_probability: float | None = ...,
        debug_params: bool | None = ...,
        cvt_bgr2rgb: bool | None = ...,
        center_crop: bool | None = ...,
        erase_ratio: float | None = ...,
        scale_min: float | None = ...,
        scale_max: float | None = ...,
        aspect_min: float | None = ...,
        aspect_max: float | None = ...,
    ) -> None: ...

class DataParameter(_message.Message):
    class DB(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        LEVELDB: _ClassVar[DataParameter.DB]
        LMDB: _ClassVar[DataParameter.DB]
    LEVELDB: _ClassVar[DataParameter.DB]
    LMDB: _ClassVar[DataParameter.DB]
    class RANDPERMORDER(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        FIRST_PERMUTE_THEN_RANGE: _ClassVar[DataParameter.RANDPERMORDER]
        FIRST_RANGE_THEN_PERMUTE: _ClassVar[DataParameter.RANDPERMORDER]
    FIRST_PERMUTE_THEN_RANGE: _ClassVar[DataParameter.RANDPERMORDER]
    FIRST_RANGE_THEN_PERMUTE: _ClassVar[DataParameter.RANDPERMORDER]
    class CHANNELENCODING(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        UINT8: _ClassVar[DataParameter.CHANNELENCODING]
        UINT16FLOW: _ClassVar[DataParameter.CHANNELENCODING]
        BOOL1: _ClassVar[DataParameter.CHANNELENCODING]
    UINT8: _ClassVar[DataParameter.CHANNELENCODING]
    UINT16FLOW: _ClassVar[DataParameter.CHANNELENCODING]
    BOOL1: _ClassVar[DataParameter.CHANNELENCODING]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    BATCH_SIZE_FIELD_NUMBER: _ClassVar[int]
    RAND_SKIP_FIELD_NUMBER: _ClassVar[int]
    BACKEND_FIELD_NUMBER: _ClassVar[int]
    SCALE_FIELD_NUMBER: _ClassVar[int]
    MEAN_FILE_FIELD_NUMBER: _ClassVar[int]
    CROP_SIZE_FIELD_NUMBER: _ClassVar[int]
    MIRROR_FIELD_NUMBER: _ClassVar[int]
    FORCE_ENCODED_COLOR_FIELD_NUMBER: _ClassVar[int]
    PREFETCH_FIELD_NUMBER: _ClassVar[int]
    THREADS_FIELD_NUMBER: _ClassVar[int]
    PARSER_THREADS_FIELD_NUMBER: _ClassVar[int]
    CACHE_FIELD_NUMBER: _ClassVar[int]
    SHUFFLE_FIELD_NUMBER: _ClassVar[int]
    PRECACHE_FIELD_NUMBER: _ClassVar[int]
    SIDE_FIELD_NUMBER: _ClassVar[int]
    DISK_READER_THREADS_FIELD_NUMBER: _ClassVar[int]
    HUGE_VIDEO_DATASET_FIELD_NUMBER: _ClassVar[int]
    LIMIT_SAMPLES_FIELD_NUMBER: _ClassVar[int]
    PRESELECTION_FILE_FIELD_NUMBER: _ClassVar[int]
    PRESELECTION_LABEL_FIELD_NUMBER: _ClassVar[int]
    RANGE_START_FIELD_NUMBER: _ClassVar[int]
    RANGE_END_FIELD_NUMBER: _ClassVar[int]
    RAND_PERMUTE_FIELD_NUMBER: _ClassVar[int]
    RAND_PERMUTE_ORDER_FIELD_NUMBER: _ClassVar[int]
    RAND_PERMUTE_SEED_FIELD_NUMBER: _ClassVar[int]
    SLICE_POINT_FIELD_NUMBER: _ClassVar[int]
    ENCODING_FIELD_NUMBER: _ClassVar[int]
    VERBOSE_FIELD_NUMBER: _ClassVar[int]
    SUBTRACT_FIELD_NUMBER: _ClassVar[int]
    PERMUTE_EVERY_ITER_FIELD_NUMBER: _ClassVar[int]
    BLOCK_SIZE_FIELD_NUMBER: _ClassVar[int]
    LABEL_SIZE_FIELD_NUMBER: _ClassVar[int]
    DATA_WIDTH_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_WIDTH_FIELD_NUMBER: _ClassVar[int]
    source: str
    batch_size: int
    rand_skip: int
    backend: DataParameter.DB
    scale: float
    mean_file: str
    crop_size: int
    mirror: bool
    force_encoded_color: bool
    prefetch: int
    threads: int
    parser_threads: int
    cache: bool
    shuffle: bool
    precache: bool
    @property
    def side(self) -> _containers.RepeatedScalarFieldContainer[int]: ...
    disk_reader_threads: int
    huge_video_dataset: bool
    limit_samples: int
    preselection_file: str
    preselection_label: int
    range_start: int
    range_end: int
    rand_permute: bool
    rand_permute_order: DataParameter.RANDPERMORDER
    rand_permute_seed: int
    @property
    def slice_point(self) -> _containers.RepeatedScalarFieldContainer[int]: ...
    @property
    def encoding(self) -> _containers.RepeatedScalarFieldContainer[DataParameter.CHANNELENCODING]: ...
    verbose: bool
    @property
    def subtract(self) -> _containers.RepeatedScalarFieldContainer[float]: ...
    permute_every_iter: int
    block_size: int
    label_size: int
    data_width: int
    output_width: bool
    def __init__(
        self,
        *,
        source: str | None = ...,
        batch_size: int | None = ...,
        rand_skip: int | None = ...,
        backend: DataParameter.DB | str | None = ...,
        scale: float | None = ...,
        mean_file: str | None = ...,
        crop_size: int | None = ...,
        mirror: bool | None = ...,
        force_encoded_color: bool | None = ...,
        prefetch: int | None = ...,
        threads: int | None = ...,
        parser_threads: int | None = ...,
        cache: bool | None = ...,
        shuffle: bool | None = ...,
        precache: bool | None = ...,
        side: _Iterable[int] | None = ...,
        disk_reader_threads: int | None = ...,
        huge_video_dataset: bool | None = ...,
        limit_samples: int | None = ...,
        preselection_file: str | None = ...,
        preselection_label: int | None = ...,
        range_start: int | None = ...,
        range_end: int | None = ...,
        rand_permute: bool | None = ...,
        rand_permute_order: DataParameter.RANDPERMORDER | str | None = ...,
        rand_permute_seed: int | None = ...,
        slice_point: _Iterable[int] | None = ...,
        encoding: _Iterable[DataParameter.CHANNELENCODING | str] | None = ...,
        verbose: bool | None = ...,
        subtract: _Iterable[float] | None = ...,
        permute_every_iter: int | None = ...,
        block_size: int | None = ...,
        label_size: int | None = ...,
        data_width: int | None = ...,
        output_width: bool | None = ...,
    ) -> None: ...

class ImageDataParameter(_message.Message):
    class LabelType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        NONE: _ClassVar[ImageDataParameter.LabelType]
        IMAGE: _ClassVar[ImageDataParameter.LabelType]
        PIXEL: _ClassVar[ImageDataParameter.LabelType]
    NONE: _ClassVar[ImageDataParameter.LabelType]
    IMAGE: _ClassVar[ImageDataParameter.LabelType]
    PIXEL: _ClassVar[ImageDataParameter.LabelType]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    BATCH_SIZE_FIELD_NUMBER: _ClassVar[int]
    RAND_SKIP_FIELD_NUMBER: _ClassVar[int]
    SHUFFLE_FIELD_NUMBER: _ClassVar[int]
    NEW_HEIGHT_FIELD_NUMBER: _ClassVar[int]
    NEW_WIDTH_FIELD_NUMBER: _ClassVar[int]
    IS_COLOR_FIELD_NUMBER: _ClassVar[int]
    SCALE_FIELD_NUMBER: _ClassVar[int]
    MEAN_FILE_FIELD_NUMBER: _ClassVar[int]
    CROP_SIZE_FIELD_NUMBER: _ClassVar[int]
    MIRROR_FIELD_NUMBER: _ClassVar[int]
    ROOT_FOLDER_FIELD_NUMBER: _ClassVar[int]
    IGNORE_LABEL_FIELD_NUMBER: _ClassVar[int]
    LABEL_TYPE_FIELD_NUMBER: _ClassVar[int]
    SHORT_SIDE_FIELD_NUMBER: _ClassVar[int]
    THREADS_FIELD_NUMBER: _ClassVar[int]
    CACHE_FIELD_NUMBER: _ClassVar[int]
    PRECACHE_FIELD_NUMBER: _ClassVar[int]
    DATASET_SHARE_PER_NODE_FIELD_NUMBER: _ClassVar[int]
    MIN_HEIGHT_FIELD_NUMBER: _ClassVar[int]
    MIN_WIDTH_FIELD_NUMBER: _ClassVar[int]
    FACE_TRANSFORM_FIELD_NUMBER: _ClassVar[int]
    MAX_SHEAR_RATIO_FIELD_NUMBER: _ClassVar[int]
    MAX_ASPECT_RATIO_FIELD_NUMBER: _ClassVar[int]
    MAX_ROTATE_ANGLE_FIELD_NUMBER: _ClassVar[int]
    MIN_RANDOM_SCALE_FIELD_NUMBER: _ClassVar[int]
    MAX_RANDOM_SCALE_FIELD_NUMBER: _ClassVar[int]
    MAX_RANDOM_SHIFT_FIELD_NUMBER: _ClassVar[int]
    FACE_MIRROR_FIELD_NUMBER: _ClassVar[int]
    FACE_POINT_NUM_FIELD_NUMBER: _ClassVar[int]
    BALANCE_CLASS_FIELD_NUMBER: _ClassVar[int]
    BALANCE_BY_FIELD_NUMBER: _ClassVar[int]
    LABEL_CUT_START_FIELD_NUMBER: _ClassVar[int]
    LABEL_CUT_END_FIELD_NUMBER: _ClassVar[int]
    LABEL_NUM_FIELD_NUMBER: _ClassVar[int]
    ATT_NUM_FIELD_NUMBER: _ClassVar[int]
    source: str
    batch_size: int
    rand_skip: int
    shuffle: bool
    new_height: int
    new_width: int
    is_color: bool
    scale: float
    mean_file: str
    crop_size: int
    mirror: bool
    root_folder: str
    ignore_label: int
    label_type: ImageDataParameter.LabelType
    short_side: int
    threads: int
    cache: bool
    precache: bool
    dataset_share_per_node: float
    min_height: int
    min_width: int
    face_transform: bool
    max_shear_ratio: float
    max_aspect_ratio: float
    max_rotate_angle: float
    min_random_scale: float
    max_random_scale: float
    max_random_shift: int
    face_mirror: bool
    face_point_num: int
    balance_class: bool
    balance_by: int
    label_cut_start: int
    label_cut_end: int
    label_num: int
    att_num: int
    def __init__(
        self,
        *,
        source: str | None = ...,
        batch_size: int | None = ...,
        rand_skip: int | None = ...,
        shuffle: bool | None = ...,
        new_height: int | None = ...,
        new_width: int | None = ...,
        is_color: bool | None = ...,
        scale: float | None = ...,
        mean_file: str | None = ...,
        crop_size: int | None = ...,
        mirror: bool | None = ...,
        root_folder: str | None = ...,
        ignore_label: int | None = ...,
        label_type: ImageDataParameter.LabelType | str | None = ...,
        short_side: int | None = ...,
        threads: int | None = ...,
        cache: bool | None = ...,
        precache: bool | None = ...,
        dataset_share_per_node: float | None = ...,
        min_height: int | None = ...,
        min_width: int | None = ...,
        face_transform: bool | None = ...,
        max_shear_ratio: float | None = ...,
        max_aspect_ratio: float | None = ...,
        max_rotate_angle: float | None = ...,
        min_random_scale: float | None = ...,
        max_random_scale: float | None = ...,
        max_random_shift: int | None = ...,
        face_mirror: bool | None = ...,
        face_point_num: int | None = ...,
        balance_class: bool | None = ...,
        balance_by: int | None = ...,
        label_cut_start: int | None = ...,
        label_cut_end: int | None = ...,
        label_num: int | None = ...,
        att_num: int | None = ...,
    ) -> None: ...

class HDF5DataParameter(_message.Message):
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    BATCH_SIZE_FIELD_NUMBER: _ClassVar[int]
    SHUFFLE_FIELD_NUMBER: _ClassVar[int]
    source: str
    batch_size: int
    shuffle: bool
    def __init__(
        self,
        *,
        source: str | None = ...,
        batch_size: int | None = ...,
        shuffle: bool | None = ...,
    ) -> None: ...

class HDF5OutputParameter(_message.Message):
    FILE_NAME_FIELD_NUMBER: _ClassVar[int]
    file_name: str
    def __init__(
        self,
        *,
        file_name: str | None = ...,
    ) -> None: ...

class WindowDataParameter(_message.Message):
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    SCALE_FIELD_NUMBER: _ClassVar[int]
    MEAN_FILE_FIELD_NUMBER: _ClassVar[int]
    BATCH_SIZE_FIELD_NUMBER: _ClassVar[int]
    CROP_SIZE_FIELD_NUMBER: _ClassVar[int]
    MIRROR_FIELD_NUMBER: _ClassVar[int]
    FG_THRESHOLD_FIELD_NUMBER: _ClassVar[int]
    BG_THRESHOLD_FIELD_NUMBER: _ClassVar[int]
    FG_FRACTION_FIELD_NUMBER: _ClassVar[int]
    CONTEXT_PAD_FIELD_NUMBER: _ClassVar[int]
    CROP_MODE_FIELD_NUMBER: _ClassVar[int]
    CACHE_IMAGES_FIELD_NUMBER: _ClassVar[int]
    ROOT_FOLDER_FIELD_NUMBER: _ClassVar[int]
    CONFIG_FIELD_NUMBER: _ClassVar[int]
    source: str
    scale: float
    mean_file: str
    batch_size: int
    crop_size: int
    mirror: bool
    fg_threshold: float
    bg_threshold: float
    fg_fraction: float
    context_pad: int
    crop_mode: str
    cache_images: bool
    root_folder: str
    config: str
    def __init__(
        self,
        *,
        source: str | None = ...,
        scale: float | None = ...,
        mean_file: str | None = ...,
        batch_size: int | None = ...,
        crop_size: int | None = ...,
        mirror: bool | None = ...,
        fg_threshold: float | None = ...,
        bg_threshold: float | None = ...,
        fg_fraction: float | None = ...,
        context_pad: int | None = ...,
        crop_mode: str | None = ...,
        cache_images: bool | None = ...,
        root_folder: str | None = ...,
        config: str | None = ...,
    ) -> None: ...

class MemoryDataParameter(_message.Message):
    BATCH_SIZE_FIELD_NUMBER: _ClassVar[int]
    CHANNELS_FIELD_NUMBER: _ClassVar[int]
    HEIGHT_FIELD_NUMBER: _ClassVar[int]
    WIDTH_FIELD_NUMBER: _ClassVar[int]
    TRANSPOSE_FIELD_NUMBER: _ClassVar[int]
    batch_size: int
    channels: int
    height: int
    width: int
    transpose: bool
    def __init__(
        self,
        *,
        batch_size: int | None = ...,
        channels: int | None = ...,
        height: int | None = ...,
        width: int | None = ...,
        transpose: bool | None = ...,
    ) -> None: ...

class DummyDataParameter(_message.Message):
    DATA_FILLER_FIELD_NUMBER: _ClassVar[int]
    SHAPE_FIELD_NUMBER: _ClassVar[int]
    NUM_FIELD_NUMBER: _ClassVar[int]
    CHANNELS_FIELD_NUMBER: _ClassVar[int]
    HEIGHT_FIELD_NUMBER: _ClassVar[int]
    WIDTH_FIELD_NUMBER: _ClassVar[int]
    @property
    def data_filler(self) -> _containers.RepeatedCompositeFieldContainer[FillerParameter]: ...
    @property
    def shape(self) -> _containers.RepeatedCompositeFieldContainer[BlobShape]: ...
    @property
    def num(self) -> _containers.RepeatedScalarFieldContainer[int]: ...
    @property
    def channels(self) -> _containers.RepeatedScalarFieldContainer[int]: ...
    @property
    def height(self) -> _containers.RepeatedScalarFieldContainer[int]: ...
    @property
    def width(self) -> _containers.RepeatedScalarFieldContainer[int]: ...
    def __init__(
        self,
        *,
        data_filler: _Iterable[FillerParameter | _Mapping[str, object]] | None = ...,
        shape: _Iterable[BlobShape | _Mapping[str, object]] | None = ...,
        num: _Iterable[int] | None = ...,
        channels: _Iterable[int] | None = ...,
        height: _Iterable[int] | None = ...,
        width: _Iterable[int] | None = ...,
    ) -> None: ...

class InputParameter(_message.Message):
    SHAPE_FIELD_NUMBER: _ClassVar[int]
    @property
    def shape(self) -> _containers.RepeatedCompositeFieldContainer[BlobShape]: ...
    def __init__(
        self,
        *,
        shape: _Iterable[BlobShape | _Mapping[str, object]] | None = ...,
    ) -> None: ...

class ParameterParameter(_message.Message):
    SHAPE_FIELD_NUMBER: _ClassVar[int]
    BLOB_FILLER_FIELD_NUMBER: _ClassVar[int]
    @property
    def shape(self) -> BlobShape: ...
    @property
    def blob_filler(self) -> FillerParameter: ...
    def __init__(
        self,
        *,
        shape: BlobShape | _Mapping[str, object] | None = ...,
        blob_filler: FillerParameter | _Mapping[str, object] | None = ...,
    ) -> None: ...

class PythonParameter(_message.Message):
    MODULE_FIELD_NUMBER: _ClassVar[int]
    LAYER_FIELD_NUMBER: _ClassVar[int]
    PARAM_STR_FIELD_NUMBER: _ClassVar[int]
    SHARE_IN_PARALLEL_FIELD_NUMBER: _ClassVar[int]
    module: str
    layer: str
    param_str: str
    share_in_parallel: bool
    def __init__(
        self,
        *,
        module: str | None = ...,
        layer: str | None = ...,
        param_str: str | None = ...,
        share_in_parallel: bool | None = ...,
    ) -> None: ...

class ConvolutionParameter(_message.Message):
    class Engine(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        DEFAULT: _ClassVar[ConvolutionParameter.Engine]
        CAFFE: _ClassVar[ConvolutionParameter.Engine]
        CUDNN: _ClassVar[ConvolutionParameter.Engine]
        MKL2017: _ClassVar[ConvolutionParameter.Engine]
        MKLDNN: _ClassVar[ConvolutionParameter.Engine]
        CUDNN_FORWARD: _ClassVar[ConvolutionParameter.Engine]
    DEFAULT: _ClassVar[ConvolutionParameter.Engine]
    CAFFE: _ClassVar[ConvolutionParameter.Engine]
    CUDNN: _ClassVar[ConvolutionParameter.Engine]
    MKL2017: _ClassVar[ConvolutionParameter.Engine]
    MKLDNN: _ClassVar[ConvolutionParameter.Engine]
    CUDNN_FORWARD: _ClassVar[ConvolutionParameter.Engine]
    class CuDNNConvolutionAlgorithmSeeker(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        GET: _ClassVar[ConvolutionParameter.CuDNNConvolutionAlgorithmSeeker]
        FINDEX: _ClassVar[ConvolutionParameter.CuDNNConvolutionAlgorithmSeeker]
    GET: _ClassVar[ConvolutionParameter.CuDNNConvolutionAlgorithmSeeker]
    FINDEX: _ClassVar[ConvolutionParameter.CuDNNConvolutionAlgorithmSeeker]
    class FusionType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        NONE_FUSION: _ClassVar[ConvolutionParameter.FusionType]
        SUM_FUSION: _ClassVar[ConvolutionParameter.FusionType]
    NONE_FUSION: _ClassVar[ConvolutionParameter.FusionType]
    SUM_FUSION: _ClassVar[ConvolutionParameter.FusionType]
    NUM_OUTPUT_FIELD_NUMBER: _ClassVar[int]
    BIAS_TERM_FIELD_NUMBER: _ClassVar[int]
    PAD_FIELD_NUMBER: _ClassVar[int]
    KERNEL_SIZE_FIELD_NUMBER: _ClassVar[int]
    STRIDE_FIELD_NUMBER: _ClassVar[int]
    DILATION_FIELD_NUMBER: _ClassVar[int]
    PAD_H_FIELD_NUMBER: _ClassVar[int]
    PAD_W_FIELD_NUMBER: _ClassVar[int]
    KERNEL_H_FIELD_NUMBER: _ClassVar[int]
    KERNEL_W_FIELD_NUMBER: _ClassVar[int]
    STRIDE_H_FIELD_NUMBER: _ClassVar[int]
    STRIDE_W_FIELD_NUMBER: _ClassVar[int]
    GROUP_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_FILLER_FIELD_NUMBER: _ClassVar[int]
    BIAS_FILLER_FIELD_NUMBER: _ClassVar[int]
    ENGINE_FIELD_NUMBER: _ClassVar[int]
    AXIS_FIELD_NUMBER: _ClassVar[int]
    FORCE_ND_IM2COL_FIELD_NUMBER: _ClassVar[int]
    CUDNN_CONVOLUTION_ALGO_SEEKER_FIELD_NUMBER: _ClassVar[int]
    CONV_ALGOS_OVERRIDE_FIELD_NUMBER: _ClassVar[int]
    RELU_FIELD_NUMBER: _ClassVar[int]
    NEGATIVE_SLOPE_FIELD_NUMBER: _ClassVar[int]
    CONV_ALGORITHM_FIELD_NUMBER: _ClassVar[int]
    COEFF_FIELD_NUMBER: _ClassVar[int]
    FUSION_TYPE_FIELD_NUMBER: _ClassVar[int]
    SHAPE_OFFSET_FIELD_NUMBER: _ClassVar[int]
    BINARY_FIELD_NUMBER: _ClassVar[int]
    PARAMQ_FIELD_NUMBER: _ClassVar[int]
    PARAMS_FIELD_NUMBER: _ClassVar[int]
    SCALE_IN_FIELD_NUMBER: _ClassVar[int]
    SCALE_OUT_FIELD_NUMBER: _ClassVar[int]
    A_MIN_FIELD_NUMBER: _ClassVar[int]
    A_MAX_FIELD_NUMBER: _ClassVar[int]
    HOLE_FIELD_NUMBER: _ClassVar[int]
    HOLE_H_FIELD_NUMBER: _ClassVar[int]
    HOLE_W_FIELD_NUMBER: _ClassVar[int]
    num_output: int
    bias_term: bool
    @property
    def pad(self) -> _containers.RepeatedScalarFieldContainer[int]: ...
    @property
    def kernel_size(self) -> _containers.RepeatedScalarFieldContainer[int]: ...
    @property
    def stride(self) -> _containers.RepeatedScalarFieldContainer[int]: ...
    @property
    def dilation(self) -> _containers.RepeatedScalarFieldContainer[int]: ...
    pad_h: int
    pad_w: int
    kernel_h: int
    kernel_w: int
    stride_h: int
    stride_w: int
    group: int
    @property
    def weight_filler(self) -> FillerParameter: ...
    @property
    def bias_filler(self) -> FillerParameter: ...
    engine: ConvolutionParameter.Engine
    axis: int
    force_nd_im2col: bool
    cudnn_convolution_algo_seeker: ConvolutionParameter.CuDNNConvolutionAlgorithmSeeker
    conv_algos_override: str
    relu: bool
    negative_slope: float
    conv_algorithm: str
    @property
    def coeff(self) -> _containers.RepeatedScalarFieldContainer[float]: ...
    fusion_type: ConvolutionParameter.FusionType
    @property
    def shape_offset(self) -> _containers.RepeatedScalarFieldContainer[int]: ...
    binary: int
    paramq: int
    params: float
    scale_in: float
    scale_out: float
    a_min: int
    a_max: int
    hole: int
    hole_h: int
    hole_w: int
    def __init__(
        self,
        *,
        num_output: int | None = ...,
        bias_term: bool | None = ...,
        pad: _Iterable[int] | None = ...,
        kernel_size: _Iterable[int] | None = ...,
        stride: _Iterable[int] | None = ...,
        dilation: _Iterable[int] | None = ...,
        pad_h: int | None = ...,
        pad_w: int | None = ...,
        kernel_h: int | None = ...,
        kernel_w: int | None = ...,
        stride_h: int | None = ...,
        stride_w: int | None = ...,
        group: int | None = ...,
        weight_filler: FillerParameter | _Mapping[str, object] | None = ...,
        bias_filler: FillerParameter | _Mapping[str, object] | None = ...,
        engine: ConvolutionParameter.Engine | str | None = ...,
        axis: int | None = ...,
        force_nd_im2col: bool | None = ...,
        cudnn_convolution_algo_seeker: ConvolutionParameter.CuDNNConvolutionAlgorithmSeeker | str | None = ...,
        conv_algos_override: str | None = ...,
        relu: bool | None = ...,
        negative_slope: float | None = ...,
        conv_algorithm: str | None = ...,
        coeff: _Iterable[float] | None = ...,
        fusion_type: ConvolutionParameter.FusionType | str | None = ...,
        shape_offset: _Iterable[int] | None = ...,
        binary: int | None = ...,
        paramq: int | None = ...,
        params: float | None = ...,
        scale_in: float | None = ...,
        scale_out: float | None = ...,
        a_min: int | None = ...,
        a_max: int | None = ...,
        hole: int | None = ...,
        hole_h: int | None = ...,
        hole_w: int | None = ...,
    ) -> None: ...

class InnerProductParameter(_message.Message):
    class Engine(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        DEFAULT: _ClassVar[InnerProductParameter.Engine]
        CAFFE: _ClassVar[InnerProductParameter.Engine]
        CUDNN: _ClassVar[InnerProductParameter.Engine]
        MKLDNN: _ClassVar[InnerProductParameter.Engine]
    DEFAULT: _ClassVar[InnerProductParameter.Engine]
    CAFFE: _ClassVar[InnerProductParameter.Engine]
    CUDNN: _ClassVar[InnerProductParameter.Engine]
    MKLDNN: _ClassVar[InnerProductParameter.Engine]
    NUM_OUTPUT_FIELD_NUMBER: _ClassVar[int]
    BIAS_TERM_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_FILLER_FIELD_NUMBER: _ClassVar[int]
    BIAS_FILLER_FIELD_NUMBER: _ClassVar[int]
    AXIS_FIELD_NUMBER: _ClassVar[int]
    TRANSPOSE_FIELD_NUMBER: _ClassVar[int]
    ENGINE_FIELD_NUMBER: _ClassVar[int]
    RELU_FIELD_NUMBER: _ClassVar[int]
    NEGATIVE_SLOPE_FIELD_NUMBER: _ClassVar[int]
    NORMALIZE_FIELD_NUMBER: _ClassVar[int]
    PARAMQ_FIELD_NUMBER: _ClassVar[int]
    PARAMS_FIELD_NUMBER: _ClassVar[int]
    SCALE_IN_FIELD_NUMBER: _ClassVar[int]
    SCALE_OUT_FIELD_NUMBER: _ClassVar[int]
    A_MIN_FIELD_NUMBER: _ClassVar[int]
    A_MAX_FIELD_NUMBER: _ClassVar[int]
    num_output: int
    bias_term: bool
    @property
    def weight_filler(self) -> FillerParameter: ...
    @property
    def bias_filler(self) -> FillerParameter: ...
    axis: int
    transpose: bool
    engine: InnerProductParameter.Engine
    relu: bool
    negative_slope: float
    normalize: bool
    paramq: int
    params: float
    scale_in: float
    scale_out: float
    a_min: int
    a_max: int
    def __init__(
        self,
        *,
        num_output: int | None = ...,
        bias_term: bool | None = ...,
        weight_filler: FillerParameter | _Mapping[str, object] | None = ...,
        bias_filler: FillerParameter | _Mapping[str, object] | None = ...,
        axis: int | None = ...,
        transpose: bool | None = ...,
        engine: InnerProductParameter.Engine | str | None = ...,
        relu: bool | None = ...,
        negative_slope: float | None = ...,
        normalize: bool | None = ...,
        paramq: int | None = ...,
        params: float | None = ...,
        scale_in: float | None = ...,
        scale_out: float | None = ...,
        a_min: int | None = ...,
        a_max: int | None = ...,
    ) -> None: ...

class EmbedParameter(_message.Message):
    NUM_OUTPUT_FIELD_NUMBER: _ClassVar[int]
    INPUT_DIM_FIELD_NUMBER: _ClassVar[int]
    BIAS_TERM_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_FILLER_FIELD_NUMBER: _ClassVar[int]
    BIAS_FILLER_FIELD_NUMBER: _ClassVar[int]
    num_output: int
    input_dim: int
    bias_term: bool
    @property
    def weight_filler(self) -> FillerParameter: ...
    @property
    def bias_filler(self) -> FillerParameter: ...
    def __init__(
        self,
        *,
        num_output: int | None = ...,
        input_dim: int | None = ...,
        bias_term: bool | None = ...,
        weight_filler: FillerParameter | _Mapping[str, object] | None = ...,
        bias_filler: FillerParameter | _Mapping[str, object] | None = ...,
    ) -> None: ...

class PoolingParameter(_message.Message):
    class PoolMethod(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        MAX: _ClassVar[PoolingParameter.PoolMethod]
        AVE: _ClassVar[PoolingParameter.PoolMethod]
        STOCHASTIC: _ClassVar[PoolingParameter.PoolMethod]
        DEF: _ClassVar[PoolingParameter.PoolMethod]
        DEF_ALL: _ClassVar[PoolingParameter.PoolMethod]
        DEF_ALL2: _ClassVar[PoolingParameter.PoolMethod]
        DEF_ALL3: _ClassVar[PoolingParameter.PoolMethod]
        DEF_ALL4: _ClassVar[PoolingParameter.PoolMethod]
        LOWRES: _ClassVar[PoolingParameter.PoolMethod]
        RCM: _ClassVar[PoolingParameter.PoolMethod]
    MAX: _ClassVar[PoolingParameter.PoolMethod]
    AVE: _ClassVar[PoolingParameter.PoolMethod]
    STOCHASTIC: _ClassVar[PoolingParameter.PoolMethod]
    DEF: _ClassVar[PoolingParameter.PoolMethod]
    DEF_ALL: _ClassVar[PoolingParameter.PoolMethod]
    DEF_ALL2: _ClassVar[PoolingParameter.PoolMethod]
    DEF_ALL3: _ClassVar[PoolingParameter.PoolMethod]
    DEF_ALL4: _ClassVar[PoolingParameter.PoolMethod]
    LOWRES: _ClassVar[PoolingParameter.PoolMethod]
    RCM: _ClassVar[PoolingParameter.PoolMethod]
    class Engine(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        DEFAULT: _ClassVar[PoolingParameter.Engine]
        CAFFE: _ClassVar[PoolingParameter.Engine]
        CUDNN: _ClassVar[PoolingParameter.Engine]
        MKL2017: _ClassVar[PoolingParameter.Engine]
        MKLDNN: _ClassVar[PoolingParameter.Engine]
    DEFAULT: _ClassVar[PoolingParameter.Engine]
    CAFFE: _ClassVar[PoolingParameter.Engine]
    CUDNN: _ClassVar[PoolingParameter.Engine]
    MKL2017: _ClassVar[PoolingParameter.Engine]
    MKLDNN: _ClassVar[PoolingParameter.Engine]
    class RoundMode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        CEIL: _ClassVar[PoolingParameter.RoundMode]
        FLOOR: _ClassVar[PoolingParameter.RoundMode]
    CEIL: _ClassVar[PoolingParameter.RoundMode]
    FLOOR: _ClassVar[PoolingParameter.RoundMode]
    POOL_FIELD_NUMBER: _ClassVar[int]
    PAD_FIELD_NUMBER: _ClassVar[int]
    PAD_H_FIELD_NUMBER: _ClassVar[int]
    PAD_W_FIELD_NUMBER: _ClassVar[int]
    KERNEL_SIZE_FIELD_NUMBER: _ClassVar[int]
    KERNEL_H_FIELD_NUMBER: _ClassVar[int]
    KERNEL_W_FIELD_NUMBER: _ClassVar[int]
    STRIDE_FIELD_NUMBER: _ClassVar[int]
    STRIDE_H_FIELD_NUMBER: _ClassVar[int]
    STRIDE_W_FIELD_NUMBER: _ClassVar[int]
    ENGINE_FIELD_NUMBER: _ClassVar[int]
    GLOBAL_POOLING_FIELD_NUMBER: _ClassVar[int]
    ROUND_MODE_FIELD_NUMBER: _ClassVar[int]
    TORCH_POOLING_FIELD_NUMBER: _ClassVar[int]
    PAD_3D_FIELD_NUMBER: _ClassVar[int]
    KERNEL_SIZE_3D_FIELD_NUMBER: _ClassVar[int]
    STRIDE_3D_FIELD_NUMBER: _ClassVar[int]
    AVG_INCLUDE_PAD_FIELD_NUMBER: _ClassVar[int]
    AXIS_FIELD_NUMBER: _ClassVar[int]
    BLOBS_LR_FIELD_NUMBER: _ClassVar[int]
    BLOBS_A_MIN_FIELD_NUMBER: _ClassVar[int]
    CEIL_MODE_FIELD_NUMBER: _ClassVar[int]
    pool: PoolingParameter.PoolMethod
    pad: int
    pad_h: int
    pad_w: int
    kernel_size: int
    kernel_h: int
    kernel_w: int
    stride: int
    stride_h: int
    stride_w: int
    engine: PoolingParameter.Engine
    global_pooling: bool
    round_mode: PoolingParameter.RoundMode
    torch_pooling: bool
    @property
    def pad_3d(self) -> _containers.RepeatedScalarFieldContainer[int]: ...
    @property
    def kernel_size_3d(self) -> _containers.RepeatedScalarFieldContainer[int]: ...
    @property
    def stride_3d(self) -> _containers.RepeatedScalarFieldContainer[int]: ...
    avg_include_pad: bool
    axis: int
    blobs_lr: float
    blobs_a_min: float
    ceil_mode: bool
    def __init__(
        self,
        *,
        pool: PoolingParameter.PoolMethod | str | None = ...,
        pad: int | None = ...,
        pad_h: int | None = ...,
        pad_w: int | None = ...,
        kernel_size: int | None = ...,
        kernel_h: int | None = ...,
        kernel_w: int | None = ...,
        stride: int | None = ...,
        stride_h: int | None = ...,
        stride_w: int | None = ...,
        engine: PoolingParameter.Engine | str | None = ...,
        global_pooling: bool | None = ...,
        round_mode: PoolingParameter.RoundMode | str | None = ...,
        torch_pooling: bool | None = ...,
        pad_3d: _Iterable[int] | None = ...,
        kernel_size_3d: _Iterable[int] | None = ...,
        stride_3d: _Iterable[int] | None = ...,
        avg_include_pad: bool | None = ...,
        axis: int | None = ...,
        blobs_lr: float | None = ...,
        blobs_a_min: float | None = ...,
        ceil_mode: bool | None = ...,
    ) -> None: ...

class SPPParameter(_message.Message):
    class PoolMethod(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        MAX: _ClassVar[SPPParameter.PoolMethod]
        AVE: _ClassVar[SPPParameter.PoolMethod]
        STOCHASTIC: _ClassVar[SPPParameter.PoolMethod]
    MAX: _ClassVar[SPPParameter.PoolMethod]
    AVE: _ClassVar[SPPParameter.PoolMethod]
    STOCHASTIC: _ClassVar[SPPParameter.PoolMethod]
    class Engine(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        DEFAULT: _ClassVar[SPPParameter.Engine]
        CAFFE: _ClassVar[SPPParameter.Engine]
        CUDNN: _ClassVar[SPPParameter.Engine]
    DEFAULT: _ClassVar[SPPParameter.Engine]
    CAFFE: _ClassVar[SPPParameter.Engine]
    CUDNN: _ClassVar[SPPParameter.Engine]
    PYRAMID_HEIGHT_FIELD_NUMBER: _ClassVar[int]
    POOL_FIELD_NUMBER: _ClassVar[int]
    ENGINE_FIELD_NUMBER: _ClassVar[int]
    pyramid_height: int
    pool: SPPParameter.PoolMethod
    engine: SPPParameter.Engine
    def __init__(
        self,
        *,
        pyramid_height: int | None = ...,
        pool: SPPParameter.PoolMethod | str | None = ...,
        engine: SPPParameter.Engine | str | None = ...,
    ) -> None: ...

class CropParameter(_message.Message):
    AXIS_FIELD_NUMBER: _ClassVar[int]
    OFFSET_FIELD_NUMBER: _ClassVar[int]
    axis: int
    @property
    def offset(self) -> _containers.RepeatedScalarFieldContainer[int]: ...
    def __init__(
        self,
        *,
        axis: int | None = ...,
        offset: _Iterable[int] | None = ...,
    ) -> None: ...

class ReLUParameter(_message.Message):
    class Engine(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        DEFAULT: _ClassVar[ReLUParameter.Engine]
        CAFFE: _ClassVar[ReLUParameter.Engine]
        CUDNN: _ClassVar[ReLUParameter.Engine]
        MKL2017: _ClassVar[ReLUParameter.Engine]
        MKLDNN: _ClassVar[ReLUParameter.Engine]
    DEFAULT: _ClassVar[ReLUParameter.Engine]
    CAFFE: _ClassVar[ReLUParameter.Engine]
    CUDNN: _ClassVar[ReLUParameter.Engine]
    MKL2017: _ClassVar[ReLUParameter.Engine]
    MKLDNN: _ClassVar[ReLUParameter.Engine]
    NEGATIVE_SLOPE_FIELD_NUMBER: _ClassVar[int]
    ENGINE_FIELD_NUMBER: _ClassVar[int]
    FUSE_FIELD_NUMBER: _ClassVar[int]
    negative_slope: float
    engine: ReLUParameter.Engine
    fuse: bool
    def __init__(
        self,
        *,
        negative_slope: float | None = ...,
        engine: ReLUParameter.Engine | str | None = ...,
        fuse: bool | None = ...,
    ) -> None: ...

class PReLUParameter(_message.Message):
    FILLER_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_SHARED_FIELD_NUMBER: _ClassVar[int]
    @property
    def filler(self) -> FillerParameter: ...
    channel_shared: bool
    def __init__(
        self,
        *,
        filler: FillerParameter | _Mapping[str, object] | None = ...,
        channel_shared: bool | None = ...,
    ) -> None: ...

class ELUParameter(_message.Message):
    ALPHA_FIELD_NUMBER: _ClassVar[int]
    LAMBDA_FIELD_NUMBER: _ClassVar[int]
    alpha: float
    def __init__(
        self,
        *,
        alpha: float | None = ...,
    ) -> None: ...

class SigmoidParameter(_message.Message):
    class Engine(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        DEFAULT: _ClassVar[SigmoidParameter.Engine]
        CAFFE: _ClassVar[SigmoidParameter.Engine]
        CUDNN: _ClassVar[SigmoidParameter.Engine]
    DEFAULT: _ClassVar[SigmoidParameter.Engine]
    CAFFE: _ClassVar[SigmoidParameter.Engine]
    CUDNN: _ClassVar[SigmoidParameter.Engine]
    ENGINE_FIELD_NUMBER: _ClassVar[int]
    engine: SigmoidParameter.Engine
    def __init__(
        self,
        *,
        engine: SigmoidParameter.Engine | str | None = ...,
    ) -> None: ...

class TanHParameter(_message.Message):
    class Engine(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        DEFAULT: _ClassVar[TanHParameter.Engine]
        CAFFE: _ClassVar[TanHParameter.Engine]
        CUDNN: _ClassVar[TanHParameter.Engine]
    DEFAULT: _ClassVar[TanHParameter.Engine]
    CAFFE: _ClassVar[TanHParameter.Engine]
    CUDNN: _ClassVar[TanHParameter.Engine]
    ENGINE_FIELD_NUMBER: _ClassVar[int]
    engine: TanHParameter.Engine
    def __init__(
        self,
        *,
        engine: TanHParameter.Engine | str | None = ...,
    ) -> None: ...

class SwishParameter(_message.Message):
    BETA_FIELD_NUMBER: _ClassVar[int]
    beta: float
    def __init__(
        self,
        *,
        beta: float | None = ...,
    ) -> None: ...

class ClipParameter(_message.Message):
    MIN_FIELD_NUMBER: _ClassVar[int]
    MAX_FIELD_NUMBER: _ClassVar[int]
    min: float
    max: float
    def __init__(
        self,
        *,
        min: float | None = ...,
        max: float | None = ...,
    ) -> None: ...

class PowerParameter(_message.Message):
    POWER_FIELD_NUMBER: _ClassVar[int]
    SCALE_FIELD_NUMBER: _ClassVar[int]
    SHIFT_FIELD_NUMBER: _ClassVar[int]
    power: float
    scale: float
    shift: float
    def __init__(
        self,
        *,
        power: float | None = ...,
        scale: float | None = ...,
        shift: float | None = ...,
    ) -> None: ...

class ExpParameter(_message.Message):
    BASE_FIELD_NUMBER: _ClassVar[int]
    SCALE_FIELD_NUMBER: _ClassVar[int]
    SHIFT_FIELD_NUMBER: _ClassVar[int]
    base: float
    scale: float
    shift: float
    def __init__(
        self,
        *,
        base: float | None = ...,
        scale: float | None = ...,
        shift: float | None = ...,
    ) -> None: ...

class LogParameter(_message.Message):
    BASE_FIELD_NUMBER: _ClassVar[int]
    SCALE_FIELD_NUMBER: _ClassVar[int]
    SHIFT_FIELD_NUMBER: _ClassVar[int]
    base: float
    scale: float
    shift: float
    def __init__(
        self,
        *,
        base: float | None = ...,
        scale: float | None = ...,
        shift: float | None = ...,
    ) -> None: ...

class ThresholdParameter(_message.Message):
    THRESHOLD_FIELD_NUMBER: _ClassVar[int]
    threshold: float
    def __init__(
        self,
        *,
        threshold: float | None = ...,
    ) -> None: ...

class DropoutParameter(_message.Message):
    class Engine(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        DEFAULT: _ClassVar[DropoutParameter.Engine]
        CAFFE: _ClassVar[DropoutParameter.Engine]
        CUDNN: _ClassVar[DropoutParameter.Engine]
    DEFAULT: _ClassVar[DropoutParameter.Engine]
    CAFFE: _ClassVar[DropoutParameter.Engine]
    CUDNN: _ClassVar[DropoutParameter.Engine]
    DROPOUT_RATIO_FIELD_NUMBER: _ClassVar[int]
    SCALE_TRAIN_FIELD_NUMBER: _ClassVar[int]
    SAMPLE_WEIGHTS_TEST_FIELD_NUMBER: _ClassVar[int]
    ENGINE_FIELD_NUMBER: _ClassVar[int]
    RANDOM_SEED_FIELD_NUMBER: _ClassVar[int]
    SQRT_SCALE_FIELD_NUMBER: _ClassVar[int]
    dropout_ratio: float
    scale_train: bool
    sample_weights_test: bool
    engine: DropoutParameter.Engine
    random_seed: int
    sqrt_scale: bool
    def __init__(
        self,
        *,
        dropout_ratio: float | None = ...,
        scale_train: bool | None = ...,
        sample_weights_test: bool | None = ...,
        engine: DropoutParameter.Engine | str | None = ...,
        random_seed: int | None = ...,
        sqrt_scale: bool | None = ...,
    ) -> None: ...

class BatchNormParameter(_message.Message):
    class Engine(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        DEFAULT: _ClassVar[BatchNormParameter.Engine]
        CAFFE: _ClassVar[BatchNormParameter.Engine]
        CUDNN: _ClassVar[BatchNormParameter.Engine]
        MKL2017: _ClassVar[BatchNormParameter.Engine]
        MKLDNN: _ClassVar[BatchNormParameter.Engine]
    DEFAULT: _ClassVar[BatchNormParameter.Engine]
    CAFFE: _ClassVar[BatchNormParameter.Engine]
    CUDNN: _ClassVar[BatchNormParameter.Engine]
    MKL2017: _ClassVar[BatchNormParameter.Engine]
    MKLDNN: _ClassVar[BatchNormParameter.Engine]
    USE_GLOBAL_STATS_FIELD_NUMBER: _ClassVar[int]
    MOVING_AVERAGE_FRACTION_FIELD_NUMBER: _ClassVar[int]
    EPS_FIELD_NUMBER: _ClassVar[int]
    UPDATE_GLOBAL_STATS_FIELD_NUMBER: _ClassVar[int]
    SCALE_FILLER_FIELD_NUMBER: _ClassVar[int]
    BIAS_FILLER_FIELD_NUMBER: _ClassVar[int]
    SCALE_BIAS_FIELD_NUMBER: _ClassVar[int]
    ENGINE_FIELD_NUMBER: _ClassVar[int]
    USE_WEIGHT_BIAS_FIELD_NUMBER: _ClassVar[int]
    BIAS_TERM_FIELD_NUMBER: _ClassVar[int]
    FILLER_FIELD_NUMBER: _ClassVar[int]
    STATS_BATCH_SIZE_FIELD_NUMBER: _ClassVar[int]
    RELU_FIELD_NUMBER: _ClassVar[int]
    DISABLE_MEAN_FIELD_NUMBER: _ClassVar[int]
    DISABLE_VARIANCE_FIELD_NUMBER: _ClassVar[int]
    use_global_stats: bool
    moving_average_fraction: float
    eps: float
    update_global_stats: bool
    @property
    def scale_filler(self) -> FillerParameter: ...
    @property
    def bias_filler(self) -> FillerParameter: ...
    scale_bias: bool
    engine: BatchNormParameter.Engine
    use_weight_bias: bool
    bias_term: bool
    @property
    def filler(self) -> FillerParameter: ...
    stats_batch_size: int
    relu: bool
    disable_mean: bool
    disable_variance: bool
    def __init__(
        self,
        *,
        use_global_stats: bool | None = ...,
        moving_average_fraction: float | None = ...,
        eps: float | None = ...,
        update_global_stats: bool | None = ...,
        scale_filler: FillerParameter | _Mapping[str, object] | None = ...,
        bias_filler: FillerParameter | _Mapping[str, object] | None = ...,
        scale_bias: bool | None = ...,
        engine: BatchNormParameter.Engine | str | None = ...,
        use_weight_bias: bool | None = ...,
        bias_term: bool | None = ...,
        filler: FillerParameter | _Mapping[str, object] | None = ...,
        stats_batch_size: int | None = ...,
        relu: bool | None = ...,
        disable_mean: bool | None = ...,
        disable_variance: bool | None = ...,
    ) -> None: ...

class ScaleParameter(_message.Message):
    AXIS_FIELD_NUMBER: _ClassVar[int]
    NUM_AXES_FIELD_NUMBER: _ClassVar[int]
    FILLER_FIELD_NUMBER: _ClassVar[int]
    BIAS_TERM_FIELD_NUMBER: _ClassVar[int]
    BIAS_FILLER_FIELD_NUMBER: _ClassVar[int]
    MIN_VALUE_FIELD_NUMBER: _ClassVar[int]
    MAX_VALUE_FIELD_NUMBER: _ClassVar[int]
    axis: int
    num_axes: int
    @property
    def filler(self) -> FillerParameter: ...
    bias_term: bool
    @property
    def bias_filler(self) -> FillerParameter: ...
    min_value: float
    max_value: float
    def __init__(
        self,
        *,
        axis: int | None = ...,
        num_axes: int | None = ...,
        filler: FillerParameter | _Mapping[str, object] | None = ...,
        bias_term: bool | None = ...,
        bias_filler: FillerParameter | _Mapping[str, object] | None = ...,
        min_value: float | None = ...,
        max_value: float | None = ...,
    ) -> None: ...

class BiasParameter(_message.Message):
    AXIS_FIELD_NUMBER: _ClassVar[int]
    NUM_AXES_FIELD_NUMBER: _ClassVar[int]
    FILLER_FIELD_NUMBER: _ClassVar[int]
    axis: int
    num_axes: int
    @property
    def filler(self) -> FillerParameter: ...
    def __init__(
        self,
        *,
        axis: int | None = ...,
        num_axes: int | None = ...,
        filler: FillerParameter | _Mapping[str, object] | None = ...,
    ) -> None: ...

class LRNParameter(_message.Message):
    class NormRegion(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        ACROSS_CHANNELS: _ClassVar[LRNParameter.NormRegion]
        WITHIN_CHANNEL: _ClassVar[LRNParameter.NormRegion]
    ACROSS_CHANNELS: _ClassVar[LRNParameter.NormRegion]
    WITHIN_CHANNEL: _ClassVar[LRNParameter.NormRegion]
    class Engine(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        DEFAULT: _ClassVar[LRNParameter.Engine]
        CAFFE: _ClassVar[LRNParameter.Engine]
        CUDNN: _ClassVar[LRNParameter.Engine]
        MKL2017: _ClassVar[LRNParameter.Engine]
        MKLDNN: _ClassVar[LRNParameter.Engine]
    DEFAULT: _ClassVar[LRNParameter.Engine]
    CAFFE: _ClassVar[LRNParameter.Engine]
    CUDNN: _ClassVar[LRNParameter.Engine]
    MKL2017: _ClassVar[LRNParameter.Engine]
    MKLDNN: _ClassVar[LRNParameter.Engine]
    LOCAL_SIZE_FIELD_NUMBER: _ClassVar[int]
    ALPHA_FIELD_NUMBER: _ClassVar[int]
    BETA_FIELD_NUMBER: _ClassVar[int]
    NORM_REGION_FIELD_NUMBER: _ClassVar[int]
    K_FIELD_NUMBER: _ClassVar[int]
    ENGINE_FIELD_NUMBER: _ClassVar[int]
    local_size: int
    alpha: float
    beta: float
    norm_region: LRNParameter.NormRegion
    k: float
    engine: LRNParameter.Engine
    def __init__(
        self,
        *,
        local_size: int | None = ...,
        alpha: float | None = ...,
        beta: float | None = ...,
        norm_region: LRNParameter.NormRegion | str | None = ...,
        k: float | None = ...,
        engine: LRNParameter.Engine | str | None = ...,
    ) -> None: ...

class MVNParameter(_message.Message):
    NORMALIZE_VARIANCE_FIELD_NUMBER: _ClassVar[int]
    ACROSS_CHANNELS_FIELD_NUMBER: _ClassVar[int]
    EPS_FIELD_NUMBER: _ClassVar[int]
    normalize_variance: bool
    across_channels: bool
    eps: float
    def __init__(
        self,
        *,
        normalize_variance: bool | None = ...,
        across_channels: bool | None = ...,
        eps: float | None = ...,
    ) -> None: ...

class ConcatParameter(_message.Message):
    class Engine(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        DEFAULT: _ClassVar[ConcatParameter.Engine]
        CAFFE: _ClassVar[ConcatParameter.Engine]
        MKL2017: _ClassVar[ConcatParameter.Engine]
        MKLDNN: _ClassVar[ConcatParameter.Engine]
    DEFAULT: _ClassVar[ConcatParameter.Engine]
    CAFFE: _ClassVar[ConcatParameter.Engine]
    MKL2017: _ClassVar[ConcatParameter.Engine]
    MKLDNN: _ClassVar[ConcatParameter.Engine]
    AXIS_FIELD_NUMBER: _ClassVar[int]
    CONCAT_DIM_FIELD_NUMBER: _ClassVar[int]
    PER_FLA_FUSE_FIELD_NUMBER: _ClassVar[int]
    ENGINE_FIELD_NUMBER: _ClassVar[int]
    axis: int
    concat_dim: int
    per_fla_fuse: bool
    engine: ConcatParameter.Engine
    def __init__(
        self,
        *,
        axis: int | None = ...,
        concat_dim: int | None = ...,
        per_fla_fuse: bool | None = ...,
        engine: ConcatParameter.Engine | str | None = ...,
    ) -> None: ...

class SliceParameter(_message.Message):
    AXIS_FIELD_NUMBER: _ClassVar[int]
    SLICE_POINT_FIELD_NUMBER: _ClassVar[int]
    SLICE_DIM_FIELD_NUMBER: _ClassVar[int]
    axis: int
    @property
    def slice_point(self) -> _containers.RepeatedScalarFieldContainer[int]: ...
    slice_dim: int
    def __init__(
        self,
        *,
        axis: int | None = ...,
        slice_point: _Iterable[int] | None = ...,
        slice_dim: int | None = ...,
    ) -> None: ...

class EltwiseParameter(_message.Message):
    class EltwiseOp(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        PROD: _ClassVar[EltwiseParameter.EltwiseOp]
        SUM: _ClassVar[EltwiseParameter.EltwiseOp]
        MAX: _ClassVar[EltwiseParameter.EltwiseOp]
        SORT: _ClassVar[EltwiseParameter.EltwiseOp]
    PROD: _ClassVar[EltwiseParameter.EltwiseOp]
    SUM: _ClassVar[EltwiseParameter.EltwiseOp]
    MAX: _ClassVar[EltwiseParameter.EltwiseOp]
    SORT: _ClassVar[EltwiseParameter.EltwiseOp]
    class Engine(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        DEFAULT: _ClassVar[EltwiseParameter.Engine]
        CAFFE: _ClassVar[EltwiseParameter.Engine]
        MKL2017: _ClassVar[EltwiseParameter.Engine]
        MKLDNN: _ClassVar[EltwiseParameter.Engine]
    DEFAULT: _ClassVar[EltwiseParameter.Engine]
    CAFFE: _ClassVar[EltwiseParameter.Engine]
    MKL2017: _ClassVar[EltwiseParameter.Engine]
    MKLDNN: _ClassVar[EltwiseParameter.Engine]
    OPERATION_FIELD_NUMBER: _ClassVar[int]
    COEFF_FIELD_NUMBER: _ClassVar[int]
    STABLE_PROD_GRAD_FIELD_NUMBER: _ClassVar[int]
    ENGINE_FIELD_NUMBER: _ClassVar[int]
    operation: EltwiseParameter.EltwiseOp
    @property
    def coeff(self) -> _containers.RepeatedScalarFieldContainer[float]: ...
    stable_prod_grad: bool
    engine: EltwiseParameter.Engine
    def __init__(
        self,
        *,
        operation: EltwiseParameter.EltwiseOp | str | None = ...,
        coeff: _Iterable[float] | None = ...,
        stable_prod_grad: bool | None = ...,
        engine: EltwiseParameter.Engine | str | None = ...,
    ) -> None: ...

class FlattenParameter(_message.Message):
    AXIS_FIELD_NUMBER: _ClassVar[int]
    END_AXIS_FIELD_NUMBER: _ClassVar[int]
    axis: int
    end_axis: int
    def __init__(
        self,
        *,
        axis: int | None = ...,
        end_axis: int | None = ...,
    ) -> None: ...

class ReshapeParameter(_message.Message):
    SHAPE_FIELD_NUMBER: _ClassVar[int]
    AXIS_FIELD_NUMBER: _ClassVar[int]
    NUM_AXES_FIELD_NUMBER: _ClassVar[int]
    PIXELSHUFFLER_FIELD_NUMBER: _ClassVar[int]
    @property
    def shape(self) -> BlobShape: ...
    axis: int
    num_axes: int
    pixelshuffler: int
    def __init__(
        self,
        *,
        shape: BlobShape | _Mapping[str, object] | None = ...,
        axis: int | None = ...,
        num_axes: int | None = ...,
        pixelshuffler: int | None = ...,
    ) -> None: ...

class TileParameter(_message.Message):
    AXIS_FIELD_NUMBER: _ClassVar[int]
    TILES_FIELD_NUMBER: _ClassVar[int]
    axis: int
    tiles: int
    def __init__(
        self,
        *,
        axis: int | None = ...,
        tiles: int | None = ...,
    ) -> None: ...

class ReductionParameter(_message.Message):
    class ReductionOp(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        SUM: _ClassVar[ReductionParameter.ReductionOp]
        ASUM: _ClassVar[ReductionParameter.ReductionOp]
        SUMSQ: _ClassVar[ReductionParameter.ReductionOp]
        MEAN: _ClassVar[ReductionParameter.ReductionOp]
    SUM: _ClassVar[ReductionParameter.ReductionOp]
    ASUM: _ClassVar[ReductionParameter.ReductionOp]
    SUMSQ: _ClassVar[ReductionParameter.ReductionOp]
    MEAN: _ClassVar[ReductionParameter.ReductionOp]
    OPERATION_FIELD_NUMBER: _ClassVar[int]
    AXIS_FIELD_NUMBER: _ClassVar[int]
    COEFF_FIELD_NUMBER: _ClassVar[int]
    operation: ReductionParameter.ReductionOp
    axis: int
    coeff: float
    def __init__(
        self,
        *,
        operation: ReductionParameter.ReductionOp | str | None = ...,
        axis: int | None = ...,
        coeff: float | None = ...,
    ) -> None: ...

class ArgMaxParameter(_message.Message):
    OUT_MAX_VAL_FIELD_NUMBER: _ClassVar[int]
    TOP_K_FIELD_NUMBER: _ClassVar[int]
    AXIS_FIELD_NUMBER: _ClassVar[int]
    SOFTMAX_THRESHOLD_FIELD_NUMBER: _ClassVar[int]
    out_max_val: bool
    top_k: int
    axis: int
    softmax_threshold: bool
    def __init__(
        self,
        *,
        out_max_val: bool | None = ...,
        top_k: int | None = ...,
        axis: int | None = ...,
        softmax_threshold: bool | None = ...,
    ) -> None: ...

class SoftmaxParameter(_message.Message):
    class Engine(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        DEFAULT: _ClassVar[SoftmaxParameter.Engine]
        CAFFE: _ClassVar[SoftmaxParameter.Engine]
        CUDNN: _ClassVar[SoftmaxParameter.Engine]
    DEFAULT: _ClassVar[SoftmaxParameter.Engine]
    CAFFE: _ClassVar[SoftmaxParameter.Engine]
    CUDNN: _ClassVar[SoftmaxParameter.Engine]
    ENGINE_FIELD_NUMBER: _ClassVar[int]
    AXIS_FIELD_NUMBER: _ClassVar[int]
    HARD_RATIO_FIELD_NUMBER: _ClassVar[int]
    CLASS_WEIGHT_FIELD_NUMBER: _ClassVar[int]
    HARD_MINING_LABEL_FIELD_NUMBER: _ClassVar[int]
    CUTTING_POINT_FIELD_NUMBER: _ClassVar[int]
    NORMALIZE_TYPE_FIELD_NUMBER: _ClassVar[int]
    LABEL_SMOOTH_FACTOR_FIELD_NUMBER: _ClassVar[int]
    engine: SoftmaxParameter.Engine
    axis: int
    hard_ratio: float
    @property
    def class_weight(self) -> _containers.RepeatedScalarFieldContainer[float]: ...
    hard_mining_label: int
    cutting_point: float
    normalize_type: str
    label_smooth_factor: float
    def __init__(
        self,
        *,
        engine: SoftmaxParameter.Engine | str | None = ...,
        axis: int | None = ...,
        hard_ratio: float | None = ...,
        class_weight: _Iterable[float] | None = ...,
        hard_mining_label: int | None = ...,
        cutting_point: float | None = ...,
        normalize_type: str | None = ...,
        label_smooth_factor: float | None = ...,
    ) -> None: ...

class RecurrentParameter(_message.Message):
    NUM_OUTPUT_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_FILLER_FIELD_NUMBER: _ClassVar[int]
    BIAS_FILLER_FIELD_NUMBER: _ClassVar[int]
    DEBUG_INFO_FIELD_NUMBER: _ClassVar[int]
    EXPOSE_HIDDEN_FIELD_NUMBER: _ClassVar[int]
    num_output: int
    @property
    def weight_filler(self) -> FillerParameter: ...
    @property
    def bias_filler(self) -> FillerParameter: ...
    debug_info: bool
    expose_hidden: bool
    def __init__(
        self,
        *,
        num_output: int | None = ...,
        weight_filler: FillerParameter | _Mapping[str, object] | None = ...,
        bias_filler: FillerParameter | _Mapping[str, object] | None = ...,
        debug_info: bool | None = ...,
        expose_hidden: bool | None = ...,
    ) -> None: ...

class LossParameter(_message.Message):
    class NormalizationMode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        FULL: _ClassVar[LossParameter.NormalizationMode]
        VALID: _ClassVar[LossParameter.NormalizationMode]
        BATCH_SIZE: _ClassVar[LossParameter.NormalizationMode]
        NONE: _ClassVar[LossParameter.NormalizationMode]
        PRE_FIXED: _ClassVar[LossParameter.NormalizationMode]
    FULL: _ClassVar[LossParameter.NormalizationMode]
    VALID: _ClassVar[LossParameter.NormalizationMode]
    BATCH_SIZE: _ClassVar[LossParameter.NormalizationMode]
    NONE: _ClassVar[LossParameter.NormalizationMode]
    PRE_FIXED: _ClassVar[LossParameter.NormalizationMode]
    IGNORE_LABEL_FIELD_NUMBER: _ClassVar[int]
    NORMALIZATION_FIELD_NUMBER: _ClassVar[int]
    NORMALIZE_FIELD_NUMBER: _ClassVar[int]
    PRE_FIXED_NORMALIZER_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_BY_LABEL_FREQS_FIELD_NUMBER: _ClassVar[int]
    CLASS_WEIGHTING_FIELD_NUMBER: _ClassVar[int]
    LABEL_SMOOTHING_FIELD_NUMBER: _ClassVar[int]
    IS_NUM_SCALE_FIELD_NUMBER: _ClassVar[int]
    ignore_label: int
    normalization: LossParameter.NormalizationMode
    normalize: bool
    pre_fixed_normalizer: float
    weight_by_label_freqs: bool
    @property
    def class_weighting(self) -> _containers.RepeatedScalarFieldContainer[float]: ...
    label_smoothing: float
    is_num_scale: bool
    def __init__(
        self,
        *,
        ignore_label: int | None = ...,
        normalization: LossParameter.NormalizationMode | str | None = ...,
        normalize: bool | None = ...,
        pre_fixed_normalizer: float | None = ...,
        weight_by_label_freqs: bool | None = ...,
        class_weighting: _Iterable[float] | None = ...,
        label_smoothing: float | None = ...,
        is_num_scale: bool | None = ...,
    ) -> None: ...

class AccuracyParameter(_message.Message):
    TOP_K_FIELD_NUMBER: _ClassVar[int]
    AXIS_FIELD_NUMBER: _ClassVar[int]
    IGNORE_LABEL_FIELD_NUMBER: _ClassVar[int]
    MIN_IS_BETTER_FIELD_NUMBER: _ClassVar[int]
    top_k: int
    axis: int
    ignore_label: int
    min_is_better: bool
    def __init__(
        self,
        *,
        top_k: int | None = ...,
        axis: int | None = ...,
        ignore_label: int | None = ...,
        min_is_better: bool | None = ...,
    ) -> None: ...

class ContrastiveLossParameter(_message.Message):
    MARGIN_FIELD_NUMBER: _ClassVar[int]
    LEGACY_VERSION_FIELD_NUMBER: _ClassVar[int]
    margin: float
    legacy_version: bool
    def __init__(
        self,
        *,
        margin: float | None = ...,
        legacy_version: bool | None = ...,
    ) -> None: ...

class HingeLossParameter(_message.Message):
    class Norm(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        L1: _ClassVar[HingeLossParameter.Norm]
        L2: _ClassVar[HingeLossParameter.Norm]
    L1: _ClassVar[HingeLossParameter.Norm]
    L2: _ClassVar[HingeLossParameter.Norm]
    NORM_FIELD_NUMBER: _ClassVar[int]
    norm: HingeLossParameter.Norm
    def __init__(
        self,
        *,
        norm: HingeLossParameter.Norm | str | None = ...,
    ) -> None: ...

class InfogainLossParameter(_message.Message):
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    AXIS_FIELD_NUMBER: _ClassVar[int]
    source: str
    axis: int
    def __init__(
        self,
        *,
        source: str | None = ...,
        axis: int | None = ...,
    ) -> None: ...

class LabelMapItem(_message.Message):
    NAME_FIELD_NUMBER: _ClassVar[int]
    LABEL_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_NAME_FIELD_NUMBER: _ClassVar[int]
    name: str
    label: int
    display_name: str
    def __init__(
        self,
        *,
        name: str | None = ...,
        label: int | None = ...,
        display_name: str | None = ...,
    ) -> None: ...

class LabelMap(_message.Message):
    ITEM_FIELD_NUMBER: _ClassVar[int]
    @property
    def item(self) -> _containers.RepeatedCompositeFieldContainer[LabelMapItem]: ...
    def __init__(
        self,
        *,
        item: _Iterable[LabelMapItem | _Mapping[str, object]] | None = ...,
    ) -> None: ...

class NormalizedBBox(_message.Message):
    XMIN_FIELD_NUMBER: _ClassVar[int]
    YMIN_FIELD_NUMBER: _ClassVar[int]
    XMAX_FIELD_NUMBER: _ClassVar[int]
    YMAX_FIELD_NUMBER: _ClassVar[int]
    LABEL_FIELD_NUMBER: _ClassVar[int]
    DIFFICULT_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    SIZE_FIELD_NUMBER: _ClassVar[int]
    xmin: float
    ymin: float
    xmax: float
    ymax: float
    label: int
    difficult: bool
    score: float
    size: float
    def __init__(
        self,
        *,
        xmin: float | None = ...,
        ymin: float | None = ...,
        xmax: float | None = ...,
        ymax: float | None = ...,
        label: int | None = ...,
        difficult: bool | None = ...,
        score: float | None = ...,
        size: float | None = ...,
    ) -> None: ...

class Annotation(_message.Message):
    INSTANCE_ID_FIELD_NUMBER: _ClassVar[int]
    BBOX_FIELD_NUMBER: _ClassVar[int]
    LANES_FIELD_NUMBER: _ClassVar[int]
    instance_id: int
    @property
    def bbox(self) -> NormalizedBBox: ...
    @property
    def lanes(self) -> LaneInfo: ...
    def __init__(
        self,
        *,
        instance_id: int | None = ...,
        bbox: NormalizedBBox | _Mapping[str, object] | None = ...,
        lanes: LaneInfo | _Mapping[str, object] | None = ...,
    ) -> None: ...

class AnnotationGroup(_message.Message):
    GROUP_LABEL_FIELD_NUMBER: _ClassVar[int]
    ANNOTATION_FIELD_NUMBER: _ClassVar[int]
    group_label: int
    @property
    def annotation(self) -> _containers.RepeatedCompositeFieldContainer[Annotation]: ...
    def __init__(
        self,
        *,
        group_label: int | None = ...,
        annotation: _Iterable[Annotation | _Mapping[str, object]] | None = ...,
    ) -> None: ...

class AnnotatedDatum(_message.Message):
    class AnnotationType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        BBOX: _ClassVar[AnnotatedDatum.AnnotationType]
        BBOXandSeg: _ClassVar[AnnotatedDatum.AnnotationType]
        LANE: _ClassVar[AnnotatedDatum.AnnotationType]
    BBOX: _ClassVar[AnnotatedDatum.AnnotationType]
    BBOXandSeg: _ClassVar[AnnotatedDatum.AnnotationType]
    LANE: _ClassVar[AnnotatedDatum.AnnotationType]
    DATUM_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    ANNOTATION_GROUP_FIELD_NUMBER: _ClassVar[int]
    RECORD_ID_FIELD_NUMBER: _ClassVar[int]
    @property
    def datum(self) -> Datum: ...
    type: AnnotatedDatum.AnnotationType
    @property
    def annotation_group(self) -> _containers.RepeatedCompositeFieldContainer[AnnotationGroup]: ...
    record_id: int
    def __init__(
        self,
        *,
        datum: Datum | _Mapping[str, object] | None = ...,
        type: AnnotatedDatum.AnnotationType | str | None = ...,
        annotation_group: _Iterable[AnnotationGroup | _Mapping[str, object]] | None = ...,
        record_id: int | None = ...,
    ) -> None: ...

class Sampler(_message.Message):
    MIN_SCALE_FIELD_NUMBER: _ClassVar[int]
    MAX_SCALE_FIELD_NUMBER: _ClassVar[int]
    MIN_ASPECT_RATIO_FIELD_NUMBER: _ClassVar[int]
    MAX_ASPECT_RATIO_FIELD_NUMBER: _ClassVar[int]
    min_scale: float
    max_scale: float
    min_aspect_ratio: float
    max_aspect_ratio: float
    def __init__(
        self,
        *,
        min_scale: float | None = ...,
        max_scale: float | None = ...,
        min_aspect_ratio: float | None = ...,
        max_aspect_ratio: float | None = ...,
    ) -> None: ...

class SampleConstraint(_message.Message):
    MIN_JACCARD_OVERLAP_FIELD_NUMBER: _ClassVar[int]
    MAX_JACCARD_OVERLAP_FIELD_NUMBER: _ClassVar[int]
    MIN_SAMPLE_COVERAGE_FIELD_NUMBER: _ClassVar[int]
    MAX_SAMPLE_COVERAGE_FIELD_NUMBER: _ClassVar[int]
    MIN_OBJECT_COVERAGE_FIELD_NUMBER: _ClassVar[int]
    MAX_OBJECT_COVERAGE_FIELD_NUMBER: _ClassVar[int]
    min_jaccard_overlap: float
    max_jaccard_overlap: float
    min_sample_coverage: float
    max_sample_coverage: float
    min_object_coverage: float
    max_object_coverage: float
    def __init__(
        self,
        *,
        min_jaccard_overlap: float | None = ...,
        max_jaccard_overlap: float | None = ...,
        min_sample_coverage: float | None = ...,
        max_sample_coverage: float | None = ...,
        min_object_coverage: float | None = ...,
        max_object_coverage: float | None = ...,
    ) -> None: ...

class BatchSampler(_message.Message):
    USE_ORIGINAL_IMAGE_FIELD_NUMBER: _ClassVar[int]
    SAMPLER_FIELD_NUMBER: _ClassVar[int]
    SAMPLE_CONSTRAINT_FIELD_NUMBER: _ClassVar[int]
    MAX_SAMPLE_FIELD_NUMBER: _ClassVar[int]
    MAX_TRIALS_FIELD_NUMBER: _ClassVar[int]
    use_original_image: bool
    @property
    def sampler(self) -> Sampler: ...
    @property
    def sample_constraint(self) -> SampleConstraint: ...
    max_sample: int
    max_trials: int
    def __init__(
        self,
        *,
        use_original_image: bool | None = ...,
        sampler: Sampler | _Mapping[str, object] | None = ...,
        sample_constraint: SampleConstraint | _Mapping[str, object] | None = ...,
        max_sample: int | None = ...,
        max_trials: int | None = ...,
    ) -> None: ...

class EmitConstraint(_message.Message):
    class EmitType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        CENTER: _ClassVar[EmitConstraint.EmitType]
        MIN_OVERLAP: _ClassVar[EmitConstraint.EmitType]
    CENTER: _ClassVar[EmitConstraint.EmitType]
    MIN_OVERLAP: _ClassVar[EmitConstraint.EmitType]
    EMIT_TYPE_FIELD_NUMBER: _ClassVar[int]
    EMIT_OVERLAP_FIELD_NUMBER: _ClassVar[int]
    emit_type: EmitConstraint.EmitType
    emit_overlap: float
    def __init__(
        self,
        *,
        emit_type: EmitConstraint.EmitType | str | None = ...,
        emit_overlap: float | None = ...,
    ) -> None: ...

class ResizeParameter(_message.Message):
    class Resize_mode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        WARP: _ClassVar[ResizeParameter.Resize_mode]
        FIT_SMALL_SIZE: _ClassVar[ResizeParameter.Resize_mode]
        FIT_LARGE_SIZE_AND_PAD: _ClassVar[ResizeParameter.Resize_mode]
    WARP: _ClassVar[ResizeParameter.Resize_mode]
    FIT_SMALL_SIZE: _ClassVar[ResizeParameter.Resize_mode]
    FIT_LARGE_SIZE_AND_PAD: _ClassVar[ResizeParameter.Resize_mode]
    class Pad_mode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        CONSTANT: _ClassVar[ResizeParameter.Pad_mode]
        MIRRORED: _ClassVar[ResizeParameter.Pad_mode]
        REPEAT_NEAREST: _ClassVar[ResizeParameter.Pad_mode]
    CONSTANT: _ClassVar[ResizeParameter.Pad_mode]
    MIRRORED: _ClassVar[ResizeParameter.Pad_mode]
    REPEAT_NEAREST: _ClassVar[ResizeParameter.Pad_mode]
    class Interp_mode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        LINEAR: _ClassVar[ResizeParameter.Interp_mode]
        AREA: _ClassVar[ResizeParameter.Interp_mode]
        NEAREST: _ClassVar[ResizeParameter.Interp_mode]
        CUBIC: _ClassVar[ResizeParameter.Interp_mode]
        LANCZOS4: _ClassVar[ResizeParameter.Interp_mode]
    LINEAR: _ClassVar[ResizeParameter.Interp_mode]
    AREA: _ClassVar[ResizeParameter.Interp_mode]
    NEAREST: _ClassVar[ResizeParameter.Interp_mode]
    CUBIC: _ClassVar[ResizeParameter.Interp_mode]
    LANCZOS4: _ClassVar[ResizeParameter.Interp_mode]
    PROB_FIELD_NUMBER: _ClassVar[int]
    RESIZE_MODE_FIELD_NUMBER: _ClassVar[int]
    HEIGHT_FIELD_NUMBER: _ClassVar[int]
    WIDTH_FIELD_NUMBER: _ClassVar[int]
    HEIGHT_SCALE_FIELD_NUMBER: _ClassVar[int]
    WIDTH_SCALE_FIELD_NUMBER: _ClassVar[int]
    PAD_MODE_FIELD_NUMBER: _ClassVar[int]
    PAD_VALUE_FIELD_NUMBER: _ClassVar[int]
    INTERP_MODE_FIELD_NUMBER: _ClassVar[int]
    IS_PYRAMID_TEST_FIELD_NUMBER: _ClassVar[int]
    OUT_HEIGHT_SCALE_FIELD_NUMBER: _ClassVar[int]
    OUT_WIDTH_SCALE_FIELD_NUMBER: _ClassVar[int]
    prob: float
    resize_mode: ResizeParameter.Resize_mode
    height: int
    width: int
    height_scale: int
    width_scale: int
    pad_mode: ResizeParameter.Pad_mode
    @property
    def pad_value(self) -> _containers.RepeatedScalarFieldContainer[float]: ...
    @property
    def interp_mode(self) -> _containers.RepeatedScalarFieldContainer[ResizeParameter.Interp_mode]: ...
    is_pyramid_test: bool
    out_height_scale: float
    out_width_scale: float
    def __init__(
        self,
        *,
        prob: float | None = ...,
        resize_mode: ResizeParameter.Resize_mode | str | None = ...,
        height: int | None = ...,
        width: int | None = ...,
        height_scale: int | None = ...,
        width_scale: int | None = ...,
        pad_mode: ResizeParameter.Pad_mode | str | None = ...,
        pad_value: _Iterable[float] | None = ...,
        interp_mode: _Iterable[ResizeParameter.Interp_mode | str] | None = ...,
        is_pyramid_test: bool | None = ...,
        out_height_scale: float | None = ...,
        out_width_scale: float | None = ...,
    ) -> None: ...

class SaltPepperParameter(_message.Message):
    FRACTION_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    fraction: float
    @property
    def value(self) -> _containers.RepeatedScalarFieldContainer[float]: ...
    def __init__(
        self,
        *,
        fraction: float | None = ...,
        value: _Iterable[float] | None = ...,
    ) -> None: ...

class NoiseParameter(_message.Message):
    PROB_FIELD_NUMBER: _ClassVar[int]
    HIST_EQ_FIELD_NUMBER: _ClassVar[int]
    INVERSE_FIELD_NUMBER: _ClassVar[int]
    DECOLORIZE_FIELD_NUMBER: _ClassVar[int]
    GAUSS_BLUR_FIELD_NUMBER: _ClassVar[int]
    JPEG_FIELD_NUMBER: _ClassVar[int]
    POSTERIZE_FIELD_NUMBER: _ClassVar[int]
    ERODE_FIELD_NUMBER: _ClassVar[int]
    SALTPEPPER_FIELD_NUMBER: _ClassVar[int]
    SALTPEPPER_PARAM_FIELD_NUMBER: _ClassVar[int]
    CLAHE_FIELD_NUMBER: _ClassVar[int]
    CONVERT_TO_HSV_FIELD_NUMBER: _ClassVar[int]
    CONVERT_TO_LAB_FIELD_NUMBER: _ClassVar[int]
    GAUSSIAN_STD_FIELD_NUMBER: _ClassVar[int]
    UNIFORM_RANGE_FIELD_NUMBER: _ClassVar[int]
    BIAS_FIELD_NUMBER: _ClassVar[int]
    prob: float
    hist_eq: bool
    inverse: bool
    decolorize: bool
    gauss_blur: bool
    jpeg: float
    posterize: bool
    erode: bool
    saltpepper: bool
    @property
    def saltpepper_param(self) -> SaltPepperParameter: ...
    clahe: bool
    convert_to_hsv: bool
    convert_to_lab: bool
    gaussian_std: float
    uniform_range: float
    bias: float
    def __init__(
        self,
        *,
        prob: float | None = ...,
        hist_eq: bool | None = ...,
        inverse: bool | None = ...,
        decolorize: bool | None = ...,
        gauss_blur: bool | None = ...,
        jpeg: float | None = ...,
        posterize: bool | None = ...,
        erode: bool | None = ...,
        saltpepper: bool | None = ...,
        saltpepper_param: SaltPepperParameter | _Mapping[str, object] | None = ...,
        clahe: bool | None = ...,
        convert_to_hsv: bool | None = ...,
        convert_to_lab: bool | None = ...,
        gaussian_std: float | None = ...,
        uniform_range: float | None = ...,
        bias: float | None = ...,
    ) -> None: ...

class DistortionParameter(_message.Message):
    BRIGHTNESS_PROB_FIELD_NUMBER: _ClassVar[int]
    BRIGHTNESS_DELTA_FIELD_NUMBER: _ClassVar[int]
    CONTRAST_PROB_FIELD_NUMBER: _ClassVar[int]
    CONTRAST_LOWER_FIELD_NUMBER: _ClassVar[int]
    CONTRAST_UPPER_FIELD_NUMBER: _ClassVar[int]
    HUE_PROB_FIELD_NUMBER: _ClassVar[int]
    HUE_DELTA_FIELD_NUMBER: _ClassVar[int]
    SATURATION_PROB_FIELD_NUMBER: _ClassVar[int]
    SATURATION_LOWER_FIELD_NUMBER: _ClassVar[int]
    SATURATION_UPPER_FIELD_NUMBER: _ClassVar[int]
    RANDOM_ORDER_PROB_FIELD_NUMBER: _ClassVar[int]
    brightness_prob: float
    brightness_delta: float
    contrast_prob: float
    contrast_lower: float
    contrast_upper: float
    hue_prob: float
    hue_delta: float
    saturation_prob: float
    saturation_lower: float
    saturation_upper: float
    random_order_prob: float
    def __init__(
        self,
        *,
        brightness_prob: float | None = ...,
        brightness_delta: float | None = ...,
        contrast_prob: float | None = ...,
        contrast_lower: float | None = ...,
        contrast_upper: float | None = ...,
        hue_prob: float | None = ...,
        hue_delta: float | None = ...,
        saturation_prob: float | None = ...,
        saturation_lower: float | None = ...,
        saturation_upper: float | None = ...,
        random_order_prob: float | None = ...,
    ) -> None: ...

class ExpansionParameter(_message.Message):
    PROB_FIELD_NUMBER: _ClassVar[int]
    MAX_EXPAND_RATIO_FIELD_NUMBER: _ClassVar[int]
    prob: float
    max_expand_ratio: float
    def __init__(
        self,
        *,
        prob: float | None = ...,
        max_expand_ratio: float | None = ...,
    ) -> None: ...

class AnnotatedDataParameter(_message.Message):
    BATCH_SAMPLER_FIELD_NUMBER: _ClassVar[int]
    LABEL_MAP_FILE_FIELD_NUMBER: _ClassVar[int]
    ANNO_TYPE_FIELD_NUMBER: _ClassVar[int]
    YOLO_DATA_TYPE_FIELD_NUMBER: _ClassVar[int]
    YOLO_DATA_JITTER_FIELD_NUMBER: _ClassVar[int]
    TRAIN_DIFFCULT_FIELD_NUMBER: _ClassVar[int]
    SINGLE_CLASS_FIELD_NUMBER: _ClassVar[int]
    SEG_SCALES_FIELD_NUMBER: _ClassVar[int]
    SEG_RESIZE_WIDTH_FIELD_NUMBER: _ClassVar[int]
    SEG_RESIZE_HEIGHT_FIELD_NUMBER: _ClassVar[int]
    DIFFICULT_LABEL_WARMUP_FIELD_NUMBER: _ClassVar[int]
    @property
    def batch_sampler(self) -> _containers.RepeatedCompositeFieldContainer[BatchSampler]: ...
    label_map_file: str
    anno_type: AnnotatedDatum.AnnotationType
    yolo_data_type: int
    yolo_data_jitter: float
    train_diffcult: bool
    single_class: bool
    seg_scales: int
    seg_resize_width: int
    seg_resize_height: int
    difficult_label_warmup: bool
    def __init__(
        self,
        *,
        batch_sampler: _Iterable[BatchSampler | _Mapping[str, object]] | None = ...,
        label_map_file: str | None = ...,
        anno_type: AnnotatedDatum.AnnotationType | str | None = ...,
        yolo_data_type: int | None = ...,
        yolo_data_jitter: float | None = ...,
        train_diffcult: bool | None = ...,
        single_class: bool | None = ...,
        seg_scales: int | None = ...,
        seg_resize_width: int | None = ...,
        seg_resize_height: int | None = ...,
        difficult_label_warmup: bool | None = ...,
    ) -> None: ...

class PermuteParameter(_message.Message):
    ORDER_FIELD_NUMBER: _ClassVar[int]
    @property
    def order(self) -> _containers.RepeatedScalarFieldContainer[int]: ...
    def __init__(
        self,
        *,
        order: _Iterable[int] | None = ...,
    ) -> None: ...

class NormalizeParameter(_message.Message):
    ACROSS_SPATIAL_FIELD_NUMBER: _ClassVar[int]
    SCALE_FILLER_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_SHARED_FIELD_NUMBER: _ClassVar[int]
    EPS_FIELD_NUMBER: _ClassVar[int]
    NORMALIZE_TYPE_FIELD_NUMBER: _ClassVar[int]
    FIX_GRADIENT_FIELD_NUMBER: _ClassVar[int]
    BP_NORM_FIELD_NUMBER: _ClassVar[int]
    across_spatial: bool
    @property
    def scale_filler(self) -> FillerParameter: ...
    channel_shared: bool
    eps: float
    normalize_type: str
    fix_gradient: bool
    bp_norm: bool
    def __init__(
        self,
        *,
        across_spatial: bool | None = ...,
        scale_filler: FillerParameter | _Mapping[str, object] | None = ...,
        channel_shared: bool | None = ...,
        eps: float | None = ...,
        normalize_type: str | None = ...,
        fix_gradient: bool | None = ...,
        bp_norm: bool | None = ...,
    ) -> None: ...

class PriorBoxParameter(_message.Message):
    class CodeType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        CORNER: _ClassVar[PriorBoxParameter.CodeType]
        CENTER_SIZE: _ClassVar[PriorBoxParameter.CodeType]
        CORNER_SIZE: _ClassVar[PriorBoxParameter.CodeType]
    CORNER: _ClassVar[PriorBoxParameter.CodeType]
    CENTER_SIZE: _ClassVar[PriorBoxParameter.CodeType]
    CORNER_SIZE: _ClassVar[PriorBoxParameter.CodeType]
    MIN_SIZE_FIELD_NUMBER: _ClassVar[int]
    MAX_SIZE_FIELD_NUMBER: _ClassVar[int]
    ASPECT_RATIO_FIELD_NUMBER: _ClassVar[int]
    FLIP_FIELD_NUMBER: _ClassVar[int]
    CLIP_FIELD_NUMBER: _ClassVar[int]
    VARIANCE_FIELD_NUMBER: _ClassVar[int]
    IMG_SIZE_FIELD_NUMBER: _ClassVar[int]
    IMG_H_FIELD_NUMBER: _ClassVar[int]
    IMG_W_FIELD_NUMBER: _ClassVar[int]
    STEP_FIELD_NUMBER: _ClassVar[int]
    STEP_H_FIELD_NUMBER: _ClassVar[int]
    STEP_W_FIELD_NUMBER: _ClassVar[int]
    OFFSET_FIELD_NUMBER: _ClassVar[int]
    OFFSET_H_FIELD_NUMBER: _ClassVar[int]
    OFFSET_W_FIELD_NUMBER: _ClassVar[int]
    WIDTH_FIELD_NUMBER: _ClassVar[int]
    HEIGHT_FIELD_NUMBER: _ClassVar[int]
    FIXED_SIZE_FIELD_NUMBER: _ClassVar[int]
    FIXED_RATIO_FIELD_NUMBER: _ClassVar[int]
    DENSITY_FIELD_NUMBER: _ClassVar[int]
    @property
    def min_size(self) -> _containers.RepeatedScalarFieldContainer[float]: ...
    @property
    def max_size(self) -> _containers.RepeatedScalarFieldContainer[float]: ...
    @property
    def aspect_ratio(self) -> _containers.RepeatedScalarFieldContainer[float]: ...
    flip: bool
    clip: bool
    @property
    def variance(self) -> _containers.RepeatedScalarFieldContainer[float]: ...
    img_size: int
    img_h: int
    img_w: int
    step: float
    step_h: float
    step_w: float
    offset: float
    @property
    def offset_h(self) -> _containers.RepeatedScalarFieldContainer[float]: ...
    @property
    def offset_w(self) -> _containers.RepeatedScalarFieldContainer[float]: ...
    @property
    def width(self) -> _containers.RepeatedScalarFieldContainer[float]: ...
    @property
    def height(self) -> _containers.RepeatedScalarFieldContainer[float]: ...
    @property
    def fixed_size(self) -> _containers.RepeatedScalarFieldContainer[float]: ...
    @property
    def fixed_ratio(self) -> _containers.RepeatedScalarFieldContainer[float]: ...
    @property
    def density(self) -> _containers.RepeatedScalarFieldContainer[float]: ...
    def __init__(
        self,
        *,
        min_size: _Iterable[float] | None = ...,
        max_size: _Iterable[float] | None = ...,
        aspect_ratio: _Iterable[float] | None = ...,
        flip: bool | None = ...,
        clip: bool | None = ...,
        variance: _Iterable[float] | None = ...,
        img_size: int | None = ...,
        img_h: int | None = ...,
        img_w: int | None = ...,
        step: float | None = ...,
        step_h: float | None = ...,
        step_w: float | None = ...,
        offset: float | None = ...,
        offset_h: _Iterable[float] | None = ...,
        offset_w: _Iterable[float] | None = ...,
        width: _Iterable[float] | None = ...,
        height: _Iterable[float] | None = ...,
        fixed_size: _Iterable[float] | None = ...,
        fixed_ratio: _Iterable[float] | None = ...,
        density: _Iterable[float] | None = ...,
    ) -> None: ...

class NonMaximumSuppressionParameter(_message.Message):
    NMS_THRESHOLD_FIELD_NUMBER: _ClassVar[int]
    TOP_K_FIELD_NUMBER: _ClassVar[int]
    ETA_FIELD_NUMBER: _ClassVar[int]
    nms_threshold: float
    top_k: int
    eta: float
    def __init__(
        self,
        *,
        nms_threshold: float | None = ...,
        top_k: int | None = ...,
        eta: float | None = ...,
    ) -> None: ...

class SaveOutputParameter(_message.Message):
    OUTPUT_DIRECTORY_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_NAME_PREFIX_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_FORMAT_FIELD_NUMBER: _ClassVar[int]
    LABEL_MAP_FILE_FIELD_NUMBER: _ClassVar[int]
    NAME_SIZE_FILE_FIELD_NUMBER: _ClassVar[int]
    NUM_TEST_IMAGE_FIELD_NUMBER: _ClassVar[int]
    RESIZE_PARAM_FIELD_NUMBER: _ClassVar[int]
    output_directory: str
    output_name_prefix: str
    output_format: str
    label_map_file: str
    name_size_file: str
    num_test_image: int
    @property
    def resize_param(self) -> ResizeParameter: ...
    def __init__(
        self,
        *,
        output_directory: str | None = ...,
        output_name_prefix: str | None = ...,
        output_format: str | None = ...,
        label_map_file: str | None = ...,
        name_size_file: str | None = ...,
        num_test_image: int | None = ...,
        resize_param: ResizeParameter | _Mapping[str, object] | None = ...,
    ) -> None: ...

class DetectionOutputParameter(_message.Message):
    NUM_CLASSES_FIELD_NUMBER: _ClassVar[int]
    SHARE_LOCATION_FIELD_NUMBER: _ClassVar[int]
    BACKGROUND_LABEL_ID_FIELD_NUMBER: _ClassVar[int]
    NMS_PARAM_FIELD_NUMBER: _ClassVar[int]
    SAVE_OUTPUT_PARAM_FIELD_NUMBER: _ClassVar[int]
    CODE_TYPE_FIELD_NUMBER: _ClassVar[int]
    VARIANCE_ENCODED_IN_TARGET_FIELD_NUMBER: _ClassVar[int]
    KEEP_TOP_K_FIELD_NUMBER: _ClassVar[int]
    CONFIDENCE_THRESHOLD_FIELD_NUMBER: _ClassVar[int]
    VISUALIZE_FIELD_NUMBER: _ClassVar[int]
    VISUALIZE_THRESHOLD_FIELD_NUMBER: _ClassVar[int]
    SAVE_FILE_FIELD_NUMBER: _ClassVar[int]
    OBJECTNESS_SCORE_FIELD_NUMBER: _ClassVar[int]
    NORMALIZED_BBOX_FIELD_NUMBER: _ClassVar[int]
    CLIP_FIELD_NUMBER: _ClassVar[int]
    num_classes: int
    share_location: bool
    background_label_id: int
    @property
    def nms_param(self) -> NonMaximumSuppressionParameter: ...
    @property
    def save_output_param(self) -> SaveOutputParameter: ...
    code_type: PriorBoxParameter.CodeType
    variance_encoded_in_target: bool
    keep_top_k: int
    confidence_threshold: float
    visualize: bool
    visualize_threshold: float
    save_file: str
    objectness_score: float
    normalized_bbox: bool
    clip: bool
    def __init__(
        self,
        *,
        num_classes: int | None = ...,
        share_location: bool | None = ...,
        background_label_id: int | None = ...,
        nms_param: NonMaximumSuppressionParameter | _Mapping[str, object] | None = ...,
        save_output_param: SaveOutputParameter | _Mapping[str, object] | None = ...,
        code_type: PriorBoxParameter.CodeType | str | None = ...,
        variance_encoded_in_target: bool | None = ...,
        keep_top_k: int | None = ...,
        confidence_threshold: float | None = ...,
        visualize: bool | None = ...,
        visualize_threshold: float | None = ...,
        save_file: str | None = ...,
        objectness_score: float | None = ...,
        normalized_bbox: bool | None = ...,
        clip: bool | None = ...,
    ) -> None: ...

class DetectionEvaluateParameter(_message.Message):
    NUM_CLASSES_FIELD_NUMBER: _ClassVar[int]
    BACKGROUND_LABEL_ID_FIELD_NUMBER: _ClassVar[int]
    OVERLAP_THRESHOLD_FIELD_NUMBER: _ClassVar[int]
    EVALUATE_DIFFICULT_GT_FIELD_NUMBER: _ClassVar[int]
    NAME_SIZE_FILE_FIELD_NUMBER: _ClassVar[int]
    RESIZE_PARAM_FIELD_NUMBER: _ClassVar[int]
    num_classes: int
    background_label_id: int
    overlap_threshold: float
    evaluate_difficult_gt: bool
    name_size_file: str
    @property
    def resize_param(self) -> ResizeParameter: ...
    def __init__(
        self,
        *,
        num_classes: int | None = ...,
        background_label_id: int | None = ...,
        overlap_threshold: float | None = ...,
        evaluate_difficult_gt: bool | None = ...,
        name_size_file: str | None = ...,
        resize_param: ResizeParameter | _Mapping[str, object] | None = ...,
    ) -> None: ...

class MultiBoxLossParameter(_message.Message):
    class LocLossType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        L2: _ClassVar[MultiBoxLossParameter.LocLossType]
        SMOOTH_L1: _ClassVar[MultiBoxLossParameter.LocLossType]
    L2: _ClassVar[MultiBoxLossParameter.LocLossType]
    SMOOTH_L1: _ClassVar[MultiBoxLossParameter.LocLossType]
    class ConfLossType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        SOFTMAX: _ClassVar[MultiBoxLossParameter.ConfLossType]
        LOGISTIC: _ClassVar[MultiBoxLossParameter.ConfLossType]
    SOFTMAX: _ClassVar[MultiBoxLossParameter.ConfLossType]
    LOGISTIC: _ClassVar[MultiBoxLossParameter.ConfLossType]
    class MatchType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        BIPARTITE: _ClassVar[MultiBoxLossParameter.MatchType]
        PER_PREDICTION: _ClassVar[MultiBoxLossParameter.MatchType]
    BIPARTITE: _ClassVar[MultiBoxLossParameter.MatchType]
    PER_PREDICTION: _ClassVar[MultiBoxLossParameter.MatchType]
    class MiningType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        NONE: _ClassVar[MultiBoxLossParameter.MiningType]
        MAX_NEGATIVE: _ClassVar[MultiBoxLossParameter.MiningType]
        HARD_EXAMPLE: _ClassVar[MultiBoxLossParameter.MiningType]
    NONE: _ClassVar[MultiBoxLossParameter.MiningType]
    MAX_NEGATIVE: _ClassVar[MultiBoxLossParameter.MiningType]
    HARD_EXAMPLE: _ClassVar[MultiBoxLossParameter.MiningType]
    LOC_LOSS_TYPE_FIELD_NUMBER: _ClassVar[int]
    CONF_LOSS_TYPE_FIELD_NUMBER: _ClassVar[int]
    LOC_WEIGHT_FIELD_NUMBER: _ClassVar[int]
    NUM_CLASSES_FIELD_NUMBER: _ClassVar[int]
    SHARE_LOCATION_FIELD_NUMBER: _ClassVar[int]
    MATCH_TYPE_FIELD_NUMBER: _ClassVar[int]
    OVERLAP_THRESHOLD_FIELD_NUMBER: _ClassVar[int]
    USE_PRIOR_FOR_MATCHING_FIELD_NUMBER: _ClassVar[int]
    BACKGROUND_LABEL_ID_FIELD_NUMBER: _ClassVar[int]
    USE_DIFFICULT_GT_FIELD_NUMBER: _ClassVar[int]
    DO_NEG_MINING_FIELD_NUMBER: _ClassVar[int]
    NEG_POS_RATIO_FIELD_NUMBER: _ClassVar[int]
    NEG_OVERLAP_FIELD_NUMBER: _ClassVar[int]
    CODE_TYPE_FIELD_NUMBER: _ClassVar[int]
    ENCODE_VARIANCE_IN_TARGET_FIELD_NUMBER: _ClassVar[int]
    MAP_OBJECT_TO_AGNOSTIC_FIELD_NUMBER: _ClassVar[int]
    IGNORE_CROSS_BOUNDARY_BBOX_FIELD_NUMBER: _ClassVar[int]
    BP_INSIDE_FIELD_NUMBER: _ClassVar[int]
    MINING_TYPE_FIELD_NUMBER: _ClassVar[int]
    NMS_PARAM_FIELD_NUMBER: _ClassVar[int]
    SAMPLE_SIZE_FIELD_NUMBER: _ClassVar[int]
    USE_PRIOR_FOR_NMS_FIELD_NUMBER: _ClassVar[int]
    OBJECTNESS_SCORE_FIELD_NUMBER: _ClassVar[int]
    IGNORE_DIFFICULT_GT_FIELD_NUMBER: _ClassVar[int]
    loc_loss_type: MultiBoxLossParameter.LocLossType
    conf_loss_type: MultiBoxLossParameter.ConfLossType
    loc_weight: float
    num_classes: int
    share_location: bool
    match_type: MultiBoxLossParameter.MatchType
    overlap_threshold: float
    use_prior_for_matching: bool
    background_label_id: int
    use_difficult_gt: bool
    do_neg_mining: bool
    neg_pos_ratio: float
    neg_overlap: float
    code_type: PriorBoxParameter.CodeType
    encode_variance_in_target: bool
    map_object_to_agnostic: bool
    ignore_cross_boundary_bbox: bool
    bp_inside: bool
    mining_type: MultiBoxLossParameter.MiningType
    @property
    def nms_param(self) -> NonMaximumSuppressionParameter: ...
    sample_size: int
    use_prior_for_nms: bool
    objectness_score: float
    ignore_difficult_gt: bool
    def __init__(
        self,
        *,
        loc_loss_type: MultiBoxLossParameter.LocLossType | str | None = ...,
        conf_loss_type: MultiBoxLossParameter.ConfLossType | str | None = ...,
        loc_weight: float | None = ...,
        num_classes: int | None = ...,
        share_location: bool | None = ...,
        match_type: MultiBoxLossParameter.MatchType | str | None = ...,
        overlap_threshold: float | None = ...,
        use_prior_for_matching: bool | None = ...,
        background_label_id: int | None = ...,
        use_difficult_gt: bool | None = ...,
        do_neg_mining: bool | None = ...,
        neg_pos_ratio: float | None = ...,
        neg_overlap: float | None = ...,
        code_type: PriorBoxParameter.CodeType | str | None = ...,
        encode_variance_in_target: bool | None = ...,
        map_object_to_agnostic: bool | None = ...,
        ignore_cross_boundary_bbox: bool | None = ...,
        bp_inside: bool | None = ...,
        mining_type: MultiBoxLossParameter.MiningType | str | None = ...,
        nms_param: NonMaximumSuppressionParameter | _Mapping[str, object] | None = ...,
        sample_size: int | None = ...,
        use_prior_for_nms: bool | None = ...,
        objectness_score: float | None = ...,
        ignore_difficult_gt: bool | None = ...,
    ) -> None: ...

class VideoDataParameter(_message.Message):
    class VideoType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        WEBCAM: _ClassVar[VideoDataParameter.VideoType]
        VIDEO: _ClassVar[VideoDataParameter.VideoType]
    WEBCAM: _ClassVar[VideoDataParameter.VideoType]
    VIDEO: _ClassVar[VideoDataParameter.VideoType]
    class Modality(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        RGB: _ClassVar[VideoDataParameter.Modality]
        FLOW: _ClassVar[VideoDataParameter.Modality]
    RGB: _ClassVar[VideoDataParameter.Modality]
    FLOW: _ClassVar[VideoDataParameter.Modality]
    VIDEO_TYPE_FIELD_NUMBER: _ClassVar[int]
    DEVICE_ID_FIELD_NUMBER: _ClassVar[int]
    VIDEO_FILE_FIELD_NUMBER: _ClassVar[int]
    SKIP_FRAMES_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    BATCH_SIZE_FIELD_NUMBER: _ClassVar[int]
    RAND_SKIP_FIELD_NUMBER: _ClassVar[int]
    SHUFFLE_FIELD_NUMBER: _ClassVar[int]
    NEW_HEIGHT_FIELD_NUMBER: _ClassVar[int]
    NEW_WIDTH_FIELD_NUMBER: _ClassVar[int]
    NEW_LENGTH_FIELD_NUMBER: _ClassVar[int]
    NUM_SEGMENTS_FIELD_NUMBER: _ClassVar[int]
    SCALE_FIELD_NUMBER: _ClassVar[int]
    MEAN_FILE_FIELD_NUMBER: _ClassVar[int]
    CROP_SIZE_FIELD_NUMBER: _ClassVar[int]
    MIRROR_FIELD_NUMBER: _ClassVar[int]
    MODALITY_FIELD_NUMBER: _ClassVar[int]
    video_type: VideoDataParameter.VideoType
    device_id: int
    video_file: str
    skip_frames: int
    source: str
    batch_size: int
    rand_skip: int
    shuffle: bool
    new_height: int
    new_width: int
    new_length: int
    num_segments: int
    scale: float
    mean_file: str
    crop_size: int
    mirror: bool
    modality: VideoDataParameter.Modality
    def __init__(
        self,
        *,
        video_type: VideoDataParameter.VideoType | str | None = ...,
        device_id: int | None = ...,
        video_file: str | None = ...,
        skip_frames: int | None = ...,
        source: str | None = ...,
        batch_size: int | None = ...,
        rand_skip: int | None = ...,
        shuffle: bool | None = ...,
        new_height: int | None = ...,
        new_width: int | None = ...,
        new_length: int | None = ...,
        num_segments: int | None = ...,
        scale: float | None = ...,
        mean_file: str | None = ...,
        crop_size: int | None = ...,
        mirror: bool | None = ...,
        modality: VideoDataParameter.Modality | str | None = ...,
    ) -> None: ...

class ROIPoolingParameter(_message.Message):
    POOLED_H_FIELD_NUMBER: _ClassVar[int]
    POOLED_W_FIELD_NUMBER: _ClassVar[int]
    SPATIAL_SCALE_FIELD_NUMBER: _ClassVar[int]
    POOLED_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAD_RATIO_FIELD_NUMBER: _ClassVar[int]
    BI_TYPE_FIELD_NUMBER: _ClassVar[int]
    IS_MULTI_INTERPOLATE_FIELD_NUMBER: _ClassVar[int]
    pooled_h: int
    pooled_w: int
    spatial_scale: float
    @property
    def pooled_size(self) -> _containers.RepeatedScalarFieldContainer[int]: ...
    pad_ratio: float
    bi_type: int
    is_multi_interpolate: bool
    def __init__(
        self,
        *,
        pooled_h: int | None = ...,
        pooled_w: int | None = ...,
        spatial_scale: float | None = ...,
        pooled_size: _Iterable[int] | None = ...,
        pad_ratio: float | None = ...,
        bi_type: int | None = ...,
        is_multi_interpolate: bool | None = ...,
    ) -> None: ...

class ROIAlignParameter(_message.Message):
    POOLED_H_FIELD_NUMBER: _ClassVar[int]
    POOLED_W_FIELD_NUMBER: _ClassVar[int]
    SPATIAL_SCALE_FIELD_NUMBER: _ClassVar[int]
    pooled_h: int
    pooled_w: int
    spatial_scale: float
    def __init__(
        self,
        *,
        pooled_h: int | None = ...,
        pooled_w: int | None = ...,
        spatial_scale: float | None = ...,
    ) -> None: ...

class ROIMaskPoolingParameter(_message.Message):
    POOLED_H_FIELD_NUMBER: _ClassVar[int]
    POOLED_W_FIELD_NUMBER: _ClassVar[int]
    SPATIAL_SCALE_FIELD_NUMBER: _ClassVar[int]
    HALF_PART_FIELD_NUMBER: _ClassVar[int]
    ROI_SCALE_FIELD_NUMBER: _ClassVar[int]
    MASK_SCALE_FIELD_NUMBER: _ClassVar[int]
    pooled_h: int
    pooled_w: int
    spatial_scale: float
    half_part: int
    roi_scale: float
    mask_scale: float
    def __init__(
        self,
        *,
        pooled_h: int | None = ...,
        pooled_w: int | None = ...,
        spatial_scale: float | None = ...,
        half_part: int | None = ...,
        roi_scale: float | None = ...,
        mask_scale: float | None = ...,
    ) -> None: ...

class PSROIPoolingParameter(_message.Message):
    SPATIAL_SCALE_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_DIM_FIELD_NUMBER: _ClassVar[int]
    GROUP_SIZE_FIELD_NUMBER: _ClassVar[int]
    spatial_scale: float
    output_dim: int
    group_size: int
    def __init__(
        self,
        *,
        spatial_scale: float | None = ...,
        output_dim: int | None = ...,
        group_size: int | None = ...,
    ) -> None: ...

class PSROIAlignParameter(_message.Message):
    SPATIAL_SCALE_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_DIM_FIELD_NUMBER: _ClassVar[int]
    GROUP_SIZE_FIELD_NUMBER: _ClassVar[int]
    SAMPLE_NUM_FIELD_NUMBER: _ClassVar[int]
    spatial_scale: float
    output_dim: int
    group_size: int
    sample_num: int
    def __init__(
        self,
        *,
        spatial_scale: float | None = ...,
        output_dim: int | None = ...,
        group_size: int | None = ...,
        sample_num: int | None = ...,
    ) -> None: ...

class DeformablePSROIPoolingParameter(_message.Message):
    SPATIAL_SCALE_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_DIM_FIELD_NUMBER: _ClassVar[int]
    GROUP_SIZE_FIELD_NUMBER: _ClassVar[int]
    POOLED_SIZE_FIELD_NUMBER: _ClassVar[int]
    PART_SIZE_FIELD_NUMBER: _ClassVar[int]
    SAMPLE_PER_PART_FIELD_NUMBER: _ClassVar[int]
    TRANS_STD_FIELD_NUMBER: _ClassVar[int]
    NO_TRANS_FIELD_NUMBER: _ClassVar[int]
    spatial_scale: float
    output_dim: int
    group_size: int
    pooled_size: int
    part_size: int
    sample_per_part: int
    trans_std: float
    no_trans: bool
    def __init__(
        self,
        *,
        spatial_scale: float | None = ...,
        output_dim: int | None = ...,
        group_size: int | None = ...,
        pooled_size: int | None = ...,
        part_size: int | None = ...,
        sample_per_part: int | None = ...,
        trans_std: float | None = ...,
        no_trans: bool | None = ...,
    ) -> None: ...

class DeformableConvolutionParameter(_message.Message):
    class Engine(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        DEFAULT: _ClassVar[DeformableConvolutionParameter.Engine]
        CAFFE: _ClassVar[DeformableConvolutionParameter.Engine]
        CUDNN: _ClassVar[DeformableConvolutionParameter.Engine]
    DEFAULT: _ClassVar[DeformableConvolutionParameter.Engine]
    CAFFE: _ClassVar[DeformableConvolutionParameter.Engine]
    CUDNN: _ClassVar[DeformableConvolutionParameter.Engine]
    NUM_OUTPUT_FIELD_NUMBER: _ClassVar[int]
    BIAS_TERM_FIELD_NUMBER: _ClassVar[int]
    PAD_FIELD_NUMBER: _ClassVar[int]
    KERNEL_SIZE_FIELD_NUMBER: _ClassVar[int]
    STRIDE_FIELD_NUMBER: _ClassVar[int]
    DILATION_FIELD_NUMBER: _ClassVar[int]
    PAD_H_FIELD_NUMBER: _ClassVar[int]
    PAD_W_FIELD_NUMBER: _ClassVar[int]
    KERNEL_H_FIELD_NUMBER: _ClassVar[int]
    KERNEL_W_FIELD_NUMBER: _ClassVar[int]
    STRIDE_H_FIELD_NUMBER: _ClassVar[int]
    STRIDE_W_FIELD_NUMBER: _ClassVar[int]
    GROUP_FIELD_NUMBER: _ClassVar[int]
    DEFORMABLE_GROUP_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_FILLER_FIELD_NUMBER: _ClassVar[int]
    BIAS_FILLER_FIELD_NUMBER: _ClassVar[int]
    ENGINE_FIELD_NUMBER: _ClassVar[int]
    AXIS_FIELD_NUMBER: _ClassVar[int]
    FORCE_ND_IM2COL_FIELD_NUMBER: _ClassVar[int]
    num_output: int
    bias_term: bool
    @property
    def pad(self) -> _containers.RepeatedScalarFieldContainer[int]: ...
    @property
    def kernel_size(self) -> _containers.RepeatedScalarFieldContainer[int]: ...
    @property
    def stride(self) -> _containers.RepeatedScalarFieldContainer[int]: ...
    @property
    def dilation(self) -> _containers.RepeatedScalarFieldContainer[int]: ...
    pad_h: int
    pad_w: int
    kernel_h: int
    kernel_w: int
    stride_h: int
    stride_w: int
    group: int
    deformable_group: int
    @property
    def weight_filler(self) -> FillerParameter: ...
    @property
    def bias_filler(self) -> FillerParameter: ...
    engine: DeformableConvolutionParameter.Engine
    axis: int
    force_nd_im2col: bool
    def __init__(
        self,
        *,
        num_output: int | None = ...,
        bias_term: bool | None = ...,
        pad: _Iterable[int] | None = ...,
        kernel_size: _Iterable[int] | None = ...,
        stride: _Iterable[int] | None = ...,
        dilation: _Iterable[int] | None = ...,
        pad_h: int | None = ...,
        pad_w: int | None = ...,
        kernel_h: int | None = ...,
        kernel_w: int | None = ...,
        stride_h: int | None = ...,
        stride_w: int | None = ...,
        group: int | None = ...,
        deformable_group: int | None = ...,
        weight_filler: FillerParameter | _Mapping[str, object] | None = ...,
        bias_filler: FillerParameter | _Mapping[str, object] | None = ...,
        engine: DeformableConvolutionParameter.Engine | str | None = ...,
        axis: int | None = ...,
        force_nd_im2col: bool | None = ...,
    ) -> None: ...

class ProposalParameter(_message.Message):
    FEAT_STRIDE_FIELD_NUMBER: _ClassVar[int]
    BASE_SIZE_FIELD_NUMBER: _ClassVar[int]
    MIN_SIZE_FIELD_NUMBER: _ClassVar[int]
    RATIO_FIELD_NUMBER: _ClassVar[int]
    SCALE_FIELD_NUMBER: _ClassVar[int]
    PRE_NMS_TOPN_FIELD_NUMBER: _ClassVar[int]
    POST_NMS_TOPN_FIELD_NUMBER: _ClassVar[int]
    NMS_THRESH_FIELD_NUMBER: _ClassVar[int]
    feat_stride: int
    base_size: int
    min_size: int
    @property
    def ratio(self) -> _containers.RepeatedScalarFieldContainer[float]: ...
    @property
    def scale(self) -> _containers.RepeatedScalarFieldContainer[float]: ...
    pre_nms_topn: int
    post_nms_topn: int
    nms_thresh: float
    def __init__(
        self,
        *,
        feat_stride: int | None = ...,
        base_size: int | None = ...,
        min_size: int | None = ...,
        ratio: _Iterable[float] | None = ...,
        scale: _Iterable[float] | None = ...,
        pre_nms_topn: int | None = ...,
        post_nms_topn: int | None = ...,
        nms_thresh: float | None = ...,
    ) -> None: ...

class FrcnnProposalTargetParameter(_message.Message):
    GT_IOU_THR_FIELD_NUMBER: _ClassVar[int]
    STAGE_FIELD_NUMBER: _ClassVar[int]
    gt_iou_thr: float
    stage: int
    def __init__(
        self,
        *,
        gt_iou_thr: float | None = ...,
        stage: int | None = ...,
    ) -> None: ...

class BBoxRegParameter(_message.Message):
    BBOX_MEAN_FIELD_NUMBER: _ClassVar[int]
    BBOX_STD_FIELD_NUMBER: _ClassVar[int]
    CLS_AWARE_FIELD_NUMBER: _ClassVar[int]
    @property
    def bbox_mean(self) -> _containers.RepeatedScalarFieldContainer[float]: ...
    @property
    def bbox_std(self) -> _containers.RepeatedScalarFieldContainer[float]: ...
    cls_aware: bool
    def __init__(
        self,
        *,
        bbox_mean: _Iterable[float] | None = ...,
        bbox_std: _Iterable[float] | None = ...,
        cls_aware: bool | None = ...,
    ) -> None: ...

class BoxAnnotatorOHEMParameter(_message.Message):
    ROI_PER_IMG_FIELD_NUMBER: _ClassVar[int]
    IGNORE_LABEL_FIELD_NUMBER: _ClassVar[int]
    roi_per_img: int
    ignore_label: int
    def __init__(
        self,
        *,
        roi_per_img: int | None = ...,
        ignore_label: int | None = ...,
    ) -> None: ...

class SmoothL1LossParameter(_message.Message):
    SIGMA_FIELD_NUMBER: _ClassVar[int]
    sigma: float
    def __init__(
        self,
        *,
        sigma: float | None = ...,
    ) -> None: ...

class SmoothL1Parameter(_message.Message):
    TURN_POINT_FIELD_NUMBER: _ClassVar[int]
    turn_point: float
    def __init__(
        self,
        *,
        turn_point: float | None = ...,
    ) -> None: ...

class ModuleParameter(_message.Message):
    MODULE_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    CREATOR_SYMBOL_FIELD_NUMBER: _ClassVar[int]
    DELETER_SYMBOL_FIELD_NUMBER: _ClassVar[int]
    PARAM_STR_FIELD_NUMBER: _ClassVar[int]
    module: str
    type: str
    creator_symbol: str
    deleter_symbol: str
    param_str: str
    def __init__(
        self,
        *,
        module: str | None = ...,
        type: str | None = ...,
        creator_symbol: str | None = ...,
        deleter_symbol: str | None = ...,
        param_str: str | None = ...,
    ) -> None: ...

class NormalizedRBox(_message.Message):
    XCENTER_FIELD_NUMBER: _ClassVar[int]
    YCENTER_FIELD_NUMBER: _ClassVar[int]
    ANGLE_FIELD_NUMBER: _ClassVar[int]
    WIDTH_FIELD_NUMBER: _ClassVar[int]
    HEIGHT_FIELD_NUMBER: _ClassVar[int]
    LABEL_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    SIZE_FIELD_NUMBER: _ClassVar[int]
    xcenter: float
    ycenter: float
    angle: float
    width: float
    height: float
    label: int
    score: float
    size: float
    def __init__(
        self,
        *,
        xcenter: float | None = ...,
        ycenter: float | None = ...,
        angle: float | None = ...,
        width: float | None = ...,
        height: float | None = ...,
        label: int | None = ...,
        score: float | None = ...,
        size: float | None = ...,
    ) -> None: ...

class AnnotationR(_message.Message):
    INSTANCE_ID_FIELD_NUMBER: _ClassVar[int]
    RBOX_FIELD_NUMBER: _ClassVar[int]
    instance_id: int
    @property
    def rbox(self) -> NormalizedRBox: ...
    def __init__(
        self,
        *,
        instance_id: int | None = ...,
        rbox: NormalizedRBox | _Mapping[str, object] | None = ...,
    ) -> None: ...

class AnnotationGroupR(_message.Message):
    GROUP_LABEL_FIELD_NUMBER: _ClassVar[int]
    ANNOTATION_FIELD_NUMBER: _ClassVar[int]
    group_label: int
    @property
    def annotation(self) -> _containers.RepeatedCompositeFieldContainer[AnnotationR]: ...
    def __init__(
        self,
        *,
        group_label: int | None = ...,
        annotation: _Iterable[AnnotationR | _Mapping[str, object]] | None = ...,
    ) -> None: ...

class AnnotatedDatumR(_message.Message):
    class AnnotationType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        RBOX: _ClassVar[AnnotatedDatumR.AnnotationType]
    RBOX: _ClassVar[AnnotatedDatumR.AnnotationType]
    DATUM_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    ANNOTATION_GROUP_FIELD_NUMBER: _ClassVar[int]
    @property
    def datum(self) -> Datum: ...
    type: AnnotatedDatumR.AnnotationType
    @property
    def annotation_group(self) -> _containers.RepeatedCompositeFieldContainer[AnnotationGroupR]: ...
    def __init__(
        self,
        *,
        datum: Datum | _Mapping[str, object] | None = ...,
        type: AnnotatedDatumR.AnnotationType | str | None = ...,
        annotation_group: _Iterable[AnnotationGroupR | _Mapping[str, object]] | None = ...,
    ) -> None: ...

class AnnotatedRDataParameter(_message.Message):
    BATCH_SAMPLER_FIELD_NUMBER: _ClassVar[int]
    LABEL_MAP_FILE_FIELD_NUMBER: _ClassVar[int]
    ANNO_TYPE_FIELD_NUMBER: _ClassVar[int]
    @property
    def batch_sampler(self) -> _containers.RepeatedCompositeFieldContainer[BatchSampler]: ...
    label_map_file: str
    anno_type: AnnotatedDatumR.AnnotationType
    def __init__(
        self,
        *,
        batch_sampler: _Iterable[BatchSampler | _Mapping[str, object]] | None = ...,
        label_map_file: str | None = ...,
        anno_type: AnnotatedDatumR.AnnotationType | str | None = ...,
    ) -> None: ...

class PriorRBoxParameter(_message.Message):
    class CodeType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        CORNER: _ClassVar[PriorRBoxParameter.CodeType]
        CENTER_SIZE: _ClassVar[PriorRBoxParameter.CodeType]
        CORNER_SIZE: _ClassVar[PriorRBoxParameter.CodeType]
    CORNER: _ClassVar[PriorRBoxParameter.CodeType]
    CENTER_SIZE: _ClassVar[PriorRBoxParameter.CodeType]
    CORNER_SIZE: _ClassVar[PriorRBoxParameter.CodeType]
    MIN_SIZE_FIELD_NUMBER: _ClassVar[int]
    MAX_SIZE_FIELD_NUMBER: _ClassVar[int]
    ASPECT_RATIO_FIELD_NUMBER: _ClassVar[int]
    ROTATED_ANGLES_FIELD_NUMBER: _ClassVar[int]
    PRIOR_WIDTHS_FIELD_NUMBER: _ClassVar[int]
    PRIOR_HEIGHTS_FIELD_NUMBER: _ClassVar[int]
    FLIP_FIELD_NUMBER: _ClassVar[int]
    CLIP_FIELD_NUMBER: _ClassVar[int]
    VARIANCE_FIELD_NUMBER: _ClassVar[int]
    IMG_SIZE_FIELD_NUMBER: _ClassVar[int]
    IMG_H_FIELD_NUMBER: _ClassVar[int]
    IMG_W_FIELD_NUMBER: _ClassVar[int]
    STEP_FIELD_NUMBER: _ClassVar[int]
    STEP_H_FIELD_NUMBER: _ClassVar[int]
    STEP_W_FIELD_NUMBER: _ClassVar[int]
    OFFSET_FIELD_NUMBER: _ClassVar[int]
    REGRESS_SIZE_FIELD_NUMBER: _ClassVar[int]
    REGRESS_ANGLE_FIELD_NUMBER: _ClassVar[int]
    @property
    def min_size(self) -> _containers.RepeatedScalarFieldContainer[float]: ...
    @property
    def max_size(self) -> _containers.RepeatedScalarFieldContainer[float]: ...
    @property
    def aspect_ratio(self) -> _containers.RepeatedScalarFieldContainer[float]: ...
    @property
    def rotated_angles(self) -> _containers.RepeatedScalarFieldContainer[float]: ...
    @property
    def prior_widths(self) -> _containers.RepeatedScalarFieldContainer[float]: ...
    @property
    def prior_heights(self) -> _containers.RepeatedScalarFieldContainer[float]: ...
    flip: bool
    clip: bool
    @property
    def variance(self) -> _containers.RepeatedScalarFieldContainer[float]: ...
    img_size: int
    img_h: int
    img_w: int
    step: float
    step_h: float
    step_w: float
    offset: float
    regress_size: bool
    regress_angle: bool
    def __init__(
        self,
        *,
        min_size: _Iterable[float] | None = ...,
        max_size: _Iterable[float] | None = ...,
        aspect_ratio: _Iterable[float] | None = ...,
        rotated_angles: _Iterable[float] | None = ...,
        prior_widths: _Iterable[float] | None = ...,
        prior_heights: _Iterable[float] | None = ...,
        flip: bool | None = ...,
        clip: bool | None = ...,
        variance: _Iterable[float] | None = ...,
        img_size: int | None = ...,
        img_h: int | None = ...,
        img_w: int | None = ...,
        step: float | None = ...,
        step_h: float | None = ...,
        step_w: float | None = ...,
        offset: float | None = ...,
        regress_size: bool | None = ...,
        regress_angle: bool | None = ...,
    ) -> None: ...

class RDetectionOutputParameter(_message.Message):
    NUM_CLASSES_FIELD_NUMBER: _ClassVar[int]
    SHARE_LOCATION_FIELD_NUMBER: _ClassVar[int]
    BACKGROUND_LABEL_ID_FIELD_NUMBER: _ClassVar[int]
    NMS_PARAM_FIELD_NUMBER: _ClassVar[int]
    SAVE_OUTPUT_PARAM_FIELD_NUMBER: _ClassVar[int]
    CODE_TYPE_FIELD_NUMBER: _ClassVar[int]
    VARIANCE_ENCODED_IN_TARGET_FIELD_NUMBER: _ClassVar[int]
    KEEP_TOP_K_FIELD_NUMBER: _ClassVar[int]
    CONFIDENCE_THRESHOLD_FIELD_NUMBER: _ClassVar[int]
    VISUALIZE_FIELD_NUMBER: _ClassVar[int]
    VISUALIZE_THRESHOLD_FIELD_NUMBER: _ClassVar[int]
    SAVE_FILE_FIELD_NUMBER: _ClassVar[int]
    PRIOR_WIDTH_FIELD_NUMBER: _ClassVar[int]
    PRIOR_HEIGHT_FIELD_NUMBER: _ClassVar[int]
    REGRESS_SIZE_FIELD_NUMBER: _ClassVar[int]
    REGRESS_ANGLE_FIELD_NUMBER: _ClassVar[int]
    num_classes: int
    share_location: bool
    background_label_id: int
    @property
    def nms_param(self) -> NonMaximumSuppressionParameter: ...
    @property
    def save_output_param(self) -> SaveOutputParameter: ...
    code_type: PriorRBoxParameter.CodeType
    variance_encoded_in_target: bool
    keep_top_k: int
    confidence_threshold: float
    visualize: bool
    visualize_threshold: float
    save_file: str
    prior_width: float
    prior_height: float
    regress_size: bool
    regress_angle: bool
    def __init__(
        self,
        *,
        num_classes: int | None = ...,
        share_location: bool | None = ...,
        background_label_id: int | None = ...,
        nms_param: NonMaximumSuppressionParameter | _Mapping[str, object] | None = ...,
        save_output_param: SaveOutputParameter | _Mapping[str, object] | None = ...,
        code_type: PriorRBoxParameter.CodeType | str | None = ...,
        variance_encoded_in_target: bool | None = ...,
        keep_top_k: int | None = ...,
        confidence_threshold: float | None = ...,
        visualize: bool | None = ...,
        visualize_threshold: float | None = ...,
        save_file: str | None = ...,
        prior_width: float | None = ...,
        prior_height: float | None = ...,
        regress_size: bool | None = ...,
        regress_angle: bool | None = ...,
    ) -> None: ...

class RDetectionEvaluateParameter(_message.Message):
    NUM_CLASSES_FIELD_NUMBER: _ClassVar[int]
    BACKGROUND_LABEL_ID_FIELD_NUMBER: _ClassVar[int]
    OVERLAP_THRESHOLD_FIELD_NUMBER: _ClassVar[int]
    EVALUATE_DIFFICULT_GT_FIELD_NUMBER: _ClassVar[int]
    NAME_SIZE_FILE_FIELD_NUMBER: _ClassVar[int]
    RESIZE_PARAM_FIELD_NUMBER: _ClassVar[int]
    num_classes: int
    background_label_id: int
    overlap_threshold: float
    evaluate_difficult_gt: bool
    name_size_file: str
    @property
    def resize_param(self) -> ResizeParameter: ...
    def __init__(
        self,
        *,
        num_classes: int | None = ...,
        background_label_id: int | None = ...,
        overlap_threshold: float | None = ...,
        evaluate_difficult_gt: bool | None = ...,
        name_size_file: str | None = ...,
        resize_param: ResizeParameter | _Mapping[str, object] | None = ...,
    ) -> None: ...

class MultiRBoxLossParameter(_message.Message):
    class LocLossType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        L2: _ClassVar[MultiRBoxLossParameter.LocLossType]
        SMOOTH_L1: _ClassVar[MultiRBoxLossParameter.LocLossType]
    L2: _ClassVar[MultiRBoxLossParameter.LocLossType]
    SMOOTH_L1: _ClassVar[MultiRBoxLossParameter.LocLossType]
    class ConfLossType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        SOFTMAX: _ClassVar[MultiRBoxLossParameter.ConfLossType]
        LOGISTIC: _ClassVar[MultiRBoxLossParameter.ConfLossType]
    SOFTMAX: _ClassVar[MultiRBoxLossParameter.ConfLossType]
    LOGISTIC: _ClassVar[MultiRBoxLossParameter.ConfLossType]
    class MatchType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        BIPARTITE: _ClassVar[MultiRBoxLossParameter.MatchType]
        PER_PREDICTION: _ClassVar[MultiRBoxLossParameter.MatchType]
    BIPARTITE: _ClassVar[MultiRBoxLossParameter.MatchType]
    PER_PREDICTION: _ClassVar[MultiRBoxLossParameter.MatchType]
    class MiningType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        NONE: _ClassVar[MultiRBoxLossParameter.MiningType]
        MAX_NEGATIVE: _ClassVar[MultiRBoxLossParameter.MiningType]
        HARD_EXAMPLE: _ClassVar[MultiRBoxLossParameter.MiningType]
    NONE: _ClassVar[MultiRBoxLossParameter.MiningType]
    MAX_NEGATIVE: _ClassVar[MultiRBoxLossParameter.MiningType]
    HARD_EXAMPLE: _ClassVar[MultiRBoxLossParameter.MiningType]
    LOC_LOSS_TYPE_FIELD_NUMBER: _ClassVar[int]
    CONF_LOSS_TYPE_FIELD_NUMBER: _ClassVar[int]
    LOC_WEIGHT_FIELD_NUMBER: _ClassVar[int]
    NUM_CLASSES_FIELD_NUMBER: _ClassVar[int]
    SHARE_LOCATION_FIELD_NUMBER: _ClassVar[int]
    MATCH_TYPE_FIELD_NUMBER: _ClassVar[int]
    OVERLAP_THRESHOLD_FIELD_NUMBER: _ClassVar[int]
    USE_PRIOR_FOR_MATCHING_FIELD_NUMBER: _ClassVar[int]
    BACKGROUND_LABEL_ID_FIELD_NUMBER: _ClassVar[int]
    USE_DIFFICULT_GT_FIELD_NUMBER: _ClassVar[int]
    DO_NEG_MINING_FIELD_NUMBER: _ClassVar[int]
    NEG_POS_RATIO_FIELD_NUMBER: _ClassVar[int]
    NEG_OVERLAP_FIELD_NUMBER: _ClassVar[int]
    CODE_TYPE_FIELD_NUMBER: _ClassVar[int]
    ENCODE_VARIANCE_IN_TARGET_FIELD_NUMBER: _ClassVar[int]
    MAP_OBJECT_TO_AGNOSTIC_FIELD_NUMBER: _ClassVar[int]
    IGNORE_CROSS_BOUNDARY_RBOX_FIELD_NUMBER: _ClassVar[int]
    BP_INSIDE_FIELD_NUMBER: _ClassVar[int]
    MINING_TYPE_FIELD_NUMBER: _ClassVar[int]
    NMS_PARAM_FIELD_NUMBER: _ClassVar[int]
    SAMPLE_SIZE_FIELD_NUMBER: _ClassVar[int]
    USE_PRIOR_FOR_NMS_FIELD_NUMBER: _ClassVar[int]
    PRIOR_WIDTH_FIELD_NUMBER: _ClassVar[int]
    PRIOR_HEIGHT_FIELD_NUMBER: _ClassVar[int]
    REGRESS_ANGLE_FIELD_NUMBER: _ClassVar[int]
    REGRESS_SIZE_FIELD_NUMBER: _ClassVar[int]
    loc_loss_type: MultiRBoxLossParameter.LocLossType
    conf_loss_type: MultiRBoxLossParameter.ConfLossType
    loc_weight: float
    num_classes: int
    share_location: bool
    match_type: MultiRBoxLossParameter.MatchType
    overlap_threshold: float
    use_prior_for_matching: bool
    background_label_id: int
    use_difficult_gt: bool
    do_neg_mining: bool
    neg_pos_ratio: float
    neg_overlap: float
    code_type: PriorRBoxParameter.CodeType
    encode_variance_in_target: bool
    map_object_to_agnostic: bool
    ignore_cross_boundary_rbox: bool
    bp_inside: bool
    mining_type: MultiRBoxLossParameter.MiningType
    @property
    def nms_param(self) -> NonMaximumSuppressionParameter: ...
    sample_size: int
    use_prior_for_nms: bool
    prior_width: float
    prior_height: float
    regress_angle: bool
    regress_size: bool
    def __init__(
        self,
        *,
        loc_loss_type: MultiRBoxLossParameter.LocLossType | str | None = ...,
        conf_loss_type: MultiRBoxLossParameter.ConfLossType | str | None = ...,
        loc_weight: float | None = ...,
        num_classes: int | None = ...,
        share_location: bool | None = ...,
        match_type: MultiRBoxLossParameter.MatchType | str | None = ...,
        overlap_threshold: float | None = ...,
        use_prior_for_matching: bool | None = ...,
        background_label_id: int | None = ...,
        use_difficult_gt: bool | None = ...,
        do_neg_mining: bool | None = ...,
        neg_pos_ratio: float | None = ...,
        neg_overlap: float | None = ...,
        code_type: PriorRBoxParameter.CodeType | str | None = ...,
        encode_variance_in_target: bool | None = ...,
        map_object_to_agnostic: bool | None = ...,
        ignore_cross_boundary_rbox: bool | None = ...,
        bp_inside: bool | None = ...,
        mining_type: MultiRBoxLossParameter.MiningType | str | None = ...,
        nms_param: NonMaximumSuppressionParameter | _Mapping[str, object] | None = ...,
        sample_size: int | None = ...,
        use_prior_for_nms: bool | None = ...,
        prior_width: float | None = ...,
        prior_height: float | None = ...,
        regress_angle: bool | None = ...,
        regress_size: bool | None = ...,
    ) -> None: ...

class ReorgParameter(_message.Message):
    STRIDE_FIELD_NUMBER: _ClassVar[int]
    REVERSE_FIELD_NUMBER: _ClassVar[int]
    stride: int
    reverse: bool
    def __init__(
        self,
        *,
        stride: int | None = ...,
        reverse: bool | None = ...,
    ) -> None: ...

class RegionLossParameter(_message.Message):
    SIDE_FIELD_NUMBER: _ClassVar[int]
    NUM_CLASS_FIELD_NUMBER: _ClassVar[int]
    BIAS_MATCH_FIELD_NUMBER: _ClassVar[int]
    COORDS_FIELD_NUMBER: _ClassVar[int]
    NUM_FIELD_NUMBER: _ClassVar[int]
    SOFTMAX_FIELD_NUMBER: _ClassVar[int]
    JITTER_FIELD_NUMBER: _ClassVar[int]
    RESCORE_FIELD_NUMBER: _ClassVar[int]
    OBJECT_SCALE_FIELD_NUMBER: _ClassVar[int]
    CLASS_SCALE_FIELD_NUMBER: _ClassVar[int]
    NOOBJECT_SCALE_FIELD_NUMBER: _ClassVar[int]
    COORD_SCALE_FIELD_NUMBER: _ClassVar[int]
    ABSOLUTE_FIELD_NUMBER: _ClassVar[int]
    THRESH_FIELD_NUMBER: _ClassVar[int]
    RANDOM_FIELD_NUMBER: _ClassVar[int]
    BIASES_FIELD_NUMBER: _ClassVar[int]
    SOFTMAX_TREE_FIELD_NUMBER: _ClassVar[int]
    CLASS_MAP_FIELD_NUMBER: _ClassVar[int]
    side: int
    num_class: int
    bias_match: int
    coords: int
    num: int
    softmax: int
    jitter: float
    rescore: int
    object_scale: float
    class_scale: float
    noobject_scale: float
    coord_scale: float
    absolute: int
    thresh: float
    random: int
    @property
    def biases(self) -> _containers.RepeatedScalarFieldContainer[float]: ...
    softmax_tree: str
    class_map: str
    def __init__(
        self,
        *,
        side: int | None = ...,
        num_class: int | None = ...,
        bias_match: int | None = ...,
        coords: int | None = ...,
        num: int | None = ...,
        softmax: int | None = ...,
        jitter: float | None = ...,
        rescore: int | None = ...,
        object_scale: float | None = ...,
        class_scale: float | None = ...,
        noobject_scale: float | None = ...,
        coord_scale: float | None = ...,
        absolute: int | None = ...,
        thresh: float | None = ...,
        random: int | None = ...,
        biases: _Iterable[float] | None = ...,
        softmax_tree: str | None = ...,
        class_map: str | None = ...,
    ) -> None: ...

class EvalDetectionParameter(_message.Message):
    class ScoreType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        OBJ: _ClassVar[EvalDetectionParameter.ScoreType]
        PROB: _ClassVar[EvalDetectionParameter.ScoreType]
        MULTIPLY: _ClassVar[EvalDetectionParameter.ScoreType]
    OBJ: _ClassVar[EvalDetectionParameter.ScoreType]
    PROB: _ClassVar[EvalDetectionParameter.ScoreType]
    MULTIPLY: _ClassVar[EvalDetectionParameter.ScoreType]
    SIDE_FIELD_NUMBER: _ClassVar[int]
    NUM_CLASS_FIELD_NUMBER: _ClassVar[int]
    NUM_OBJECT_FIELD_NUMBER: _ClassVar[int]
    THRESHOLD_FIELD_NUMBER: _ClassVar[int]
    SQRT_FIELD_NUMBER: _ClassVar[int]
    CONSTRIANT_FIELD_NUMBER: _ClassVar[int]
    SCORE_TYPE_FIELD_NUMBER: _ClassVar[int]
    NMS_FIELD_NUMBER: _ClassVar[int]
    BIASES_FIELD_NUMBER: _ClassVar[int]
    side: int
    num_class: int
    num_object: int
    threshold: float
    sqrt: bool
    constriant: bool
    score_type: EvalDetectionParameter.ScoreType
    nms: float
    @property
    def biases(self) -> _containers.RepeatedScalarFieldContainer[float]: ...
    def __init__(
        self,
        *,
        side: int | None = ...,
        num_class: int | None = ...,
        num_object: int | None = ...,
        threshold: float | None = ...,
        sqrt: bool | None = ...,
        constriant: bool | None = ...,
        score_type: EvalDetectionParameter.ScoreType | str | None = ...,
        nms: float | None = ...,
        biases: _Iterable[float] | None = ...,
    ) -> None: ...

class YoloDetectionOutputParameter(_message.Message):
    SIDE_FIELD_NUMBER: _ClassVar[int]
    NUM_CLASSES_FIELD_NUMBER: _ClassVar[int]
    NUM_BOX_FIELD_NUMBER: _ClassVar[int]
    COORDS_FIELD_NUMBER: _ClassVar[int]
    CONFIDENCE_THRESHOLD_FIELD_NUMBER: _ClassVar[int]
    NMS_THRESHOLD_FIELD_NUMBER: _ClassVar[int]
    BIASES_FIELD_NUMBER: _ClassVar[int]
    LABEL_MAP_FILE_FIELD_NUMBER: _ClassVar[int]
    side: int
    num_classes: int
    num_box: int
    coords: int
    confidence_threshold: float
    nms_threshold: float
    @property
    def biases(self) -> _containers.RepeatedScalarFieldContainer[float]: ...
    label_map_file: str
    def __init__(
        self,
        *,
        side: int | None = ...,
        num_classes: int | None = ...,
        num_box: int | None = ...,
        coords: int | None = ...,
        confidence_threshold: float | None = ...,
        nms_threshold: float | None = ...,
        biases: _Iterable[float] | None = ...,
        label_map_file: str | None = ...,
    ) -> None: ...

class Yolov3DetectionOutputParameter(_message.Message):
    NUM_CLASSES_FIELD_NUMBER: _ClassVar[int]
    NUM_BOX_FIELD_NUMBER: _ClassVar[int]
    CONFIDENCE_THRESHOLD_FIELD_NUMBER: _ClassVar[int]
    NMS_THRESHOLD_FIELD_NUMBER: _ClassVar[int]
    BIASES_FIELD_NUMBER: _ClassVar[int]
    ANCHORS_SCALE_FIELD_NUMBER: _ClassVar[int]
    MASK_GROUP_NUM_FIELD_NUMBER: _ClassVar[int]
    MASK_FIELD_NUMBER: _ClassVar[int]
    GAUSSIAN_BOX_FIELD_NUMBER: _ClassVar[int]
    num_classes: int
    num_box: int
    confidence_threshold: float
    nms_threshold: float
    @property
    def biases(self) -> _containers.RepeatedScalarFieldContainer[float]: ...
    @property
    def anchors_scale(self) -> _containers.RepeatedScalarFieldContainer[int]: ...
    mask_group_num: int
    @property
    def mask(self) -> _containers.RepeatedScalarFieldContainer[int]: ...
    gaussian_box: bool
    def __init__(
        self,
        *,
        num_classes: int | None = ...,
        num_box: int | None = ...,
        confidence_threshold: float | None = ...,
        nms_threshold: float | None = ...,
        biases: _Iterable[float] | None = ...,
        anchors_scale: _Iterable[int] | None = ...,
        mask_group_num: int | None = ...,
        mask: _Iterable[int] | None = ...,
        gaussian_box: bool | None = ...,
    ) -> None: ...

class Yolov3Parameter(_message.Message):
    class IOU_LOSS(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        IOU: _ClassVar[Yolov3Parameter.IOU_LOSS]
        GIOU: _ClassVar[Yolov3Parameter.IOU_LOSS]
        MSE: _ClassVar[Yolov3Parameter.IOU_LOSS]
        DIOU: _ClassVar[Yolov3Parameter.IOU_LOSS]
        CIOU: _ClassVar[Yolov3Parameter.IOU_LOSS]
    IOU: _ClassVar[Yolov3Parameter.IOU_LOSS]
    GIOU: _ClassVar[Yolov3Parameter.IOU_LOSS]
    MSE: _ClassVar[Yolov3Parameter.IOU_LOSS]
    DIOU: _ClassVar[Yolov3Parameter.IOU_LOSS]
    CIOU: _ClassVar[Yolov3Parameter.IOU_LOSS]
    SIDE_FIELD_NUMBER: _ClassVar[int]
    NUM_CLASS_FIELD_NUMBER: _ClassVar[int]
    NUM_FIELD_NUMBER: _ClassVar[int]
    OBJECT_SCALE_FIELD_NUMBER: _ClassVar[int]
    CLASS_SCALE_FIELD_NUMBER: _ClassVar[int]
    NOOBJECT_SCALE_FIELD_NUMBER: _ClassVar[int]
    COORD_SCALE_FIELD_NUMBER: _ClassVar[int]
    THRESH_FIELD_NUMBER: _ClassVar[int]
    ANCHORS_SCALE_FIELD_NUMBER: _ClassVar[int]
    BIASES_FIELD_NUMBER: _ClassVar[int]
    MASK_FIELD_NUMBER: _ClassVar[int]
    USE_LOGIC_GRADIENT_FIELD_NUMBER: _ClassVar[int]
    USE_FOCAL_LOSS_FIELD_NUMBER: _ClassVar[int]
    IOU_LOSS_FIELD_NUMBER: _ClassVar[int]
    IOU_NORMALIZER_FIELD_NUMBER: _ClassVar[int]
    IOU_THRESH_FIELD_NUMBER: _ClassVar[int]
    MAX_DELTA_FIELD_NUMBER: _ClassVar[int]
    ACCUMULATE_FIELD_NUMBER: _ClassVar[int]
    LABEL_SMOOTH_EPS_FIELD_NUMBER: _ClassVar[int]
    side: int
    num_class: int
    num: int
    object_scale: float
    class_scale: float
    noobject_scale: float
    coord_scale: float
    thresh: float
    anchors_scale: int
    @property
    def biases(self) -> _containers.RepeatedScalarFieldContainer[float]: ...
    @property
    def mask(self) -> _containers.RepeatedScalarFieldContainer[int]: ...
    use_logic_gradient: bool
    use_focal_loss: bool
    iou_loss: Yolov3Parameter.IOU_LOSS
    iou_normalizer: float
    iou_thresh: float
    max_delta: float
    accumulate: bool
    label_smooth_eps: float
    def __init__(
        self,
        *,
        side: int | None = ...,
        num_class: int | None = ...,
        num: int | None = ...,
        object_scale: float | None = ...,
        class_scale: float | None = ...,
        noobject_scale: float | None = ...,
        coord_scale: float | None = ...,
        thresh: float | None = ...,
        anchors_scale: int | None = ...,
        biases: _Iterable[float] | None = ...,
        mask: _Iterable[int] | None = ...,
        use_logic_gradient: bool | None = ...,
        use_focal_loss: bool | None = ...,
        iou_loss: Yolov3Parameter.IOU_LOSS | str | None = ...,
        iou_normalizer: float | None = ...,
        iou_thresh: float | None = ...,
        max_delta: float | None = ...,
        accumulate: bool | None = ...,
        label_smooth_eps: float | None = ...,
    ) -> None: ...

class YoloSegItem(_message.Message):
    NAME_FIELD_NUMBER: _ClassVar[int]
    LABEL_ID_FIELD_NUMBER: _ClassVar[int]
    LABEL_FIELD_NUMBER: _ClassVar[int]
    R_FIELD_NUMBER: _ClassVar[int]
    G_FIELD_NUMBER: _ClassVar[int]
    B_FIELD_NUMBER: _ClassVar[int]
    name: str
    label_id: int
    label: int
    r: int
    g: int
    b: int
    def __init__(
        self,
        *,
        name: str | None = ...,
        label_id: int | None = ...,
        label: int | None = ...,
        r: int | None = ...,
        g: int | None = ...,
        b: int | None = ...,
    ) -> None: ...

class YoloSegLabel(_message.Message):
    ITEM_FIELD_NUMBER: _ClassVar[int]
    @property
    def item(self) -> _containers.RepeatedCompositeFieldContainer[YoloSegItem]: ...
    def __init__(
        self,
        *,
        item: _Iterable[YoloSegItem | _Mapping[str, object]] | None = ...,
    ) -> None: ...

class YoloSegParameter(_message.Message):
    NUM_CLASS_FIELD_NUMBER: _ClassVar[int]
    OBJECT_SCALE_FIELD_NUMBER: _ClassVar[int]
    CLASS_SCALE_FIELD_NUMBER: _ClassVar[int]
    USE_LOGIC_GRADIENT_FIELD_NUMBER: _ClassVar[int]
    USE_HARDSIGMOID_FIELD_NUMBER: _ClassVar[int]
    num_class: int
    object_scale: float
    class_scale: float
    use_logic_gradient: bool
    use_hardsigmoid: bool
    def __init__(
        self,
        *,
        num_class: int | None = ...,
        object_scale: float | None = ...,
        class_scale: float | None = ...,
        use_logic_gradient: bool | None = ...,
        use_hardsigmoid: bool | None = ...,
    ) -> None: ...

class SegmentationEvaluateParameter(_message.Message):
    NUM_CLASSES_FIELD_NUMBER: _ClassVar[int]
    THRESHOLD_FIELD_NUMBER: _ClassVar[int]
    num_classes: int
    threshold: float
    def __init__(
        self,
        *,
        num_classes: int | None = ...,
        threshold: float | None = ...,
    ) -> None: ...

class LaneInfo(_message.Message):
    X_FIELD_NUMBER: _ClassVar[int]
    Y_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    x: float
    y: float
    id: int
    def __init__(
        self,
        *,
        x: float | None = ...,
        y: float | None = ...,
        id: int | None = ...,
    ) -> None: ...

class UpsampleParameter(_message.Message):
    SCALE_FIELD_NUMBER: _ClassVar[int]
    SCALE_H_FIELD_NUMBER: _ClassVar[int]
    SCALE_W_FIELD_NUMBER: _ClassVar[int]
    PAD_OUT_H_FIELD_NUMBER: _ClassVar[int]
    PAD_OUT_W_FIELD_NUMBER: _ClassVar[int]
    UPSAMPLE_H_FIELD_NUMBER: _ClassVar[int]
    UPSAMPLE_W_FIELD_NUMBER: _ClassVar[int]
    scale: int
    scale_h: int
    scale_w: int
    pad_out_h: bool
    pad_out_w: bool
    upsample_h: int
    upsample_w: int
    def __init__(
        self,
        *,
        scale: int | None = ...,
        scale_h: int | None = ...,
        scale_w: int | None = ...,
        pad_out_h: bool | None = ...,
        pad_out_w: bool | None = ...,
        upsample_h: int | None = ...,
        upsample_w: int | None = ...,
    ) -> None: ...

class DenseImageDataParameter(_message.Message):
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    BATCH_SIZE_FIELD_NUMBER: _ClassVar[int]
    RAND_SKIP_FIELD_NUMBER: _ClassVar[int]
    SHUFFLE_FIELD_NUMBER: _ClassVar[int]
    NEW_HEIGHT_FIELD_NUMBER: _ClassVar[int]
    NEW_WIDTH_FIELD_NUMBER: _ClassVar[int]
    IS_COLOR_FIELD_NUMBER: _ClassVar[int]
    MEAN_FILE_FIELD_NUMBER: _ClassVar[int]
    ROOT_FOLDER_FIELD_NUMBER: _ClassVar[int]
    MIRROR_FIELD_NUMBER: _ClassVar[int]
    CROP_WIDTH_FIELD_NUMBER: _ClassVar[int]
    CROP_HEIGHT_FIELD_NUMBER: _ClassVar[int]
    source: str
    batch_size: int
    rand_skip: int
    shuffle: bool
    new_height: int
    new_width: int
    is_color: bool
    mean_file: str
    root_folder: str
    mirror: bool
    crop_width: int
    crop_height: int
    def __init__(
        self,
        *,
        source: str | None = ...,
        batch_size: int | None = ...,
        rand_skip: int | None = ...,
        shuffle: bool | None = ...,
        new_height: int | None = ...,
        new_width: int | None = ...,
        is_color: bool | None = ...,
        mean_file: str | None = ...,
        root_folder: str | None = ...,
        mirror: bool | None = ...,
        crop_width: int | None = ...,
        crop_height: int | None = ...,
    ) -> None: ...

class BNParameter(_message.Message):
    class BNMode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        LEARN: _ClassVar[BNParameter.BNMode]
        INFERENCE: _ClassVar[BNParameter.BNMode]
    LEARN: _ClassVar[BNParameter.BNMode]
    INFERENCE: _ClassVar[BNParameter.BNMode]
    class Engine(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        DEFAULT: _ClassVar[BNParameter.Engine]
        CAFFE: _ClassVar[BNParameter.Engine]
        CUDNN: _ClassVar[BNParameter.Engine]
    DEFAULT: _ClassVar[BNParameter.Engine]
    CAFFE: _ClassVar[BNParameter.Engine]
    CUDNN: _ClassVar[BNParameter.Engine]
    BN_MODE_FIELD_NUMBER: _ClassVar[int]
    SCALE_FILLER_FIELD_NUMBER: _ClassVar[int]
    SHIFT_FILLER_FIELD_NUMBER: _ClassVar[int]
    SLOPE_FILLER_FIELD_NUMBER: _ClassVar[int]
    BIAS_FILLER_FIELD_NUMBER: _ClassVar[int]
    MOMENTUM_FIELD_NUMBER: _ClassVar[int]
    EPS_FIELD_NUMBER: _ClassVar[int]
    FROZEN_FIELD_NUMBER: _ClassVar[int]
    ENGINE_FIELD_NUMBER: _ClassVar[int]
    bn_mode: BNParameter.BNMode
    @property
    def scale_filler(self) -> FillerParameter: ...
    @property
    def shift_filler(self) -> FillerParameter: ...
    @property
    def slope_filler(self) -> FillerParameter: ...
    @property
    def bias_filler(self) -> FillerParameter: ...
    momentum: float
    eps: float
    frozen: bool
    engine: BNParameter.Engine
    def __init__(
        self,
        *,
        bn_mode: BNParameter.BNMode | str | None = ...,
        scale_filler: FillerParameter | _Mapping[str, object] | None = ...,
        shift_filler: FillerParameter | _Mapping[str, object] | None = ...,
        slope_filler: FillerParameter | _Mapping[str, object] | None = ...,
        bias_filler: FillerParameter | _Mapping[str, object] | None = ...,
        momentum: float | None = ...,
        eps: float | None = ...,
        frozen: bool | None = ...,
        engine: BNParameter.Engine | str | None = ...,
    ) -> None: ...

class InterpParameter(_message.Message):
    HEIGHT_FIELD_NUMBER: _ClassVar[int]
    WIDTH_FIELD_NUMBER: _ClassVar[int]
    ZOOM_FACTOR_FIELD_NUMBER: _ClassVar[int]
    SHRINK_FACTOR_FIELD_NUMBER: _ClassVar[int]
    PAD_BEG_FIELD_NUMBER: _ClassVar[int]
    PAD_END_FIELD_NUMBER: _ClassVar[int]
    height: int
    width: int
    zoom_factor: int
    shrink_factor: int
    pad_beg: int
    pad_end: int
    def __init__(
        self,
        *,
        height: int | None = ...,
        width: int | None = ...,
        zoom_factor: int | None = ...,
        shrink_factor: int | None = ...,
        pad_beg: int | None = ...,
        pad_end: int | None = ...,
    ) -> None: ...

class SegAccuracyParameter(_message.Message):
    class AccuracyMetric(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        PixelAccuracy: _ClassVar[SegAccuracyParameter.AccuracyMetric]
        ClassAccuracy: _ClassVar[SegAccuracyParameter.AccuracyMetric]
        PixelIOU: _ClassVar[SegAccuracyParameter.AccuracyMetric]
    PixelAccuracy: _ClassVar[SegAccuracyParameter.AccuracyMetric]
    ClassAccuracy: _ClassVar[SegAccuracyParameter.AccuracyMetric]
    PixelIOU: _ClassVar[SegAccuracyParameter.AccuracyMetric]
    METRIC_FIELD_NUMBER: _ClassVar[int]
    IGNORE_LABEL_FIELD_NUMBER: _ClassVar[int]
    RESET_FIELD_NUMBER: _ClassVar[int]
    metric: SegAccuracyParameter.AccuracyMetric
    @property
    def ignore_label(self) -> _containers.RepeatedScalarFieldContainer[int]: ...
    reset: bool
    def __init__(
        self,
        *,
        metric: SegAccuracyParameter.AccuracyMetric | str | None = ...,
        ignore_label: _Iterable[int] | None = ...,
        reset: bool | None = ...,
    ) -> None: ...

class AdaptiveBiasChannelParameter(_message.Message):
    NUM_ITER_FIELD_NUMBER: _ClassVar[int]
    BG_PORTION_FIELD_NUMBER: _ClassVar[int]
    FG_PORTION_FIELD_NUMBER: _ClassVar[int]
    SUPPRESS_OTHERS_FIELD_NUMBER: _ClassVar[int]
    MARGIN_OTHERS_FIELD_NUMBER: _ClassVar[int]
    num_iter: int
    bg_portion: float
    fg_portion: float
    suppress_others: bool
    margin_others: float
    def __init__(
        self,
        *,
        num_iter: int | None = ...,
        bg_portion: float | None = ...,
        fg_portion: float | None = ...,
        suppress_others: bool | None = ...,
        margin_others: float | None = ...,
    ) -> None: ...

class BiasChannelParameter(_message.Message):
    class LabelType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        IMAGE: _ClassVar[BiasChannelParameter.LabelType]
        PIXEL: _ClassVar[BiasChannelParameter.LabelType]
    IMAGE: _ClassVar[BiasChannelParameter.LabelType]
    PIXEL: _ClassVar[BiasChannelParameter.LabelType]
    BG_BIAS_FIELD_NUMBER: _ClassVar[int]
    FG_BIAS_FIELD_NUMBER: _ClassVar[int]
    IGNORE_LABEL_FIELD_NUMBER: _ClassVar[int]
    LABEL_TYPE_FIELD_NUMBER: _ClassVar[int]
    BACKGROUND_LABEL_FIELD_NUMBER: _ClassVar[int]
    bg_bias: float
    fg_bias: float
    @property
    def ignore_label(self) -> _containers.RepeatedScalarFieldContainer[int]: ...
    label_type: BiasChannelParameter.LabelType
    background_label: int
    def __init__(
        self,
        *,
        bg_bias: float | None = ...,
        fg_bias: float | None = ...,
        ignore_label: _Iterable[int] | None = ...,
        label_type: BiasChannelParameter.LabelType | str | None = ...,
        background_label: int | None = ...,
    ) -> None: ...

class DenseCRFParameter(_message.Message):
    MAX_ITER_FIELD_NUMBER: _ClassVar[int]
    POS_XY_STD_FIELD_NUMBER: _ClassVar[int]
    POS_W_FIELD_NUMBER: _ClassVar[int]
    BI_XY_STD_FIELD_NUMBER: _ClassVar[int]
    BI_RGB_STD_FIELD_NUMBER: _ClassVar[int]
    BI_W_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_PROBABILITY_FIELD_NUMBER: _ClassVar[int]
    max_iter: int
    @property
    def pos_xy_std(self) -> _containers.RepeatedScalarFieldContainer[float]: ...
    @property
    def pos_w(self) -> _containers.RepeatedScalarFieldContainer[float]: ...
    @property
    def bi_xy_std(self) -> _containers.RepeatedScalarFieldContainer[float]: ...
    @property
    def bi_rgb_std(self) -> _containers.RepeatedScalarFieldContainer[float]: ...
    @property
    def bi_w(self) -> _containers.RepeatedScalarFieldContainer[float]: ...
    output_probability: bool
    def __init__(
        self,
        *,
        max_iter: int | None = ...,
        pos_xy_std: _Iterable[float] | None = ...,
        pos_w: _Iterable[float] | None = ...,
        bi_xy_std: _Iterable[float] | None = ...,
        bi_rgb_std: _Iterable[float] | None = ...,
        bi_w: _Iterable[float] | None = ...,
        output_probability: bool | None = ...,
    ) -> None: ...

class DomainTransformParameter(_message.Message):
    NUM_ITER_FIELD_NUMBER: _ClassVar[int]
    SPATIAL_SIGMA_FIELD_NUMBER: _ClassVar[int]
    RANGE_SIGMA_FIELD_NUMBER: _ClassVar[int]
    MIN_WEIGHT_FIELD_NUMBER: _ClassVar[int]
    num_iter: int
    spatial_sigma: float
    range_sigma: float
    min_weight: float
    def __init__(
        self,
        *,
        num_iter: int | None = ...,
        spatial_sigma: float | None = ...,
        range_sigma: float | None = ...,
        min_weight: float | None = ...,
    ) -> None: ...

class MatReadParameter(_message.Message):
    PREFIX_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    STRIP_FIELD_NUMBER: _ClassVar[int]
    BATCH_SIZE_FIELD_NUMBER: _ClassVar[int]
    prefix: str
    source: str
    strip: int
    batch_size: int
    def __init__(
        self,
        *,
        prefix: str | None = ...,
        source: str | None = ...,
        strip: int | None = ...,
        batch_size: int | None = ...,
    ) -> None: ...

class MatWriteParameter(_message.Message):
    PREFIX_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    STRIP_FIELD_NUMBER: _ClassVar[int]
    PERIOD_FIELD_NUMBER: _ClassVar[int]
    prefix: str
    source: str
    strip: int
    period: int
    def __init__(
        self,
        *,
        prefix: str | None = ...,
        source: str | None = ...,
        strip: int | None = ...,
        period: int | None = ...,
    ) -> None: ...

class UniqueLabelParameter(_message.Message):
    MAX_LABELS_FIELD_NUMBER: _ClassVar[int]
    IGNORE_LABEL_FIELD_NUMBER: _ClassVar[int]
    FORCE_LABEL_FIELD_NUMBER: _ClassVar[int]
    max_labels: int
    @property
    def ignore_label(self) -> _containers.RepeatedScalarFieldContainer[int]: ...
    @property
    def force_label(self) -> _containers.RepeatedScalarFieldContainer[float]: ...
    def __init__(
        self,
        *,
        max_labels: int | None = ...,
        ignore_label: _Iterable[int] | None = ...,
        force_label: _Iterable[float] | None = ...,
    ) -> None: ...

class SELUParameter(_message.Message):
    LAMBDA_FIELD_NUMBER: _ClassVar[int]
    ALPHA_FIELD_NUMBER: _ClassVar[int]
    alpha: float
    def __init__(
        self,
        *,
        alpha: float | None = ...,
    ) -> None: ...

class SELUDropoutParameter(_message.Message):
    DROPOUT_RATIO_FIELD_NUMBER: _ClassVar[int]
    ALPHA_FIELD_NUMBER: _ClassVar[int]
    dropout_ratio: float
    alpha: float
    def __init__(
        self,
        *,
        dropout_ratio: float | None = ...,
        alpha: float | None = ...,
    ) -> None: ...

class CorrelationParameter(_message.Message):
    class CorrelationType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        MULTIPLY: _ClassVar[CorrelationParameter.CorrelationType]
        SUBTRACT: _ClassVar[CorrelationParameter.CorrelationType]
    MULTIPLY: _ClassVar[CorrelationParameter.CorrelationType]
    SUBTRACT: _ClassVar[CorrelationParameter.CorrelationType]
    PAD_FIELD_NUMBER: _ClassVar[int]
    KERNEL_SIZE_FIELD_NUMBER: _ClassVar[int]
    MAX_DISPLACEMENT_FIELD_NUMBER: _ClassVar[int]
    STRIDE_1_FIELD_NUMBER: _ClassVar[int]
    STRIDE_2_FIELD_NUMBER: _ClassVar[int]
    SINGLE_DIRECTION_FIELD_NUMBER: _ClassVar[int]
    DO_ABS_FIELD_NUMBER: _ClassVar[int]
    CORRELATION_TYPE_FIELD_NUMBER: _ClassVar[int]
    pad: int
    kernel_size: int
    max_displacement: int
    stride_1: int
    stride_2: int
    single_direction: int
    do_abs: bool
    correlation_type: CorrelationParameter.CorrelationType
    def __init__(
        self,
        *,
        pad: int | None = ...,
        kernel_size: int | None = ...,
        max_displacement: int | None = ...,
        stride_1: int | None = ...,
        stride_2: int | None = ...,
        single_direction: int | None = ...,
        do_abs: bool | None = ...,
        correlation_type: CorrelationParameter.CorrelationType | str | None = ...,
    ) -> None: ...

class ResampleParameter(_message.Message):
    class ResampleType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        NEAREST: _ClassVar[ResampleParameter.ResampleType]
        LINEAR: _ClassVar[ResampleParameter.ResampleType]
        CUBIC: _ClassVar[ResampleParameter.ResampleType]
        AREA: _ClassVar[ResampleParameter.ResampleType]
    NEAREST: _ClassVar[ResampleParameter.ResampleType]
    LINEAR: _ClassVar[ResampleParameter.ResampleType]
    CUBIC: _ClassVar[ResampleParameter.ResampleType]
    AREA: _ClassVar[ResampleParameter.ResampleType]
    ANTIALIAS_FIELD_NUMBER: _ClassVar[int]
    WIDTH_FIELD_NUMBER: _ClassVar[int]
    HEIGHT_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    FACTOR_FIELD_NUMBER: _ClassVar[int]
    antialias: bool
    width: int
    height: int
    type: ResampleParameter.ResampleType
    factor: float
    def __init__(
        self,
        *,
        antialias: bool | None = ...,
        width: int | None = ...,
        height: int | None = ...,
        type: ResampleParameter.ResampleType | str | None = ...,
        factor: float | None = ...,
    ) -> None: ...

class FlowWarpParameter(_message.Message):
    class FillParameter(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        ZERO: _ClassVar[FlowWarpParameter.FillParameter]
        NOT_A_NUMBER: _ClassVar[FlowWarpParameter.FillParameter]
    ZERO: _ClassVar[FlowWarpParameter.FillParameter]
    NOT_A_NUMBER: _ClassVar[FlowWarpParameter.FillParameter]
    FILL_VALUE_FIELD_NUMBER: _ClassVar[int]
    fill_value: FlowWarpParameter.FillParameter
    def __init__(
        self,
        *,
        fill_value: FlowWarpParameter.FillParameter | str | None = ...,
    ) -> None: ...

class AccumParameter(_message.Message):
    TOP_HEIGHT_FIELD_NUMBER: _ClassVar[int]
    TOP_WIDTH_FIELD_NUMBER: _ClassVar[int]
    SIZE_DIVISIBLE_BY_FIELD_NUMBER: _ClassVar[int]
    HAVE_REFERENCE_FIELD_NUMBER: _ClassVar[int]
    top_height: int
    top_width: int
    size_divisible_by: int
    have_reference: bool
    def __init__(
        self,
        *,
        top_height: int | None = ...,
        top_width: int | None = ...,
        size_divisible_by: int | None = ...,
        have_reference: bool | None = ...,
    ) -> None: ...

class DownsampleParameter(_message.Message):
    TOP_HEIGHT_FIELD_NUMBER: _ClassVar[int]
    TOP_WIDTH_FIELD_NUMBER: _ClassVar[int]
    top_height: int
    top_width: int
    def __init__(
        self,
        *,
        top_height: int | None = ...,
        top_width: int | None = ...,
    ) -> None: ...

class L1LossParameter(_message.Message):
    L2_PER_LOCATION_FIELD_NUMBER: _ClassVar[int]
    L2_PRESCALE_BY_CHANNELS_FIELD_NUMBER: _ClassVar[int]
    NORMALIZE_BY_NUM_ENTRIES_FIELD_NUMBER: _ClassVar[int]
    EPSILON_FIELD_NUMBER: _ClassVar[int]
    PLATEAU_FIELD_NUMBER: _ClassVar[int]
    l2_per_location: bool
    l2_prescale_by_channels: bool
    normalize_by_num_entries: bool
    epsilon: float
    plateau: float
    def __init__(
        self,
        *,
        l2_per_location: bool | None = ...,
        l2_prescale_by_channels: bool | None = ...,
        normalize_by_num_entries: bool | None = ...,
        epsilon: float | None = ...,
        plateau: float | None = ...,
    ) -> None: ...

class LpqLossParameter(_message.Message):
    L2_PRESCALE_BY_CHANNELS_FIELD_NUMBER: _ClassVar[int]
    NORMALIZE_BY_NUM_ENTRIES_FIELD_NUMBER: _ClassVar[int]
    P_EPSILON_FIELD_NUMBER: _ClassVar[int]
    Q_EPSILON_FIELD_NUMBER: _ClassVar[int]
    PQ_EPISODE_STARTS_AT_ITER_FIELD_NUMBER: _ClassVar[int]
    P_FIELD_NUMBER: _ClassVar[int]
    Q_FIELD_NUMBER: _ClassVar[int]
    l2_prescale_by_channels: bool
    normalize_by_num_entries: bool
    p_epsilon: float
    q_epsilon: float
    @property
    def pq_episode_starts_at_iter(self) -> _containers.RepeatedScalarFieldContainer[int]: ...
    @property
    def p(self) -> _containers.RepeatedScalarFieldContainer[float]: ...
    @property
    def q(self) -> _containers.RepeatedScalarFieldContainer[float]: ...
    def __init__(
        self,
        *,
        l2_prescale_by_channels: bool | None = ...,
        normalize_by_num_entries: bool | None = ...,
        p_epsilon: float | None = ...,
        q_epsilon: float | None = ...,
        pq_episode_starts_at_iter: _Iterable[int] | None = ...,
        p: _Iterable[float] | None = ...,
        q: _Iterable[float] | None = ...,
    ) -> None: ...

class MeanParameter(_message.Message):
    class MeanOperation(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        ADD: _ClassVar[MeanParameter.MeanOperation]
        SUBTRACT: _ClassVar[MeanParameter.MeanOperation]
    ADD: _ClassVar[MeanParameter.MeanOperation]
    SUBTRACT: _ClassVar[MeanParameter.MeanOperation]
    OPERATION_FIELD_NUMBER: _ClassVar[int]
    FILE_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    MEAN_SCALE_FIELD_NUMBER: _ClassVar[int]
    INPUT_SCALE_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_SCALE_FIELD_NUMBER: _ClassVar[int]
    operation: MeanParameter.MeanOperation
    file: str
    @property
    def value(self) -> _containers.RepeatedScalarFieldContainer[float]: ...
    mean_scale: float
    input_scale: float
    output_scale: float
    def __init__(
        self,
        *,
        operation: MeanParameter.MeanOperation | str | None = ...,
        file: str | None = ...,
        value: _Iterable[float] | None = ...,
        mean_scale: float | None = ...,
        input_scale: float | None = ...,
        output_scale: float | None = ...,
    ) -> None: ...

class ReaderParameter(_message.Message):
    FILE_FIELD_NUMBER: _ClassVar[int]
    NUM_FIELD_NUMBER: _ClassVar[int]
    file: str
    num: int
    def __init__(
        self,
        *,
        file: str | None = ...,
        num: int | None = ...,
    ) -> None: ...

class WriterParameter(_message.Message):
    FILE_FIELD_NUMBER: _ClassVar[int]
    FOLDER_FIELD_NUMBER: _ClassVar[int]
    PREFIX_FIELD_NUMBER: _ClassVar[int]
    SUFFIX_FIELD_NUMBER: _ClassVar[int]
    NORMALIZE_FIELD_NUMBER: _ClassVar[int]
    SCALE_FIELD_NUMBER: _ClassVar[int]
    file: str
    folder: str
    prefix: str
    suffix: str
    normalize: bool
    scale: float
    def __init__(
        self,
        *,
        file: str | None = ...,
        folder: str | None = ...,
        prefix: str | None = ...,
        suffix: str | None = ...,
        normalize: bool | None = ...,
        scale: float | None = ...,
    ) -> None: ...

class RandomGeneratorParameter(_message.Message):
    RAND_TYPE_FIELD_NUMBER: _ClassVar[int]
    EXP_FIELD_NUMBER: _ClassVar[int]
    MEAN_FIELD_NUMBER: _ClassVar[int]
    SPREAD_FIELD_NUMBER: _ClassVar[int]
    PROB_FIELD_NUMBER: _ClassVar[int]
    APPLY_SCHEDULE_FIELD_NUMBER: _ClassVar[int]
    DISCRETIZE_FIELD_NUMBER: _ClassVar[int]
    MULTIPLIER_FIELD_NUMBER: _ClassVar[int]
    rand_type: str
    exp: bool
    mean: float
    spread: float
    prob: float
    apply_schedule: bool
    discretize: bool
    multiplier: float
    def __init__(
        self,
        *,
        rand_type: str | None = ...,
        exp: bool | None = ...,
        mean: float | None = ...,
        spread: float | None = ...,
        prob: float | None = ...,
        apply_schedule: bool | None = ...,
        discretize: bool | None = ...,
        multiplier: float | None = ...,
    ) -> None: ...

class CoeffScheduleParameter(_message.Message):
    HALF_LIFE_FIELD_NUMBER: _ClassVar[int]
    INITIAL_COEFF_FIELD_NUMBER: _ClassVar[int]
    FINAL_COEFF_FIELD_NUMBER: _ClassVar[int]
    half_life: float
    initial_coeff: float
    final_coeff: float
    def __init__(
        self,
        *,
        half_life: float | None = ...,
        initial_coeff: float | None = ...,
        final_coeff: float | None = ...,
    ) -> None: ...

class AugmentationCoeff(_message.Message):
    MIRROR_FIELD_NUMBER: _ClassVar[int]
    DX_FIELD_NUMBER: _ClassVar[int]
    DY_FIELD_NUMBER: _ClassVar[int]
    ANGLE_FIELD_NUMBER: _ClassVar[int]
    ZOOM_X_FIELD_NUMBER: _ClassVar[int]
    ZOOM_Y_FIELD_NUMBER: _ClassVar[int]
    GAMMA_FIELD_NUMBER: _ClassVar[int]
    BRIGHTNESS_FIELD_NUMBER: _ClassVar[int]
    CONTRAST_FIELD_NUMBER: _ClassVar[int]
    COLOR1_FIELD_NUMBER: _ClassVar[int]
    COLOR2_FIELD_NUMBER: _ClassVar[int]
    COLOR3_FIELD_NUMBER: _ClassVar[int]
    POW_NOMEAN0_FIELD_NUMBER: _ClassVar[int]
    POW_NOMEAN1_FIELD_NUMBER: _ClassVar[int]
    POW_NOMEAN2_FIELD_NUMBER: _ClassVar[int]
    ADD_NOMEAN0_FIELD_NUMBER: _ClassVar[int]
    ADD_NOMEAN1_FIELD_NUMBER: _ClassVar[int]
    ADD_NOMEAN2_FIELD_NUMBER: _ClassVar[int]
    MULT_NOMEAN0_FIELD_NUMBER: _ClassVar[int]
    MULT_NOMEAN1_FIELD_NUMBER: _ClassVar[int]
    MULT_NOMEAN2_FIELD_NUMBER: _ClassVar[int]
    POW_WITHMEAN0_FIELD_NUMBER: _ClassVar[int]
    POW_WITHMEAN1_FIELD_NUMBER: _ClassVar[int]
    POW_WITHMEAN2_FIELD_NUMBER: _ClassVar[int]
    ADD_WITHMEAN0_FIELD_NUMBER: _ClassVar[int]
    ADD_WITHMEAN1_FIELD_NUMBER: _ClassVar[int]
    ADD_WITHMEAN2_FIELD_NUMBER: _ClassVar[int]
    MULT_WITHMEAN0_FIELD_NUMBER: _ClassVar[int]
    MULT_WITHMEAN1_FIELD_NUMBER: _ClassVar[int]
    MULT_WITHMEAN2_FIELD_NUMBER: _ClassVar[int]
    LMULT_POW_FIELD_NUMBER: _ClassVar[int]
    LMULT_ADD_FIELD_NUMBER: _ClassVar[int]
    LMULT_MULT_FIELD_NUMBER: _ClassVar[int]
    COL_ANGLE_FIELD_NUMBER: _ClassVar[int]
    FOG_AMOUNT_FIELD_NUMBER: _ClassVar[int]
    FOG_SIZE_FIELD_NUMBER: _ClassVar[int]
    MOTION_BLUR_ANGLE_FIELD_NUMBER: _ClassVar[int]
    MOTION_BLUR_SIZE_FIELD_NUMBER: _ClassVar[int]
    SHADOW_ANGLE_FIELD_NUMBER: _ClassVar[int]
    SHADOW_DISTANCE_FIELD_NUMBER: _ClassVar[int]
    SHADOW_STRENGTH_FIELD_NUMBER: _ClassVar[int]
    NOISE_FIELD_NUMBER: _ClassVar[int]
    mirror: float
    dx: float
    dy: float
    angle: float
    zoom_x: float
    zoom_y: float
    gamma: float
    brightness: float
    contrast: float
    color1: float
    color2: float
    color3: float
    pow_nomean0: float
    pow_nomean1: float
    pow_nomean2: float
    add_nomean0: float
    add_nomean1: float
    add_nomean2: float
    mult_nomean0: float
    mult_nomean1: float
    mult_nomean2: float
    pow_withmean0: float
    pow_withmean1: float
    pow_withmean2: float
    add_withmean0: float
    add_withmean1: float
    add_withmean2: float
    mult_withmean0: float
    mult_withmean1: float
    mult_withmean2: float
    lmult_pow: float
    lmult_add: float
    lmult_mult: float
    col_angle: float
    fog_amount: float
    fog_size: float
    motion_blur_angle: float
    motion_blur_size: float
    shadow_angle: float
    shadow_distance: float
    shadow_strength: float
    noise: float
    def __init__(
        self,
        *,
        mirror: float | None = ...,
        dx: float | None = ...,
        dy: float | None = ...,
        angle: float | None = ...,
        zoom_x: float | None = ...,
        zoom_y: float | None = ...,
        gamma: float | None = ...,
        brightness: float | None = ...,
        contrast: float | None = ...,
        color1: float | None = ...,
        color2: float | None = ...,
        color3: float | None = ...,
        pow_nomean0: float | None = ...,
        pow_nomean1: float | None = ...,
        pow_nomean2: float | None = ...,
        add_nomean0: float | None = ...,
        add_nomean1: float | None = ...,
        add_nomean2: float | None = ...,
        mult_nomean0: float | None = ...,
        mult_nomean1: float | None = ...,
        mult_nomean2: float | None = ...,
        pow_withmean0: float | None = ...,
        pow_withmean1: float | None = ...,
        pow_withmean2: float | None = ...,
        add_withmean0: float | None = ...,
        add_withmean1: float | None = ...,
        add_withmean2: float | None = ...,
        mult_withmean0: float | None = ...,
        mult_withmean1: float | None = ...,
        mult_withmean2: float | None = ...,
        lmult_pow: float | None = ...,
        lmult_add: float | None = ...,
        lmult_mult: float | None = ...,
        col_angle: float | None = ...,
        fog_amount: float | None = ...,
        fog_size: float | None = ...,
        motion_blur_angle: float | None = ...,
        motion_blur_size: float | None = ...,
        shadow_angle: float | None = ...,
        shadow_distance: float | None = ...,
        shadow_strength: float | None = ...,
        noise: float | None = ...,
    ) -> None: ...

class AugmentationParameter(_message.Message):
    CROP_WIDTH_FIELD_NUMBER: _ClassVar[int]
    CROP_HEIGHT_FIELD_NUMBER: _ClassVar[int]
    WRITE_AUGMENTED_FIELD_NUMBER: _ClassVar[int]
    MAX_MULTIPLIER_FIELD_NUMBER: _ClassVar[int]
    AUGMENT_DURING_TEST_FIELD_NUMBER: _ClassVar[int]
    RECOMPUTE_MEAN_FIELD_NUMBER: _ClassVar[int]
    WRITE_MEAN_FIELD_NUMBER: _ClassVar[int]
    MEAN_PER_PIXEL_FIELD_NUMBER: _ClassVar[int]
    MEAN_FIELD_NUMBER: _ClassVar[int]
    MODE_FIELD_NUMBER: _ClassVar[int]
    BOTTOMWIDTH_FIELD_NUMBER: _ClassVar[int]
    BOTTOMHEIGHT_FIELD_NUMBER: _ClassVar[int]
    NUM_FIELD_NUMBER: _ClassVar[int]
    CHROMATIC_EIGVEC_FIELD_NUMBER: _ClassVar[int]
    MIRROR_FIELD_NUMBER: _ClassVar[int]
    TRANSLATE_FIELD_NUMBER: _ClassVar[int]
    ROTATE_FIELD_NUMBER: _ClassVar[int]
    ZOOM_FIELD_NUMBER: _ClassVar[int]
    SQUEEZE_FIELD_NUMBER: _ClassVar[int]
    TRANSLATE_X_FIELD_NUMBER: _ClassVar[int]
    TRANSLATE_Y_FIELD_NUMBER: _ClassVar[int]
    GAMMA_FIELD_NUMBER: _ClassVar[int]
    BRIGHTNESS_FIELD_NUMBER: _ClassVar[int]
    CONTRAST_FIELD_NUMBER: _ClassVar[int]
    COLOR_FIELD_NUMBER: _ClassVar[int]
    LMULT_POW_FIELD_NUMBER: _ClassVar[int]
    LMULT_MULT_FIELD_NUMBER: _ClassVar[int]
    LMULT_ADD_FIELD_NUMBER: _ClassVar[int]
    SAT_POW_FIELD_NUMBER: _ClassVar[int]
    SAT_MULT_FIELD_NUMBER: _ClassVar[int]
    SAT_ADD_FIELD_NUMBER: _ClassVar[int]
    COL_POW_FIELD_NUMBER: _ClassVar[int]
    COL_MULT_FIELD_NUMBER: _ClassVar[int]
    COL_ADD_FIELD_NUMBER: _ClassVar[int]
    LADD_POW_FIELD_NUMBER: _ClassVar[int]
    LADD_MULT_FIELD_NUMBER: _ClassVar[int]
    LADD_ADD_FIELD_NUMBER: _ClassVar[int]
    COL_ROTATE_FIELD_NUMBER: _ClassVar[int]
    FOG_AMOUNT_FIELD_NUMBER: _ClassVar[int]
    FOG_SIZE_FIELD_NUMBER: _ClassVar[int]
    MOTION_BLUR_ANGLE_FIELD_NUMBER: _ClassVar[int]
    MOTION_BLUR_SIZE_FIELD_NUMBER: _ClassVar[int]
    SHADOW_ANGLE_FIELD_NUMBER: _ClassVar[int]
    SHADOW_DISTANCE_FIELD_NUMBER: _ClassVar[int]
    SHADOW_STRENGTH_FIELD_NUMBER: _ClassVar[int]
    NOISE_FIELD_NUMBER: _ClassVar[int]
    crop_width: int
    crop_height: int
    write_augmented: str
    max_multiplier: float
    augment_during_test: bool
    recompute_mean: int
    write_mean: str
    mean_per_pixel: bool
    @property
    def mean(self) -> _containers.RepeatedScalarFieldContainer[float]: ...
    mode: str
    bottomwidth: int
    bottomheight: int
    num: int
    @property
    def chromatic_eigvec(self) -> _containers.RepeatedScalarFieldContainer[float]: ...
    @property
    def mirror(self) -> RandomGeneratorParameter: ...
    @property
    def translate(self) -> RandomGeneratorParameter: ...
    @property
    def rotate(self) -> RandomGeneratorParameter: ...
    @property
    def zoom(self) -> RandomGeneratorParameter: ...
    @property
    def squeeze(self) -> RandomGeneratorParameter: ...
    @property
    def translate_x(self) -> RandomGeneratorParameter: ...
    @property
    def translate_y(self) -> RandomGeneratorParameter: ...
    @property
    def gamma(self) -> RandomGeneratorParameter: ...
    @property
    def brightness(self) -> RandomGeneratorParameter: ...
    @property
    def contrast(self) -> RandomGeneratorParameter: ...
    @property
    def color(self) -> RandomGeneratorParameter: ...
    @property
    def lmult_pow(self) -> RandomGeneratorParameter: ...
    @property
    def lmult_mult(self) -> RandomGeneratorParameter: ...
    @property
    def lmult_add(self) -> RandomGeneratorParameter: ...
    @property
    def sat_pow(self) -> RandomGeneratorParameter: ...
    @property
    def sat_mult(self) -> RandomGeneratorParameter: ...
    @property
    def sat_add(self) -> RandomGeneratorParameter: ...
    @property
    def col_pow(self) -> RandomGeneratorParameter: ...
    @property
    def col_mult(self) -> RandomGeneratorParameter: ...
    @property
    def col_add(self) -> RandomGeneratorParameter: ...
    @property
    def ladd_pow(self) -> RandomGeneratorParameter: ...
    @property
    def ladd_mult(self) -> RandomGeneratorParameter: ...
    @property
    def ladd_add(self) -> RandomGeneratorParameter: ...
    @property
    def col_rotate(self) -> RandomGeneratorParameter: ...
    @property
    def fog_amount(self) -> RandomGeneratorParameter: ...
    @property
    def fog_size(self) -> RandomGeneratorParameter: ...
    @property
    def motion_blur_angle(self) -> RandomGeneratorParameter: ...
    @property
    def motion_blur_size(self) -> RandomGeneratorParameter: ...
    @property
    def shadow_angle(self) -> RandomGeneratorParameter: ...
    @property
    def shadow_distance(self) -> RandomGeneratorParameter: ...
    @property
    def shadow_strength(self) -> RandomGeneratorParameter: ...
    @property
    def noise(self) -> RandomGeneratorParameter: ...
    def __init__(
        self,
        *,
        crop_width: int | None = ...,
        crop_height: int | None = ...,
        write_augmented: str | None = ...,
        max_multiplier: float | None = ...,
        augment_during_test: bool | None = ...,
        recompute_mean: int | None = ...,
        write_mean: str | None = ...,
        mean_per_pixel: bool | None = ...,
        mean: _Iterable[float] | None = ...,
        mode: str | None = ...,
        bottomwidth: int | None = ...,
        bottomheight: int | None = ...,
        num: int | None = ...,
        chromatic_eigvec: _Iterable[float] | None = ...,
        mirror: RandomGeneratorParameter | _Mapping[str, object] | None = ...,
        translate: RandomGeneratorParameter | _Mapping[str, object] | None = ...,
        rotate: RandomGeneratorParameter | _Mapping[str, object] | None = ...,
        zoom: RandomGeneratorParameter | _Mapping[str, object] | None = ...,
        squeeze: RandomGeneratorParameter | _Mapping[str, object] | None = ...,
        translate_x: RandomGeneratorParameter | _Mapping[str, object] | None = ...,
        translate_y: RandomGeneratorParameter | _Mapping[str, object] | None = ...,
        gamma: RandomGeneratorParameter | _Mapping[str, object] | None = ...,
        brightness: RandomGeneratorParameter | _Mapping[str, object] | None = ...,
        contrast: RandomGeneratorParameter | _Mapping[str, object] | None = ...,
        color: RandomGeneratorParameter | _Mapping[str, object] | None = ...,
        lmult_pow: RandomGeneratorParameter | _Mapping[str, object] | None = ...,
        lmult_mult: RandomGeneratorParameter | _Mapping[str, object] | None = ...,
        lmult_add: RandomGeneratorParameter | _Mapping[str, object] | None = ...,
        sat_pow: RandomGeneratorParameter | _Mapping[str, object] | None = ...,
        sat_mult: RandomGeneratorParameter | _Mapping[str, object] | None = ...,
        sat_add: RandomGeneratorParameter | _Mapping[str, object] | None = ...,
        col_pow: RandomGeneratorParameter | _Mapping[str, object] | None = ...,
        col_mult: RandomGeneratorParameter | _Mapping[str, object] | None = ...,
        col_add: RandomGeneratorParameter | _Mapping[str, object] | None = ...,
        ladd_pow: RandomGeneratorParameter | _Mapping[str, object] | None = ...,
        ladd_mult: RandomGeneratorParameter | _Mapping[str, object] | None = ...,
        ladd_add: RandomGeneratorParameter | _Mapping[str, object] | None = ...,
        col_rotate: RandomGeneratorParameter | _Mapping[str, object] | None = ...,
        fog_amount: RandomGeneratorParameter | _Mapping[str, object] | None = ...,
        fog_size: RandomGeneratorParameter | _Mapping[str, object] | None = ...,
        motion_blur_angle: RandomGeneratorParameter | _Mapping[str, object] | None = ...,
        motion_blur_size: RandomGeneratorParameter | _Mapping[str, object] | None = ...,
        shadow_angle: RandomGeneratorParameter | _Mapping[str, object] | None = ...,
        shadow_distance: RandomGeneratorParameter | _Mapping[str, object] | None = ...,
        shadow_strength: RandomGeneratorParameter | _Mapping[str, object] | None = ...,
        noise: RandomGeneratorParameter | _Mapping[str, object] | None = ...,
    ) -> None: ...

class BlackAugmentationParameter(_message.Message):
    BLACK_FIELD_NUMBER: _ClassVar[int]
    BORDER_FIELD_NUMBER: _ClassVar[int]
    @property
    def black(self) -> RandomGeneratorParameter: ...
    @property
    def border(self) -> RandomGeneratorParameter: ...
    def __init__(
        self,
        *,
        black: RandomGeneratorParameter | _Mapping[str, object] | None = ...,
        border: RandomGeneratorParameter | _Mapping[str, object] | None = ...,
    ) -> None: ...

class ShuffleChannelParameter(_message.Message):
    GROUP_FIELD_NUMBER: _ClassVar[int]
    group: int
    def __init__(
        self,
        *,
        group: int | None = ...,
    ) -> None: ...

class AxpyParameter(_message.Message):
    def __init__(self) -> None: ...

class TransposeParameter(_message.Message):
    DIM_FIELD_NUMBER: _ClassVar[int]
    @property
    def dim(self) -> _containers.RepeatedScalarFieldContainer[int]: ...
    def __init__(
        self,
        *,
        dim: _Iterable[int] | None = ...,
    ) -> None: ...

class ReverseParameter(_message.Message):
    AXIS_FIELD_NUMBER: _ClassVar[int]
    axis: int
    def __init__(
        self,
        *,
        axis: int | None = ...,
    ) -> None: ...

class BatchReductionParameter(_message.Message):
    LEVEL_FIELD_NUMBER: _ClassVar[int]
    REDUCTION_PARAM_FIELD_NUMBER: _ClassVar[int]
    POS_FIELD_NUMBER: _ClassVar[int]
    @property
    def level(self) -> _containers.RepeatedScalarFieldContainer[int]: ...
    @property
    def reduction_param(self) -> ReductionParameter: ...
    pos: bool
    def __init__(
        self,
        *,
        level: _Iterable[int] | None = ...,
        reduction_param: ReductionParameter | _Mapping[str, object] | None = ...,
        pos: bool | None = ...,
    ) -> None: ...

class CTCLossParameter(_message.Message):
    OUTPUT_DELAY_FIELD_NUMBER: _ClassVar[int]
    BLANK_INDEX_FIELD_NUMBER: _ClassVar[int]
    PREPROCESS_COLLAPSE_REPEATED_FIELD_NUMBER: _ClassVar[int]
    CTC_MERGE_REPEATED_FIELD_NUMBER: _ClassVar[int]
    LOSS_CALCULATION_T_FIELD_NUMBER: _ClassVar[int]
    output_delay: int
    blank_index: int
    preprocess_collapse_repeated: bool
    ctc_merge_repeated: bool
    loss_calculation_t: int
    def __init__(
        self,
        *,
        output_delay: int | None = ...,
        blank_index: int | None = ...,
        preprocess_collapse_repeated: bool | None = ...,
        ctc_merge_repeated: bool | None = ...,
        loss_calculation_t: int | None = ...,
    ) -> None: ...

class CTCDecoderParameter(_message.Message):
    BLANK_INDEX_FIELD_NUMBER: _ClassVar[int]
    CTC_MERGE_REPEATED_FIELD_NUMBER: _ClassVar[int]
    blank_index: int
    ctc_merge_repeated: bool
    def __init__(
        self,
        *,
        blank_index: int | None = ...,
        ctc_merge_repeated: bool | None = ...,
    ) -> None: ...

class LSTMParameter(_message.Message):
    NUM_OUTPUT_FIELD_NUMBER: _ClassVar[int]
    CLIPPING_THRESHOLD_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_FILLER_FIELD_NUMBER: _ClassVar[int]
    BIAS_FILLER_FIELD_NUMBER: _ClassVar[int]
    BATCH_SIZE_FIELD_NUMBER: _ClassVar[int]
    PARAMQ_FIELD_NUMBER: _ClassVar[int]
    SCALE_IN_FIELD_NUMBER: _ClassVar[int]
    SCALE_OUT_FIELD_NUMBER: _ClassVar[int]
    A_MIN_FIELD_NUMBER: _ClassVar[int]
    A_MAX_FIELD_NUMBER: _ClassVar[int]
    num_output: int
    clipping_threshold: float
    @property
    def weight_filler(self) -> FillerParameter: ...
    @property
    def bias_filler(self) -> FillerParameter: ...
    batch_size: int
    paramq: int
    scale_in: float
    scale_out: float
    a_min: int
    a_max: int
    def __init__(
        self,
        *,
        num_output: int | None = ...,
        clipping_threshold: float | None = ...,
        weight_filler: FillerParameter | _Mapping[str, object] | None = ...,
        bias_filler: FillerParameter | _Mapping[str, object] | None = ...,
        batch_size: int | None = ...,
        paramq: int | None = ...,
        scale_in: float | None = ...,
        scale_out: float | None = ...,
        a_min: int | None = ...,
        a_max: int | None = ...,
    ) -> None: ...

class Im2seqParameter(_message.Message):
    class Direction(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        FORWARD: _ClassVar[Im2seqParameter.Direction]
        REVERSED: _ClassVar[Im2seqParameter.Direction]
        TOPDOWN: _ClassVar[Im2seqParameter.Direction]
        BOTTOMUP: _ClassVar[Im2seqParameter.Direction]
    FORWARD: _ClassVar[Im2seqParameter.Direction]
    REVERSED: _ClassVar[Im2seqParameter.Direction]
    TOPDOWN: _ClassVar[Im2seqParameter.Direction]
    BOTTOMUP: _ClassVar[Im2seqParameter.Direction]
    DIRECTION_FIELD_NUMBER: _ClassVar[int]
    SIZE_FIELD_NUMBER: _ClassVar[int]
    STRIDE_FIELD_NUMBER: _ClassVar[int]
    LINE2TIME_LOSS_FIELD_NUMBER: _ClassVar[int]
    direction: Im2seqParameter.Direction
    size: int
    stride: int
    line2time_loss: bool
    def __init__(
        self,
        *,
        direction: Im2seqParameter.Direction | str | None = ...,
        size: int | None = ...,
        stride: int | None = ...,
        line2time_loss: bool | None = ...,
    ) -> None: ...

class Seq2outParameter(_message.Message):
    def __init__(self) -> None: ...

class Convolution3DParameter(_message.Message):
    NUM_OUTPUT_FIELD_NUMBER: _ClassVar[int]
    BIAS_TERM_FIELD_NUMBER: _ClassVar[int]
    PAD_FIELD_NUMBER: _ClassVar[int]
    KERNEL_SIZE_FIELD_NUMBER: _ClassVar[int]
    GROUP_FIELD_NUMBER: _ClassVar[int]
    KERNEL_DEPTH_FIELD_NUMBER: _ClassVar[int]
    STRIDE_FIELD_NUMBER: _ClassVar[int]
    TEMPORAL_STRIDE_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_FILLER_FIELD_NUMBER: _ClassVar[int]
    BIAS_FILLER_FIELD_NUMBER: _ClassVar[int]
    FILTER_GROUP_FIELD_NUMBER: _ClassVar[int]
    TEMPORAL_PAD_FIELD_NUMBER: _ClassVar[int]
    num_output: int
    bias_term: bool
    pad: int
    kernel_size: int
    group: int
    kernel_depth: int
    stride: int
    temporal_stride: int
    @property
    def weight_filler(self) -> FillerParameter: ...
    @property
    def bias_filler(self) -> FillerParameter: ...
    filter_group: int
    temporal_pad: int
    def __init__(
        self,
        *,
        num_output: int | None = ...,
        bias_term: bool | None = ...,
        pad: int | None = ...,
        kernel_size: int | None = ...,
        group: int | None = ...,
        kernel_depth: int | None = ...,
        stride: int | None = ...,
        temporal_stride: int | None = ...,
        weight_filler: FillerParameter | _Mapping[str, object] | None = ...,
        bias_filler: FillerParameter | _Mapping[str, object] | None = ...,
        filter_group: int | None = ...,
        temporal_pad: int | None = ...,
    ) -> None: ...

class Pooling3DParameter(_message.Message):
    class PoolMethod(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        MAX: _ClassVar[Pooling3DParameter.PoolMethod]
        AVE: _ClassVar[Pooling3DParameter.PoolMethod]
        STOCHASTIC: _ClassVar[Pooling3DParameter.PoolMethod]
    MAX: _ClassVar[Pooling3DParameter.PoolMethod]
    AVE: _ClassVar[Pooling3DParameter.PoolMethod]
    STOCHASTIC: _ClassVar[Pooling3DParameter.PoolMethod]
    POOL_FIELD_NUMBER: _ClassVar[int]
    KERNEL_SIZE_FIELD_NUMBER: _ClassVar[int]
    KERNEL_DEPTH_FIELD_NUMBER: _ClassVar[int]
    STRIDE_FIELD_NUMBER: _ClassVar[int]
    TEMPORAL_STRIDE_FIELD_NUMBER: _ClassVar[int]
    PAD_FIELD_NUMBER: _ClassVar[int]
    TEMPORAL_PAD_FIELD_NUMBER: _ClassVar[int]
    pool: Pooling3DParameter.PoolMethod
    kernel_size: int
    kernel_depth: int
    stride: int
    temporal_stride: int
    pad: int
    temporal_pad: int
    def __init__(
        self,
        *,
        pool: Pooling3DParameter.PoolMethod | str | None = ...,
        kernel_size: int | None = ...,
        kernel_depth: int | None = ...,
        stride: int | None = ...,
        temporal_stride: int | None = ...,
        pad: int | None = ...,
        temporal_pad: int | None = ...,
    ) -> None: ...

class ImgSizeParameter(_message.Message):
    X_SCALING_FIELD_NUMBER: _ClassVar[int]
    Y_SCALING_FIELD_NUMBER: _ClassVar[int]
    PRETRAINED_FILE_FIELD_NUMBER: _ClassVar[int]
    PRETRAINED_LAYER_NAME_FIELD_NUMBER: _ClassVar[int]
    PRETRAINED_LAYER_BIN_FIELD_NUMBER: _ClassVar[int]
    x_scaling: float
    y_scaling: float
    pretrained_file: str
    pretrained_layer_name: str
    pretrained_layer_bin: str
    def __init__(
        self,
        *,
        x_scaling: float | None = ...,
        y_scaling: float | None = ...,
        pretrained_file: str | None = ...,
        pretrained_layer_name: str | None = ...,
        pretrained_layer_bin: str | None = ...,
    ) -> None: ...

class MTCNNBBox(_message.Message):
    XMIN_FIELD_NUMBER: _ClassVar[int]
    YMIN_FIELD_NUMBER: _ClassVar[int]
    XMAX_FIELD_NUMBER: _ClassVar[int]
    YMAX_FIELD_NUMBER: _ClassVar[int]
    xmin: float
    ymin: float
    xmax: float
    ymax: float
    def __init__(
        self,
        *,
        xmin: float | None = ...,
        ymin: float | None = ...,
        xmax: float | None = ...,
        ymax: float | None = ...,
    ) -> None: ...

class MTCNNDatum(_message.Message):
    DATUM_FIELD_NUMBER: _ClassVar[int]
    ROI_FIELD_NUMBER: _ClassVar[int]
    PTS_FIELD_NUMBER: _ClassVar[int]
    @property
    def datum(self) -> Datum: ...
    @property
    def roi(self) -> MTCNNBBox: ...
    @property
    def pts(self) -> _containers.RepeatedScalarFieldContainer[float]: ...
    def __init__(
        self,
        *,
        datum: Datum | _Mapping[str, object] | None = ...,
        roi: MTCNNBBox | _Mapping[str, object] | None = ...,
        pts: _Iterable[float] | None = ...,
    ) -> None: ...

class C2TensorProto(_message.Message):
    class DataType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        UNDEFINED: _ClassVar[C2TensorProto.DataType]
        FLOAT: _ClassVar[C2TensorProto.DataType]
        INT32: _ClassVar[C2TensorProto.DataType]
        BYTE: _ClassVar[C2TensorProto.DataType]
        STRING: _ClassVar[C2TensorProto.DataType]
        BOOL: _ClassVar[C2TensorProto.DataType]
        UINT8: _ClassVar[C2TensorProto.DataType]
        INT8: _ClassVar[C2TensorProto.DataType]
        UINT16: _ClassVar[C2TensorProto.DataType]
        INT16: _ClassVar[C2TensorProto.DataType]
        INT64: _ClassVar[C2TensorProto.DataType]
        FLOAT16: _ClassVar[C2TensorProto.DataType]
        DOUBLE: _ClassVar[C2TensorProto.DataType]
    UNDEFINED: _ClassVar[C2TensorProto.DataType]
    FLOAT: _ClassVar[C2TensorProto.DataType]
    INT32: _ClassVar[C2TensorProto.DataType]
    BYTE: _ClassVar[C2TensorProto.DataType]
    STRING: _ClassVar[C2TensorProto.DataType]
    BOOL: _ClassVar[C2TensorProto.DataType]
    UINT8: _ClassVar[C2TensorProto.DataType]
    INT8: _ClassVar[C2TensorProto.DataType]
    UINT16: _ClassVar[C2TensorProto.DataType]
    INT16: _ClassVar[C2TensorProto.DataType]
    INT64: _ClassVar[C2TensorProto.DataType]
    FLOAT16: _ClassVar[C2TensorProto.DataType]
    DOUBLE: _ClassVar[C2TensorProto.DataType]
    DIMS_FIELD_NUMBER: _ClassVar[int]
    DATA_TYPE_FIELD_NUMBER: _ClassVar[int]
    FLOAT_DATA_FIELD_NUMBER: _ClassVar[int]
    INT32_DATA_FIELD_NUMBER: _ClassVar[int]
    BYTE_DATA_FIELD_NUMBER: _ClassVar[int]
    STRING_DATA_FIELD_NUMBER: _ClassVar[int]
    DOUBLE_DATA_FIELD_NUMBER: _ClassVar[int]
    INT64_DATA_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    @property
    def dims(self) -> _containers.RepeatedScalarFieldContainer[int]: ...
    data_type: C2TensorProto.DataType
    @property
    def float_data(self) -> _containers.RepeatedScalarFieldContainer[float]: ...
    @property
    def int32_data(self) -> _containers.RepeatedScalarFieldContainer[int]: ...
    byte_data: bytes
    @property
    def string_data(self) -> _containers.RepeatedScalarFieldContainer[bytes]: ...
    @property
    def double_data(self) -> _containers.RepeatedScalarFieldContainer[float]: ...
    @property
    def int64_data(self) -> _containers.RepeatedScalarFieldContainer[int]: ...
    name: str
    def __init__(
        self,
        *,
        dims: _Iterable[int] | None = ...,
        data_type: C2TensorProto.DataType | str | None = ...,
        float_data: _Iterable[float] | None = ...,
        int32_data: _Iterable[int] | None = ...,
        byte_data: bytes | None = ...,
        string_data: _Iterable[bytes] | None = ...,
        double_data: _Iterable[float] | None = ...,
        int64_data: _Iterable[int] | None = ...,
        name: str | None = ...,
    ) -> None: ...

class C2TensorProtos(_message.Message):
    PROTOS_FIELD_NUMBER: _ClassVar[int]
    @property
    def protos(self) -> _containers.RepeatedCompositeFieldContainer[C2TensorProto]: ...
    def __init__(
        self,
        *,
        protos: _Iterable[C2TensorProto | _Mapping[str, object]] | None = ...,
    ) -> None: ...

class DetectNetGroundTruthParameter(_message.Message):
    class GridboxType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        GRIDBOX_MAX: _ClassVar[DetectNetGroundTruthParameter.GridboxType]
        GRIDBOX_MIN: _ClassVar[DetectNetGroundTruthParameter.GridboxType]
    GRIDBOX_MAX: _ClassVar[DetectNetGroundTruthParameter.GridboxType]
    GRIDBOX_MIN: _ClassVar[DetectNetGroundTruthParameter.GridboxType]
    class CoverageType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        RECTANGULAR: _ClassVar[DetectNetGroundTruthParameter.CoverageType]
    RECTANGULAR: _ClassVar[DetectNetGroundTruthParameter.CoverageType]

    class ClassMapping(_message.Message):
        SRC_FIELD_NUMBER: _ClassVar[int]
        DST_FIELD_NUMBER: _ClassVar[int]
        src: int
        dst: int
        def __init__(
            self,
            *,
            src: int | None = ...,
            dst: int | None = ...,
        ) -> None: ...
    STRIDE_FIELD_NUMBER: _ClassVar[int]
    SCALE_CVG_FIELD_NUMBER: _ClassVar[int]
    GRIDBOX_TYPE_FIELD_NUMBER: _ClassVar[int]
    MAX_CVG_LEN_FIELD_NUMBER: _ClassVar[int]
    MIN_CVG_LEN_FIELD_NUMBER: _ClassVar[int]
    COVERAGE_TYPE_FIELD_NUMBER: _ClassVar[int]
    IMAGE_SIZE_X_FIELD_NUMBER: _ClassVar[int]
    IMAGE_SIZE_Y_FIELD_NUMBER: _ClassVar[int]
    OBJ_NORM_FIELD_NUMBER: _ClassVar[int]
    CROP_BBOXES_FIELD_NUMBER: _ClassVar[int]
    OBJECT_CLASS_FIELD_NUMBER: _ClassVar[int]
    stride: int
    scale_cvg: float
    gridbox_type: DetectNetGroundTruthParameter.GridboxType
    max_cvg_len: int
    min_cvg_len: int
    coverage_type: DetectNetGroundTruthParameter.CoverageType
    image_size_x: int
    image_size_y: int
    obj_norm: bool
    crop_bboxes: bool
    @property
    def object_class(self) -> _containers.RepeatedCompositeFieldContainer[DetectNetGroundTruthParameter.ClassMapping]: ...
    def __init__(
        self,
        *,
        stride: int | None = ...,
        scale_cvg: float | None = ...,
        gridbox_type: DetectNetGroundTruthParameter.GridboxType | str | None = ...,
        max_cvg_len: int | None = ...,
        min_cvg_len: int | None = ...,
        coverage_type: DetectNetGroundTruthParameter.CoverageType | str | None = ...,
        image_size_x: int | None = ...,
        image_size_y: int | None = ...,
        obj_norm: bool | None = ...,
        crop_bboxes: bool | None = ...,
        object_class: _Iterable[DetectNetGroundTruthParameter.ClassMapping | _Mapping[str, object]] | None = ...,
    ) -> None: ...

class DetectNetAugmentationParameter(_message.Message):
    CROP_PROB_FIELD_NUMBER: _ClassVar[int]
    SHIFT_X_FIELD_NUMBER: _ClassVar[int]
    SHIFT_Y_FIELD_NUMBER: _ClassVar[int]
    SCALE_PROB_FIELD_NUMBER: _ClassVar[int]
    SCALE_MIN_FIELD_NUMBER: _ClassVar[int]
    SCALE_MAX_FIELD_NUMBER: _ClassVar[int]
    FLIP_PROB_FIELD_NUMBER: _ClassVar[int]
    ROTATION_PROB_FIELD_NUMBER: _ClassVar[int]
    MAX_ROTATE_DEGREE_FIELD_NUMBER: _ClassVar[int]
    HUE_ROTATION_PROB_FIELD_NUMBER: _ClassVar[int]
    HUE_ROTATION_FIELD_NUMBER: _ClassVar[int]
    DESATURATION_PROB_FIELD_NUMBER: _ClassVar[int]
    DESATURATION_MAX_FIELD_NUMBER: _ClassVar[int]
    RESIZE_PARAM_FIELD_NUMBER: _ClassVar[int]
    NOISE_PARAM_FIELD_NUMBER: _ClassVar[int]
    DISTORT_PARAM_FIELD_NUMBER: _ClassVar[int]
    EXPAND_PARAM_FIELD_NUMBER: _ClassVar[int]
    EMIT_CONSTRAINT_FIELD_NUMBER: _ClassVar[int]
    crop_prob: float
    shift_x: int
    shift_y: int
    scale_prob: float
    scale_min: float
    scale_max: float
    flip_prob: float
    rotation_prob: float
    max_rotate_degree: float
    hue_rotation_prob: float
    hue_rotation: float
    desaturation_prob: float
    desaturation_max: float
    @property
    def resize_param(self) -> ResizeParameter: ...
    @property
    def noise_param(self) -> NoiseParameter: ...
    @property
    def distort_param(self) -> DistortionParameter: ...
    @property
    def expand_param(self) -> ExpansionParameter: ...
    @property
    def emit_constraint(self) -> EmitConstraint: ...
    def __init__(
        self,
        *,
        crop_prob: float | None = ...,
        shift_x: int | None = ...,
        shift_y: int | None = ...,
        scale_prob: float | None = ...,
        scale_min: float | None = ...,
        scale_max: float | None = ...,
        flip_prob: float | None = ...,
        rotation_prob: float | None = ...,
        max_rotate_degree: float | None = ...,
        hue_rotation_prob: float | None = ...,
        hue_rotation: float | None = ...,
        desaturation_prob: float | None = ...,
        desaturation_max: float | None = ...,
        resize_param: ResizeParameter | _Mapping[str, object] | None = ...,
        noise_param: NoiseParameter | _Mapping[str, object] | None = ...,
        distort_param: DistortionParameter | _Mapping[str, object] | None = ...,
        expand_param: ExpansionParameter | _Mapping[str, object] | None = ...,
        emit_constraint: EmitConstraint | _Mapping[str, object] | None = ...,
    ) -> None: ...

class TRTParameter(_message.Message):
    class TRTMode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        FP32: _ClassVar[TRTParameter.TRTMode]
        FP16: _ClassVar[TRTParameter.TRTMode]
        INT8: _ClassVar[TRTParameter.TRTMode]
    FP32: _ClassVar[TRTParameter.TRTMode]
    FP16: _ClassVar[TRTParameter.TRTMode]
    INT8: _ClassVar[TRTParameter.TRTMode]
    TRT_MODE_FIELD_NUMBER: _ClassVar[int]
    TOP_K_FIELD_NUMBER: _ClassVar[int]
    DEPLOY_FIELD_NUMBER: _ClassVar[int]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    DEPLOY_OUTPUTS_FIELD_NUMBER: _ClassVar[int]
    CALIBRATOR_FIELD_NUMBER: _ClassVar[int]
    trt_mode: TRTParameter.TRTMode
    top_k: int
    deploy: str
    model: str
    @property
    def deploy_outputs(self) -> _containers.RepeatedScalarFieldContainer[str]: ...
    calibrator: str
    def __init__(
        self,
        *,
        trt_mode: TRTParameter.TRTMode | str | None = ...,
        top_k: int | None = ...,
        deploy: str | None = ...,
        model: str | None = ...,
        deploy_outputs: _Iterable[str] | None = ...,
        calibrator: str | None = ...,
    ) -> None: ...

class CompileNetState(_message.Message):
    IS_INIT_FIELD_NUMBER: _ClassVar[int]
    BN_SCALE_REMOVE_FIELD_NUMBER: _ClassVar[int]
    BN_SCALE_MERGE_FIELD_NUMBER: _ClassVar[int]
    KEPT_BN_LAYERS_FIELD_NUMBER: _ClassVar[int]
    NEGATIVE_CONV_NAMES_FIELD_NUMBER: _ClassVar[int]
    NEGATIVE_CONV_INDEXES_FIELD_NUMBER: _ClassVar[int]
    is_init: bool
    bn_scale_remove: bool
    bn_scale_merge: bool
    @property
    def kept_bn_layers(self) -> _containers.RepeatedScalarFieldContainer[str]: ...
    @property
    def negative_conv_names(self) -> _containers.RepeatedScalarFieldContainer[str]: ...
    @property
    def negative_conv_indexes(self) -> _containers.RepeatedScalarFieldContainer[int]: ...
    def __init__(
        self,
        *,
        is_init: bool | None = ...,
        bn_scale_remove: bool | None = ...,
        bn_scale_merge: bool | None = ...,
        kept_bn_layers: _Iterable[str] | None = ...,
        negative_conv_names: _Iterable[str] | None = ...,
        negative_conv_indexes: _Iterable[int] | None = ...,
    ) -> None: ...

class MultinodeParameter(_message.Message):
    MODEL_PARALLEL_FIELD_NUMBER: _ClassVar[int]
    COMPRESS_LAYER_TYPE_LIST_FIELD_NUMBER: _ClassVar[int]
    @property
    def model_parallel(self) -> _containers.RepeatedCompositeFieldContainer[MnModelParallelParameter]: ...
    @property
    def compress_layer_type_list(self) -> MnParamGradCompressLayerTypeList: ...
    def __init__(
        self,
        *,
        model_parallel: _Iterable[MnModelParallelParameter | _Mapping[str, object]] | None = ...,
        compress_layer_type_list: MnParamGradCompressLayerTypeList | _Mapping[str, object] | None = ...,
    ) -> None: ...

class MnModelParallelParameter(_message.Message):
    LAYER_FROM_FIELD_NUMBER: _ClassVar[int]
    LAYER_TO_FIELD_NUMBER: _ClassVar[int]
    NUM_NODES_FIELD_NUMBER: _ClassVar[int]
    MODEL_PARTS_FIELD_NUMBER: _ClassVar[int]
    layer_from: str
    layer_to: str
    num_nodes: int
    model_parts: int
    def __init__(
        self,
        *,
        layer_from: str | None = ...,
        layer_to: str | None = ...,
        num_nodes: int | None = ...,
        model_parts: int | None = ...,
    ) -> None: ...

class MnParamGradCompressLayerTypeList(_message.Message):
    LAYER_TYPE_FIELD_NUMBER: _ClassVar[int]
    @property
    def layer_type(self) -> _containers.RepeatedScalarFieldContainer[str]: ...
    def __init__(
        self,
        *,
        layer_type: _Iterable[str] | None = ...,
    ) -> None: ...

class MultinodeLayerParameter(_message.Message):
    NUM_NODES_FIELD_NUMBER: _ClassVar[int]
    MODEL_PARTS_FIELD_NUMBER: _ClassVar[int]
    num_nodes: int
    model_parts: int
    def __init__(
        self,
        *,
        num_nodes: int | None = ...,
        model_parts: int | None = ...,
    ) -> None: ...

class MnActivationParameter(_message.Message):
    NUM_NODES_IN_FIELD_NUMBER: _ClassVar[int]
    NUM_NODES_OUT_FIELD_NUMBER: _ClassVar[int]
    MODEL_PARTS_IN_FIELD_NUMBER: _ClassVar[int]
    MODEL_PARTS_OUT_FIELD_NUMBER: _ClassVar[int]
    NEED_REDUCE_FIELD_NUMBER: _ClassVar[int]
    num_nodes_in: int
    num_nodes_out: int
    model_parts_in: int
    model_parts_out: int
    need_reduce: bool
    def __init__(
        self,
        *,
        num_nodes_in: int | None = ...,
        num_nodes_out: int | None = ...,
        model_parts_in: int | None = ...,
        model_parts_out: int | None = ...,
        need_reduce: bool | None = ...,
    ) -> None: ...

class MnParamGradCompressParameter(_message.Message):
    PARAM_GRAD_COMPRESS_ENABLE_FIELD_NUMBER: _ClassVar[int]
    @property
    def param_grad_compress_enable(self) -> _containers.RepeatedScalarFieldContainer[bool]: ...
    def __init__(
        self,
        *,
        param_grad_compress_enable: _Iterable[bool] | None = ...,
    ) -> None: ...

class MultiPhaseSolverParameter(_message.Message):
    PARAMS_PAIR_FIELD_NUMBER: _ClassVar[int]
    @property
    def params_pair(self) -> _containers.RepeatedCompositeFieldContainer[SolverBatchSizePair]: ...
    def __init__(
        self,
        *,
        params_pair: _Iterable[SolverBatchSizePair | _Mapping[str, object]] | None = ...,
    ) -> None: ...

class SolverBatchSizePair(_message.Message):
    SOLVER_PARAMS_FIELD_NUMBER: _ClassVar[int]
    BATCH_SIZE_FIELD_NUMBER: _ClassVar[int]
    @property
    def solver_params(self) -> SolverParameter: ...
    batch_size: int
    def __init__(
        self,
        *,
        solver_params: SolverParameter | _Mapping[str, object] | None = ...,
        batch_size: int | None = ...,
    ) -> None: ...

class QuantizationParameter(_message.Message):
    class Precision(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        DYNAMIC_FIXED_POINT: _ClassVar[QuantizationParameter.Precision]
    DYNAMIC_FIXED_POINT: _ClassVar[QuantizationParameter.Precision]
    class Rounding(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        NEAREST: _ClassVar[QuantizationParameter.Rounding]
    NEAREST: _ClassVar[QuantizationParameter.Rounding]
    PRECISION_FIELD_NUMBER: _ClassVar[int]
    ROUNDING_SCHEME_FIELD_NUMBER: _ClassVar[int]
    BW_LAYER_IN_FIELD_NUMBER: _ClassVar[int]
    BW_LAYER_OUT_FIELD_NUMBER: _ClassVar[int]
    BW_PARAMS_FIELD_NUMBER: _ClassVar[int]
    FL_LAYER_IN_FIELD_NUMBER: _ClassVar[int]
    FL_LAYER_OUT_FIELD_NUMBER: _ClassVar[int]
    FL_PARAMS_FIELD_NUMBER: _ClassVar[int]
    SCALE_IN_FIELD_NUMBER: _ClassVar[int]
    SCALE_OUT_FIELD_NUMBER: _ClassVar[int]
    SCALE_PARAMS_FIELD_NUMBER: _ClassVar[int]
    IS_NEGATIVE_INPUT_FIELD_NUMBER: _ClassVar[int]
    FORCE_U8_INPUT_FIELD_NUMBER: _ClassVar[int]
    precision: QuantizationParameter.Precision
    rounding_scheme: QuantizationParameter.Rounding
    bw_layer_in: int
    bw_layer_out: int
    bw_params: int
    @property
    def fl_layer_in(self) -> _containers.RepeatedScalarFieldContainer[int]: ...
    @property
    def fl_layer_out(self) -> _containers.RepeatedScalarFieldContainer[int]: ...
    @property
    def fl_params(self) -> _containers.RepeatedScalarFieldContainer[int]: ...
    @property
    def scale_in(self) -> _containers.RepeatedScalarFieldContainer[float]: ...
    @property
    def scale_out(self) -> _containers.RepeatedScalarFieldContainer[float]: ...
    @property
    def scale_params(self) -> _containers.RepeatedScalarFieldContainer[float]: ...
    is_negative_input: bool
    force_u8_input: bool
    def __init__(
        self,
        *,
        precision: QuantizationParameter.Precision | str | None = ...,
        rounding_scheme: QuantizationParameter.Rounding | str | None = ...,
        bw_layer_in: int | None = ...,
        bw_layer_out: int | None = ...,
        bw_params: int | None = ...,
        fl_layer_in: _Iterable[int] | None = ...,
        fl_layer_out: _Iterable[int] | None = ...,
        fl_params: _Iterable[int] | None = ...,
        scale_in: _Iterable[float] | None = ...,
        scale_out: _Iterable[float] | None = ...,
        scale_params: _Iterable[float] | None = ...,
        is_negative_input: bool | None = ...,
        force_u8_input: bool | None = ...,
    ) -> None: ...

class RandomResizeParameter(_message.Message):
    MIN_SIZE_FIELD_NUMBER: _ClassVar[int]
    MAX_SIZE_FIELD_NUMBER: _ClassVar[int]
    RESIZE_PARAM_FIELD_NUMBER: _ClassVar[int]
    min_size: int
    max_size: int
    @property
    def resize_param(self) -> ResizeParameter: ...
    def __init__(
        self,
        *,
        min_size: int | None = ...,
        max_size: int | None = ...,
        resize_param: ResizeParameter | _Mapping[str, object] | None = ...,
    ) -> None: ...

class RandomAspectRatioParameter(_message.Message):
    MIN_AREA_RATIO_FIELD_NUMBER: _ClassVar[int]
    MAX_AREA_RATIO_FIELD_NUMBER: _ClassVar[int]
    ASPECT_RATIO_CHANGE_FIELD_NUMBER: _ClassVar[int]
    MAX_ATTEMPT_FIELD_NUMBER: _ClassVar[int]
    RESIZE_PARAM_FIELD_NUMBER: _ClassVar[int]
    min_area_ratio: float
    max_area_ratio: float
    aspect_ratio_change: float
    max_attempt: int
    @property
    def resize_param(self) -> ResizeParameter: ...
    def __init__(
        self,
        *,
        min_area_ratio: float | None = ...,
        max_area_ratio: float | None = ...,
        aspect_ratio_change: float | None = ...,
        max_attempt: int | None = ...,
        resize_param: ResizeParameter | _Mapping[str, object] | None = ...,
    ) -> None: ...

class SplitParameter(_message.Message):
    class Engine(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        DEFAULT: _ClassVar[SplitParameter.Engine]
        CAFFE: _ClassVar[SplitParameter.Engine]
        MKL2017: _ClassVar[SplitParameter.Engine]
        MKLDNN: _ClassVar[SplitParameter.Engine]
    DEFAULT: _ClassVar[SplitParameter.Engine]
    CAFFE: _ClassVar[SplitParameter.Engine]
    MKL2017: _ClassVar[SplitParameter.Engine]
    MKLDNN: _ClassVar[SplitParameter.Engine]
    ENGINE_FIELD_NUMBER: _ClassVar[int]
    engine: SplitParameter.Engine
    def __init__(
        self,
        *,
        engine: SplitParameter.Engine | str | None = ...,
    ) -> None: ...

class SpatialDropoutParameter(_message.Message):
    DROPOUT_RATIO_FIELD_NUMBER: _ClassVar[int]
    dropout_ratio: float
    def __init__(
        self,
        *,
        dropout_ratio: float | None = ...,
    ) -> None: ...

class OPTransformationParameter(_message.Message):
    STRIDE_FIELD_NUMBER: _ClassVar[int]
    FLIP_PROB_FIELD_NUMBER: _ClassVar[int]
    MAX_DEGREE_ROTATIONS_FIELD_NUMBER: _ClassVar[int]
    CROP_SIZE_X_FIELD_NUMBER: _ClassVar[int]
    CROP_SIZE_Y_FIELD_NUMBER: _ClassVar[int]
    CENTER_PERTERB_MAX_FIELD_NUMBER: _ClassVar[int]
    CENTER_SWAP_PROB_FIELD_NUMBER: _ClassVar[int]
    SCALE_PROB_FIELD_NUMBER: _ClassVar[int]
    SCALE_MINS_FIELD_NUMBER: _ClassVar[int]
    SCALE_MAXS_FIELD_NUMBER: _ClassVar[int]
    TARGET_DIST_FIELD_NUMBER: _ClassVar[int]
    NUMBER_MAX_OCCLUSIONS_FIELD_NUMBER: _ClassVar[int]
    SIGMAS_FIELD_NUMBER: _ClassVar[int]
    MODELS_FIELD_NUMBER: _ClassVar[int]
    SOURCES_FIELD_NUMBER: _ClassVar[int]
    PROBABILITIES_FIELD_NUMBER: _ClassVar[int]
    SOURCE_BACKGROUND_FIELD_NUMBER: _ClassVar[int]
    PROB_ONLY_BACKGROUND_FIELD_NUMBER: _ClassVar[int]
    MEDIA_DIRECTORY_FIELD_NUMBER: _ClassVar[int]
    NORMALIZATION_FIELD_NUMBER: _ClassVar[int]
    ADD_DISTANCE_FIELD_NUMBER: _ClassVar[int]
    INPUT_TYPE_FIELD_NUMBER: _ClassVar[int]
    FRAME_SIZE_FIELD_NUMBER: _ClassVar[int]
    TAF_TOPOLOGY_FIELD_NUMBER: _ClassVar[int]
    stride: int
    flip_prob: float
    max_degree_rotations: str
    crop_size_x: int
    crop_size_y: int
    center_perterb_max: float
    center_swap_prob: float
    scale_prob: float
    scale_mins: str
    scale_maxs: str
    target_dist: float
    number_max_occlusions: str
    sigmas: str
    models: str
    sources: str
    probabilities: str
    source_background: str
    prob_only_background: float
    media_directory: str
    normalization: int
    add_distance: bool
    input_type: str
    frame_size: int
    taf_topology: int
    def __init__(
        self,
        *,
        stride: int | None = ...,
        flip_prob: float | None = ...,
        max_degree_rotations: str | None = ...,
        crop_size_x: int | None = ...,
        crop_size_y: int | None = ...,
        center_perterb_max: float | None = ...,
        center_swap_prob: float | None = ...,
        scale_prob: float | None = ...,
        scale_mins: str | None = ...,
        scale_maxs: str | None = ...,
        target_dist: float | None = ...,
        number_max_occlusions: str | None = ...,
        sigmas: str | None = ...,
        models: str | None = ...,
        sources: str | None = ...,
        probabilities: str | None = ...,
        source_background: str | None = ...,
        prob_only_background: float | None = ...,
        media_directory: str | None = ...,
        normalization: int | None = ...,
        add_distance: bool | None = ...,
        input_type: str | None = ...,
        frame_size: int | None = ...,
        taf_topology: int | None = ...,
    ) -> None: ...

class BinaryActivationParameter(_message.Message):
    def __init__(self) -> None: ...

class InnerDistanceParameter(_message.Message):
    NUM_OUTPUT_FIELD_NUMBER: _ClassVar[int]
    BIAS_TERM_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_FILLER_FIELD_NUMBER: _ClassVar[int]
    BIAS_FILLER_FIELD_NUMBER: _ClassVar[int]
    AXIS_FIELD_NUMBER: _ClassVar[int]
    TRANSPOSE_FIELD_NUMBER: _ClassVar[int]
    DISTANCE_TYPE_FIELD_NUMBER: _ClassVar[int]
    NORMALIZE_FIELD_NUMBER: _ClassVar[int]
    UPDATE_CENTER_ONLY_FIELD_NUMBER: _ClassVar[int]
    num_output: int
    bias_term: bool
    @property
    def weight_filler(self) -> FillerParameter: ...
    @property
    def bias_filler(self) -> FillerParameter: ...
    axis: int
    transpose: bool
    distance_type: str
    normalize: bool
    update_center_only: bool
    def __init__(
        self,
        *,
        num_output: int | None = ...,
        bias_term: bool | None = ...,
        weight_filler: FillerParameter | _Mapping[str, object] | None = ...,
        bias_filler: FillerParameter | _Mapping[str, object] | None = ...,
        axis: int | None = ...,
        transpose: bool | None = ...,
        distance_type: str | None = ...,
        normalize: bool | None = ...,
        update_center_only: bool | None = ...,
    ) -> None: ...

class CenterLossParameter(_message.Message):
    NUM_OUTPUT_FIELD_NUMBER: _ClassVar[int]
    CENTER_FILLER_FIELD_NUMBER: _ClassVar[int]
    AXIS_FIELD_NUMBER: _ClassVar[int]
    DISTANCE_TYPE_FIELD_NUMBER: _ClassVar[int]
    num_output: int
    @property
    def center_filler(self) -> FillerParameter: ...
    axis: int
    distance_type: str
    def __init__(
        self,
        *,
        num_output: int | None = ...,
        center_filler: FillerParameter | _Mapping[str, object] | None = ...,
        axis: int | None = ...,
        distance_type: str | None = ...,
    ) -> None: ...

class TripletLossParameter(_message.Message):
    MARGIN_FIELD_NUMBER: _ClassVar[int]
    margin: float
    def __init__(
        self,
        *,
        margin: float | None = ...,
    ) -> None: ...

class MILParameter(_message.Message):
    class MILType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        MAX: _ClassVar[MILParameter.MILType]
        NOR: _ClassVar[MILParameter.MILType]
    MAX: _ClassVar[MILParameter.MILType]
    NOR: _ClassVar[MILParameter.MILType]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    type: MILParameter.MILType
    def __init__(
        self,
        *,
        type: MILParameter.MILType | str | None = ...,
    ) -> None: ...

class MILDataParameter(_message.Message):
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    NUM_SCALES_FIELD_NUMBER: _ClassVar[int]
    SCALE_FACTOR_FIELD_NUMBER: _ClassVar[int]
    CHANNELS_FIELD_NUMBER: _ClassVar[int]
    IMAGES_PER_BATCH_FIELD_NUMBER: _ClassVar[int]
    N_CLASSES_FIELD_NUMBER: _ClassVar[int]
    LABEL_FILE_FIELD_NUMBER: _ClassVar[int]
    ROOT_DIR_FIELD_NUMBER: _ClassVar[int]
    EXT_FIELD_NUMBER: _ClassVar[int]
    RANDOMIZE_FIELD_NUMBER: _ClassVar[int]
    source: str
    num_scales: int
    scale_factor: float
    channels: int
    images_per_batch: int
    n_classes: int
    label_file: str
    root_dir: str
    ext: str
    randomize: bool
    def __init__(
        self,
        *,
        source: str | None = ...,
        num_scales: int | None = ...,
        scale_factor: float | None = ...,
        channels: int | None = ...,
        images_per_batch: int | None = ...,
        n_classes: int | None = ...,
        label_file: str | None = ...,
        root_dir: str | None = ...,
        ext: str | None = ...,
        randomize: bool | None = ...,
    ) -> None: ...

class InsanityParameter(_message.Message):
    LB_FIELD_NUMBER: _ClassVar[int]
    UB_FIELD_NUMBER: _ClassVar[int]
    lb: float
    ub: float
    def __init__(
        self,
        *,
        lb: float | None = ...,
        ub: float | None = ...,
    ) -> None: ...

class LocalParameter(_message.Message):
    NUM_OUTPUT_FIELD_NUMBER: _ClassVar[int]
    BIAS_TERM_FIELD_NUMBER: _ClassVar[int]
    PAD_FIELD_NUMBER: _ClassVar[int]
    KERNEL_SIZE_FIELD_NUMBER: _ClassVar[int]
    STRIDE_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_FILLER_FIELD_NUMBER: _ClassVar[int]
    BIAS_FILLER_FIELD_NUMBER: _ClassVar[int]
    num_output: int
    bias_term: bool
    pad: int
    kernel_size: int
    stride: int
    @property
    def weight_filler(self) -> FillerParameter: ...
    @property
    def bias_filler(self) -> FillerParameter: ...
    def __init__(
        self,
        *,
        num_output: int | None = ...,
        bias_term: bool | None = ...,
        pad: int | None = ...,
        kernel_size: int | None = ...,
        stride: int | None = ...,
        weight_filler: FillerParameter | _Mapping[str, object] | None = ...,
        bias_filler: FillerParameter | _Mapping[str, object] | None = ...,
    ) -> None: ...

class EltwiseAffineParameter(_message.Message):
    SLOPE_FILLER_FIELD_NUMBER: _ClassVar[int]
    BIAS_FILLER_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_SHARED_FIELD_NUMBER: _ClassVar[int]
    @property
    def slope_filler(self) -> FillerParameter: ...
    @property
    def bias_filler(self) -> FillerParameter: ...
    channel_shared: bool
    def __init__(
        self,
        *,
        slope_filler: FillerParameter | _Mapping[str, object] | None = ...,
        bias_filler: FillerParameter | _Mapping[str, object] | None = ...,
        channel_shared: bool | None = ...,
    ) -> None: ...

class SubRegionParameter(_message.Message):
    REGION_HEIGHT_FIELD_NUMBER: _ClassVar[int]
    REGION_WIDTH_FIELD_NUMBER: _ClassVar[int]
    DATA_HEIGHT_FIELD_NUMBER: _ClassVar[int]
    DATA_WIDTH_FIELD_NUMBER: _ClassVar[int]
    AS_DIM_FIELD_NUMBER: _ClassVar[int]
    region_height: int
    region_width: int
    data_height: int
    data_width: int
    as_dim: int
    def __init__(
        self,
        *,
        region_height: int | None = ...,
        region_width: int | None = ...,
        data_height: int | None = ...,
        data_width: int | None = ...,
        as_dim: int | None = ...,
    ) -> None: ...

class HotspotParameter(_message.Message):
    GAUSSIAN_STD_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_HEIGHT_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_WIDTH_FIELD_NUMBER: _ClassVar[int]
    DATA_HEIGHT_FIELD_NUMBER: _ClassVar[int]
    DATA_WIDTH_FIELD_NUMBER: _ClassVar[int]
    MEAN_REMOVED_FIELD_NUMBER: _ClassVar[int]
    gaussian_std: float
    output_height: int
    output_width: int
    data_height: int
    data_width: int
    mean_removed: bool
    def __init__(
        self,
        *,
        gaussian_std: float | None = ...,
        output_height: int | None = ...,
        output_width: int | None = ...,
        data_height: int | None = ...,
        data_width: int | None = ...,
        mean_removed: bool | None = ...,
    ) -> None: ...

class PredictBoxParameter(_message.Message):
    STRIDE_FIELD_NUMBER: _ClassVar[int]
    RECEPTIVE_FIELD_FIELD_NUMBER: _ClassVar[int]
    NMS_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_VECTOR_FIELD_NUMBER: _ClassVar[int]
    POSITIVE_THRESH_FIELD_NUMBER: _ClassVar[int]
    BBREG_EXP_FIELD_NUMBER: _ClassVar[int]
    stride: int
    receptive_field: int
    nms: bool
    output_vector: bool
    positive_thresh: float
    bbreg_exp: bool
    def __init__(
        self,
        *,
        stride: int | None = ...,
        receptive_field: int | None = ...,
        nms: bool | None = ...,
        output_vector: bool | None = ...,
        positive_thresh: float | None = ...,
        bbreg_exp: bool | None = ...,
    ) -> None: ...

class FCNDataParameter(_message.Message):
    TEMPLATE_H_FIELD_NUMBER: _ClassVar[int]
    TEMPLATE_W_FIELD_NUMBER: _ClassVar[int]
    EXPAND_LEFT_FIELD_NUMBER: _ClassVar[int]
    EXPAND_RIGHT_FIELD_NUMBER: _ClassVar[int]
    EXPAND_TOP_FIELD_NUMBER: _ClassVar[int]
    EXPAND_BOTTOM_FIELD_NUMBER: _ClassVar[int]
    ROI_MULTIPLY_H_FIELD_NUMBER: _ClassVar[int]
    ROI_MULTIPLY_W_FIELD_NUMBER: _ClassVar[int]
    SCALE_STEP_FIELD_NUMBER: _ClassVar[int]
    SCALE_STEP_NUM_FIELD_NUMBER: _ClassVar[int]
    GAUSSIAN_SIZE_H_FIELD_NUMBER: _ClassVar[int]
    GAUSSIAN_SIZE_W_FIELD_NUMBER: _ClassVar[int]
    GAUSSIAN_STD_H_FIELD_NUMBER: _ClassVar[int]
    GAUSSIAN_STD_W_FIELD_NUMBER: _ClassVar[int]
    USE_HOG_FIELD_NUMBER: _ClassVar[int]
    HOG_CELL_SIZE_FIELD_NUMBER: _ClassVar[int]
    MIN_IOU_FIELD_NUMBER: _ClassVar[int]
    template_h: int
    template_w: int
    expand_left: float
    expand_right: float
    expand_top: float
    expand_bottom: float
    roi_multiply_h: float
    roi_multiply_w: float
    scale_step: float
    scale_step_num: int
    gaussian_size_h: int
    gaussian_size_w: int
    gaussian_std_h: float
    gaussian_std_w: float
    use_hog: bool
    hog_cell_size: int
    min_iou: float
    def __init__(
        self,
        *,
        template_h: int | None = ...,
        template_w: int | None = ...,
        expand_left: float | None = ...,
        expand_right: float | None = ...,
        expand_top: float | None = ...,
        expand_bottom: float | None = ...,
        roi_multiply_h: float | None = ...,
        roi_multiply_w: float | None = ...,
        scale_step: float | None = ...,
        scale_step_num: int | None = ...,
        gaussian_size_h: int | None = ...,
        gaussian_size_w: int | None = ...,
        gaussian_std_h: float | None = ...,
        gaussian_std_w: float | None = ...,
        use_hog: bool | None = ...,
        hog_cell_size: int | None = ...,
        min_iou: float | None = ...,
    ) -> None: ...

class FlipParameter(_message.Message):
    FLIP_WIDTH_FIELD_NUMBER: _ClassVar[int]
    FLIP_HEIGHT_FIELD_NUMBER: _ClassVar[int]
    flip_width: bool
    flip_height: bool
    def __init__(
        self,
        *,
        flip_width: bool | None = ...,
        flip_height: bool | None = ...,
    ) -> None: ...

class GeneralContrastiveParameter(_message.Message):
    POSITIVE_MARGIN_FIELD_NUMBER: _ClassVar[int]
    NEGATIVE_MARGIN_FIELD_NUMBER: _ClassVar[int]
    POSITIVE_WEIGHT_FIELD_NUMBER: _ClassVar[int]
    NEGATIVE_WEIGHT_FIELD_NUMBER: _ClassVar[int]
    NORMALIZE_NEGATIVE_FIELD_NUMBER: _ClassVar[int]
    POSITIVE_OUTLIER_THRESH_FIELD_NUMBER: _ClassVar[int]
    SQUARE_FIELD_NUMBER: _ClassVar[int]
    MAX_NEGATIVE_ONLY_FIELD_NUMBER: _ClassVar[int]
    MAX_POSITIVE_ONLY_FIELD_NUMBER: _ClassVar[int]
    POSITIVE_FIRST_FIELD_NUMBER: _ClassVar[int]
    POSITIVE_UPPER_BOUND_FIELD_NUMBER: _ClassVar[int]
    EXP_NEGATIVE_WEIGHT_FIELD_NUMBER: _ClassVar[int]
    ADD_INTRA_MAE_FIELD_NUMBER: _ClassVar[int]
    MAX_NEGATIVE_MARGIN_FIELD_NUMBER: _ClassVar[int]
    positive_margin: float
    negative_margin: float
    positive_weight: float
    negative_weight: float
    normalize_negative: float
    positive_outlier_thresh: float
    square: bool
    max_negative_only: bool
    max_positive_only: bool
    positive_first: bool
    positive_upper_bound: float
    exp_negative_weight: bool
    add_intra_mae: bool
    max_negative_margin: float
    def __init__(
        self,
        *,
        positive_margin: float | None = ...,
        negative_margin: float | None = ...,
        positive_weight: float | None = ...,
        negative_weight: float | None = ...,
        normalize_negative: float | None = ...,
        positive_outlier_thresh: float | None = ...,
        square: bool | None = ...,
        max_negative_only: bool | None = ...,
        max_positive_only: bool | None = ...,
        positive_first: bool | None = ...,
        positive_upper_bound: float | None = ...,
        exp_negative_weight: bool | None = ...,
        add_intra_mae: bool | None = ...,
        max_negative_margin: float | None = ...,
    ) -> None: ...

class BatchContrastiveParameter(_message.Message):
    POSITIVE_MARGIN_FIELD_NUMBER: _ClassVar[int]
    NEGATIVE_MARGIN_FIELD_NUMBER: _ClassVar[int]
    POSITIVE_WEIGHT_FIELD_NUMBER: _ClassVar[int]
    NEGATIVE_WEIGHT_FIELD_NUMBER: _ClassVar[int]
    MAX_ONLY_FIELD_NUMBER: _ClassVar[int]
    positive_margin: float
    negative_margin: float
    positive_weight: float
    negative_weight: float
    max_only: bool
    def __init__(
        self,
        *,
        positive_margin: float | None = ...,
        negative_margin: float | None = ...,
        positive_weight: float | None = ...,
        negative_weight: float | None = ...,
        max_only: bool | None = ...,
    ) -> None: ...

class SoftContrastiveParameter(_message.Message):
    POSITIVE_MARGIN_FIELD_NUMBER: _ClassVar[int]
    NEGATIVE_MARGIN_FIELD_NUMBER: _ClassVar[int]
    POSITIVE_WEIGHT_FIELD_NUMBER: _ClassVar[int]
    NEGATIVE_WEIGHT_FIELD_NUMBER: _ClassVar[int]
    EXPONENT_SCALE_FIELD_NUMBER: _ClassVar[int]
    SQUARE_FIELD_NUMBER: _ClassVar[int]
    positive_margin: float
    negative_margin: float
    positive_weight: float
    negative_weight: float
    exponent_scale: float
    square: bool
    def __init__(
        self,
        *,
        positive_margin: float | None = ...,
        negative_margin: float | None = ...,
        positive_weight: float | None = ...,
        negative_weight: float | None = ...,
        exponent_scale: float | None = ...,
        square: bool | None = ...,
    ) -> None: ...

class GeneralTripletParameter(_message.Message):
    MARGIN_FIELD_NUMBER: _ClassVar[int]
    ADD_CENTER_LOSS_FIELD_NUMBER: _ClassVar[int]
    HARDEST_ONLY_FIELD_NUMBER: _ClassVar[int]
    POSITIVE_FIRST_FIELD_NUMBER: _ClassVar[int]
    POSITIVE_UPPER_BOUND_FIELD_NUMBER: _ClassVar[int]
    POSITIVE_WEIGHT_FIELD_NUMBER: _ClassVar[int]
    NEGATIVE_WEIGHT_FIELD_NUMBER: _ClassVar[int]
    margin: float
    add_center_loss: bool
    hardest_only: bool
    positive_first: bool
    positive_upper_bound: float
    positive_weight: float
    negative_weight: float
    def __init__(
        self,
        *,
        margin: float | None = ...,
        add_center_loss: bool | None = ...,
        hardest_only: bool | None = ...,
        positive_first: bool | None = ...,
        positive_upper_bound: float | None = ...,
        positive_weight: float | None = ...,
        negative_weight: float | None = ...,
    ) -> None: ...

class SoftTruncationParameter(_message.Message):
    C_FIELD_NUMBER: _ClassVar[int]
    c: float
    def __init__(
        self,
        *,
        c: float | None = ...,
    ) -> None: ...

class TruncationParameter(_message.Message):
    LOWER_BOUND_FIELD_NUMBER: _ClassVar[int]
    UPPER_BOUND_FIELD_NUMBER: _ClassVar[int]
    lower_bound: float
    upper_bound: float
    def __init__(
        self,
        *,
        lower_bound: float | None = ...,
        upper_bound: float | None = ...,
    ) -> None: ...

class PairwiseParameter(_message.Message):
    class PairwiseOp(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        SUM: _ClassVar[PairwiseParameter.PairwiseOp]
        PROD: _ClassVar[PairwiseParameter.PairwiseOp]
        MAX: _ClassVar[PairwiseParameter.PairwiseOp]
    SUM: _ClassVar[PairwiseParameter.PairwiseOp]
    PROD: _ClassVar[PairwiseParameter.PairwiseOp]
    MAX: _ClassVar[PairwiseParameter.PairwiseOp]
    OPERATION_FIELD_NUMBER: _ClassVar[int]
    COEFF_FIELD_NUMBER: _ClassVar[int]
    operation: PairwiseParameter.PairwiseOp
    @property
    def coeff(self) -> _containers.RepeatedScalarFieldContainer[float]: ...
    def __init__(
        self,
        *,
        operation: PairwiseParameter.PairwiseOp | str | None = ...,
        coeff: _Iterable[float] | None = ...,
    ) -> None: ...

class NCAParameter(_message.Message):
    MIN_NEGATIVE_ONLY_FIELD_NUMBER: _ClassVar[int]
    min_negative_only: bool
    def __init__(
        self,
        *,
        min_negative_only: bool | None = ...,
    ) -> None: ...

class LargeMarginInnerProductParameter(_message.Message):
    class LargeMarginType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        SINGLE: _ClassVar[LargeMarginInnerProductParameter.LargeMarginType]
        DOUBLE: _ClassVar[LargeMarginInnerProductParameter.LargeMarginType]
        TRIPLE: _ClassVar[LargeMarginInnerProductParameter.LargeMarginType]
        QUADRUPLE: _ClassVar[LargeMarginInnerProductParameter.LargeMarginType]
    SINGLE: _ClassVar[LargeMarginInnerProductParameter.LargeMarginType]
    DOUBLE: _ClassVar[LargeMarginInnerProductParameter.LargeMarginType]
    TRIPLE: _ClassVar[LargeMarginInnerProductParameter.LargeMarginType]
    QUADRUPLE: _ClassVar[LargeMarginInnerProductParameter.LargeMarginType]
    NUM_OUTPUT_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_FILLER_FIELD_NUMBER: _ClassVar[int]
    AXIS_FIELD_NUMBER: _ClassVar[int]
    BASE_FIELD_NUMBER: _ClassVar[int]
    GAMMA_FIELD_NUMBER: _ClassVar[int]
    POWER_FIELD_NUMBER: _ClassVar[int]
    ITERATION_FIELD_NUMBER: _ClassVar[int]
    LAMBDA_MIN_FIELD_NUMBER: _ClassVar[int]
    num_output: int
    type: LargeMarginInnerProductParameter.LargeMarginType
    @property
    def weight_filler(self) -> FillerParameter: ...
    axis: int
    base: float
    gamma: float
    power: float
    iteration: int
    lambda_min: float
    def __init__(
        self,
        *,
        num_output: int | None = ...,
        type: LargeMarginInnerProductParameter.LargeMarginType | str | None = ...,
        weight_filler: FillerParameter | _Mapping[str, object] | None = ...,
        axis: int | None = ...,
        base: float | None = ...,
        gamma: float | None = ...,
        power: float | None = ...,
        iteration: int | None = ...,
        lambda_min: float | None = ...,
    ) -> None: ...

class MarginInnerProductParameter(_message.Message):
    class MarginType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        SINGLE: _ClassVar[MarginInnerProductParameter.MarginType]
        DOUBLE: _ClassVar[MarginInnerProductParameter.MarginType]
        TRIPLE: _ClassVar[MarginInnerProductParameter.MarginType]
        QUADRUPLE: _ClassVar[MarginInnerProductParameter.MarginType]
    SINGLE: _ClassVar[MarginInnerProductParameter.MarginType]
    DOUBLE: _ClassVar[MarginInnerProductParameter.MarginType]
    TRIPLE: _ClassVar[MarginInnerProductParameter.MarginType]
    QUADRUPLE: _ClassVar[MarginInnerProductParameter.MarginType]
    NUM_OUTPUT_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_FILLER_FIELD_NUMBER: _ClassVar[int]
    AXIS_FIELD_NUMBER: _ClassVar[int]
    BASE_FIELD_NUMBER: _ClassVar[int]
    GAMMA_FIELD_NUMBER: _ClassVar[int]
    POWER_FIELD_NUMBER: _ClassVar[int]
    ITERATION_FIELD_NUMBER: _ClassVar[int]
    LAMBDA_MIN_FIELD_NUMBER: _ClassVar[int]
    num_output: int
    type: MarginInnerProductParameter.MarginType
    @property
    def weight_filler(self) -> FillerParameter: ...
    axis: int
    base: float
    gamma: float
    power: float
    iteration: int
    lambda_min: float
    def __init__(
        self,
        *,
        num_output: int | None = ...,
        type: MarginInnerProductParameter.MarginType | str | None = ...,
        weight_filler: FillerParameter | _Mapping[str, object] | None = ...,
        axis: int | None = ...,
        base: float | None = ...,
        gamma: float | None = ...,
        power: float | None = ...,
        iteration: int | None = ...,
        lambda_min: float | None = ...,
    ) -> None: ...

class LabelSpecificRescaleParameter(_message.Message):
    POSITIVE_WEIGHT_FIELD_NUMBER: _ClassVar[int]
    NEGATIVE_WEIGHT_FIELD_NUMBER: _ClassVar[int]
    POSITIVE_LOWER_BOUND_FIELD_NUMBER: _ClassVar[int]
    NEGATIVE_UPPER_BOUND_FIELD_NUMBER: _ClassVar[int]
    RESCALE_TEST_FIELD_NUMBER: _ClassVar[int]
    FOR_IP_FIELD_NUMBER: _ClassVar[int]
    POSITIVE_WEIGHT_BASE_FIELD_NUMBER: _ClassVar[int]
    GAMMA_FIELD_NUMBER: _ClassVar[int]
    POWER_FIELD_NUMBER: _ClassVar[int]
    POSITIVE_WEIGHT_MIN_FIELD_NUMBER: _ClassVar[int]
    POSITIVE_WEIGHT_MAX_FIELD_NUMBER: _ClassVar[int]
    ITERATION_FIELD_NUMBER: _ClassVar[int]
    BIAS_FIX_FIELD_NUMBER: _ClassVar[int]
    POWER_ON_POSITIVE_FIELD_NUMBER: _ClassVar[int]
    positive_weight: float
    negative_weight: float
    positive_lower_bound: float
    negative_upper_bound: float
    rescale_test: bool
    for_ip: bool
    positive_weight_base: float
    gamma: float
    power: float
    positive_weight_min: float
    positive_weight_max: float
    iteration: int
    bias_fix: bool
    power_on_positive: bool
    def __init__(
        self,
        *,
        positive_weight: float | None = ...,
        negative_weight: float | None = ...,
        positive_lower_bound: float | None = ...,
        negative_upper_bound: float | None = ...,
        rescale_test: bool | None = ...,
        for_ip: bool | None = ...,
        positive_weight_base: float | None = ...,
        gamma: float | None = ...,
        power: float | None = ...,
        positive_weight_min: float | None = ...,
        positive_weight_max: float | None = ...,
        iteration: int | None = ...,
        bias_fix: bool | None = ...,
        power_on_positive: bool | None = ...,
    ) -> None: ...

class LabelSpecificMarginParameter(_message.Message):
    class MarginType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        HARD: _ClassVar[LabelSpecificMarginParameter.MarginType]
        SOFT: _ClassVar[LabelSpecificMarginParameter.MarginType]
    HARD: _ClassVar[LabelSpecificMarginParameter.MarginType]
    SOFT: _ClassVar[LabelSpecificMarginParameter.MarginType]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    MARGIN_BASE_FIELD_NUMBER: _ClassVar[int]
    MARGIN_MAX_FIELD_NUMBER: _ClassVar[int]
    POWER_FIELD_NUMBER: _ClassVar[int]
    GAMMA_FIELD_NUMBER: _ClassVar[int]
    ITERATION_FIELD_NUMBER: _ClassVar[int]
    RESET_MARGIN_FIELD_NUMBER: _ClassVar[int]
    MARGIN_ON_TEST_FIELD_NUMBER: _ClassVar[int]
    AUTO_TUNE_FIELD_NUMBER: _ClassVar[int]
    type: LabelSpecificMarginParameter.MarginType
    margin_base: float
    margin_max: float
    power: float
    gamma: float
    iteration: int
    reset_margin: bool
    margin_on_test: bool
    auto_tune: bool
    def __init__(
        self,
        *,
        type: LabelSpecificMarginParameter.MarginType | str | None = ...,
        margin_base: float | None = ...,
        margin_max: float | None = ...,
        power: float | None = ...,
        gamma: float | None = ...,
        iteration: int | None = ...,
        reset_margin: bool | None = ...,
        margin_on_test: bool | None = ...,
        auto_tune: bool | None = ...,
    ) -> None: ...

class LabelSpecificAffineParameter(_message.Message):
    SCALE_BASE_FIELD_NUMBER: _ClassVar[int]
    SCALE_GAMMA_FIELD_NUMBER: _ClassVar[int]
    SCALE_POWER_FIELD_NUMBER: _ClassVar[int]
    SCALE_MAX_FIELD_NUMBER: _ClassVar[int]
    TRANSFORM_TEST_FIELD_NUMBER: _ClassVar[int]
    ITERATION_FIELD_NUMBER: _ClassVar[int]
    BIAS_BASE_FIELD_NUMBER: _ClassVar[int]
    BIAS_GAMMA_FIELD_NUMBER: _ClassVar[int]
    BIAS_POWER_FIELD_NUMBER: _ClassVar[int]
    BIAS_MAX_FIELD_NUMBER: _ClassVar[int]
    POWER_BASE_FIELD_NUMBER: _ClassVar[int]
    POWER_GAMMA_FIELD_NUMBER: _ClassVar[int]
    POWER_POWER_FIELD_NUMBER: _ClassVar[int]
    POWER_MIN_FIELD_NUMBER: _ClassVar[int]
    AUTO_TUNE_FIELD_NUMBER: _ClassVar[int]
    RESET_FIELD_NUMBER: _ClassVar[int]
    scale_base: float
    scale_gamma: float
    scale_power: float
    scale_max: float
    transform_test: bool
    iteration: int
    bias_base: float
    bias_gamma: float
    bias_power: float
    bias_max: float
    power_base: float
    power_gamma: float
    power_power: float
    power_min: float
    auto_tune: bool
    reset: bool
    def __init__(
        self,
        *,
        scale_base: float | None = ...,
        scale_gamma: float | None = ...,
        scale_power: float | None = ...,
        scale_max: float | None = ...,
        transform_test: bool | None = ...,
        iteration: int | None = ...,
        bias_base: float | None = ...,
        bias_gamma: float | None = ...,
        bias_power: float | None = ...,
        bias_max: float | None = ...,
        power_base: float | None = ...,
        power_gamma: float | None = ...,
        power_power: float | None = ...,
        power_min: float | None = ...,
        auto_tune: bool | None = ...,
        reset: bool | None = ...,
    ) -> None: ...

class LabelSpecificHardMarginParameter(_message.Message):
    POSITIVE_WEIGHT_FIELD_NUMBER: _ClassVar[int]
    positive_weight: float
    def __init__(
        self,
        *,
        positive_weight: float | None = ...,
    ) -> None: ...

class LabelSpecificStatisticsParameter(_message.Message):
    SCALE_FOR_ANGLE_FIELD_NUMBER: _ClassVar[int]
    SCALE_FACTOR_FIELD_NUMBER: _ClassVar[int]
    scale_for_angle: bool
    scale_factor: float
    def __init__(
        self,
        *,
        scale_for_angle: bool | None = ...,
        scale_factor: float | None = ...,
    ) -> None: ...

class LabelSpecificAddParameter(_message.Message):
    BIAS_FIELD_NUMBER: _ClassVar[int]
    TRANSFORM_TEST_FIELD_NUMBER: _ClassVar[int]
    BIAS_BASE_FIELD_NUMBER: _ClassVar[int]
    BIAS_GAMMA_FIELD_NUMBER: _ClassVar[int]
    BIAS_POWER_FIELD_NUMBER: _ClassVar[int]
    BIAS_MIN_FIELD_NUMBER: _ClassVar[int]
    BIAS_MAX_FIELD_NUMBER: _ClassVar[int]
    ITERATION_FIELD_NUMBER: _ClassVar[int]
    bias: float
    transform_test: bool
    bias_base: float
    bias_gamma: float
    bias_power: float
    bias_min: float
    bias_max: float
    iteration: int
    def __init__(
        self,
        *,
        bias: float | None = ...,
        transform_test: bool | None = ...,
        bias_base: float | None = ...,
        bias_gamma: float | None = ...,
        bias_power: float | None = ...,
        bias_min: float | None = ...,
        bias_max: float | None = ...,
        iteration: int | None = ...,
    ) -> None: ...

class InfimumLossParamter(_message.Message):
    INFIMUM_FIELD_NUMBER: _ClassVar[int]
    infimum: float
    def __init__(
        self,
        *,
        infimum: float | None = ...,
    ) -> None: ...

class OrdinalRegressionParameter(_message.Message):
    K_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_FILE_FIELD_NUMBER: _ClassVar[int]
    k: int
    weight_file: str
    def __init__(
        self,
        *,
        k: int | None = ...,
        weight_file: str | None = ...,
    ) -> None: ...

class FeatureDecayLossParameter(_message.Message):
    DECAY_THRESHOLD_FIELD_NUMBER: _ClassVar[int]
    FORCE_DECAY_FIELD_NUMBER: _ClassVar[int]
    decay_threshold: float
    force_decay: bool
    def __init__(
        self,
        *,
        decay_threshold: float | None = ...,
        force_decay: bool | None = ...,
    ) -> None: ...

class ConfidencePenaltyLossParameter(_message.Message):
    BETA_FIELD_NUMBER: _ClassVar[int]
    beta: float
    def __init__(
        self,
        *,
        beta: float | None = ...,
    ) -> None: ...

class FocalLossParameter(_message.Message):
    class Type(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        ORIGIN: _ClassVar[FocalLossParameter.Type]
        LINEAR: _ClassVar[FocalLossParameter.Type]
        ONEADDP: _ClassVar[FocalLossParameter.Type]
    ORIGIN: _ClassVar[FocalLossParameter.Type]
    LINEAR: _ClassVar[FocalLossParameter.Type]
    ONEADDP: _ClassVar[FocalLossParameter.Type]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    GAMMA_FIELD_NUMBER: _ClassVar[int]
    ALPHA_FIELD_NUMBER: _ClassVar[int]
    BETA_FIELD_NUMBER: _ClassVar[int]
    type: FocalLossParameter.Type
    gamma: float
    alpha: float
    beta: float
    def __init__(
        self,
        *,
        type: FocalLossParameter.Type | str | None = ...,
        gamma: float | None = ...,
        alpha: float | None = ...,
        beta: float | None = ...,
    ) -> None: ...

class ChannelScaleParameter(_message.Message):
    DO_FORWARD_FIELD_NUMBER: _ClassVar[int]
    DO_BACKWARD_FEATURE_FIELD_NUMBER: _ClassVar[int]
    DO_BACKWARD_SCALE_FIELD_NUMBER: _ClassVar[int]
    GLOBAL_SCALE_FIELD_NUMBER: _ClassVar[int]
    MAX_GLOBAL_SCALE_FIELD_NUMBER: _ClassVar[int]
    MIN_GLOBAL_SCALE_FIELD_NUMBER: _ClassVar[int]
    INIT_GLOBAL_SCALE_FIELD_NUMBER: _ClassVar[int]
    do_forward: bool
    do_backward_feature: bool
    do_backward_scale: bool
    global_scale: bool
    max_global_scale: float
    min_global_scale: float
    init_global_scale: float
    def __init__(
        self,
        *,
        do_forward: bool | None = ...,
        do_backward_feature: bool | None = ...,
        do_backward_scale: bool | None = ...,
        global_scale: bool | None = ...,
        max_global_scale: float | None = ...,
        min_global_scale: float | None = ...,
        init_global_scale: float | None = ...,
    ) -> None: ...

class V1LayerParameter(_message.Message):
    class LayerType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        NONE: _ClassVar[V1LayerParameter.LayerType]
        ABSVAL: _ClassVar[V1LayerParameter.LayerType]
        ACCURACY: _ClassVar[V1LayerParameter.LayerType]
        ARGMAX: _ClassVar[V1LayerParameter.LayerType]
        BNLL: _ClassVar[V1LayerParameter.LayerType]
        CONCAT: _ClassVar[V1LayerParameter.LayerType]
        CONTRASTIVE_LOSS: _ClassVar[V1LayerParameter.LayerType]
        CONVOLUTION: _ClassVar[V1LayerParameter.LayerType]
        DATA: _ClassVar[V1LayerParameter.LayerType]
        DECONVOLUTION: _ClassVar[V1LayerParameter.LayerType]
        DROPOUT: _ClassVar[V1LayerParameter.LayerType]
        DUMMY_DATA: _ClassVar[V1LayerParameter.LayerType]
        EUCLIDEAN_LOSS: _ClassVar[V1LayerParameter.LayerType]
        ELTWISE: _ClassVar[V1LayerParameter.LayerType]
        EXP: _ClassVar[V1LayerParameter.LayerType]
        FLATTEN: _ClassVar[V1LayerParameter.LayerType]
        HDF5_DATA: _ClassVar[V1LayerParameter.LayerType]
        HDF5_OUTPUT: _ClassVar[V1LayerParameter.LayerType]
        HINGE_LOSS: _ClassVar[V1LayerParameter.LayerType]
        IM2COL: _ClassVar[V1LayerParameter.LayerType]
        IMAGE_DATA: _ClassVar[V1LayerParameter.LayerType]
        INFOGAIN_LOSS: _ClassVar[V1LayerParameter.LayerType]
        INNER_PRODUCT: _ClassVar[V1LayerParameter.LayerType]
        LRN: _ClassVar[V1LayerParameter.LayerType]
        MEMORY_DATA: _ClassVar[V1LayerParameter.LayerType]
        MULTINOMIAL_LOGISTIC_LOSS: _ClassVar[V1LayerParameter.LayerType]
        MVN: _ClassVar[V1LayerParameter.LayerType]
        POOLING: _ClassVar[V1LayerParameter.LayerType]
        POWER: _ClassVar[V1LayerParameter.LayerType]
        RELU: _ClassVar[V1LayerParameter.LayerType]
        SIGMOID: _ClassVar[V1LayerParameter.LayerType]
        SIGMOID_CROSS_ENTROPY_LOSS: _ClassVar[V1LayerParameter.LayerType]
        SILENCE: _ClassVar[V1LayerParameter.LayerType]
        SOFTMAX: _ClassVar[V1LayerParameter.LayerType]
        SOFTMAX_LOSS: _ClassVar[V1LayerParameter.LayerType]
        SPLIT: _ClassVar[V1LayerParameter.LayerType]
        SLICE: _ClassVar[V1LayerParameter.LayerType]
        TANH: _ClassVar[V1LayerParameter.LayerType]
        WINDOW_DATA: _ClassVar[V1LayerParameter.LayerType]
        THRESHOLD: _ClassVar[V1LayerParameter.LayerType]
        LOCAL: _ClassVar[V1LayerParameter.LayerType]
        BN: _ClassVar[V1LayerParameter.LayerType]
        NORMALIZE: _ClassVar[V1LayerParameter.LayerType]
        INSANITY: _ClassVar[V1LayerParameter.LayerType]
        TRIPLET_LOSS: _ClassVar[V1LayerParameter.LayerType]
        ROIPOOLING: _ClassVar[V1LayerParameter.LayerType]
        BATCH_NORM: _ClassVar[V1LayerParameter.LayerType]
        ELTWISE_AFFINE: _ClassVar[V1LayerParameter.LayerType]
        RELU6: _ClassVar[V1LayerParameter.LayerType]
        UPSAMPLE: _ClassVar[V1LayerParameter.LayerType]
        CROP: _ClassVar[V1LayerParameter.LayerType]
        IMAGE_SEG_DATA: _ClassVar[V1LayerParameter.LayerType]
    NONE: _ClassVar[V1LayerParameter.LayerType]
    ABSVAL: _ClassVar[V1LayerParameter.LayerType]
    ACCURACY: _ClassVar[V1LayerParameter.LayerType]
    ARGMAX: _ClassVar[V1LayerParameter.LayerType]
    BNLL: _ClassVar[V1LayerParameter.LayerType]
    CONCAT: _ClassVar[V1LayerParameter.LayerType]
    CONTRASTIVE_LOSS: _ClassVar[V1LayerParameter.LayerType]
    CONVOLUTION: _ClassVar[V1LayerParameter.LayerType]
    DATA: _ClassVar[V1LayerParameter.LayerType]
    DECONVOLUTION: _ClassVar[V1LayerParameter.LayerType]
    DROPOUT: _ClassVar[V1LayerParameter.LayerType]
    DUMMY_DATA: _ClassVar[V1LayerParameter.LayerType]
    EUCLIDEAN_LOSS: _ClassVar[V1LayerParameter.LayerType]
    ELTWISE: _ClassVar[V1LayerParameter.LayerType]
    EXP: _ClassVar[V1LayerParameter.LayerType]
    FLATTEN: _ClassVar[V1LayerParameter.LayerType]
    HDF5_DATA: _ClassVar[V1LayerParameter.LayerType]
    HDF5_OUTPUT: _ClassVar[V1LayerParameter.LayerType]
    HINGE_LOSS: _ClassVar[V1LayerParameter.LayerType]
    IM2COL: _ClassVar[V1LayerParameter.LayerType]
    IMAGE_DATA: _ClassVar[V1LayerParameter.LayerType]
    INFOGAIN_LOSS: _ClassVar[V1LayerParameter.LayerType]
    INNER_PRODUCT: _ClassVar[V1LayerParameter.LayerType]
    LRN: _ClassVar[V1LayerParameter.LayerType]
    MEMORY_DATA: _ClassVar[V1LayerParameter.LayerType]
    MULTINOMIAL_LOGISTIC_LOSS: _ClassVar[V1LayerParameter.LayerType]
    MVN: _ClassVar[V1LayerParameter.LayerType]
    POOLING: _ClassVar[V1LayerParameter.LayerType]
    POWER: _ClassVar[V1LayerParameter.LayerType]
    RELU: _ClassVar[V1LayerParameter.LayerType]
    SIGMOID: _ClassVar[V1LayerParameter.LayerType]
    SIGMOID_CROSS_ENTROPY_LOSS: _ClassVar[V1LayerParameter.LayerType]
    SILENCE: _ClassVar[V1LayerParameter.LayerType]
    SOFTMAX: _ClassVar[V1LayerParameter.LayerType]
    SOFTMAX_LOSS: _ClassVar[V1LayerParameter.LayerType]
    SPLIT: _ClassVar[V1LayerParameter.LayerType]
    SLICE: _ClassVar[V1LayerParameter.LayerType]
    TANH: _ClassVar[V1LayerParameter.LayerType]
    WINDOW_DATA: _ClassVar[V1LayerParameter.LayerType]
    THRESHOLD: _ClassVar[V1LayerParameter.LayerType]
    LOCAL: _ClassVar[V1LayerParameter.LayerType]
    BN: _ClassVar[V1LayerParameter.LayerType]
    NORMALIZE: _ClassVar[V1LayerParameter.LayerType]
    INSANITY: _ClassVar[V1LayerParameter.LayerType]
    TRIPLET_LOSS: _ClassVar[V1LayerParameter.LayerType]
    ROIPOOLING: _ClassVar[V1LayerParameter.LayerType]
    BATCH_NORM: _ClassVar[V1LayerParameter.LayerType]
    ELTWISE_AFFINE: _ClassVar[V1LayerParameter.LayerType]
    RELU6: _ClassVar[V1LayerParameter.LayerType]
    UPSAMPLE: _ClassVar[V1LayerParameter.LayerType]
    CROP: _ClassVar[V1LayerParameter.LayerType]
    IMAGE_SEG_DATA: _ClassVar[V1LayerParameter.LayerType]
    class DimCheckMode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        STRICT: _ClassVar[V1LayerParameter.DimCheckMode]
        PERMISSIVE: _ClassVar[V1LayerParameter.DimCheckMode]
    STRICT: _ClassVar[V1LayerParameter.DimCheckMode]
    PERMISSIVE: _ClassVar[V1LayerParameter.DimCheckMode]
    BOTTOM_FIELD_NUMBER: _ClassVar[int]
    TOP_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    INCLUDE_FIELD_NUMBER: _ClassVar[int]
    EXCLUDE_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    BLOBS_FIELD_NUMBER: _ClassVar[int]
    PARAM_FIELD_NUMBER: _ClassVar[int]
    BLOB_SHARE_MODE_FIELD_NUMBER: _ClassVar[int]
    BLOBS_LR_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_DECAY_FIELD_NUMBER: _ClassVar[int]
    LOSS_WEIGHT_FIELD_NUMBER: _ClassVar[int]
    ACCURACY_PARAM_FIELD_NUMBER: _ClassVar[int]
    ARGMAX_PARAM_FIELD_NUMBER: _ClassVar[int]
    CONCAT_PARAM_FIELD_NUMBER: _ClassVar[int]
    CONTRASTIVE_LOSS_PARAM_FIELD_NUMBER: _ClassVar[int]
    CONVOLUTION_PARAM_FIELD_NUMBER: _ClassVar[int]
    DATA_PARAM_FIELD_NUMBER: _ClassVar[int]
    DROPOUT_PARAM_FIELD_NUMBER: _ClassVar[int]
    DUMMY_DATA_PARAM_FIELD_NUMBER: _ClassVar[int]
    ELTWISE_PARAM_FIELD_NUMBER: _ClassVar[int]
    EXP_PARAM_FIELD_NUMBER: _ClassVar[int]
    HDF5_DATA_PARAM_FIELD_NUMBER: _ClassVar[int]
    HDF5_OUTPUT_PARAM_FIELD_NUMBER: _ClassVar[int]
    HINGE_LOSS_PARAM_FIELD_NUMBER: _ClassVar[int]
    IMAGE_DATA_PARAM_FIELD_NUMBER: _ClassVar[int]
    INFOGAIN_LOSS_PARAM_FIELD_NUMBER: _ClassVar[int]
    INNER_PRODUCT_PARAM_FIELD_NUMBER: _ClassVar[int]
    LRN_PARAM_FIELD_NUMBER: _ClassVar[int]
    MEMORY_DATA_PARAM_FIELD_NUMBER: _ClassVar[int]
    MVN_PARAM_FIELD_NUMBER: _ClassVar[int]
    POOLING_PARAM_FIELD_NUMBER: _ClassVar[int]
    POWER_PARAM_FIELD_NUMBER: _ClassVar[int]
    RELU_PARAM_FIELD_NUMBER: _ClassVar[int]
    SIGMOID_PARAM_FIELD_NUMBER: _ClassVar[int]
    SOFTMAX_PARAM_FIELD_NUMBER: _ClassVar[int]
    SLICE_PARAM_FIELD_NUMBER: _ClassVar[int]
    TANH_PARAM_FIELD_NUMBER: _ClassVar[int]
    THRESHOLD_PARAM_FIELD_NUMBER: _ClassVar[int]
    WINDOW_DATA_PARAM_FIELD_NUMBER: _ClassVar[int]
    TRANSFORM_PARAM_FIELD_NUMBER: _ClassVar[int]
    LOSS_PARAM_FIELD_NUMBER: _ClassVar[int]
    LAYER_FIELD_NUMBER: _ClassVar[int]
    RELU6_PARAM_FIELD_NUMBER: _ClassVar[int]
    BN_PARAM_FIELD_NUMBER: _ClassVar[int]
    LOCAL_PARAM_FIELD_NUMBER: _ClassVar[int]
    PRELU_PARAM_FIELD_NUMBER: _ClassVar[int]
    INSANITY_PARAM_FIELD_NUMBER: _ClassVar[int]
    TRIPLET_LOSS_PARAM_FIELD_NUMBER: _ClassVar[int]
    ROI_POOLING_PARAM_FIELD_NUMBER: _ClassVar[int]
    ELTWISE_AFFINE_PARAM_FIELD_NUMBER: _ClassVar[int]
    SUB_REGION_PARAM_FIELD_NUMBER: _ClassVar[int]
    NOISE_PARAM_FIELD_NUMBER: _ClassVar[int]
    UPSAMPLE_PARAM_FIELD_NUMBER: _ClassVar[int]
    @property
    def bottom(self) -> _containers.RepeatedScalarFieldContainer[str]: ...
    @property
    def top(self) -> _containers.RepeatedScalarFieldContainer[str]: ...
    name: str
    @property
    def include(self) -> _containers.RepeatedCompositeFieldContainer[NetStateRule]: ...
    @property
    def exclude(self) -> _containers.RepeatedCompositeFieldContainer[NetStateRule]: ...
    type: V1LayerParameter.LayerType
    @property
    def blobs(self) -> _containers.RepeatedCompositeFieldContainer[BlobProto]: ...
    @property
    def param(self) -> _containers.RepeatedScalarFieldContainer[str]: ...
    @property
    def blob_share_mode(self) -> _containers.RepeatedScalarFieldContainer[V1LayerParameter.DimCheckMode]: ...
    @property
    def blobs_lr(self) -> _containers.RepeatedScalarFieldContainer[float]: ...
    @property
    def weight_decay(self) -> _containers.RepeatedScalarFieldContainer[float]: ...
    @property
    def loss_weight(self) -> _containers.RepeatedScalarFieldContainer[float]: ...
    @property
    def accuracy_param(self) -> AccuracyParameter: ...
    @property
    def argmax_param(self) -> ArgMaxParameter: ...
    @property
    def concat_param(self) -> ConcatParameter: ...
    @property
    def contrastive_loss_param(self) -> ContrastiveLossParameter: ...
    @property
    def convolution_param(self) -> ConvolutionParameter: ...
    @property
    def data_param(self) -> DataParameter: ...
    @property
    def dropout_param(self) -> DropoutParameter: ...
    @property
    def dummy_data_param(self) -> DummyDataParameter: ...
    @property
    def eltwise_param(self) -> EltwiseParameter: ...
    @property
    def exp_param(self) -> ExpParameter: ...
    @property
    def hdf5_data_param(self) -> HDF5DataParameter: ...
    @property
    def hdf5_output_param(self) -> HDF5OutputParameter: ...
    @property
    def hinge_loss_param(self) -> HingeLossParameter: ...
    @property
    def image_data_param(self) -> ImageDataParameter: ...
    @property
    def infogain_loss_param(self) -> InfogainLossParameter: ...
    @property
    def inner_product_param(self) -> InnerProductParameter: ...
    @property
    def lrn_param(self) -> LRNParameter: ...
    @property
    def memory_data_param(self) -> MemoryDataParameter: ...
    @property
    def mvn_param(self) -> MVNParameter: ...
    @property
    def pooling_param(self) -> PoolingParameter: ...
    @property
    def power_param(self) -> PowerParameter: ...
    @property
    def relu_param(self) -> ReLUParameter: ...
    @property
    def sigmoid_param(self) -> SigmoidParameter: ...
    @property
    def softmax_param(self) -> SoftmaxParameter: ...
    @property
    def slice_param(self) -> SliceParameter: ...
    @property
    def tanh_param(self) -> TanHParameter: ...
    @property
    def threshold_param(self) -> ThresholdParameter: ...
    @property
    def window_data_param(self) -> WindowDataParameter: ...
    @property
    def transform_param(self) -> TransformationParameter: ...
    @property
    def loss_param(self) -> LossParameter: ...
    @property
    def layer(self) -> V0LayerParameter: ...
    @property
    def relu6_param(self) -> ReLUParameter: ...
    @property
    def bn_param(self) -> BNParameter: ...
    @property
    def local_param(self) -> LocalParameter: ...
    @property
    def prelu_param(self) -> PReLUParameter: ...
    @property
    def insanity_param(self) -> InsanityParameter: ...
    @property
    def triplet_loss_param(self) -> TripletLossParameter: ...
    @property
    def roi_pooling_param(self) -> ROIPoolingParameter: ...
    @property
    def eltwise_affine_param(self) -> EltwiseAffineParameter: ...
    @property
    def sub_region_param(self) -> SubRegionParameter: ...
    @property
    def noise_param(self) -> NoiseParameter: ...
    @property
    def upsample_param(self) -> UpsampleParameter: ...
    def __init__(
        self,
        *,
        bottom: _Iterable[str] | None = ...,
        top: _Iterable[str] | None = ...,
        name: str | None = ...,
        include: _Iterable[NetStateRule | _Mapping[str, object]] | None = ...,
        exclude: _Iterable[NetStateRule | _Mapping[str, object]] | None = ...,
        type: V1LayerParameter.LayerType | str | None = ...,
        blobs: _Iterable[BlobProto | _Mapping[str, object]] | None = ...,
        param: _Iterable[str] | None = ...,
        blob_share_mode: _Iterable[V1LayerParameter.DimCheckMode | str] | None = ...,
        blobs_lr: _Iterable[float] | None = ...,
        weight_decay: _Iterable[float] | None = ...,
        loss_weight: _Iterable[float] | None = ...,
        accuracy_param: AccuracyParameter | _Mapping[str, object] | None = ...,
        argmax_param: ArgMaxParameter | _Mapping[str, object] | None = ...,
        concat_param: ConcatParameter | _Mapping[str, object] | None = ...,
        contrastive_loss_param: ContrastiveLossParameter | _Mapping[str, object] | None = ...,
        convolution_param: ConvolutionParameter | _Mapping[str, object] | None = ...,
        data_param: DataParameter | _Mapping[str, object] | None = ...,
        dropout_param: DropoutParameter | _Mapping[str, object] | None = ...,
        dummy_data_param: DummyDataParameter | _Mapping[str, object] | None = ...,
        eltwise_param: EltwiseParameter | _Mapping[str, object] | None = ...,
        exp_param: ExpParameter | _Mapping[str, object] | None = ...,
        hdf5_data_param: HDF5DataParameter | _Mapping[str, object] | None = ...,
        hdf5_output_param: HDF5OutputParameter | _Mapping[str, object] | None = ...,
        hinge_loss_param: HingeLossParameter | _Mapping[str, object] | None = ...,
        image_data_param: ImageDataParameter | _Mapping[str, object] | None = ...,
        infogain_loss_param: InfogainLossParameter | _Mapping[str, object] | None = ...,
        inner_product_param: InnerProductParameter | _Mapping[str, object] | None = ...,
        lrn_param: LRNParameter | _Mapping[str, object] | None = ...,
        memory_data_param: MemoryDataParameter | _Mapping[str, object] | None = ...,
        mvn_param: MVNParameter | _Mapping[str, object] | None = ...,
        pooling_param: PoolingParameter | _Mapping[str, object] | None = ...,
        power_param: PowerParameter | _Mapping[str, object] | None = ...,
        relu_param: ReLUParameter | _Mapping[str, object] | None = ...,
        sigmoid_param: SigmoidParameter | _Mapping[str, object] | None = ...,
        softmax_param: SoftmaxParameter | _Mapping[str, object] | None = ...,
        slice_param: SliceParameter | _Mapping[str, object] | None = ...,
        tanh_param: TanHParameter | _Mapping[str, object] | None = ...,
        threshold_param: ThresholdParameter | _Mapping[str, object] | None = ...,
        window_data_param: WindowDataParameter | _Mapping[str, object] | None = ...,
        transform_param: TransformationParameter | _Mapping[str, object] | None = ...,
        loss_param: LossParameter | _Mapping[str, object] | None = ...,
        layer: V0LayerParameter | _Mapping[str, object] | None = ...,
        relu6_param: ReLUParameter | _Mapping[str, object] | None = ...,
        bn_param: BNParameter | _Mapping[str, object] | None = ...,
        local_param: LocalParameter | _Mapping[str, object] | None = ...,
        prelu_param: PReLUParameter | _Mapping[str, object] | None = ...,
        insanity_param: InsanityParameter | _Mapping[str, object] | None = ...,
        triplet_loss_param: TripletLossParameter | _Mapping[str, object] | None = ...,
        roi_pooling_param: ROIPoolingParameter | _Mapping[str, object] | None = ...,
        eltwise_affine_param: EltwiseAffineParameter | _Mapping[str, object] | None = ...,
        sub_region_param: SubRegionParameter | _Mapping[str, object] | None = ...,
        noise_param: NoiseParameter | _Mapping[str, object] | None = ...,
        upsample_param: UpsampleParameter | _Mapping[str, object] | None = ...,
    ) -> None: ...

class V0LayerParameter(_message.Message):
    class PoolMethod(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        MAX: _ClassVar[V0LayerParameter.PoolMethod]
        AVE: _ClassVar[V0LayerParameter.PoolMethod]
        STOCHASTIC: _ClassVar[V0LayerParameter.PoolMethod]
    MAX: _ClassVar[V0LayerParameter.PoolMethod]
    AVE: _ClassVar[V0LayerParameter.PoolMethod]
    STOCHASTIC: _ClassVar[V0LayerParameter.PoolMethod]
    NAME_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    NUM_OUTPUT_FIELD_NUMBER: _ClassVar[int]
    BIASTERM_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_FILLER_FIELD_NUMBER: _ClassVar[int]
    BIAS_FILLER_FIELD_NUMBER: _ClassVar[int]
    PAD_FIELD_NUMBER: _ClassVar[int]
    KERNELSIZE_FIELD_NUMBER: _ClassVar[int]
    GROUP_FIELD_NUMBER: _ClassVar[int]
    STRIDE_FIELD_NUMBER: _ClassVar[int]
    POOL_FIELD_NUMBER: _ClassVar[int]
    DROPOUT_RATIO_FIELD_NUMBER: _ClassVar[int]
    LOCAL_SIZE_FIELD_NUMBER: _ClassVar[int]
    ALPHA_FIELD_NUMBER: _ClassVar[int]
    BETA_FIELD_NUMBER: _ClassVar[int]
    K_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    SCALE_FIELD_NUMBER: _ClassVar[int]
    MEANFILE_FIELD_NUMBER: _ClassVar[int]
    BATCHSIZE_FIELD_NUMBER: _ClassVar[int]
    CROPSIZE_FIELD_NUMBER: _ClassVar[int]
    MIRROR_FIELD_NUMBER: _ClassVar[int]
    BLOBS_FIELD_NUMBER: _ClassVar[int]
    BLOBS_LR_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_DECAY_FIELD_NUMBER: _ClassVar[int]
    RAND_SKIP_FIELD_NUMBER: _ClassVar[int]
    DET_FG_THRESHOLD_FIELD_NUMBER: _ClassVar[int]
    DET_BG_THRESHOLD_FIELD_NUMBER: _ClassVar[int]
    DET_FG_FRACTION_FIELD_NUMBER: _ClassVar[int]
    DET_CONTEXT_PAD_FIELD_NUMBER: _ClassVar[int]
    DET_CROP_MODE_FIELD_NUMBER: _ClassVar[int]
    NEW_NUM_FIELD_NUMBER: _ClassVar[int]
    NEW_CHANNELS_FIELD_NUMBER: _ClassVar[int]
    NEW_HEIGHT_FIELD_NUMBER: _ClassVar[int]
    NEW_WIDTH_FIELD_NUMBER: _ClassVar[int]
    SHUFFLE_IMAGES_FIELD_NUMBER: _ClassVar[int]
    CONCAT_DIM_FIELD_NUMBER: _ClassVar[int]
    HDF5_OUTPUT_PARAM_FIELD_NUMBER: _ClassVar[int]
    name: str
    type: str
    num_output: int
    biasterm: bool
    @property
    def weight_filler(self) -> FillerParameter: ...
    @property
    def bias_filler(self) -> FillerParameter: ...
    pad: int
    kernelsize: int
    group: int
    stride: int
    pool: V0LayerParameter.PoolMethod
    dropout_ratio: float
    local_size: int
    alpha: float
    beta: float
    k: float
    source: str
    scale: float
    meanfile: str
    batchsize: int
    cropsize: int
    mirror: bool
    @property
    def blobs(self) -> _containers.RepeatedCompositeFieldContainer[BlobProto]: ...
    @property
    def blobs_lr(self) -> _containers.RepeatedScalarFieldContainer[float]: ...
    @property
    def weight_decay(self) -> _containers.RepeatedScalarFieldContainer[float]: ...
    rand_skip: int
    det_fg_threshold: float
    det_bg_threshold: float
    det_fg_fraction: float
    det_context_pad: int
    det_crop_mode: str
    new_num: int
    new_channels: int
    new_height: int
    new_width: int
    shuffle_images: bool
    concat_dim: int
    @property
    def hdf5_output_param(self) -> HDF5OutputParameter: ...
    def __init__(
        self,
        *,
        name: str | None = ...,
        type: str | None = ...,
        num_output: int | None = ...,
        biasterm: bool | None = ...,
        weight_filler: FillerParameter | _Mapping[str, object] | None = ...,
        bias_filler: FillerParameter | _Mapping[str, object] | None = ...,
        pad: int | None = ...,
        kernelsize: int | None = ...,
        group: int | None = ...,
        stride: int | None = ...,
        pool: V0LayerParameter.PoolMethod | str | None = ...,
        dropout_ratio: float | None = ...,
        local_size: int | None = ...,
        alpha: float | None = ...,
        beta: float | None = ...,
        k: float | None = ...,
        source: str | None = ...,
        scale: float | None = ...,
        meanfile: str | None = ...,
        batchsize: int | None = ...,
        cropsize: int | None = ...,
        mirror: bool | None = ...,
        blobs: _Iterable[BlobProto | _Mapping[str, object]] | None = ...,
        blobs_lr: _Iterable[float] | None = ...,
        weight_decay: _Iterable[float] | None = ...,
        rand_skip: int | None = ...,
        det_fg_threshold: float | None = ...,
        det_bg_threshold: float | None = ...,
        det_fg_fraction: float | None = ...,
        det_context_pad: int | None = ...,
        det_crop_mode: str | None = ...,
        new_num: int | None = ...,
        new_channels: int | None = ...,
        new_height: int | None = ...,
        new_width: int | None = ...,
        shuffle_images: bool | None = ...,
        concat_dim: int | None = ...,
        hdf5_output_param: HDF5OutputParameter | _Mapping[str, object] | None = ...,
    ) -> None: ...
