package io.reflux.benchmarks.step;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.reflux.model.precision.Precision;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A Python process of {@code benchmarks/peers/steps/peer.py}, which works only when it is asked to. The owner closes it.
 */
final class PeerProcess implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Process process;
    private final Writer orders;
    private final BufferedReader answers;
    private final String version;

    /**
     * Starts Python and imports PyTorch.
     *
     * @param python the interpreter
     * @param script {@code peer.py}
     * @throws IOException if there is no such interpreter, or it has no PyTorch
     */
    PeerProcess(String python, Path script) throws IOException {
        try {
            this.process = new ProcessBuilder(python, script.toString())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
        } catch (IOException e) {
            throw new IOException("--python: " + python + " does not start (expected: a Python with torch)", e);
        }
        this.orders = process.outputWriter(StandardCharsets.UTF_8);
        this.answers = process.inputReader(StandardCharsets.UTF_8);
        this.version = answer().path("torch").asText();
    }

    /** Version of PyTorch. */
    String version() {
        return version;
    }

    /**
     * Makes a network ready.
     *
     * @param mode {@code eager} or {@code compile}
     * @return how many numbers train
     */
    long prepare(Workload workload, String mode) throws IOException {
        Workload.Network network = workload.network();
        return order(Map.of(
                        "do", "prepare",
                        "model", network.key(),
                        "batch", workload.batch(),
                        "precision", precision(workload.precision()),
                        "mode", mode,
                        "inputs", network.input(),
                        "classes", network.classes(),
                        "positions", network.positions()))
                .path("parameters")
                .asLong();
    }

    static String precision(Precision precision) {
        return precision.name().toLowerCase(Locale.ROOT);
    }

    /** Makes steps, and returns the seconds they took by the process's own clock of this kind. */
    double run(int steps, Clock clock) throws IOException {
        return order(Map.of("do", "run", "steps", steps, "clock", clock.name()))
                .path("seconds")
                .asDouble();
    }

    private JsonNode order(Map<String, Object> order) throws IOException {
        orders.write(JSON.writeValueAsString(order));
        orders.write('\n');
        orders.flush();
        return answer();
    }

    private JsonNode answer() throws IOException {
        String line = answers.readLine();
        if (line == null) {
            throw new IOException("--python: the peer ended (expected: a Python with torch; its message is above)");
        }
        return JSON.readTree(line);
    }

    @Override
    public void close() {
        try {
            orders.close();
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroy();
            }
        } catch (IOException e) {
            process.destroy();
        } catch (InterruptedException e) {
            process.destroy();
            Thread.currentThread().interrupt();
        }
    }
}
