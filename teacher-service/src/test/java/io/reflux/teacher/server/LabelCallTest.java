package io.reflux.teacher.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.protobuf.ByteString;
import io.reflux.data.view.Augmentation;
import io.reflux.data.view.PixelScaling;
import io.reflux.data.view.View;
import io.reflux.data.view.ViewRenderer;
import io.reflux.proto.encoding.SoftLabelEncoding;
import io.reflux.proto.v1.Batch;
import io.reflux.proto.v1.BatchErrorCode;
import io.reflux.proto.v1.ElementType;
import io.reflux.proto.v1.Encoding;
import io.reflux.proto.v1.EncodingKind;
import io.reflux.proto.v1.LabelResponse;
import io.reflux.proto.v1.Labels;
import io.reflux.proto.v1.Tensor;
import io.reflux.proto.v1.Views;
import io.reflux.proto.wire.CallStatus;
import io.vertx.grpc.common.GrpcStatus;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class LabelCallTest {

    private static final PixelScaling SCALING = PixelScaling.of(0.5f, 0.25f);

    private ServedTiny teacher;

    @BeforeEach
    void start() {
        teacher = new ServedTiny();
    }

    @AfterEach
    void stop() {
        teacher.close();
    }

    @Test
    void views_fp32_equalTheModelRunDirectly() throws Exception {
        try (Student student = Student.open(
                teacher.vertx,
                teacher.server.grpcPort(),
                Student.fp32()
                        .setAugmentation(io.reflux.proto.v1.Augmentation.newBuilder()
                                .setMaxShift(2)
                                .setFlip(true)))) {
            Views.Builder views = Views.newBuilder();
            List<View> expected = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                views.addSampleIds(i).addAugmentationSeeds(i * 77L);
                expected.add(new View(i, i * 77L));
            }
            student.batch(Batch.newBuilder().setBatchId(7).setViews(views));
            student.halfClose();

            assertThat(student.next().getOpened().getModelDigest().size()).isEqualTo(32);
            assertThat(collect(student, 7, 300, EncodingKind.ENCODING_KIND_FP32))
                    .containsExactly(direct(new Augmentation(2, true), expected));
            assertThat(student.end()).isEqualTo(new CallStatus(GrpcStatus.OK, ""));
        }
    }

    @Test
    void views_fp16_areWithinHalfPrecision() throws Exception {
        try (Student student = Student.open(
                teacher.vertx,
                teacher.server.grpcPort(),
                Student.fp32().setEncoding(Encoding.newBuilder().setKind(EncodingKind.ENCODING_KIND_FP16)))) {
            student.views(0, 0, 10);
            assertThat(student.next().getOpened().getEncoding().getKind()).isEqualTo(EncodingKind.ENCODING_KIND_FP16);
            float[] logits = collect(student, 0, 10, EncodingKind.ENCODING_KIND_FP16);
            float[] direct = direct(Augmentation.NONE, plain(0, 10));
            for (int i = 0; i < direct.length; i++) {
                // Half of the last of 11 significant bits.
                assertThat(logits[i]).isCloseTo(direct[i], within(Math.abs(direct[i]) / 2048 + 1e-7f));
            }
        }
    }

    @Test
    void tensors_ofPixelsAndOfFloats_equalTheViewsTheyShow() throws Exception {
        try (Student student = Student.open(
                teacher.vertx, teacher.server.grpcPort(), Student.fp32().clearDataSetFingerprint())) {
            byte[] pixels = new byte[2 * 16];
            TinyDataSet set = new TinyDataSet();
            set.copyPixels(3, pixels, 0);
            set.copyPixels(4, pixels, 16);
            float[] floats = new float[2 * 16];
            new ViewRenderer(set, Augmentation.NONE).render(plain(3, 2), SCALING, floats);
            float[] shares = new float[2 * 16];
            new ViewRenderer(set, Augmentation.NONE).render(plain(3, 2), PixelScaling.UNIT, shares);
            List<Tensor.Builder> tensors = List.of(
                    tensor(ElementType.ELEMENT_TYPE_UINT8, pixels),
                    tensor(ElementType.ELEMENT_TYPE_FLOAT32, bytes(floats)),
                    tensor(ElementType.ELEMENT_TYPE_FLOAT32, bytes(shares))
                            .addMean(0.5f)
                            .addStd(0.25f),
                    tensor(ElementType.ELEMENT_TYPE_UINT8, pixels).addMean(0.5f).addStd(0.25f));

            student.next();
            float[] direct = direct(Augmentation.NONE, plain(3, 2));
            // One after the other: batches in flight are answered in the order in which they are ready.
            for (int id = 0; id < tensors.size(); id++) {
                student.batch(Batch.newBuilder().setBatchId(id).setTensor(tensors.get(id)));
                assertThat(collect(student, id, 2, EncodingKind.ENCODING_KIND_FP32))
                        .containsExactly(direct);
            }
        }
    }

    @Test
    void badBatches_areAnsweredAlone_andTheStreamGoesOn() throws Exception {
        try (Student student = teacher.open()) {
            student.next();
            expectInvalid(
                    student,
                    Batch.newBuilder()
                            .setViews(Views.newBuilder().addSampleIds(1000).addAugmentationSeeds(0)),
                    "batch.views.sample_ids[0]: 1000 (expected: 0 to 999, data set tiny)");
            expectInvalid(
                    student,
                    Batch.newBuilder().setViews(Views.newBuilder().addSampleIds(1)),
                    "batch.views: 1 sample ids, 0 augmentation seeds (expected: as many)");
            expectInvalid(student, Batch.newBuilder(), "batch.content: nothing (expected: views or tensor)");
            expectInvalid(
                    student, Batch.newBuilder().setViews(Views.newBuilder()), "batch: 0 samples (expected: 1 to 4096)");
            expectInvalid(
                    student,
                    Batch.newBuilder()
                            .setTensor(tensor(ElementType.ELEMENT_TYPE_UINT8, new byte[32])
                                    .clearShape()
                                    .addShape(2)
                                    .addShape(16)),
                    "batch.tensor.shape: [2, 16] (expected: the batch, then [1, 4, 4])");
            expectInvalid(
                    student,
                    Batch.newBuilder().setTensor(tensor(ElementType.ELEMENT_TYPE_UINT8, new byte[31])),
                    "batch.tensor.data: 31 bytes (expected: 32)");
            expectInvalid(
                    student,
                    Batch.newBuilder().setTensor(tensor(ElementType.ELEMENT_TYPE_INT32, new byte[128])),
                    "batch.tensor.type: 3 (expected: ELEMENT_TYPE_UINT8 or ELEMENT_TYPE_FLOAT32)");
            byte[] nan = new byte[128];
            ByteBuffer.wrap(nan).order(ByteOrder.LITTLE_ENDIAN).putFloat(17 * 4, Float.NaN);
            expectInvalid(
                    student,
                    Batch.newBuilder().setTensor(tensor(ElementType.ELEMENT_TYPE_FLOAT32, nan)),
                    "batch.tensor.data[sample 1][element 1]: NaN (expected: finite)");
            expectInvalid(
                    student,
                    Batch.newBuilder()
                            .setTensor(tensor(ElementType.ELEMENT_TYPE_UINT8, new byte[32])
                                    .addMean(0)
                                    .addStd(0)),
                    "pixel std: 0.0 (expected: finite, > 0)");
            float[] large = new float[32];
            large[20] = 3e38f;
            expectInvalid(
                    student,
                    Batch.newBuilder()
                            .setTensor(tensor(ElementType.ELEMENT_TYPE_FLOAT32, bytes(large))
                                    .addMean(0)
                                    .addStd(0.1f)),
                    "batch.tensor.data[sample 1][element 4]: 3.0E38 (expected: finite when scaled)");
            expectInvalid(
                    student,
                    Batch.newBuilder()
                            .setTensor(tensor(ElementType.ELEMENT_TYPE_FLOAT32, bytes(large))
                                    .addAllMean(List.of(0f, 0f))
                                    .addAllStd(List.of(1f, 1f))),
                    "batch.tensor.mean: 2 numbers (expected: 1 or 1, one a channel)");
            student.views(++batchId, 0, 1);
            assertThat(collect(student, batchId, 1, EncodingKind.ENCODING_KIND_FP32))
                    .hasSize(5);
            assertThat(teacher.metric("reflux_teacher_batch_errors_total", "invalid"))
                    .isEqualTo(11);
        }
    }

    private static byte[] bytes(float[] floats) {
        ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * floats.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(floats);
        return bytes.array();
    }

    private long batchId;

    private void expectInvalid(Student student, Batch.Builder batch, String message) throws Exception {
        student.batch(batch.setBatchId(++batchId));
        LabelResponse answer = student.next();
        assertThat(answer.getError().getBatchId()).isEqualTo(batchId);
        assertThat(answer.getError().getCode()).isEqualTo(BatchErrorCode.BATCH_ERROR_CODE_INVALID);
        assertThat(answer.getError().getMessage()).isEqualTo(message);
    }

    @Test
    void nonFiniteLogits_failTheirBatchOnly() throws Exception {
        teacher.model.nanFor = sample -> sample[0] > 0;
        try (Student student = teacher.open();
                Student other = teacher.open()) {
            student.next();
            other.next();
            student.views(1, TinyDataSet.FIRST_MARKED - 2, 4);
            other.views(1, 0, 4);
            LabelResponse answer = student.next();
            assertThat(answer.getError().getCode()).isEqualTo(BatchErrorCode.BATCH_ERROR_CODE_NON_FINITE);
            assertThat(answer.getError().getMessage()).isEqualTo("logits[sample 2][class 0]: NaN (expected: finite)");
            assertThat(collect(other, 1, 4, EncodingKind.ENCODING_KIND_FP32)).hasSize(20);
            student.views(2, 0, 1);
            assertThat(collect(student, 2, 1, EncodingKind.ENCODING_KIND_FP32)).hasSize(5);
            assertThat(teacher.metric("reflux_teacher_batch_errors_total", "non_finite"))
                    .isEqualTo(1);
        }
    }

    @Test
    void failingModel_isABatchError() throws Exception {
        teacher.model.failing = true;
        try (Student student = teacher.open()) {
            student.next();
            student.views(1, 0, 4);
            LabelResponse answer = student.next();
            assertThat(answer.getError().getCode()).isEqualTo(BatchErrorCode.BATCH_ERROR_CODE_MODEL_FAILED);
            assertThat(answer.getError().getMessage()).isEqualTo("model: out of order");
            teacher.model.failing = false;
            student.views(2, 0, 1);
            assertThat(collect(student, 2, 1, EncodingKind.ENCODING_KIND_FP32)).hasSize(5);
        }
    }

    /** Every encoding over the wire: what comes is what it makes of the model's logits and the views' seeds, twice the same. */
    @ParameterizedTest
    @MethodSource("encodings")
    void views_inEveryEncoding_areItsRoundTripOfTheLogits(Encoding description) throws Exception {
        float[] direct = direct(Augmentation.NONE, plain(0, 300));
        float[] first = labels(description);
        assertThat(first).containsExactly(labels(description));
        for (int row = 0; row < 300; row++) {
            int best = 0;
            int bestDirect = 0;
            for (int c = 1; c < TinyModel.CLASSES; c++) {
                best = first[row * 5 + c] > first[row * 5 + best] ? c : best;
                bestDirect = direct[row * 5 + c] > direct[row * 5 + bestDirect] ? c : bestDirect;
            }
            if (description.getKind() != EncodingKind.ENCODING_KIND_RANDOM_SAMPLING) {
                // Coarser levels may only make classes equal that lie within one.
                assertThat(direct[row * 5 + best]).isCloseTo(direct[row * 5 + bestDirect], within(0.05f));
            }
        }
    }

    static List<Encoding> encodings() {
        return SoftLabelEncoding.served().stream()
                .map(served -> served.getKind() == EncodingKind.ENCODING_KIND_TOP_K
                                || served.getKind() == EncodingKind.ENCODING_KIND_RANDOM_SAMPLING
                        ? served.toBuilder().setCount(3).setTemperature(2).build()
                        : served)
                .toList();
    }

    private float[] labels(Encoding description) throws Exception {
        try (Student student = Student.open(
                teacher.vertx, teacher.server.grpcPort(), Student.fp32().setEncoding(description))) {
            student.views(0, 0, 300);
            assertThat(student.next().getOpened().getEncoding()).isEqualTo(description);
            return collect(student, 0, 300, description);
        }
    }

    static float[] collect(Student student, long batchId, int samples, EncodingKind kind) throws Exception {
        return collect(
                student, batchId, samples, Encoding.newBuilder().setKind(kind).build());
    }

    static float[] collect(Student student, long batchId, int samples, Encoding description) throws Exception {
        SoftLabelEncoding encoding = SoftLabelEncoding.of(description);
        float[] logits = new float[samples * TinyModel.CLASSES];
        int left = samples;
        while (left > 0) {
            LabelResponse answer = student.next();
            assertThat(answer.hasLabels()).as("%s", answer).isTrue();
            Labels labels = answer.getLabels();
            assertThat(labels.getBatchId()).isEqualTo(batchId);
            assertThat(labels.getModelDigest().byteAt(0)).isEqualTo((byte) 0xab);
            encoding.decode(
                    labels.getOutputs(0).getPayload(),
                    labels.getSamples(),
                    TinyModel.CLASSES,
                    logits,
                    labels.getFirstSample() * TinyModel.CLASSES);
            left -= labels.getSamples();
        }
        assertThat(left).isZero();
        return logits;
    }

    private float[] direct(Augmentation augmentation, List<View> views) {
        float[] inputs = new float[views.size() * 16];
        new ViewRenderer(new TinyDataSet(), augmentation).render(views, SCALING, inputs);
        return new TinyModel().logits(inputs, views.size());
    }

    private static List<View> plain(long first, int count) {
        List<View> views = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            views.add(View.plain(first + i));
        }
        return views;
    }

    /** Two samples by value. */
    static Tensor pixels() {
        return tensor(ElementType.ELEMENT_TYPE_UINT8, new byte[32]).build();
    }

    private static Tensor.Builder tensor(ElementType type, byte[] data) {
        return Tensor.newBuilder()
                .setType(type)
                .addAllShape(List.of(2, 1, 4, 4))
                .setData(ByteString.copyFrom(data));
    }
}
