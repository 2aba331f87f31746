package io.reflux.proto.v1;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.reflux.proto.wire.DistillationCalls;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Pins the wire: names, numbers and types of every field, and the bytes of every message with every field set. The
 * golden files were recorded when the contract was first written; they may grow, but no line in them may change.
 */
final class WireFormatTest {

    @Test
    void contract_fieldsEnumsAndMethods_areAsRecorded() throws IOException {
        StringBuilder contract = new StringBuilder();
        for (Descriptor message : DistillationOuterClass.getDescriptor().getMessageTypes()) {
            for (FieldDescriptor field : message.getFields()) {
                String oneof = field.getContainingOneof() == null
                        ? ""
                        : " oneof " + field.getContainingOneof().getName();
                contract.append("%s.%s = %d %s%s%s%n"
                        .formatted(
                                message.getName(),
                                field.getName(),
                                field.getNumber(),
                                field.isRepeated() ? "repeated " : "",
                                type(field),
                                oneof));
            }
        }
        for (EnumDescriptor type : DistillationOuterClass.getDescriptor().getEnumTypes()) {
            type.getValues()
                    .forEach(value -> contract.append(
                            "%s.%s = %d%n".formatted(type.getName(), value.getName(), value.getNumber())));
        }
        for (MethodDescriptor method : DistillationOuterClass.getDescriptor()
                .findServiceByName("Distillation")
                .getMethods()) {
            contract.append("rpc %s/%s(%s%s) %s%s%n"
                    .formatted(
                            DistillationCalls.SERVICE.fullyQualifiedName(),
                            method.getName(),
                            method.isClientStreaming() ? "stream " : "",
                            method.getInputType().getName(),
                            method.isServerStreaming() ? "stream " : "",
                            method.getOutputType().getName()));
        }
        assertThat(contract.toString().replace("\r", "")).isEqualTo(resource("contract.txt"));
    }

    private static String type(FieldDescriptor field) {
        return switch (field.getJavaType()) {
            case MESSAGE -> field.getMessageType().getName();
            case ENUM -> field.getEnumType().getName();
            default -> field.getType().name().toLowerCase(java.util.Locale.ROOT);
        };
    }

    @Test
    void messages_withEveryFieldSet_areTheRecordedBytes() throws IOException {
        StringBuilder golden = new StringBuilder();
        for (Map.Entry<String, Message> sample : samples().entrySet()) {
            golden.append("%s %s%n"
                    .formatted(
                            sample.getKey(),
                            HexFormat.of().formatHex(sample.getValue().toByteArray())));
        }
        assertThat(golden.toString().replace("\r", "")).isEqualTo(resource("messages.txt"));
    }

    @Test
    void recordedBytes_parse_toTheMessages() throws IOException {
        Map<String, Message> samples = samples();
        List<String> lines = resource("messages.txt").lines().toList();
        assertThat(lines).hasSize(samples.size());
        for (String line : lines) {
            String[] parts = line.split(" ");
            Message expected = samples.get(parts[0]);
            assertThat((Object)
                            expected.getParserForType().parseFrom(HexFormat.of().parseHex(parts[1])))
                    .isEqualTo(expected);
        }
    }

    @Test
    void everyField_ofEveryMessage_isInASample() {
        Map<String, Message> samples = samples();
        for (Descriptor message : DistillationOuterClass.getDescriptor().getMessageTypes()) {
            for (FieldDescriptor field : message.getFields()) {
                assertThat(samples.values().stream()
                                .filter(sample -> sample.getDescriptorForType().equals(message))
                                .anyMatch(sample -> field.isRepeated()
                                        ? sample.getRepeatedFieldCount(field) > 0
                                        : sample.hasField(field)
                                                || !field.hasPresence()
                                                        && !sample.getField(field)
                                                                .equals(field.getDefaultValue())))
                        .as("%s in a sample", field.getFullName())
                        .isTrue();
            }
        }
    }

    @Test
    void unknownFields_areKeptAndIgnored() throws InvalidProtocolBufferException {
        // Field 99, varint 1.
        byte[] newer = HexFormat.of().parseHex("0805" + "980601");
        assertThat(Credit.parseFrom(newer).getBytes()).isEqualTo(5);
    }

    /** Samples by a name that sorts. */
    private static Map<String, Message> samples() {
        ByteString digest = ByteString.copyFrom(new byte[] {1, 2, 3, 4});
        Encoding encoding = Encoding.newBuilder()
                .setKind(EncodingKind.ENCODING_KIND_TOP_K)
                .setCount(16)
                .setTemperature(2.5f)
                .setCompression(Compression.COMPRESSION_ZSTD)
                .build();
        OutputDescription output = OutputDescription.newBuilder()
                .setName("logits")
                .addShape(0)
                .addShape(10)
                .setKind(OutputKind.OUTPUT_KIND_LOGITS)
                .setClasses(10)
                .build();
        TensorDescription input = TensorDescription.newBuilder()
                .setName("input")
                .addShape(1)
                .addShape(28)
                .addShape(300)
                .setType(ElementType.ELEMENT_TYPE_FLOAT32)
                .build();
        DataSetDescription dataSet = DataSetDescription.newBuilder()
                .setName("mnist")
                .setFingerprint(digest)
                .setSize(60_000)
                .addShape(1)
                .addShape(28)
                .addShape(28)
                .build();
        Limits limits = Limits.newBuilder()
                .setMaxMessageBytes(1 << 24)
                .setMaxBatchSamples(4096)
                .setMaxBatchesInFlight(64)
                .setMaxCreditBytes(1 << 23)
                .build();
        Augmentation augmentation = Augmentation.newBuilder().setMaxShift(2).build();
        ResumePoint resume = ResumePoint.newBuilder()
                .setStreamId("stream-1")
                .setReceivedThrough(41)
                .build();
        Open open = Open.newBuilder()
                .setStudent("s")
                .setEncoding(encoding)
                .addOutputs("logits")
                .setDataSetFingerprint(digest)
                .setAugmentation(augmentation)
                .setModelDigest(digest)
                .setCreditBytes(65_536)
                .setResume(resume)
                .build();
        Opened opened = Opened.newBuilder()
                .setStreamId("stream-2")
                .setModelDigest(digest)
                .setEncoding(encoding)
                .addOutputs(output)
                .setLimits(limits)
                .build();
        Views views = Views.newBuilder()
                .addSampleIds(7)
                .addSampleIds(1L << 40)
                .addAugmentationSeeds(0)
                .addAugmentationSeeds(-1)
                .build();
        Tensor tensor = Tensor.newBuilder()
                .setType(ElementType.ELEMENT_TYPE_UINT8)
                .addShape(1)
                .addShape(2)
                .setData(ByteString.copyFrom(new byte[] {0, (byte) 255}))
                .addMean(0.5f)
                .addStd(0.25f)
                .build();
        Batch ofViews = Batch.newBuilder()
                .setBatchId(42)
                .setViews(views)
                .addPositions(3)
                .build();
        Batch ofTensor = Batch.newBuilder().setBatchId(-1).setTensor(tensor).build();
        Credit credit = Credit.newBuilder().setBytes(1000).build();
        OutputLabels outputLabels = OutputLabels.newBuilder()
                .addShape(2)
                .setPayload(ByteString.copyFrom(new byte[] {0, 60, 0, (byte) 192}))
                .build();
        Labels labels = Labels.newBuilder()
                .setBatchId(42)
                .setModelDigest(digest)
                .setFirstSample(5)
                .setSamples(1)
                .addOutputs(outputLabels)
                .setQueueMicros(300)
                .setComputeMicros(1500)
                .build();
        BatchError error = BatchError.newBuilder()
                .setBatchId(43)
                .setCode(BatchErrorCode.BATCH_ERROR_CODE_NON_FINITE)
                .setMessage("NaN")
                .build();
        ModelChanged changed = ModelChanged.newBuilder().setModelDigest(digest).build();
        DescribeResponse description = DescribeResponse.newBuilder()
                .setModelDigest(digest)
                .setModelName("teacher")
                .addInputs(input)
                .addOutputs(output)
                .addDataSets(dataSet)
                .addEncodings(encoding)
                .setLimits(limits)
                .build();
        Map<String, Message> samples = new TreeMap<>();
        for (Message message : List.of(
                encoding,
                output,
                input,
                dataSet,
                limits,
                augmentation,
                resume,
                open,
                opened,
                views,
                tensor,
                ofViews,
                credit,
                outputLabels,
                labels,
                error,
                changed,
                description)) {
            samples.put(message.getDescriptorForType().getName(), message);
        }
        samples.put(
                "Augmentation-flip",
                Augmentation.newBuilder().setMaxShift(4).setFlip(true).build());
        samples.put("Batch-tensor", ofTensor);
        OutputDescription hint = hint();
        samples.put("OutputDescription-hint", hint);
        samples.put(
                "Open-outputs",
                Open.newBuilder()
                        .addOutputs("logits")
                        .addOutputs("hint")
                        .addOutputEncodings(encoding)
                        .addOutputEncodings(hint.getEncodings(0))
                        .build());
        samples.put(
                "Opened-outputs",
                Opened.newBuilder()
                        .addOutputs(output)
                        .addOutputs(hint)
                        .addOutputEncodings(encoding)
                        .addOutputEncodings(hint.getEncodings(0))
                        .build());
        samples.put(
                "LabelRequest-batch",
                LabelRequest.newBuilder().setBatch(ofTensor).build());
        samples.put(
                "LabelRequest-credit",
                LabelRequest.newBuilder().setCredit(credit).build());
        samples.put("LabelRequest-open", LabelRequest.newBuilder().setOpen(open).build());
        samples.put(
                "LabelResponse-error",
                LabelResponse.newBuilder().setError(error).build());
        samples.put(
                "LabelResponse-labels",
                LabelResponse.newBuilder().setLabels(labels).build());
        samples.put(
                "LabelResponse-model_changed",
                LabelResponse.newBuilder().setModelChanged(changed).build());
        samples.put(
                "LabelResponse-opened",
                LabelResponse.newBuilder().setOpened(opened).build());
        return samples;
    }

    private static OutputDescription hint() {
        return OutputDescription.newBuilder()
                .setName("hint")
                .addShape(16)
                .addShape(7)
                .addShape(7)
                .setKind(OutputKind.OUTPUT_KIND_HINT)
                .addEncodings(Encoding.newBuilder().setKind(EncodingKind.ENCODING_KIND_INT8_ROWS))
                .build();
    }

    private static String resource(String name) throws IOException {
        try (InputStream stream = WireFormatTest.class.getResourceAsStream(name)) {
            assertThat(stream).as(name).isNotNull();
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
