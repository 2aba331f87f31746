package io.reflux.teacher.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.reflux.data.text.TextWindows;
import io.reflux.proto.encoding.SoftLabelEncoding;
import io.reflux.proto.v1.Augmentation;
import io.reflux.proto.v1.Batch;
import io.reflux.proto.v1.BatchErrorCode;
import io.reflux.proto.v1.ElementType;
import io.reflux.proto.v1.Encoding;
import io.reflux.proto.v1.LabelResponse;
import io.reflux.proto.v1.Labels;
import io.reflux.proto.v1.Open;
import io.reflux.proto.v1.Tensor;
import io.reflux.proto.v1.Views;
import io.reflux.proto.wire.Digests;
import io.reflux.teacher.label.LabelLimits;
import io.vertx.core.Vertx;
import io.vertx.grpc.common.GrpcStatus;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Sequences of tokens, by name and by value, and the positions of them that are to be labelled. */
final class TokenViewsTest {

    private static final TextWindows SET = TinyLanguageModel.windows();
    private static final int T = TinyLanguageModel.LENGTH;
    private static final int C = TinyLanguageModel.CLASSES;

    private final Vertx vertx = Vertx.vertx();
    private final TeacherServer teacher = TeacherServer.start(
            TeacherConfig.builder(Path.of("letters.onnx")).build(), new TinyLanguageModel(T), List.of(SET));

    @AfterEach
    void stop() throws Exception {
        teacher.close();
        vertx.close().await(Student.SECONDS, TimeUnit.SECONDS);
    }

    private static Open.Builder fp32() {
        return Student.fp32().setDataSetFingerprint(Digests.fromHex(SET.fingerprint()));
    }

    private Student open(Open.Builder open) throws Exception {
        Student student = Student.open(vertx, teacher.grpcPort(), open);
        assertThat(student.next().hasOpened()).isTrue();
        return student;
    }

    private static Views views(long first, int count, long seed) {
        Views.Builder views = Views.newBuilder();
        for (int i = 0; i < count; i++) {
            views.addSampleIds(first + i).addAugmentationSeeds(seed);
        }
        return views.build();
    }

    /** What the model's formula says, samples x positions x classes. */
    private static float[] formula(long first, int count, int... positions) {
        float[] logits = new float[count * positions.length * C];
        int next = 0;
        for (int sample = 0; sample < count; sample++) {
            long[] ids = new long[T];
            SET.copyTokens(first + sample, ids, 0);
            for (int position : positions) {
                for (int c = 0; c < C; c++) {
                    logits[next++] = TinyLanguageModel.logit(ids, position, c);
                }
            }
        }
        return logits;
    }

    private static float[] decode(Labels labels, Encoding encoding, int rowsEach) {
        int rows = labels.getSamples() * rowsEach;
        float[] logits = new float[rows * C];
        SoftLabelEncoding.of(encoding).decode(labels.getOutputs(0).getPayload(), rows, C, logits, 0);
        return logits;
    }

    @Test
    void views_areLabelledAtEachPosition() throws Exception {
        try (Student student = open(fp32())) {
            student.batch(Batch.newBuilder().setBatchId(0).setViews(views(3, 5, 0)));
            Labels labels = student.next().getLabels();
            assertThat(labels.getSamples()).isEqualTo(5);
            assertThat(labels.getOutputs(0).getShapeList()).containsExactly(T, C);
            assertThat(decode(labels, Student.fp32().getEncoding(), T)).isEqualTo(formula(3, 5, 0, 1, 2, 3));
        }
    }

    @Test
    void positions_areTheOnlyOnesAnswered() throws Exception {
        try (Student student = open(fp32())) {
            student.batch(
                    Batch.newBuilder().setBatchId(0).setViews(views(0, 7, 11)).addAllPositions(List.of(1, 3)));
            Labels labels = student.next().getLabels();
            assertThat(labels.getOutputs(0).getShapeList()).containsExactly(2, C);
            assertThat(labels.getOutputs(0).getPayload().size()).isEqualTo(7 * 2 * C * Float.BYTES);
            assertThat(decode(labels, Student.fp32().getEncoding(), 2)).isEqualTo(formula(0, 7, 1, 3));
        }
    }

    /** A position's row is the same bytes, whichever other positions were asked for. */
    @ParameterizedTest
    @MethodSource("encodings")
    void everyEncoding_givesAPositionTheSameRow_aloneAndAmongOthers(Encoding encoding) throws Exception {
        try (Student student = open(fp32().setEncoding(encoding))) {
            student.batch(Batch.newBuilder().setBatchId(0).setViews(views(5, 6, 0)));
            float[] all = decode(student.next().getLabels(), encoding, T);
            student.batch(
                    Batch.newBuilder().setBatchId(1).setViews(views(5, 6, 0)).addPositions(2));
            float[] third = decode(student.next().getLabels(), encoding, 1);
            for (int sample = 0; sample < 6; sample++) {
                int from = (sample * T + 2) * C;
                assertThat(Arrays.copyOfRange(third, sample * C, (sample + 1) * C))
                        .isEqualTo(Arrays.copyOfRange(all, from, from + C));
            }
        }
    }

    static List<Encoding> encodings() {
        return SoftLabelEncoding.served().stream()
                .map(served -> switch (served.getKind()) {
                    case ENCODING_KIND_TOP_K ->
                        served.toBuilder().setCount(3).setTemperature(2).build();
                    case ENCODING_KIND_RANDOM_SAMPLING ->
                        served.toBuilder().setCount(9).setTemperature(2).build();
                    default -> served;
                })
                .toList();
    }

    @Test
    void viewOutOfRange_isRefused() throws Exception {
        try (Student student = open(fp32())) {
            student.batch(Batch.newBuilder().setBatchId(0).setViews(views(SET.size(), 1, 0)));
            assertThat(student.next().getError().getMessage())
                    .isEqualTo("batch.views.sample_ids[0]: " + SET.size() + " (expected: 0 to " + (SET.size() - 1)
                            + ", data set letters)");
        }
    }

    @ParameterizedTest
    @MethodSource("types")
    void tokensByValue_areLabelledAsTheirViews(ElementType type) throws Exception {
        try (Student student = open(fp32().setEncoding(encodings().get(4)))) {
            student.batch(Batch.newBuilder().setBatchId(0).setTensor(tensor(type, tokens(2, 3))));
            Labels byValue = student.next().getLabels();
            assertThat(byValue.getOutputs(0).getShapeList()).containsExactly(T, C);
            // What is drawn about a sequence by value depends on its ids, not on how many bytes they took.
            student.batch(
                    Batch.newBuilder().setBatchId(1).setTensor(tensor(ElementType.ELEMENT_TYPE_INT64, tokens(2, 3))));
            assertThat(student.next().getLabels().getOutputs(0)).isEqualTo(byValue.getOutputs(0));
        }
        try (Student student = open(fp32())) {
            student.batch(Batch.newBuilder().setBatchId(0).setTensor(tensor(type, tokens(2, 3))));
            assertThat(decode(student.next().getLabels(), Student.fp32().getEncoding(), T))
                    .isEqualTo(formula(2, 3, 0, 1, 2, 3));
        }
    }

    static List<ElementType> types() {
        return List.of(ElementType.ELEMENT_TYPE_INT32, ElementType.ELEMENT_TYPE_INT64);
    }

    private static long[] tokens(long first, int count) {
        long[] ids = new long[count * T];
        IntStream.range(0, count).forEach(i -> SET.copyTokens(first + i, ids, i * T));
        return ids;
    }

    private static Tensor tensor(ElementType type, long... ids) {
        boolean narrow = type == ElementType.ELEMENT_TYPE_INT32;
        ByteBuffer bytes = ByteBuffer.allocate(ids.length * (narrow ? 4 : 8)).order(ByteOrder.LITTLE_ENDIAN);
        for (long id : ids) {
            if (narrow) {
                bytes.putInt((int) id);
            } else {
                bytes.putLong(id);
            }
        }
        return Tensor.newBuilder()
                .setType(type)
                .addShape(ids.length / T)
                .addShape(T)
                .setData(ByteString.copyFrom(bytes.array()))
                .build();
    }

    @Test
    void hostileTokens_failAlone_beforeTheModel() throws Exception {
        try (Student student = open(fp32())) {
            long[] tooLarge = tokens(0, 2);
            tooLarge[5] = C;
            assertInvalid(
                    student,
                    0,
                    Batch.newBuilder().setTensor(tensor(ElementType.ELEMENT_TYPE_INT64, tooLarge)),
                    "batch.tensor.data[sample 1][token 1]: 6 (expected: 0 to 5)");
            long[] negative = tokens(0, 1);
            negative[0] = -1;
            assertInvalid(
                    student,
                    1,
                    Batch.newBuilder().setTensor(tensor(ElementType.ELEMENT_TYPE_INT32, negative)),
                    "batch.tensor.data[sample 0][token 0]: -1 (expected: 0 to 5)");
            assertInvalid(
                    student,
                    2,
                    Batch.newBuilder()
                            .setTensor(tensor(ElementType.ELEMENT_TYPE_INT32, tokens(0, 1)).toBuilder()
                                    .setShape(1, T + 1)),
                    "batch.tensor.shape: [1, 5] (expected: the batch, then [4])");
            assertInvalid(
                    student,
                    3,
                    Batch.newBuilder()
                            .setTensor(tensor(ElementType.ELEMENT_TYPE_INT32, tokens(0, 1)).toBuilder()
                                    .setShape(0, 1 << 30)),
                    "batch.tensor.data: 16 bytes (expected: 17179869184)");
            assertInvalid(
                    student,
                    4,
                    Batch.newBuilder()
                            .setTensor(tensor(ElementType.ELEMENT_TYPE_INT32, tokens(0, 1)).toBuilder()
                                    .setType(ElementType.ELEMENT_TYPE_FLOAT32)),
                    "batch.tensor.type: 2 (expected: ELEMENT_TYPE_INT32 or ELEMENT_TYPE_INT64)");
            assertInvalid(
                    student,
                    5,
                    Batch.newBuilder().setViews(views(0, 1, 0)).addAllPositions(List.of(2, 2)),
                    "batch.positions[1]: 2 (expected: 3 to 3)");
            assertInvalid(
                    student,
                    6,
                    Batch.newBuilder().setViews(views(0, 1, 0)).addPositions(-1),
                    "batch.positions[0]: 4294967295 (expected: 0 to 3)");
        }
    }

    private static void assertInvalid(Student student, long id, Batch.Builder batch, String message) throws Exception {
        student.batch(batch.setBatchId(id));
        LabelResponse answer = student.next();
        assertThat(answer.getError().getCode()).isEqualTo(BatchErrorCode.BATCH_ERROR_CODE_INVALID);
        assertThat(answer.getError().getMessage()).isEqualTo(message);
    }

    @Test
    void anotherText_isRefused_withBothFingerprints() throws Exception {
        TextWindows other = TinyLanguageModel.windows(TinyLanguageModel.TEXT + "a");
        try (Student student = Student.open(
                vertx, teacher.grpcPort(), fp32().setDataSetFingerprint(Digests.fromHex(other.fingerprint())))) {
            assertThat(student.end().status()).isEqualTo(GrpcStatus.FAILED_PRECONDITION);
            assertThat(student.end().message())
                    .isEqualTo("open.data_set_fingerprint: " + other.fingerprint() + " (expected: " + SET.fingerprint()
                            + " of letters)");
        }
    }

    @Test
    void augmentationOfText_isRefused() throws Exception {
        try (Student student = Student.open(
                vertx,
                teacher.grpcPort(),
                fp32().setAugmentation(Augmentation.newBuilder().setFlip(true)))) {
            assertThat(student.end().status()).isEqualTo(GrpcStatus.INVALID_ARGUMENT);
            assertThat(student.end().message()).contains("expected: none for text, data set letters");
        }
    }

    @Test
    void answersLargerThanAMessage_areRefused_andFewerPositionsAreNot() throws Exception {
        // 4 positions of 6 classes in binary32 are 96 bytes; the smallest limit is 1 KiB, so a longer sequence is
        // needed.
        TextWindows longer = new TextWindows(
                "long",
                SET.vocabulary(),
                IntStream.range(0, 200).map(i -> i % C).toArray(),
                64,
                1);
        LabelLimits limits = new LabelLimits(1024, 16, 4, 1 << 20, 4, 1 << 20, Duration.ofSeconds(10));
        try (TeacherServer narrow = TeacherServer.start(
                        TeacherConfig.builder(Path.of("long.onnx"))
                                .limits(limits)
                                .build(),
                        new TinyLanguageModel(64),
                        List.of(longer));
                Student student = Student.open(
                        vertx,
                        narrow.grpcPort(),
                        fp32().setDataSetFingerprint(Digests.fromHex(longer.fingerprint())))) {
            assertThat(student.next().hasOpened()).isTrue();
            assertInvalid(
                    student,
                    0,
                    Batch.newBuilder().setViews(views(0, 1, 0)),
                    "batch: labels of up to 1536 bytes for each sample (expected: at most 1024; ask for fewer positions"
                            + " or outputs, or another encoding)");
            student.batch(Batch.newBuilder()
                    .setBatchId(1)
                    .setViews(views(0, 1, 0))
                    .addAllPositions(IntStream.range(0, 32).boxed().toList()));
            assertThat(student.next().getLabels().getOutputs(0).getShapeList()).containsExactly(32, C);
        }
    }

    @Test
    void textThatTheModelDoesNotFit_keepsTheTeacherFromStarting() {
        TextWindows longer = new TextWindows("long", SET.vocabulary(), new int[200], T + 1, 1);
        assertThatThrownBy(() -> TeacherServer.start(
                        TeacherConfig.builder(Path.of("letters.onnx")).build(),
                        new TinyLanguageModel(T),
                        List.of(longer)))
                .isInstanceOf(TeacherException.class)
                .hasMessage("model letters.onnx takes samples of shape [4], data set long has 5 tokens (expected: the"
                        + " same)");
        assertThatThrownBy(() -> TeacherServer.start(
                        TeacherConfig.builder(Path.of("letters.onnx")).build(),
                        new TinyLanguageModel(T),
                        List.of(new TinyDataSet())))
                .isInstanceOf(TeacherException.class)
                .hasMessage("model letters.onnx takes samples of shape [4], data set tiny has 1x4x4 (expected: the"
                        + " same)");
    }
}
