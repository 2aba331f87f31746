package io.reflux.teacher.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.reflux.data.view.Augmentation;
import io.reflux.data.view.PixelScaling;
import io.reflux.data.view.View;
import io.reflux.data.view.ViewRenderer;
import io.reflux.proto.v1.EncodingKind;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** {@code examples/python}, run by a Python with grpcio: what {@code REFLUX_PYTHON} names, else {@code python3}. */
final class PythonClientTest {

    private static final int BATCH_SIZE = 32;

    /** Far more lines than a pipe of the system holds. */
    private static final int MANY = 400;

    private static final String PYTHON =
            System.getenv("REFLUX_PYTHON") == null ? "python3" : System.getenv("REFLUX_PYTHON");

    @BeforeAll
    static void requireGrpc() throws Exception {
        int status;
        try {
            status = new ProcessBuilder(PYTHON, "-c", "import grpc, grpc_tools")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (IOException e) {
            status = -1;
        }
        assumeThat(status)
                .as("%s with grpcio and grpcio-tools, or another one named by REFLUX_PYTHON", PYTHON)
                .isZero();
    }

    private static Process client(ServedTiny teacher, Object... options) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                PYTHON,
                script().toString(),
                "127.0.0.1:" + teacher.server.grpcPort(),
                "--batch-size",
                "" + BATCH_SIZE));
        for (Object option : options) {
            command.add(option.toString());
        }
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** Its errors are one line, not a trace. */
    @Test
    void client_withoutATeacher_saysSoInOneLine() throws Exception {
        Process client = new ProcessBuilder(PYTHON, script().toString(), "127.0.0.1:1")
                .redirectErrorStream(true)
                .start();

        assertThat(client.inputReader().lines().toList())
                .singleElement()
                .asString()
                .startsWith("127.0.0.1:1: UNAVAILABLE: ");
        assertThat(client.waitFor()).isEqualTo(1);
    }

    private static Path script() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("examples/python/soft_labels.py"))) {
            folder = folder.getParent();
        }
        return folder.resolve("examples/python/soft_labels.py");
    }

    /** Checks the client's lines, which may come in any order of batches, and its end. */
    private static void assertLabelled(Process client, int batches, float tolerance) throws Exception {
        boolean[] seen = new boolean[batches * BATCH_SIZE];
        try (BufferedReader lines = client.inputReader()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] fields = line.split(" ");
                int index = Integer.parseInt(fields[0]) * BATCH_SIZE + Integer.parseInt(fields[1]);
                assertThat(seen[index]).as(line).isFalse();
                seen[index] = true;
                float[] expected = logits(index % TinyDataSet.SIZE);
                assertThat(fields).hasSize(2 + expected.length);
                for (int c = 0; c < expected.length; c++) {
                    assertThat(Float.parseFloat(fields[2 + c])).isCloseTo(expected[c], within(tolerance));
                }
            }
        }
        assertThat(seen).doesNotContain(false);
        assertThat(client.waitFor(Student.SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(client.exitValue()).isZero();
    }

    private static float[] logits(long sampleId) {
        float[] inputs = new float[TinyDataSet.SHAPE.elements()];
        new ViewRenderer(new TinyDataSet(), Augmentation.NONE)
                .render(List.of(View.plain(sampleId)), PixelScaling.of(0.5f, 0.25f), inputs);
        return new TinyModel().logits(inputs, 1);
    }

    @Test
    void client_printsTheTeachersLogits_inBothEncodings() throws Exception {
        try (ServedTiny teacher = new ServedTiny()) {
            assertLabelled(client(teacher, "--encoding", "fp32", "--batches", 40), 40, 1e-5f);
            // Of logits up to 16 binary16 keeps 11 bits.
            assertLabelled(client(teacher, "--encoding", "fp16", "--batches", 3, "--credit", 1), 3, 0.0079f);
            assertThat(teacher.metric("reflux_grpc_calls_total", "status=\"OK\""))
                    .isEqualTo(4);
        }
    }

    @Test
    void clientWhoseReaderStops_stopsTheTeacher_andGetsEverythingAfterwards() throws Exception {
        try (ServedTiny teacher = new ServedTiny()) {
            Process client = client(teacher, "--encoding", "fp32", "--batches", MANY, "--credit", 1000);
            try (InputStream nobodyReadsYet = client.getInputStream()) {
                assertThat(nobodyReadsYet).isNotNull();
                // The pipe fills, the client blocks, its credit is used up while batches wait at the teacher.
                Eventually.isTrue("a stalled stream", () -> teacher.metric("reflux_teacher_stalled_streams", "") == 1);
                try (Student healthy = teacher.open()) {
                    healthy.next();
                    for (int id = 0; id < MANY; id++) {
                        healthy.views(id, 0, 1);
                        LabelCallTest.collect(healthy, id, 1, EncodingKind.ENCODING_KIND_FP32);
                    }
                }
                // A line is some 50 bytes, a pipe holds 64 KiB, credit 1000 bytes, 20 a row.
                assertThat(rows(teacher) - MANY).isBetween(BATCH_SIZE, MANY * BATCH_SIZE / 2);
                assertLabelled(client, MANY, 1e-5f);
            }
            assertThat(rows(teacher) - MANY).isEqualTo(MANY * BATCH_SIZE);
        }
    }

    private static int rows(ServedTiny teacher) {
        return teacher.model.unmarkedRows.get() + teacher.model.markedRows.get();
    }
}
