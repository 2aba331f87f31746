package io.reflux.teacher.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.reflux.data.DataSplits;
import io.reflux.data.catalog.DataCatalog;
import io.reflux.data.catalog.DataSetSpec;
import io.reflux.model.zoo.Zoo;
import io.reflux.model.zoo.ZooSpec;
import io.reflux.proto.encoding.SoftLabelEncoding;
import io.reflux.proto.v1.Labels;
import io.reflux.proto.wire.Digests;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** In deterministic mode a student cannot tell from the bits of its labels who else is connected. */
final class DeterministicTeacherTest {

    private static final int CLASSES = 10;
    private static final int SAMPLES = 60;
    private static final DataSetSpec GLYPHS = new DataSetSpec("glyphs", null, 100, 0, 1);

    private final DataSplits splits = DataCatalog.open(GLYPHS);

    @Test
    void labels_areTheSameBits_whoeverElseIsConnectedAndHoweverTheyAreAskedFor(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("lenet.onnx");
        Zoo.build(ZooSpec.of(Zoo.LENET_5)).write(file);
        Vertx vertx = Vertx.vertx();
        try (TeacherServer server = TeacherServer.start(TeacherConfig.builder(file)
                        .dataSets(List.of(GLYPHS))
                        .batching(8, Duration.ofMillis(2), 2)
                        .deterministic(true)
                        .build());
                Student alone = open(vertx, server)) {
            float[] expected = ask(alone, 0, SAMPLES);
            try (Student student = open(vertx, server);
                    Student loud = open(vertx, server);
                    Student louder = open(vertx, server)) {
                for (int id = 0; id < 20; id++) {
                    loud.views(id, 3 * id, 13);
                    louder.views(id, 60 - id, 5);
                }
                for (int batch : new int[] {1, 7, SAMPLES}) {
                    assertThat(ask(student, 1000L * batch, batch)).containsExactly(expected);
                }
            }
        } finally {
            vertx.close().await(Student.SECONDS, TimeUnit.SECONDS);
        }
    }

    private Student open(Vertx vertx, TeacherServer server) throws Exception {
        Student student = Student.open(
                vertx,
                server.grpcPort(),
                Student.fp32()
                        .setDataSetFingerprint(Digests.fromHex(splits.training().fingerprint())));
        student.next();
        return student;
    }

    /** Logits of the first samples, asked for in batches of so many. */
    private static float[] ask(Student student, long firstBatch, int batch) throws Exception {
        int batches = 0;
        for (int sample = 0; sample < SAMPLES; sample += batch) {
            student.views(firstBatch + batches, sample, Math.min(batch, SAMPLES - sample));
            batches++;
        }
        float[] logits = new float[SAMPLES * CLASSES];
        for (int left = SAMPLES; left > 0; ) {
            Labels labels = student.next().getLabels();
            long first = (labels.getBatchId() - firstBatch) * batch + labels.getFirstSample();
            SoftLabelEncoding.of(SoftLabelEncoding.served().get(0))
                    .decode(
                            labels.getOutputs(0).getPayload(),
                            labels.getSamples(),
                            CLASSES,
                            logits,
                            Math.toIntExact(first) * CLASSES);
            left -= labels.getSamples();
        }
        return logits;
    }
}
