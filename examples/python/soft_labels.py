"""Prints soft labels of a Reflux teacher: python soft_labels.py localhost:7070 --batches 10

One line a sample: batch, sample, then the logits. docs/protocol.md tells what is said here and why.
"""

import argparse
import pathlib
import queue
import struct
import sys

import grpc

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "proto/src/main/proto"))
messages, services = grpc.protos_and_services("reflux/v1/distillation.proto")  # generated now, by grpcio-tools

KINDS = {"fp32": (messages.ENCODING_KIND_FP32, "f"), "fp16": (messages.ENCODING_KIND_FP16, "e")}
IN_FLIGHT = 4  # unanswered batches; each waits at the teacher with 16 bytes a view


def views(batch_id, size, data_set):
    """The next samples of the set, each as it is: augmentation seed 0."""
    ids = [sample % data_set.size for sample in range(batch_id * size, (batch_id + 1) * size)]
    batch = messages.Batch(batch_id=batch_id, views=messages.Views(sample_ids=ids, augmentation_seeds=[0] * size))
    return messages.LabelRequest(batch=batch)


def rows(labels, number):
    """The logits of each sample: little-endian, row after row, without a header."""
    numbers = [value for (value,) in struct.iter_unpack("<" + number, labels.outputs[0].payload)]
    each = len(numbers) // labels.samples
    return [numbers[row * each : (row + 1) * each] for row in range(labels.samples)]


def soft_labels(teacher, options):
    """Yields every message of labels, and lets as much come again once the caller has used it."""
    kind, _ = KINDS[options.encoding]
    data_sets = teacher.Describe(messages.DescribeRequest()).data_sets
    if not data_sets:
        sys.exit("the teacher has no data set (expected: one that was started with --data)")
    data_set = data_sets[0]
    requests = queue.SimpleQueue()  # what the stream sends; None half-closes it
    requests.put(messages.LabelRequest(open=messages.Open(
        student="python", encoding=messages.Encoding(kind=kind),
        data_set_fingerprint=data_set.fingerprint, credit_bytes=options.credit)))
    left = {}  # unanswered samples of each batch under way
    for batch_id in range(min(IN_FLIGHT, options.batches)):
        left[batch_id] = options.batch_size
        requests.put(views(batch_id, options.batch_size, data_set))
    asked = len(left)
    for response in teacher.Label(iter(requests.get, None)):
        if response.HasField("error"):
            sys.exit(f"batch {response.error.batch_id}: {response.error.message}")
        if not response.HasField("labels"):
            continue  # opened, or a message of a later version
        yield response.labels
        # Without credit the teacher computes nothing more, so a slow caller stops it.
        requests.put(messages.LabelRequest(credit=messages.Credit(bytes=response.labels.ByteSize())))
        left[response.labels.batch_id] -= response.labels.samples
        if left[response.labels.batch_id] == 0:
            del left[response.labels.batch_id]
            if asked < options.batches:
                left[asked] = options.batch_size
                requests.put(views(asked, options.batch_size, data_set))
                asked += 1
            elif not left:
                requests.put(None)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("teacher", help="host:port")
    parser.add_argument("--encoding", choices=KINDS, default="fp16")
    parser.add_argument("--batches", type=int, default=10)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--credit", type=int, default=65536, help="bytes of labels that may be under way")
    asked_for = parser.parse_args()
    with grpc.insecure_channel(asked_for.teacher) as channel:
        try:
            for labels in soft_labels(services.DistillationStub(channel), asked_for):
                for sample, logits in enumerate(rows(labels, KINDS[asked_for.encoding][1]), labels.first_sample):
                    print(labels.batch_id, sample, *(f"{logit:.5f}" for logit in logits))
        except grpc.RpcError as error:
            sys.exit(f"{asked_for.teacher}: {error.code().name}: {error.details()}")
