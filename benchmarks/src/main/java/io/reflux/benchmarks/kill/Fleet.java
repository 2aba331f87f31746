package io.reflux.benchmarks.kill;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Two teachers in deterministic mode, and the file of their addresses that the student watches. */
final class Fleet implements AutoCloseable {
    private static final int TEACHERS = 2;
    private static final long READY_SECONDS = 60;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Plan plan;
    private final Path model;
    private final Path addresses;
    private final List<RefluxProcess> processes = new ArrayList<>();
    private int started;

    Fleet(Plan plan, Path model) throws Exception {
        this.plan = plan;
        this.model = model;
        this.addresses = plan.work().resolve("teachers");
        for (int i = 0; i < TEACHERS; i++) {
            processes.add(start(i));
        }
        for (int i = 0; i < TEACHERS; i++) {
            address(i);
        }
        publish();
    }

    Path addresses() {
        return addresses;
    }

    private Path ready(int teacher) {
        return plan.work().resolve("teacher-" + teacher + ".json");
    }

    private RefluxProcess start(int teacher) throws IOException {
        Files.deleteIfExists(ready(teacher));
        return RefluxProcess.start(
                plan.work().resolve("teacher-" + teacher + "-" + started++ + ".log"),
                "teacher",
                "--model",
                model,
                "--data",
                plan.set(),
                "--data-dir",
                plan.dataDir(),
                "--port",
                0,
                "--metrics-port",
                0,
                "--deterministic",
                "--max-batch",
                Plan.BATCH,
                "--ready-file",
                ready(teacher),
                "--stop-with",
                ProcessHandle.current().pid());
    }

    /** Kills a teacher and starts another in its place, which is published when it is ready. */
    void replace(int teacher) throws Exception {
        processes.get(teacher).kill();
        processes.set(teacher, start(teacher));
    }

    /** Publishes the teachers that are ready. */
    void publish() throws IOException {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < TEACHERS; i++) {
            if (Files.exists(ready(i))) {
                lines.append(grpc(i)).append('\n');
            }
        }
        if (Files.exists(addresses) && Files.readString(addresses).contentEquals(lines)) {
            return;
        }
        Path beside = addresses.resolveSibling("teachers.part");
        Files.writeString(beside, lines);
        Files.move(beside, addresses, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private String address(int teacher) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(READY_SECONDS);
        while (!Files.exists(ready(teacher))) {
            if (!processes.get(teacher).alive() || System.nanoTime() > end) {
                throw new IOException("teacher " + teacher + ": not ready (expected: within " + READY_SECONDS
                        + " s; see " + processes.get(teacher).log() + ")");
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
        return grpc(teacher);
    }

    private String grpc(int teacher) throws IOException {
        return JSON.readTree(ready(teacher).toFile()).path("grpc").asText();
    }

    @Override
    public void close() {
        processes.forEach(RefluxProcess::end);
    }
}
