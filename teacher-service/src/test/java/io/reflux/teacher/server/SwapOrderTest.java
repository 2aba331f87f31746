package io.reflux.teacher.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.reflux.data.view.Augmentation;
import io.reflux.data.view.PixelScaling;
import io.reflux.data.view.View;
import io.reflux.data.view.ViewRenderer;
import io.reflux.proto.encoding.SoftLabelEncoding;
import io.reflux.proto.v1.LabelResponse;
import io.reflux.proto.v1.Labels;
import io.reflux.proto.wire.Digests;
import io.reflux.teacher.cache.CacheConfig;
import io.reflux.teacher.engine.TeacherEngine;
import io.vertx.grpc.common.GrpcStatus;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Models come and go while students stream through the cache: no labels of a model are sent behind the news of the next. */
final class SwapOrderTest {

    private static final int VERSIONS = 3;
    private static final int STUDENTS = 3;
    private static final int BATCHES = 60;
    private static final int MAX_ROWS = 60;

    /** Batches of a student on their way; fewer views than they have rows, so that most are known or joined. */
    private static final int AHEAD = 6;

    private static final int VIEWS = 150;

    private static final int LEAST_CHANGES = 3;

    private static final SoftLabelEncoding FP32 =
            SoftLabelEncoding.of(Student.fp32().getEncoding());

    @TempDir
    Path folder;

    private static TinyModel model(int version) {
        return new TinyModel(List.of(1L, 4L, 4L), version);
    }

    private static ByteString digest(int version) {
        return Digests.fromHex(model(version).digest());
    }

    /** The view's logits by a version of the model. */
    private static float[] expected(long sample, int version) {
        float[] inputs = new float[16];
        new ViewRenderer(new TinyDataSet(), Augmentation.NONE)
                .render(List.of(View.plain(sample)), PixelScaling.of(0.5f, 0.25f), inputs);
        float[] logits = new float[TinyModel.CLASSES];
        for (int c = 0; c < logits.length; c++) {
            logits[c] = TinyModel.logit(inputs, c) + version * TinyModel.STEP;
        }
        return logits;
    }

    /** Reads a stream, and knows which model it was told of last. */
    private static final class Reader {

        private final Student student;
        private final Map<Long, Integer> firstSamples = new HashMap<>();
        private final Map<Long, Integer> missing = new HashMap<>();
        private final Random random;
        private ByteString announced;
        private long nextBatch;
        private int changes;
        private int fromCache;

        Reader(Student student, long seed) throws Exception {
            this.student = student;
            this.random = new Random(seed);
            this.announced = student.next().getOpened().getModelDigest();
        }

        /** Until all batches are labelled and enough models were announced, of which there are more as long as anybody reads. */
        void stream(int batches) throws Exception {
            long last = nextBatch + batches;
            while (nextBatch < last || !missing.isEmpty() || changes < LEAST_CHANGES) {
                while (nextBatch < last && missing.size() < AHEAD) {
                    ask(random.nextInt(VIEWS - MAX_ROWS), 1 + random.nextInt(MAX_ROWS));
                }
                read();
            }
        }

        void ask(int firstSample, int rows) throws Exception {
            firstSamples.put(nextBatch, firstSample);
            missing.put(nextBatch, rows);
            student.views(nextBatch++, firstSample, rows);
        }

        void read() throws Exception {
            LabelResponse message = student.next();
            if (message.hasModelChanged()) {
                assertThat(message.getModelChanged().getModelDigest()).isNotEqualTo(announced);
                announced = message.getModelChanged().getModelDigest();
                changes++;
                return;
            }
            assertThat(message.hasLabels()).as("%s", message).isTrue();
            check(message.getLabels());
            student.credit(message.getLabels().getSerializedSize());
        }

        private void check(Labels labels) throws Exception {
            assertThat(labels.getModelDigest()).as("behind %d changes", changes).isEqualTo(announced);
            int version = 0;
            while (!digest(version).equals(announced)) {
                version++;
            }
            int rows = labels.getSamples();
            float[] logits = new float[rows * TinyModel.CLASSES];
            FP32.decode(labels.getOutputs(0).getPayload(), rows, TinyModel.CLASSES, logits, 0);
            for (int row = 0; row < rows; row++) {
                long sample = firstSamples.get(labels.getBatchId()) + labels.getFirstSample() + row;
                float[] found = new float[TinyModel.CLASSES];
                System.arraycopy(logits, row * TinyModel.CLASSES, found, 0, found.length);
                assertThat(found).isEqualTo(expected(sample, version));
            }
            fromCache += labels.getComputeMicros() == 0 ? 1 : 0;
            missing.computeIfPresent(labels.getBatchId(), (id, left) -> left == rows ? null : left - rows);
        }
    }

    /** The model is held up at random, so that many a batch is half known when the next model comes. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void labels_ofManySwaps_areEachOfTheModelAnnouncedLast_andNoneIsLost(long seed) throws Exception {
        Random random = new Random(seed);
        Semaphore turns = new Semaphore(0);
        // Even seeds have no memory, so that what is known comes from disk.
        CacheConfig cache =
                new CacheConfig(seed % 2 == 0 ? 0 : 1 << 20, seed % 2 == 0 ? folder : null, CacheConfig.MIN_DISK_BYTES);
        ExecutorService threads = Executors.newCachedThreadPool();
        List<Student> students = new ArrayList<>();
        try (ServedTiny teacher = new ServedTiny(config -> config.cache(cache))) {
            teacher.model.turns = turns;
            List<Future<Reader>> readers = new ArrayList<>();
            for (int i = 0; i < STUDENTS; i++) {
                Student student = teacher.open();
                students.add(student);
                Reader reader = new Reader(student, seed * STUDENTS + i);
                readers.add(threads.submit(() -> {
                    reader.stream(BATCHES);
                    return reader;
                }));
            }
            Future<?> pump = threads.submit(() -> {
                while (!Thread.currentThread().isInterrupted()) {
                    turns.release();
                    LockSupport.parkNanos(random.nextInt(400_000));
                }
            });
            int version = 0;
            int swaps = 0;
            while (!readers.stream().allMatch(Future::isDone)) {
                version = (version + 1 + random.nextInt(VERSIONS - 1)) % VERSIONS;
                TinyModel next = model(version);
                next.turns = turns;
                teacher.server.swap().takeOver(new TeacherEngine("tiny", next));
                swaps++;
                LockSupport.parkNanos(random.nextInt(3_000_000));
            }
            int changes = 0;
            int fromCache = 0;
            for (Future<Reader> reader : readers) {
                changes = Math.max(changes, reader.get().changes);
                fromCache += reader.get().fromCache;
            }
            pump.cancel(true);
            assertThat(changes).isBetween(LEAST_CHANGES, swaps);
            assertThat(fromCache).as("messages of known labels alone").isPositive();
            for (Student student : students) {
                student.halfClose();
                assertThat(student.end().status()).isEqualTo(GrpcStatus.OK);
            }
            Eventually.isTrue("nothing looked for", () -> teacher.metric("reflux_teacher_cache_flights", "") == 0);
        } finally {
            threads.shutdownNow();
            students.forEach(Student::close);
            assertThat(threads.awaitTermination(Student.SECONDS, TimeUnit.SECONDS))
                    .isTrue();
        }
    }
}
