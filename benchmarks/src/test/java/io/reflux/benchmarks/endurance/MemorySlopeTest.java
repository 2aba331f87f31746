package io.reflux.benchmarks.endurance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The program behind {@code benchmarks/endurance/memory}, for fewer steps. */
final class MemorySlopeTest {

    /**
     * In MB for 1000 steps. The long run's limit is 1; over so few steps the JIT compiler and the allocator still settle,
     * which has been seen to cost 14, while a batch that is never freed (32 images for LeNet-5) would cost 100.
     */
    private static final String LIMIT = "30";

    @Test
    void training_inAProcessOfItsOwn_keepsItsMemory() throws IOException, InterruptedException {
        assumeTrue(Files.isReadable(Path.of("/proc/self/status")), "needs /proc/self/status, which Linux has");
        ProcessBuilder builder = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xms128m",
                        "-Xmx128m",
                        "-XX:+AlwaysPreTouch",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Dai.djl.offline=true",
                        MemorySlope.class.getName(),
                        "lenet-5",
                        "1500",
                        "32",
                        LIMIT))
                .redirectErrorStream(true);
        // Not as an argument: a command line has a limit, and ONNX Runtime has crashed on a very long one.
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        builder.environment().put("OMP_NUM_THREADS", "1");
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor()).as(said).isZero();
        assertThat(said).contains("| lenet-5 | 32 | 1500 |");
    }
}
