"""
ONNX Runtime for Python, as far as a generated scoring script uses it: the real library, asked by its C interface.
Batchdeck's own worker asks it by the binding for Node, so that what both find the same was not made by one piece of
code.

The environment variable ONNXRUNTIME_LIBRARY names the shared library.
"""

import ctypes
import os

import numpy

API_VERSION = 17

# Places of functions in the table `OrtApi` of onnxruntime_c_api.h. Later versions only add to its end.
FUNCTIONS = {
    "GetErrorMessage": 2,
    "CreateEnv": 3,
    "CreateSession": 7,
    "Run": 9,
    "CreateSessionOptions": 10,
    "SetIntraOpNumThreads": 24,
    "CreateTensorAsOrtValue": 48,
    "CreateTensorWithDataAsOrtValue": 49,
    "GetTensorMutableData": 51,
    "FillStringTensor": 52,
    "GetStringTensorDataLength": 53,
    "GetStringTensorContent": 54,
    "GetTensorElementType": 60,
    "GetDimensionsCount": 61,
    "GetDimensions": 62,
    "GetTensorTypeAndShape": 65,
    "CreateCpuMemoryInfo": 69,
    "GetAllocatorWithDefaultOptions": 78,
    "ReleaseStatus": 93,
    "ReleaseValue": 96,
    "ReleaseTensorTypeAndShapeInfo": 99,
}

# ONNX's numbers of element types.
DTYPES = {
    1: numpy.float32,
    2: numpy.uint8,
    3: numpy.int8,
    4: numpy.uint16,
    5: numpy.int16,
    6: numpy.int32,
    7: numpy.int64,
    9: numpy.bool_,
    10: numpy.float16,
    11: numpy.float64,
    12: numpy.uint32,
    13: numpy.uint64,
}
ELEMENTS = {numpy.dtype(dtype): number for number, dtype in DTYPES.items()}
STRING = 8


class ApiBase(ctypes.Structure):
    _fields_ = [("GetApi", ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_uint32)), ("GetVersionString", ctypes.c_void_p)]


library = ctypes.CDLL(os.environ["ONNXRUNTIME_LIBRARY"])
library.OrtGetApiBase.restype = ctypes.POINTER(ApiBase)
table = library.OrtGetApiBase().contents.GetApi(API_VERSION)
if not table:
    raise ImportError("This library of ONNX Runtime has no interface of that version.")


def function(name, result=ctypes.c_void_p):
    address = ctypes.cast(table + FUNCTIONS[name] * ctypes.sizeof(ctypes.c_void_p), ctypes.POINTER(ctypes.c_void_p))
    return ctypes.cast(address.contents.value, ctypes.CFUNCTYPE(result))


def call(name, *arguments):
    """Calls a function that answers with a status. Raises RuntimeError for one that says what is wrong."""
    status = function(name)(*arguments)
    if not status:
        return
    text = function("GetErrorMessage", ctypes.c_char_p)(ctypes.c_void_p(status)).decode("utf-8", "replace")
    function("ReleaseStatus", None)(ctypes.c_void_p(status))
    raise RuntimeError(text)


def made(name, *arguments):
    """What a function makes, which takes the place for it last."""
    place = ctypes.c_void_p()
    call(name, *arguments, ctypes.byref(place))
    return place


environment = made("CreateEnv", 3, b"batchdeck")
memory = made("CreateCpuMemoryInfo", 0, 0)
allocator = made("GetAllocatorWithDefaultOptions")


def get_available_providers():
    return ["CPUExecutionProvider"]


class SessionOptions:
    intra_op_num_threads = 0
    log_severity_level = 2


class InferenceSession:
    def __init__(self, place, options=None, providers=None):
        made_options = made("CreateSessionOptions")
        if options is not None:
            call("SetIntraOpNumThreads", made_options, ctypes.c_int(options.intra_op_num_threads))
        self.session = made("CreateSession", environment, os.fsencode(place), made_options)

    def run(self, names, feeds):
        """The outputs of these names; `feeds` are arrays by the name of their input."""
        inputs = {name: Value(array) for name, array in feeds.items()}
        outputs = (ctypes.c_void_p * len(names))()
        try:
            call(
                "Run",
                self.session,
                None,
                texts(inputs),
                (ctypes.c_void_p * len(inputs))(*(value.value for value in inputs.values())),
                ctypes.c_size_t(len(inputs)),
                texts(names),
                ctypes.c_size_t(len(names)),
                outputs,
            )
            return [array_of(ctypes.c_void_p(value)) for value in outputs]
        finally:
            for value in [*(value.value for value in inputs.values()), *map(ctypes.c_void_p, outputs)]:
                if value:
                    function("ReleaseValue", None)(value)


def texts(names):
    encoded = [name.encode("utf-8") for name in names]
    return (ctypes.c_char_p * len(encoded))(*encoded)


class Value:
    """An array as a tensor; numbers stay where they are."""

    def __init__(self, array):
        dims = (ctypes.c_int64 * array.ndim)(*array.shape)
        if array.dtype == object:
            self.value = made("CreateTensorAsOrtValue", allocator, dims, ctypes.c_size_t(array.ndim), STRING)
            flat = [str(text) for text in array.reshape(-1)]
            call("FillStringTensor", self.value, texts(flat), ctypes.c_size_t(len(flat)))
            return
        self.array = numpy.ascontiguousarray(array)
        data = ctypes.c_void_p(self.array.ctypes.data)
        size = ctypes.c_size_t(self.array.nbytes)
        number = ELEMENTS[self.array.dtype]
        dims_size = ctypes.c_size_t(array.ndim)
        self.value = made("CreateTensorWithDataAsOrtValue", memory, data, size, dims, dims_size, number)


def array_of(value):
    info = made("GetTensorTypeAndShape", value)
    try:
        kind, count = ctypes.c_int(), ctypes.c_size_t()
        call("GetTensorElementType", info, ctypes.byref(kind))
        call("GetDimensionsCount", info, ctypes.byref(count))
        dims = (ctypes.c_int64 * count.value)()
        call("GetDimensions", info, dims, count)
    finally:
        function("ReleaseTensorTypeAndShapeInfo", None)(info)
    length = int(numpy.prod(dims, dtype=numpy.int64))
    if kind.value == STRING:
        return numpy.array(strings_of(value, length), dtype=object).reshape(list(dims))
    dtype = numpy.dtype(DTYPES[kind.value])
    data = made("GetTensorMutableData", value)
    content = ctypes.string_at(data, length * dtype.itemsize)
    return numpy.frombuffer(content, dtype=dtype).reshape(list(dims)).copy()


def strings_of(value, count):
    size = ctypes.c_size_t()
    call("GetStringTensorDataLength", value, ctypes.byref(size))
    content = ctypes.create_string_buffer(size.value + 1)
    offsets = (ctypes.c_size_t * (count + 1))()
    call("GetStringTensorContent", value, content, size, offsets, ctypes.c_size_t(count))
    ends = [*offsets[1:count], size.value]
    return [content.raw[start:end].decode("utf-8", "replace") for start, end in zip(offsets[:count], ends)]
